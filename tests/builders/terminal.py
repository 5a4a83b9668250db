"""An interactive bash on a terminal of 80 columns, as a person has it: line editing, history expansion, job control."""

import fcntl
import os
import pty
import re
import select
import subprocess
import termios
import time
from pathlib import Path

from tests.builders.patience import comes

_PASTED = "\x1b[200~{}\x1b[201~\r"
"""How a terminal hands over a pasted text (bracketed paste), and Enter."""
_TAKEN = b"\x1b[?2004l"
"""Printed by bash when it begins to do what was entered."""
_WAITS = b"\x1b[?2004h"
"""Printed by bash when it waits for the next command."""
_CONTROLS = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|\r")


class Terminal:
    """Blocks of commands are pasted, each after the one before has ended."""

    def __init__(self, folder: Path, environment: dict[str, str], *, inside: tuple[str, ...] = ()) -> None:
        """`inside`: what a command begins with to be run on another machine."""
        self._screen, other = pty.openpty()
        termios.tcsetwinsize(other, (24, 80))
        self._shell = subprocess.Popen(
            [*inside, "/bin/bash", "--noprofile", "--norc", "-i"],
            stdin=other,
            stdout=other,
            stderr=other,
            cwd=folder,
            env={**environment, "TERM": "xterm", "PS1": "$ ", "HISTFILE": ""},
            start_new_session=True,
            preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),
        )
        os.close(other)
        self._shown = b""
        self._until(_WAITS, time.monotonic() + 30)

    def paste(self, commands: str, *, within_s: float) -> str:
        """All that they print, without colours.

        Raises TimeoutError, with what was printed, if the shell does not wait again by then, and OSError if it has ended.
        """
        end = time.monotonic() + within_s
        os.write(self._screen, _PASTED.format(commands.rstrip("\n")).encode())
        self._until(_TAKEN, end)
        return _plain(self._until(_WAITS, end))

    def answer(self, command: str, question: str, answer: str, *, within_s: float) -> str:
        """As `paste`, of one command that asks this and is told that."""
        end = time.monotonic() + within_s
        os.write(self._screen, _PASTED.format(command).encode())
        self._until(_TAKEN, end)
        asked = self._until(question.encode(), end)
        # What is typed before it listens is thrown away.
        assert comes(lambda: not termios.tcgetattr(self._screen)[3] & termios.ICANON), _plain(asked)
        os.write(self._screen, answer.encode() + b"\r")
        return _plain(asked + self._until(_WAITS, end))

    def close(self) -> None:
        """End the shell, not what it has started in the background."""
        self._shell.kill()
        self._shell.wait()
        os.close(self._screen)

    def _until(self, mark: bytes, end: float) -> bytes:
        while mark not in self._shown:
            readable, _, _ = select.select([self._screen], [], [], max(0.0, end - time.monotonic()))
            if not readable:
                raise TimeoutError(_plain(self._shown))
            self._shown += os.read(self._screen, 65536)
        before, _, self._shown = self._shown.partition(mark)
        return before


def _plain(shown: bytes) -> str:
    return _CONTROLS.sub("", shown.decode(errors="replace"))
