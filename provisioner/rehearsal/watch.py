"""What a rehearsal hears of the reconciler: when each desktop became ready, and whether anything moves yet."""

from collections.abc import Mapping
from operator import gt

from provisioner.model.actions import Outcome, Result
from provisioner.model.agents import Roster
from provisioner.model.demand import Rest
from provisioner.model.desktops import Phase
from provisioner.model.ids import DesktopName, Instant, Seat
from provisioner.model.status import Status
from provisioner.model.words import RESOURCES, JournalWord
from provisioner.ports import ApiCall
from provisioner.rehearsal.shared_seats import SharedSeats
from provisioner.twin.engine.events import EventHeap


class Watch:
    """Notes when each desktop became ready, and when an action last ended or demand last grew."""

    def __init__(self, events: EventHeap, seats: SharedSeats) -> None:
        self._events, self._seats = events, seats
        self.ready_at: dict[DesktopName, Instant] = {}
        self.moved_at: Instant = events.now
        self.all_ready_since: Instant | None = None
        self.settled = False
        """Whether the last status has nothing left to do."""
        self.full = False
        """Whether it has nothing left that can be done: whoever has no desktop waits for a resource."""
        self.resting: Mapping[Seat, Rest] = {}
        """Whose desktop rested at the last status."""
        self._rested: set[DesktopName] = set()
        """Desktops that were ready, and are off because they rest."""
        self._demand = (0, 0, 0)
        """Desktops wanted now, those together with desktops wanted in advance, and changes of half-days."""

    def api_call(self, call: ApiCall) -> None:
        """The twin counts them itself."""

    def outcome(self, outcome: Outcome) -> None:
        if outcome.result is Result.DONE:
            self.moved_at = self._events.now
        if outcome.action == JournalWord.READY:
            if outcome.desktop not in self._rested:  # it was ready before the night
                self.ready_at[outcome.desktop] = outcome.ended_at
            self._rested.discard(outcome.desktop)

    def directory_read(self, roster: Roster | None, error: str) -> None:
        """It is read once, at the start."""

    def status(self, status: Status) -> None:
        for desktop in status.desktops.values():
            if desktop.superseded_by is not None:  # its agent is ready when the other desktop is
                self.ready_at.pop(desktop.reservation.name, None)
        wanted, seats = status.demand.wants, self._seats
        seats.look(status)
        demand = (len(wanted), len(wanted) + len(status.demand.ahead), seats.passed)
        if any(map(gt, demand, self._demand)):
            self.moved_at = status.at
        self._demand = demand
        ready = sum(desktop.phase is Phase.READY and desktop.wanted for desktop in status.desktops.values())
        complete = (
            ready >= len(wanted) and seats.settled and not any(preparation.missing for preparation in status.preparations)
        )
        nothing_left = complete and not status.plan.actions and not any(status.plan.reasons)
        self.settled = status.roster is not None and (nothing_left or (seats.at_rest and _lacks_room(status)))
        self.full = _is_full(status)
        resting = self.resting = status.demand.resting
        if resting:
            self._rested |= {name for name, state in status.desktops.items() if state.reservation.seat in resting}
        asleep = any(status.at < rest.starts_at for rest in resting.values())
        somebody = bool(wanted) or bool(seats.of_pools)
        all_ready = somebody and seats.all_met and ready >= len(wanted) and status.demand.next_opening is None and not asleep
        if not all_ready:
            self.all_ready_since = None
        elif self.all_ready_since is None:
            self.all_ready_since = status.at

    def notice(self, subject: str, text: str) -> None:
        """A line of the log; not needed here."""


def _is_full(status: Status) -> bool:
    """Whether all desktops are ready, what they take is what the others lack, and nothing is to come."""
    demand = status.demand
    to_come = demand.next_opening is not None or demand.ahead or demand.resting
    return not to_come and _lacks_room(status)


def _lacks_room(status: Status) -> bool:
    """Whether all desktops are ready, and what they take is what the others lack."""
    waits_for = {binds for _, binds, _ in status.plan.reasons}
    full = bool(waits_for) and waits_for <= {*RESOURCES} and status.phases.keys() <= {Phase.READY}
    return full and not status.plan.actions


__all__ = ["Watch"]
