"""Threads beside the loop that do the same again and again; `StatusThread` brings something outside up to the last status."""

import threading
from abc import ABC, abstractmethod
from collections.abc import Callable

from provisioner.model.kept.set_aside import words_of
from provisioner.model.status import Status

_LEAST_S = 5.0
"""Real seconds from one round to the next while desktops come: a desktop takes longer to boot."""


def no_notice(_: str, __: str) -> None:
    """For those who want none."""


class RoundThread(ABC):
    """Makes rounds until it is closed. One that fails as nobody has foreseen costs itself, and the next follows."""

    def __init__(self, name: str, *, notice: Callable[[str, str], None] = no_notice) -> None:
        """`notice`: is told when rounds begin or cease to fail."""
        self.name, self._notice, self._fault = name, notice, ""
        self._status: Status | None = None
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run_rounds, name=name, daemon=True)

    @abstractmethod
    def round(self) -> object:
        """Do it once. Ends early when `_over` is set."""

    @abstractmethod
    def pause(self) -> object:
        """Wait until the next round is due, or `_over` is set."""

    @property
    def fault(self) -> str:
        """Of the last round; empty: it ended in order, or none has ended. Any thread may ask."""
        return self._fault

    def offer(self, status: Status) -> None:
        """The last status. Called by the control thread: takes a reference, and returns."""
        self._status = status

    def open(self) -> None:
        """Begin."""
        self._thread.start()

    def close(self, within_s: float = 2.0) -> None:
        """End after what is under way; wait at most so many real seconds."""
        self._over.set()
        if self._thread.is_alive():
            self._thread.join(within_s)

    def _run_rounds(self) -> None:
        while not self._over.is_set():
            self._note_fault(self._try_round())
            self.pause()

    def _try_round(self) -> str:
        try:
            self.round()
        except Exception as error:  # whatever it is: without its thread, the last state would be shown for ever
            return words_of(error)
        return ""

    def _note_fault(self, fault: str) -> None:
        """Once for each change."""
        if fault != self._fault:
            self._fault = fault
            self._notice(self.name, f"a round fails: {fault}" if fault else "rounds end in order again")


class StatusThread(RoundThread):
    """Makes a round when desktops have come or gone, and at each interval."""

    def __init__(self, name: str, *, interval_s: float, notice: Callable[[str, str], None] = no_notice) -> None:
        """`interval_s`: real seconds from one round to the next while no desktop comes or goes."""
        super().__init__(name, notice=notice)
        self._interval_s, self._changed = interval_s, threading.Event()

    @abstractmethod
    def once(self, status: Status) -> object:
        """One round. Ends early when `_over` is set."""

    def round(self) -> None:
        """With the last status, if there is one."""
        self._changed.wait(self._interval_s)
        self._changed.clear()
        status = self._status
        if status is not None and not self._over.is_set():
            self.once(status)

    def pause(self) -> None:
        """As short as may be: what has changed ends it in the round."""
        self._over.wait(_LEAST_S)

    def offer(self, status: Status) -> None:
        """The last status. Called by the control thread: takes a reference, and returns."""
        moved = self._status is None or status.moved is None or bool(status.moved)
        super().offer(status)
        if moved:
            self._changed.set()

    def close(self, within_s: float = 2.0) -> None:
        """End after what is being written; wait at most so many real seconds."""
        self._over.set()
        self._changed.set()
        super().close(within_s)
