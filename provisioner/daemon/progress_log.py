"""Notes how far the surge is, for its report: at once when a batch opens, is ready or becomes late, else once a minute.

A listener of the control loop. The store is written by another thread: a kill loses the moments that were not written yet.
"""

import threading

from provisioner.model.actions import Outcome
from provisioner.model.ids import Instant
from provisioner.model.people.agents import Roster
from provisioner.model.scenario.progress import BatchProgress, Progress
from provisioner.model.status import Status
from provisioner.planning.report.progress import progress_of
from provisioner.ports import ApiCall

_LOOK_S = 10.0
"""Seconds of the clock between two looks: counting goes through all desktops."""
_CHANGED_S = 60.0
_UNCHANGED_S = 900.0
"""What desktops wait for, and the sessions, change all the time: alone they are noted this often."""
_MOST_WAITING = 1_000
"""A store that cannot be written does not fill the memory: the oldest go."""


class ProgressLog:
    """What was noted, until it is taken. Safe from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._noted: list[Progress] = []
        self._last: Progress | None = None
        self._looked_at: Instant | None = None

    def take(self) -> tuple[Progress, ...]:
        """What was noted since the last call."""
        with self._lock:
            noted, self._noted = self._noted, []
        return tuple(noted)

    def give_back(self, noted: tuple[Progress, ...]) -> None:
        """What could not be stored: it is taken again."""
        with self._lock:
            self._noted = [*noted, *self._noted][-_MOST_WAITING:]

    def note_last(self, status: Status) -> None:
        """Note this moment, whatever was noted before: the last one."""
        self._looked_at = self._last = None
        self.status(status)

    def status(self, status: Status) -> None:
        """A cycle ended, or none has yet: then it is not known how far the run is."""
        if status.planned_at is None:
            return
        # A last look that is to come was by a clock that has been set back.
        if self._looked_at is not None and 0 <= status.at - self._looked_at < _LOOK_S and not self._moved_on(status):
            return
        self._looked_at = status.at
        progress = progress_of(status)
        if progress is not None and is_worth_noting(progress, self._last):
            self._last = progress
            with self._lock:
                self._noted.append(progress)

    def _moved_on(self, status: Status) -> bool:
        """Whether the run has come into another state."""
        before = None if self._last is None else (self._last.run, self._last.state)
        run = status.surge
        return run is not None and not run.is_over and (run.number, run.state) != before

    def api_call(self, call: ApiCall) -> None:
        """Not noted."""

    def outcome(self, outcome: Outcome) -> None:
        """Not noted: the journal has it."""

    def directory_read(self, roster: Roster | None, error: str) -> None:
        """Not noted."""

    def notice(self, subject: str, text: str) -> None:
        """Not noted."""


def is_worth_noting(now: Progress, before: Progress | None) -> bool:
    """Whether the report would miss it."""
    if before is None or before.run != now.run or not 0 <= now.at - before.at < _UNCHANGED_S:
        return True
    if _edges(now) != _edges(before):
        return True
    changed = (now.batches, now.ready, now.unknown) != (before.batches, before.ready, before.unknown)
    changed = changed or now.sessions > before.sessions
    return changed and now.at >= before.at + _CHANGED_S


def _edges(progress: Progress) -> object:
    return progress.state, tuple(_edge(batch, progress.at) for batch in progress.batches)


def _edge(batch: BatchProgress, at: Instant) -> object:
    is_due = batch.due_at is not None and at >= batch.due_at
    return batch.wave, batch.number, batch.due_at, batch.is_open, batch.ready >= batch.planned, is_due


__all__ = ["ProgressLog", "is_worth_noting"]
