"""The scenario's run, and the demand that follows. The run is stored: a restart goes on with it."""

from collections.abc import Callable, Mapping, Set
from dataclasses import replace
from types import MappingProxyType

from provisioner.model.agents import Roster
from provisioner.model.ceilings import Reading
from provisioner.model.demand import Demand
from provisioner.model.desktops import ON, Phase
from provisioner.model.ids import AgentId, Instant
from provisioner.model.intents import Intent
from provisioner.model.records import Records
from provisioner.model.scenarios import Scenario
from provisioner.model.site_config import SiteConfig
from provisioner.model.status import Status
from provisioner.model.surges import SurgeChange, SurgeEvent, SurgeRun, SurgeState, moved, next_state
from provisioner.planning.demand.deadline_order import by_deadline as in_deadline_order
from provisioner.planning.demand.further_wants import FurtherWants
from provisioner.planning.demand.gates import Phases, after_gates
from provisioner.planning.demand.pools import Plans
from provisioner.planning.demand.runs import demand_under
from provisioner.planning.orders.surges import change_of, returning, undated, with_end
from provisioner.planning.survey.survey import Survey
from provisioner.ports import Changes, Clock, Events
from provisioner.reasons.reason import NONE, Reason
from provisioner.reasons.surges import (
    ALL_DONE,
    ANOTHER_SCENARIO,
    BEGINS_ITSELF,
    CLOCK_WAS_AHEAD,
    END_HAS_COME,
    GATE_OPEN,
    STORE_WAS_LOST,
    STORE_WAS_LOST_BEGUN,
    TIME_HAS_COME,
)
from provisioner.reconciler.ceilings import NO_READINGS, Ceilings
from provisioner.reconciler.durable_state import RecordCache
from provisioner.reconciler.resting import RestWatch

_FOREVER = float("inf")
_DAEMON = "daemon"
_ON_THE_WAY = (Phase.RESERVED, Phase.CLONING, Phase.UNPROVEN, Phase.CLONED, Phase.STARTING)


