"""Durations of a desktop's stages, from outcomes and from the changes between statuses."""

import enum
from collections.abc import Iterator, Set
from typing import NamedTuple

from provisioner.model.actions import Clone, Configure, Outcome, Result, Start
from provisioner.model.demand import Demand
from provisioner.model.ids import DesktopName, Instant, ProfileName, Seat
from provisioner.model.machines.desktops import Phase
from provisioner.model.status import Status
from provisioner.model.words import BootLevel


class TimedStage(enum.StrEnum):
    """The stages that are timed; values of the label `stage`."""

    CLONE = "clone"
    CONFIGURE = "configure"
    START = "start"
    """The start task."""
    READY = "ready"
    """From the start order to ready."""
    WHOLE = "whole"
    """The time from wanted to ready."""


_OF_ACTIONS = {
    Clone.word: TimedStage.CLONE,
    Configure.word: TimedStage.CONFIGURE,
    Start.word: TimedStage.START,
}


class Lap(NamedTuple):
    """The duration of a stage that ended."""

    stage: TimedStage
    seconds: float


class LevelLap(NamedTuple):
    """A boot has come to a level, so many seconds after its start order."""

    profile: ProfileName
    level: BootLevel
    seconds: float


class Stopwatch:
    """Measures stages between their events. Not thread-safe: called by one thread, in order."""

    def __init__(self) -> None:
        self._started: dict[DesktopName, Instant] = {}
        self._reached: dict[DesktopName, frozenset[BootLevel]] = {}
        """Of the desktops that were started."""
        self._waiting: dict[Seat, Instant] = {}
        self._demand: Demand | None = None
        self._wanted: Set[Seat] = frozenset()
        """Whoever waits without a ready desktop: who is to have it again after a rest does not."""

    def outcome(self, outcome: Outcome) -> Iterator[Lap]:
        """The stage that a successful action completes."""
        if outcome.result is not Result.DONE:
            return
        if outcome.action == Start.word:
            self._started[outcome.desktop] = outcome.started_at
            self._reached.pop(outcome.desktop, None)
        if stage := _OF_ACTIONS.get(outcome.action):
            yield Lap(stage, max(0.0, outcome.ended_at - outcome.started_at))

    def levels(self, status: Status) -> Iterator[LevelLap]:
        """Levels that started desktops have come to since the last status; before `status`, which forgets the ready ones.

        A restart inside first boot is not a start order: its levels are not timed again.
        """
        self._reached = {name: reached for name, reached in self._reached.items() if name in self._started}
        for name, at in self._started.items():
            desktop = status.desktops.get(name)
            if desktop is None or desktop.since < at:
                continue
            ready = desktop.phase is Phase.READY
            now, before = frozenset(BootLevel) if ready else desktop.levels, self._reached.get(name, frozenset())
            self._reached[name] = before | now
            for level in sorted(now - before):
                yield LevelLap(desktop.reservation.profile, level, max(0.0, (desktop.since if ready else status.at) - at))

    def status(self, status: Status) -> Iterator[Lap]:
        """Stages completed since the last status: started desktops that are ready, and waiting agents that are served."""
        self._started = {name: at for name, at in self._started.items() if name in status.desktops}
        for name, at in tuple(self._started.items()):
            desktop = status.desktops[name]
            if desktop.phase is Phase.READY and desktop.since >= at:
                del self._started[name]
                yield Lap(TimedStage.READY, desktop.since - at)
        yield from self._serve(status)

    def _serve(self, status: Status) -> Iterator[Lap]:
        """An agent who is served when first wanted did not wait. An agent who is wanted again starts a new wait."""
        before = self._wanted
        if status.demand is not self._demand:
            wants = status.demand.wants.items()
            self._demand, self._wanted = status.demand, {seat for seat, want in wants if want.rest is None}
        new = self._wanted - before
        if not new and not self._waiting:
            return
        served = _served(status)
        for seat in new - served.keys():
            self._waiting[seat] = status.at
        for seat in self._waiting.keys() & served.keys() & self._wanted:
            yield Lap(TimedStage.WHOLE, max(0.0, served[seat] - self._waiting.pop(seat)))
        self._waiting = {seat: since for seat, since in self._waiting.items() if seat in self._wanted}


def _served(status: Status) -> dict[Seat, Instant]:
    """Seats with a ready desktop, and since when it is ready."""
    ready = (desktop for desktop in status.desktops.values() if desktop.phase is Phase.READY)
    return {desktop.reservation.seat: desktop.since for desktop in ready if desktop.reservation.seat}
