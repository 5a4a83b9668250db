"""Why a desktop was given up: the end of its failed task's log says more than the exit status."""

from collections import deque
from collections.abc import Iterator

from provisioner.model.actions import Outcome, Result
from provisioner.model.commands import ReadTaskLog

_AT_ONCE = 4
"""Logs read at the same time: where hundreds of desktops fail alike, each says the same, and nothing else is to wait for it."""
_GIVEN_UP = frozenset({Result.FAILED, Result.REFUSED})


class TaskLogs:
    """The logs to be read, and those being read. Nothing of it is kept over a restart."""

    def __init__(self) -> None:
        self._due: deque[ReadTaskLog] = deque()
        self._under_way = 0

    def note(self, outcome: Outcome) -> None:
        """A desktop was given up by a task: its log is worth a call."""
        if outcome.result in _GIVEN_UP and outcome.task is not None:
            self._due.append(ReadTaskLog(task=outcome.task, desktop=outcome.desktop))

    def take_due(self) -> Iterator[ReadTaskLog]:
        """The readings to be submitted now."""
        while self._due and self._under_way < _AT_ONCE:
            self._under_way += 1
            yield self._due.popleft()

    def ended(self) -> None:
        """One reading has ended, whatever came of it."""
        self._under_way -= 1
