"""Where the process begins. Ctrl-C ends it without a traceback, so this module imports nothing large.

Importing a command's modules takes up to half a second. Interrupted there, Python would print a traceback of the module being
imported. During the imports and after the command there is nothing to clean up: the process just ends.
"""

import os
import signal
from types import FrameType

INTERRUPTED = 130
"""128 + the number of SIGINT: the exit code of a command that Ctrl-C ended."""


def main() -> None:
    """The console script `bascule`."""
    handled = signal.getsignal(signal.SIGINT) is signal.default_int_handler  # a shell may have it ignored
    if handled:
        signal.signal(signal.SIGINT, _end)
    from provisioner.cli.app import main as run

    try:
        if handled:
            signal.signal(signal.SIGINT, signal.default_int_handler)
        run()
    except KeyboardInterrupt:
        raise SystemExit(INTERRUPTED) from None
    finally:
        signal.signal(signal.SIGINT, _end if handled else signal.SIG_IGN)


def _end(_: int, __: FrameType | None) -> None:
    os._exit(INTERRUPTED)
