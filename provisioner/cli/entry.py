"""Where the process begins. It imports nothing large: Ctrl-C ends it without a traceback from here on.

Importing a command's modules takes as long as half a second, and Python's own answer to an interrupt among them is a traceback
of the module that it came upon. There is nothing to tidy up then, and at the very end there is nothing any more.
"""

import os
import signal
from types import FrameType

INTERRUPTED = 130
"""128 and the number of SIGINT: what a shell says of a command that Ctrl-C has ended."""


def main() -> None:
    """The console script `bascule`."""
    handled = signal.getsignal(signal.SIGINT) is signal.default_int_handler  # not where a shell has it ignored
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
