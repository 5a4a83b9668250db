"""A whole switch in three processes: a served twin, the daemon that fills it, and this one, which kills, waits and compares."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import urlopen

from provisioner.cli.clocks import TWIN_STATE
from provisioner.cli.daemon_client import VARIABLE as SOCKET
from provisioner.demo.site import DemoSite
from provisioner.twin.server.process import TwinProcess
from tests.builders.patience import FUSE_S, comes

_BASCULE = Path(sys.executable).with_name("bascule")
_POLL_S = 0.1


class Switch:
    """A reference twin and a site for some agents, in one folder. A context manager: nothing outlives it."""

    def __init__(
        self,
        folder: Path,
        *,
        agents: int,
        scale: float,
        sessions: int = 0,
        program: Path = _BASCULE,
        twin: str = "local-16",
        receiver_port: int | None = None,
    ) -> None:
        """`receiver_port`: the desktops push there; a receiver is the test's affair."""
        self.folder = folder
        self.site = DemoSite(
            folder, agents=agents, sessions=sessions, port=0, ldap=None, twin=twin, receiver_port=receiver_port
        )  # fmt: skip
        self.twin = TwinProcess(self.site.write_twin(), folder / "twin", scale=scale)
        self.daemon: subprocess.Popen[bytes] | None = None
        self.config = folder / "bascule.yaml"
        self._program = program
        self._log_file = folder / "daemon.log"

    def __enter__(self) -> "Switch":
        self.site.write_config(self.twin.start())
        return self

    def __exit__(self, *_: object) -> None:
        if self.daemon is not None and self.daemon.poll() is None:
            self.kill()
        self.twin.stop()

    def change_config(self, change: Callable[[dict[str, Any]], None]) -> None:
        """Edit bascule.yaml."""
        document = json.loads(self.config.read_text(encoding="utf-8"))
        change(document)
        self.config.write_text(json.dumps(document), encoding="utf-8")

    def command(self, *words: str) -> list[str]:
        """A bascule command on this site's configuration."""
        return [str(self._program), *words, "--config", str(self.config)]

    def bascule(self, *words: str) -> "subprocess.CompletedProcess[str]":
        """Run a command to its end."""
        return subprocess.run(
            self.command(*words), capture_output=True, text=True, timeout=FUSE_S, check=False, env=self.environment()
        )

    def environment(self) -> dict[str, str]:
        """In which commands live in the twin's time."""
        return {**os.environ, TWIN_STATE: str(self.twin.state_file), SOCKET: str(self.config.parent / "api.sock")}

    def start(self, **environment: str) -> None:
        """Start the daemon, in the twin's time."""
        with self._log_file.open("ab") as log:
            self.daemon = subprocess.Popen(
                [*self.command("run"), "--twin-state", str(self.twin.state_file)],
                stdout=log,
                stderr=log,
                stdin=subprocess.DEVNULL,
                env={**os.environ, **environment},
            )

    def kill(self) -> None:
        """As a power cut would."""
        assert self.daemon is not None, "start it first"
        self.daemon.kill()
        self.daemon.wait()

    def stop(self) -> int:
        """SIGTERM; returns the exit code."""
        assert self.daemon is not None, "start it first"
        self.daemon.send_signal(signal.SIGTERM)
        return self.daemon.wait(FUSE_S)

    def log(self) -> str:
        """The log of this switch's daemons so far."""
        return self._log_file.read_text(encoding="utf-8")

    def forget(self) -> None:
        """Lose the store."""
        for path in self.folder.glob("bascule.db*"):
            path.unlink()

    def truth(self) -> dict[str, Any]:
        """The twin's."""
        return self.twin.truth()

    def wait_for(self, reached: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        """The twin's truth once it is so; in the end, or with the daemon, the truth as it is, for the assertion to tell."""
        end = time.monotonic() + FUSE_S
        while True:
            truth = self.truth()
            if reached(truth) or time.monotonic() > end or self._is_gone():
                return truth
            time.sleep(_POLL_S)

    def said(self, text: str) -> bool:
        """Whether the daemon's log comes to hold this."""
        return self.comes(lambda: text in self.log())

    def first_said(self, pattern: str) -> str:
        """What the daemon's log holds first of this, a regular expression; empty: it never comes."""
        self.comes(lambda: re.search(pattern, self.log()) is not None)
        found = re.search(pattern, self.log())
        return "" if found is None else found[0]

    def comes(self, holds: Callable[[], bool]) -> bool:
        """Whether it is so in the end; with the daemon gone, whether it is so now."""
        return comes(lambda: holds() or self._is_gone(), look_s=_POLL_S) and holds()

    def _is_gone(self) -> bool:
        return self.daemon is not None and self.daemon.poll() is not None

    def metrics(self) -> str:
        """The daemon's page of figures."""
        return self.page("/metrics")[1]

    def page(self, path: str) -> tuple[int, str]:
        """Status and text of one of the daemon's pages; its address is in the log."""
        url = re.findall(r"https?://[^\s/]+(?=/metrics)", self.log())[-1]
        try:
            with urlopen(f"{url}{path}", timeout=FUSE_S) as answer:
                return answer.status, answer.read().decode()
        except HTTPError as error:
            with error:
                return error.code, error.read().decode()

    def page_with(self, path: str, text: str) -> bool:
        """Whether the page comes to hold this: figures are those of the last cycle."""
        return comes(lambda: text in self.page(path)[1], look_s=_POLL_S)


def pause(seconds: float) -> None:
    """Real time, between two blows."""
    time.sleep(seconds)


__all__ = ["Switch", "pause"]
