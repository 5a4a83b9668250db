"""How long a desktop's stages take, found from outcomes and from one status to the next."""

import enum
from collections.abc import Iterator
from typing import NamedTuple

from provisioner.model.actions import Clone, Configure, Outcome, Result, Start
from provisioner.model.demand import Demand
from provisioner.model.desktops import Phase
from provisioner.model.ids import DesktopName, Instant, Seat
from provisioner.model.status import Status


class Stage(enum.StrEnum):
    """What is timed of a desktop, as metrics name it."""

    CLONE = "clone"
    CONFIGURE = "configure"
    START = "start"
    """The start's task."""
    READY = "ready"
    """From the start order to ready."""
    WHOLE = "whole"
    """From wanted to ready."""


_OF_ACTIONS = {
    Clone.word: Stage.CLONE,
    Configure.word: Stage.CONFIGURE,
    Start.word: Stage.START,
}


class Lap(NamedTuple):
    """A stage that ended."""

    stage: Stage
    seconds: float


class Stopwatch:
    """Remembers what has begun. Not thread-safe: fed by one thread, in order."""

    def __init__(self) -> None:
        self._started: dict[DesktopName, Instant] = {}
        self._waiting: dict[Seat, Instant] = {}
        self._demand: Demand | None = None
        self._wanted: frozenset[Seat] = frozenset()

    def outcome(self, outcome: Outcome) -> Iterator[Lap]:
        """The stage that a successful action was."""
        if outcome.result is not Result.DONE:
            return
        if outcome.action == Start.word:
            self._started[outcome.desktop] = outcome.started_at
        if stage := _OF_ACTIONS.get(outcome.action):
            yield Lap(stage, max(0.0, outcome.ended_at - outcome.started_at))

    def status(self, status: Status) -> Iterator[Lap]:
        """Desktops seen ready that were started, and agents served who were seen waiting, since the last status."""
        self._started = {name: at for name, at in self._started.items() if name in status.desktops}
        for name, at in tuple(self._started.items()):
            one = status.desktops[name]
            if one.phase is Phase.READY and one.since >= at:
                del self._started[name]
                yield Lap(Stage.READY, one.since - at)
        yield from self._serve(status)

    def _serve(self, status: Status) -> Iterator[Lap]:
        """An agent found served at once was not waiting; one who is wanted anew waits anew."""
        wants = status.demand.wants.keys()
        new = wants - self._wanted if status.demand is not self._demand else set[Seat]()
        if status.demand is not self._demand:
            self._demand, self._wanted = status.demand, frozenset(wants)
        if not new and not self._waiting:
            return
        served = _served(status)
        for seat in new - served.keys():
            self._waiting[seat] = status.at
        for seat in self._waiting.keys() & served.keys() & wants:
            yield Lap(Stage.WHOLE, max(0.0, served[seat] - self._waiting.pop(seat)))
        self._waiting = {seat: since for seat, since in self._waiting.items() if seat in wants}


def _served(status: Status) -> dict[Seat, Instant]:
    """Seats with a ready desktop, and since when it is."""
    ready = (one for one in status.desktops.values() if one.phase is Phase.READY)
    return {one.reservation.seat: one.since for one in ready if one.reservation.seat}
