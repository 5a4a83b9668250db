"""What the end of an action leaves to do: the end of a failed task's log tells more than the exit status why a desktop was
given up, or was not moved; a boot is a sample of how long boots take."""

from collections import deque
from collections.abc import Iterator, Mapping
from math import inf

from provisioner.model.actions import Migrate, Outcome, Result
from provisioner.model.commands import ReadTaskLog
from provisioner.model.ids import DesktopName, ProfileName
from provisioner.model.kept.records import DesktopRecord
from provisioner.model.machines.desktops import Reservation
from provisioner.model.people.profiles import Profile
from provisioner.pacing.boot_limits import Boot
from provisioner.planning.inputs import node_of
from provisioner.reasons.reason import NONE
from provisioner.reconciler.in_flight import InFlight

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


def record_boot(
    flight: InFlight,
    ready: Outcome,
    desktops: Mapping[DesktopName, DesktopRecord],
    starting: Mapping[DesktopName, Reservation],
    profiles: Mapping[ProfileName, Profile],
) -> None:
    """Record that a desktop became ready; `starting` are the desktops that were starting at the last look.

    Only of a boot that was ordered: of a restart from inside nothing is known but the desktop's word, which would count for all
    that are on its node.
    """
    if ready.started_at != desktops[ready.desktop].started_at:
        return
    began = [
        (desktop, record.started_at)
        for name, desktop in starting.items()
        if name != ready.desktop and (record := desktops.get(name)) is not None and record.started_at and not record.report
    ]
    record, snapshot = desktops[ready.desktop], flight.snapshot
    booted = record.reservation
    node, profile = node_of(booted, snapshot), profiles.get(booted.profile)
    # A clock that is put right by an hour makes boots of an hour: all after them would be asked hours too late.
    most_s = inf if profile is None else profile.ready_timeout_s
    boot = Boot(
        profile=booted.profile,
        image=profile.image if profile is not None else "",
        first=record.assigned_to is None,  # nobody has had it yet
        began_at=max(ready.started_at, ready.ended_at - most_s),
        ended_at=ready.ended_at,
        expected_s=profile.expected_ready_s if profile is not None else 0.0,
    )
    flight.meter.record_boot(node, boot, running=[at for desktop, at in began if node_of(desktop, snapshot) == node])
