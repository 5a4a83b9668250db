"""The thread of a worker that makes rounds: when desktops have come or gone, and at each interval."""

import threading
from collections.abc import Callable

from provisioner.model.status import Status

_LEAST_S = 5.0
"""Real seconds from one round to the next while desktops come: a desktop takes longer to boot."""


class RoundThread:
    """Calls `make_round` with the last status; nothing else is called in it."""

    def __init__(self, name: str, make_round: Callable[[Status], bool], *, every_s: float, least_s: float = _LEAST_S) -> None:
        """`make_round` returns whether the next round is to follow at once. `every_s`, `least_s`: real seconds."""
        self._make_round, self._every_s, self._least_s = make_round, every_s, least_s
        self._status: Status | None = None
        self._changed, self._over = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    @property
    def is_over(self) -> bool:
        """Whether it is to end: no new request is begun."""
        return self._over.is_set()

    def offer(self, status: Status) -> None:
        """The last status. Called by the control thread: takes a reference, and returns."""
        moved = self._status is None or status.moved is None or bool(status.moved)
        self._status = status
        if moved:
            self._changed.set()

    def open(self) -> None:
        """Begin."""
        self._thread.start()

    def close(self, within_s: float = 2.0) -> None:
        """End after the request that is under way; wait at most so many real seconds."""
        self._over.set()
        self._changed.set()
        if self._thread.is_alive():
            self._thread.join(within_s)

    def _run(self) -> None:
        while not self._over.is_set():
            self._changed.wait(self._every_s)
            self._changed.clear()
            status = self._status
            if status is not None and not self._over.is_set() and self._make_round(status):
                self._changed.set()
            self._over.wait(self._least_s)
