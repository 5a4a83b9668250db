"""The loop: submit, wait, take in, decide. The only wait there is, is `Calls.next`."""

from collections.abc import Callable

from provisioner.ports import Calls
from provisioner.reconciler.cycle import Reconciler

_LONG_AGO = 0.0
"""Calls.next does not wait until then."""
_AT_ONCE = 256
"""Ends taken in before a cycle at most: however many come, signals are heeded and orders go out."""


def run(reconciler: Reconciler, calls: Calls, *, until: Callable[[], bool]) -> None:
    """The only loop: submit what is due, wait for one end, take it in, and decide. Ends when `until` says so."""
    while not until():
        for command in reconciler.commands():
            calls.submit(command)
        _take_in(reconciler, calls)
        for command in reconciler.cycle():
            calls.submit(command)


def _take_in(reconciler: Reconciler, calls: Calls) -> None:
    """One end, and what else has ended by then: fifty clusters that answer together need one cycle, not fifty."""
    until = reconciler.wake_at
    for _ in range(_AT_ONCE):
        completion = calls.next(until=until)
        if completion is None:
            return
        reconciler.take_in(completion)
        until = _LONG_AGO