class Surge:
    """The scenario's run, and the current demand."""

    def __init__(self, cache: RecordCache, *, clock: Clock, events: Events) -> None:
        self._cache, self._clock, self._events = cache, clock, events
        self._demand: Demand | None = None
        self._roster: Roster | None = None
        self._run: SurgeRun | None = None
        self._running: frozenset[AgentId] = frozenset()
        self._phases: Phases = {}
        self._ceilings = Ceilings()
        self._further = FurtherWants()
        self.resting = RestWatch()
        self._by_deadline = Demand(), Demand()

    @property
    def run(self) -> SurgeRun | None:
        """The newest run."""
        return self._cache.state.surge

    def begin(self, configured: Scenario, now: Instant) -> None:
        """Another configuration is in force. A scenario that begins by itself does; one by hand waits. Raises StoreError.

        A scenario that an operator has started goes on, whatever the configuration says, until its run is over; and a run that
        waits for an operator waits.
        """
        self._demand = None
        run = self.run
        if run is not None and run.since > now:
            run = _put_right(run, now)
            self._change(run, "begin", CLOCK_WAS_AHEAD())
        stays = run is not None and not run.is_over and (run.rebuilt or run.as_started is not None)
        if stays or (run is not None and run.scenario == configured.name):
            return
        if not configured.by_hand:
            number = 1 if run is None else run.number + 1
            begun = with_end(SurgeRun.begun(configured.name, now, number=number), configured)
            self._change(begun, "begin", BEGINS_ITSELF())
        elif run is not None and not run.is_over:
            self._change(moved(run, SurgeState.ENDED, by=_DAEMON, at=now), "done", ANOTHER_SCENARIO())

    def in_force(self, config: SiteConfig) -> SiteConfig:
        """The configuration with the scenario as an operator has started it, as long as its run is not over."""
        return under_run(self.run, config)

    def obey(self, order: Intent, *, configured: Scenario, in_force: Scenario, tried: Callable[[SurgeRun], object]) -> Reason:
        """Carry out an order about the surge; why not, or nothing. Raises StoreError, and whatever `tried` raises.

        `tried` computes who would be wanted under the run: where that fails, nothing has changed.
        """
        change = change_of(order, run=self.run, configured=configured, in_force=in_force, now=self._clock.now())
        if isinstance(change, Reason):
            return change
        tried(change.run)
        self._commit(change)
        return NONE

    def keep_as_loaded(self, why: Reason) -> None:
        """Keep the run that stands for one that could not be read. Raises StoreError."""
        if self.run is not None:
            event = SurgeEvent.DONE if self.run.is_over else SurgeEvent.PAUSE
            self._change(self.run, event.value, why)

    def set_aside(self, why: Reason) -> bool:
        """The run cannot be carried out as it is: it is known from its desktops alone, and waits for an operator.

        Returns whether that is news: else it is not the run. Raises StoreError.
        """
        run, now = self.run, self._clock.now()
        if run is None or run.is_over or run.rebuilt:
            return False
        waits = SurgeRun(
            scenario=run.scenario,
            number=run.number,
            state=SurgeState.PAUSED,
            started_at=run.started_at,
            since=now,
            by=_DAEMON,
            takes_back=run.takes_back,
            returned_at=run.returned_at,
            rebuilt=True,
        )
        self._change(waits, SurgeEvent.PAUSE.value, why)
        return True

    def advance(self, now: Instant) -> None:
        """What comes by itself: the time of a start, and that of an end. Raises StoreError."""
        run = self.run
        if run is None:
            return
        if run.state is SurgeState.PENDING and run.started_at <= now:
            self._change(moved(run, SurgeState.RUNNING, by=_DAEMON, at=now), SurgeEvent.BEGIN.value, TIME_HAS_COME())
        elif run.ends_at is not None and run.ends_at <= now and run.state in _BEFORE_END:
            back = returning(moved(run, SurgeState.RETURNING, by=_DAEMON, at=now), now)
            self._change(replace(back, ends_at=None), SurgeEvent.FINISH.value, END_HAS_COME())

    def note_gates(self, demand: Demand, now: Instant) -> None:
        """Keep which gates have opened, and whether one is shut. Raises StoreError."""
        run = self.run
        if run is None or not (demand.gates or run.state is SurgeState.GATED):
            return
        event, why = (SurgeEvent.SHUT, demand.shut[0].shut_by) if demand.shut else (SurgeEvent.OPEN, GATE_OPEN())
        state = next_state(run, event)
        assert isinstance(state, SurgeState), "gates are refused in no state"
        after = moved(after_gates(run, demand.gates), state, by=_DAEMON, at=now)
        if after != run:
            self._change(after, event.value, why)

    def finish(self, survey: Survey, demand: Demand, now: Instant) -> None:
        """End an abort or a return that is done. Raises StoreError."""
        run = self.run
        if run is None or run.state not in (SurgeState.ABORTING, SurgeState.RETURNING):
            return
        if run.state is SurgeState.ABORTING and not _begun(survey, demand):
            if run.then_returns:
                after = returning(moved(run, SurgeState.RETURNING, by=run.by, at=now, reason=run.reason), now)
            else:
                after = moved(run, SurgeState.ENDED, by=_DAEMON, at=now)
            self._change(after, SurgeEvent.DONE.value, ALL_DONE())
        elif run.state is SurgeState.RETURNING and not self._still_on(run, survey, demand):
            self._change(moved(run, SurgeState.ENDED, by=_DAEMON, at=now), SurgeEvent.DONE.value, ALL_DONE())

    def rebuild(self, scenario: Scenario, now: Instant) -> None:
        """After the store was lost: desktops say that there was a surge, and nothing says how far it was. Raises StoreError."""
        made = [desktop for desktop in self._cache.records().reservations if desktop.run is not None]
        if not made:
            return
        marks = frozenset(desktop.run for desktop in made if desktop.run is not None)
        if (run := self.run) is not None:  # it has begun by itself, and goes on: the desktops are its own
            whole = replace(run, number=max(marks), takes_back=run.takes_back | marks)
            if whole != run:
                self._change(whole, SurgeEvent.BEGIN.value, STORE_WAS_LOST_BEGUN())
        elif scenario.by_hand:
            began = min(desktop.reserved_at for desktop in made)
            self._ask(replace(SurgeRun.begun(scenario.name, began, number=max(marks)), takes_back=marks, rebuilt=True), now)

    def _ask(self, paused: SurgeRun, now: Instant) -> None:
        self._change(moved(paused, SurgeState.PAUSED, by=_DAEMON, at=now), SurgeEvent.PAUSE.value, STORE_WAS_LOST())

    def roster_changed(self) -> None:
        """Compute the demand again at the next call."""
        self._demand = None

    def demand(
        self,
        records: Records,
        config: SiteConfig,
        now: Instant,
        *,
        running: Set[AgentId] = frozenset(),
        status: Status | None = None,
        readings: Mapping[str, Reading] = NO_READINGS,
        plans: Plans = MappingProxyType({}),
        by_deadline: bool = False,
    ) -> Demand:
        """The demand; computed again only if a batch opens, a preparation begins, or roster, scenario or run has changed.

        `running`: agents whose desktop is on; it counts only if the run asks for it. `status`: of the last
        cycle, for the gates; while one is shut, a changed phase counts, too. `readings`: what the queries of ceilings gave.
        `plans`: of pools that follow their people. `by_deadline`: what is due first goes first, instead of the most important.
        """
        roster, run = records.roster, records.surge
        on = frozenset(running) if run is not None and run.asks_what_is_on else frozenset[AgentId]()
        phases = _phases(status) if any(wave.gate for wave in config.scenario.waves) else {}
        at_gate = self._demand is not None and bool(self._demand.shut) and phases != self._phases
        stale = roster is not self._roster or run is not self._run or on != self._running or at_gate
        stale |= self._ceilings.look(config.scenario, readings, status)
        if stale or self._demand is None or (self._demand.next_change or _FOREVER) <= now:
            self._roster, self._run, self._running, self._phases = roster, run, on, phases
            self._demand = demand_under(
                records, config.rules, now=now, running=on, phases=phases, ceilings=self._ceilings.states
            )
        people = self.resting.applied(self._demand, records, config, now)
        return self._further.added_to(self._ordered(people, by_deadline=by_deadline), records, config, plans)

    def _ordered(self, people: Demand, *, by_deadline: bool) -> Demand:
        """The same value as long as nothing has changed."""
        if not by_deadline:
            return people
        if people is not self._by_deadline[0]:
            self._by_deadline = people, in_deadline_order(people)
        return self._by_deadline[1]

    @property
    def next_change(self) -> Instant | None:
        """When the demand changes next by itself; None: never, or it was not computed yet."""
        run = self.run
        due = [self._demand.next_change if self._demand else None, self.resting.next_change]
        if run is not None and not run.is_over:
            due += [run.ends_at, run.started_at if run.state is SurgeState.PENDING else None]
        return min((at for at in due if at is not None), default=None)

    def _still_on(self, run: SurgeRun, survey: Survey, demand: Demand) -> bool:
        """Whether a desktop that is to go back is on, or another batch is to follow."""
        if demand.next_change is not None and run.kept_until is not None and demand.next_change < run.kept_until:
            return True
        records = self._cache.state.desktops
        made = (name for name, record in records.items() if record.reservation.run in run.takes_back)
        return any(survey.phases[name][0] in ON for name in made if name in survey.phases)

    def _change(self, run: SurgeRun, what: str, why: Reason) -> None:
        self._commit(SurgeChange(run=run, what=what, by=_DAEMON, at=self._clock.now(), why=why))

    def _commit(self, change: SurgeChange) -> None:
        self._demand = None
        self._cache.commit(Changes(surge=change))


