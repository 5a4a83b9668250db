"""The control loop: submit, wait, take in, decide. `Calls.next` is the only wait."""

from collections.abc import Callable

from provisioner.ports import Calls
from provisioner.reconciler.reconciler import Reconciler

_LONG_AGO = 0.0
"""With this time Calls.next does not wait."""
_AT_ONCE = 256
"""The most completions before a cycle: under any load, signals are handled and actions go out."""


def run(reconciler: Reconciler, calls: Calls, *, until: Callable[[], bool]) -> None:
    """Run the loop until `until` returns true:

    1. submit the readings and observations that are due;
    2. wait for a completion, and take it in with all others that have arrived;
    3. run a cycle, if there are new observations, and submit its actions.
    """
    while not until():
        for command in reconciler.commands():
            calls.submit(command)
        _take_in(reconciler, calls)
        for command in reconciler.cycle():
            calls.submit(command)


def _take_in(reconciler: Reconciler, calls: Calls) -> None:
    """Take in the next completion and all that have arrived with it: fifty clusters answering together need one cycle."""
    until = reconciler.wake_at
    for _ in range(_AT_ONCE):
        completion = calls.next(until=until)
        if completion is None:
            return
        reconciler.take_in(completion)
        until = _LONG_AGO
