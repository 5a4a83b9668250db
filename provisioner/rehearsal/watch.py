"""What a rehearsal hears of the reconciler: when each desktop became ready, and whether anything moves yet. And the seats
that it waits for besides people's own, and when each was met first: the desktops of pools, and the people of a rotation's
half-day that goes on or comes next, and of the one after it."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from math import inf
from operator import gt

from provisioner.model.actions import Outcome, Result
from provisioner.model.demand import Rest, Want
from provisioner.model.ids import AgentId, DesktopName, DesktopPoolName, Instant, Seat, WaveName
from provisioner.model.kept.records import Records
from provisioner.model.lending import LeaseState
from provisioner.model.machines.desktops import Phase
from provisioner.model.machines.seats import pool_of
from provisioner.model.people.agents import Roster
from provisioner.model.scenario.half_days import Slot
from provisioner.model.scenario.rotation import Rotation
from provisioner.model.scenario.surges import SurgeState
from provisioner.model.site_config import SiteConfig
from provisioner.model.status import DesktopState, Status
from provisioner.model.words import RESOURCES, JournalWord
from provisioner.planning.rotation.weeks import comes
from provisioner.ports import ApiCall
from provisioner.reasons.reason import Reason
from provisioner.reasons.targets import BY_HALF_DAYS
from provisioner.twin.engine.events import EventHeap

_HALF_DAYS = 2
_NOT_FREE = frozenset({LeaseState.TO_RESET, LeaseState.IN_DOUBT})


class SharedSeats:
    """Of one rehearsal. A half-day's seat is of no desktop: its person has whichever of the pool is lent."""

    def __init__(self, began_at: Instant, *, config: Callable[[], SiteConfig], records: Callable[[], Records]) -> None:
        self._began_at, self._config, self._records = began_at, config, records
        self._looked = False
        self.settled = True
        """Whether there is nothing to be done now: what is to come has its time."""
        self.at_rest = True
        """Whether no desktop of a pool is on its way to the next person."""
        self.passed = 0
        """Times at which a half-day has opened or ended."""
        self.of_pools: dict[Seat, Want] = {}
        self.of_half_days: dict[Seat, Want] = {}
        """In the order of their half-days."""
        self.met_at: dict[Seat, Instant] = {}
        """When a pool's desktop was first as far as its pool wants it, and not to be reset; when a person first had one."""
        self._people: dict[Seat, AgentId] = {}
        self._times: tuple[Instant, ...] = ()
        """When each half-day opens and ends."""
        self._resetting: frozenset[DesktopPoolName] = frozenset()
        self._starts_at: Instant | None = None

    @property
    def all_met(self) -> bool:
        """Whether nothing of it is left to wait for."""
        return self._starts_at is None and not self._lack(inf)

    def look(self, status: Status) -> None:
        """At the end of a cycle. What is met at the first look was met before."""
        if status.planned_at is None or status.roster is None:
            return
        run = status.surge
        self._starts_at = run.started_at if run is not None and run.state is SurgeState.PENDING else None
        self._choose(status)
        pools = {seat: want for seat, want in status.demand.ahead.items() if pool_of(seat) is not None}
        self._resetting = frozenset(pool.pool.name for pool in status.pools if pool.to_reset or pool.in_doubt)
        if not self._looked or self._lack(-inf):  # what is lent later changes which seats a ceiling leaves
            self.of_pools = {seat: replace(want, begins_at=self._began_at) for seat, want in pools.items()}
        for want in [*self._met_of_pools(status, pools), *self._met_of_half_days(status)]:
            at = status.at if self._looked else min(self._began_at, want.due_at or self._began_at)
            self.met_at[want.seat] = at
        self._looked = True
        self.at_rest = _at_rest(status)
        self.settled = not self._lack(status.at) and self.at_rest
        self.passed = sum(at <= status.at for at in self._times)

    def next_edge(self, now: Instant) -> Instant | None:
        """When something of it may come next by itself; None: nothing."""
        last = self.last_at(now)
        later = (at for at in (*self._times, *self._resets(now)) if now < at)
        return min((at for at in later if last is not None and at <= last), default=None)

    def last_at(self, now: Instant) -> Instant | None:
        """Until when to wait for what is not met yet, whatever moves; None: for nothing that has its time."""
        turns = (want.due_at for seat, want in self.of_half_days.items() if seat not in self.met_at)
        resets = self._resets(now) if self._lack(-inf) else ()
        return max((at for at in (*turns, self._starts_at, *resets) if at is not None), default=None)

    def _lack(self, until: Instant) -> bool:
        """Whether a seat of a pool, or of a half-day that opens by then, is not met."""
        opened = (seat for seat, want in self.of_half_days.items() if want.opens_at <= until)
        return any(seat not in self.met_at for seat in (*self.of_pools, *opened))

    def _resets(self, now: Instant) -> Iterator[Instant]:
        """When pools may begin to make anew what waits for it."""
        pools = self._config().desktop_pools
        times = (pools[name].resets.opens_at(now) for name in self._resetting if name in pools)
        return (at for at in times if at > now)

    def _met_of_pools(self, status: Status, pools: Mapping[Seat, Want]) -> list[Want]:
        missing, records = (self.of_pools.keys() & pools.keys()) - self.met_at.keys(), self._records().desktops
        if not missing:
            return []
        states = {state.reservation.seat: state for state in status.desktops.values() if not state.unused}

        def is_met(seat: Seat, state: DesktopState | None) -> bool:
            record = None if state is None else records.get(state.reservation.name)
            if state is None or record is None or not pools[seat].is_met_by(state.phase):
                return False
            return record.lease is None or record.lease.state not in _NOT_FREE

        return [self.of_pools[seat] for seat in missing if is_met(seat, states.get(seat))]

    def _met_of_half_days(self, status: Status) -> list[Want]:
        leased = self._records().leased
        open_now = (seat for seat, want in self.of_half_days.items() if want.opens_at <= status.at and seat not in self.met_at)
        desktops = ((seat, status.desktops.get(leased[agent])) for seat in open_now if (agent := self._people[seat]) in leased)
        ready = (seat for seat, state in desktops if state is not None and state.phase is Phase.READY)
        return [self.of_half_days[seat] for seat in ready]

    def _choose(self, status: Status) -> None:
        """The half-days, once they are published."""
        state, run, scenario = status.rotation, status.surge, self._config().scenario
        rotation, calendar = scenario.rotation, scenario.calendar
        if self.of_half_days or state is None or run is None or rotation is None or calendar is None:
            return
        since = max(self._began_at, run.started_at)
        planned = sorted((slot, week.agent_id) for week in state.weeks for slot in week.slots if slot.ends > since)
        chosen = sorted({slot for slot, _ in planned})[:_HALF_DAYS]
        agents = {} if status.roster is None else status.roster.agents
        opens = (slot.begins - rotation.ready_before_s for slot in chosen)
        self._times = (*opens, *(slot.ends for slot in chosen))
        for slot, agent_id in planned:
            if slot in chosen and comes(rotation, agents.get(agent_id), slot, calendar):
                want = self._turn(slot, agent_id, rotation, WaveName(f"half-day {calendar.words(slot.begins)}"))
                self._people[want.seat], self.of_half_days[want.seat] = agent_id, want

    def _turn(self, slot: Slot, agent_id: AgentId, rotation: Rotation, name: WaveName) -> Want:
        return Want(
            seat=Seat(f"half-day:{slot.begins:.0f}:{agent_id}"),
            login=agent_id,
            profile=self._config().desktop_pools[rotation.pool].profile,
            wave=name,
            rank=(0, slot.begins, agent_id),
            by=BY_HALF_DAYS(pool=rotation.pool),
            due_at=slot.begins,
            begins_at=slot.begins - rotation.ready_before_s,
        )


def waits_of_half_days(status: Status) -> Mapping[tuple[Instant | None, str], Reason]:
    """Why whoever has no desktop at a half-day waits, by when it begins and whose it is, as `SharedSeats` wants it."""
    waiting = () if status.rotation is None else status.rotation.waiting
    return {(each.slot.begins, each.agent_id): each.why for each in waiting}


def _at_rest(status: Status) -> bool:
    """Whether no desktop of a pool is on its way to the next person."""
    moving = any(pool.to_reset or pool.in_doubt or pool.coming or pool.waiting for pool in status.pools)
    return not moving and (status.rotation is None or not status.rotation.staying)


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


__all__ = ["SharedSeats", "Watch", "waits_of_half_days"]
