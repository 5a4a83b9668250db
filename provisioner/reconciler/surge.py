"""The scenario's run, and the demand that follows. The run is stored: a restart goes on with it."""

from collections.abc import Callable, Mapping, Set
from types import MappingProxyType

from provisioner.model.demand import Demand
from provisioner.model.ids import AgentId, Instant
from provisioner.model.intents import Intent
from provisioner.model.kept.records import Records
from provisioner.model.machines.desktops import Phase
from provisioner.model.people.agents import Roster
from provisioner.model.scenario.ceilings import Reading
from provisioner.model.scenario.scenarios import Scenario
from provisioner.model.scenario.surges import SurgeChange, SurgeRun, SurgeState
from provisioner.model.site_config import SiteConfig
from provisioner.model.status import Status
from provisioner.planning.demand.ceilings import NO_READINGS, Ceilings
from provisioner.planning.demand.deadline_order import by_deadline as in_deadline_order
from provisioner.planning.demand.further_wants import FurtherWants
from provisioner.planning.demand.gates import Phases
from provisioner.planning.demand.pools import Plans
from provisioner.planning.demand.runs import demand_under
from provisioner.planning.orders.runs import begins
from provisioner.planning.orders.surges import change_of
from provisioner.planning.rests.watch import RestWatch
from provisioner.ports import Changes, Clock, Events
from provisioner.reasons.reason import NONE, Reason
from provisioner.reconciler.durable_state import RecordCache

_FOREVER = float("inf")


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
        for change in begins(self.run, configured, now):
            self.keep(change)

    def obey(self, order: Intent, *, configured: Scenario, in_force: Scenario, tried: Callable[[SurgeRun], object]) -> Reason:
        """Carry out an order about the surge; why not, or nothing. Raises StoreError, and whatever `tried` raises.

        `tried` computes who would be wanted under the run: where that fails, nothing has changed.
        """
        change = change_of(order, run=self.run, configured=configured, in_force=in_force, now=self._clock.now())
        if isinstance(change, Reason):
            return change
        tried(change.run)
        self.keep(change)
        return NONE

    def keep(self, change: SurgeChange | None) -> bool:
        """Make a change of the run durable, if there is any; returns whether there is. Raises StoreError."""
        if change is None:
            return False
        self._demand = None
        self._cache.commit(Changes(surge=change))
        return True

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


def _phases(status: Status | None) -> Phases:
    """The phase of each seat's desktop; nothing is known before the first cycle. What rests was ready, and will be again."""
    states, demand = (status.desktops.values(), status.demand) if status is not None else ((), Demand())
    return {
        state.reservation.seat: Phase.READY if demand.serves(state.reservation.seat, state.phase) else state.phase
        for state in states
        if state.reservation.seat is not None and state.superseded_by is None
    }


__all__ = ["Surge"]