def under_run(run: SurgeRun | None, config: SiteConfig) -> SiteConfig:
    """The configuration with the scenario of the run."""
    if run is None or run.as_started is None or run.is_over or run.as_started == undated(config.scenario):
        return config
    return replace(config, scenario=run.as_started)


def with_run(records: Records, scenario: Scenario, now: Instant) -> Records:
    """The records with the run that a daemon would begin by itself, if it started now."""
    run = records.surge
    if scenario.by_hand or (run is not None and run.scenario == scenario.name):
        return records
    if run is not None and run.as_started is not None and not run.is_over:
        return records
    return replace(records, surge=SurgeRun.begun(scenario.name, now))


_BEFORE_END = (SurgeState.RUNNING, SurgeState.GATED, SurgeState.PAUSED, SurgeState.PENDING)


def _put_right(run: SurgeRun, now: Instant) -> SurgeRun:
    """A beginning in the future comes from a clock that was ahead. It is replaced: otherwise all agents would wait for it."""
    began = now if run.state is not SurgeState.PENDING and run.started_at > now else run.started_at
    returned = None if run.returned_at is None else min(run.returned_at, now)
    return replace(run, since=now, started_at=began, returned_at=returned)


def _phases(status: Status | None) -> Phases:
    """The phase of each seat's desktop; nothing is known before the first cycle. What rests was ready, and will be again."""
    states, demand = (status.desktops.values(), status.demand) if status is not None else ((), Demand())
    return {
        state.reservation.seat: Phase.READY if demand.serves(state.reservation.seat, state.phase) else state.phase
        for state in states
        if state.reservation.seat is not None and state.superseded_by is None
    }


def _begun(survey: Survey, demand: Demand) -> bool:
    """Whether a desktop that was begun is on its way."""
    found = (survey.of_seat.get(seat) for seat in demand.wants)
    return any(desktop is not None and survey.phases[desktop.name][0] in _ON_THE_WAY for desktop in found)


__all__ = ["Surge", "under_run", "with_run"]
