"""Where the process begins. Ctrl-C ends it without a traceback, so this module imports nothing large.

Importing a command's modules takes up to half a second. Interrupted there, Python would print a traceback of the module being
imported. During the imports and after the command there is nothing to clean up: the process just ends.
"""

import os
import signal
import sys
from itertools import pairwise
from types import FrameType

INTERRUPTED = 130
"""128 + the number of SIGINT: the exit code of a command that Ctrl-C ended."""


def main() -> None:
    """The console script `bascule`."""
    _let_print()
    if _is_daemon(sys.argv):
        # A reload that is ordered before the daemon can take it up waits until it can, instead of ending it.
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGHUP})
    handled = signal.getsignal(signal.SIGINT) is signal.default_int_handler  # a shell may have it ignored
    if handled:
        signal.signal(signal.SIGINT, _end)
    try:
        from provisioner.gc_tuning import seldom

        with seldom():  # what is loaded stays: to look for garbage in it meanwhile is a sixth of a command
            from provisioner.cli.app import main as run

            if handled:
                signal.signal(signal.SIGINT, signal.default_int_handler)
            run()
    except KeyboardInterrupt:
        raise SystemExit(INTERRUPTED) from None
    finally:
        signal.signal(signal.SIGINT, _end if handled else signal.SIG_IGN)


def _let_print() -> None:
    """What nobody reads goes nowhere, and a sign that a terminal lacks is a question mark: neither ends an order half-way."""
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:  # whoever called has closed it
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115 (as long as the process)
        elif stream.errors == "strict":
            stream.reconfigure(errors="replace")


def _is_daemon(words: list[str]) -> bool:
    """Whether the first word that is not an option, nor the language's name, is `run`."""
    return [word for before, word in pairwise(words) if not word.startswith("-") and before != "--lang"][:1] == ["run"]


def _end(_: int, __: FrameType | None) -> None:
    os._exit(INTERRUPTED)
