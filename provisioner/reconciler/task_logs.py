"""Logs of failed tasks: the end of a log tells more than the exit status why a desktop was given up, or was not moved."""

from collections import deque
from collections.abc import Iterator

from provisioner.model.actions import Migrate, Outcome, Result
from provisioner.model.commands import ReadTaskLog
from provisioner.reasons.reason import NONE

_AT_ONCE = 4
"""Logs read at the same time. If hundreds of desktops fail alike, all logs say the same, and other calls must not wait."""
_GIVEN_UP = frozenset({Result.FAILED, Result.REFUSED})
_SAY_NOTHING = frozenset({Migrate.word})
"""Their tasks end with `migration aborted`, whatever was the matter, and they are never given up."""


class TaskLogs:
    """The logs to read, and how many are being read. In memory only: lost at a restart."""

    def __init__(self) -> None:
        self._due: deque[ReadTaskLog] = deque()
        self._under_way = 0

    def note(self, outcome: Outcome) -> None:
        """Have the task's log read if the outcome gives the desktop up, or the task's exit status says nothing by itself."""
        said = outcome.reason if outcome.action in _SAY_NOTHING else NONE
        if (outcome.result in _GIVEN_UP or said) and outcome.task is not None:
            self._due.append(ReadTaskLog(task=outcome.task, desktop=outcome.desktop, said=said))

    def take_due(self) -> Iterator[ReadTaskLog]:
        """The readings to submit now."""
        while self._due and self._under_way < _AT_ONCE:
            self._under_way += 1
            yield self._due.popleft()

    def ended(self) -> None:
        """One reading has ended, with or without a log."""
        self._under_way -= 1
