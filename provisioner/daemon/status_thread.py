"""A thread that brings something outside up to the last status, again and again."""

import threading
from abc import ABC, abstractmethod

from provisioner.model.status import Status

_LEAST_S = 5.0
"""Real seconds from one round to the next while desktops come: a desktop takes longer to boot."""


def no_notice(_: str, __: str) -> None:
    """For those who want none."""


class StatusThread(ABC):
    """Makes a round when desktops have come or gone, and at each interval."""

    def __init__(self, name: str, *, interval_s: float) -> None:
        """`interval_s`: real seconds from one round to the next while no desktop comes or goes."""
        self._interval_s = interval_s
        self._status: Status | None = None
        self._changed, self._over = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    @abstractmethod
    def once(self, status: Status) -> object:
        """One round. Ends early when `_over` is set."""

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
        """End after what is being written; wait at most so many real seconds."""
        self._over.set()
        self._changed.set()
        if self._thread.is_alive():
            self._thread.join(within_s)

    def _run(self) -> None:
        while not self._over.is_set():
            self._changed.wait(self._interval_s)
            self._changed.clear()
            status = self._status
            if status is not None and not self._over.is_set():
                self.once(status)
            self._over.wait(_LEAST_S)
