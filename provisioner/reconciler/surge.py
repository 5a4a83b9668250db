"""When the scenario began, and the demand that follows. The beginning is stored: waves continue after a restart."""

from collections.abc import Iterable

from provisioner.model.agents import Roster
from provisioner.model.demand import Demand
from provisioner.model.ids import Instant
from provisioner.model.intents import Intent, IntentKind
from provisioner.model.records import Records
from provisioner.model.site_config import SiteConfig
from provisioner.model.surges import SurgeRun
from provisioner.planning.demand.demand import demand_of
from provisioner.planning.demand.trials import trials_in, with_trials
from provisioner.ports import Store

_FOREVER = float("inf")


class Surge:
    """The scenario's beginning, and the current demand."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._run: SurgeRun | None = None
        self._demand: Demand | None = None
        self._roster: Roster | None = None
        self._trials: tuple[Intent, ...] = ()
        self._with_trials: Demand | None = None
        """The demand with these trials; None: it was not computed yet."""

    def begin(self, scenario: str, now: Instant) -> None:
        """Begin the scenario, unless it has begun before; raises StoreError."""
        self._demand = None
        self._run = SurgeRun.begun(scenario, begin_surge(self._store, scenario, now))

    def roster_changed(self) -> None:
        """Compute the demand again at the next call."""
        self._demand = None

    def demand(self, records: Records, config: SiteConfig, now: Instant) -> Demand:
        """The demand; computed again only if a batch opens, a preparation begins, or roster or scenario has changed."""
        roster = records.roster
        stale = self._demand is None or roster is not self._roster or (self._demand.next_change or _FOREVER) <= now
        if stale or self._demand is None:
            self._roster = roster
            served = records.kept_under(config.rules)
            self._demand = demand_of(roster, config.rules, run=self._run, now=now, served=served)
            self._with_trials = None
        return self._tried(self._demand, trials_in(records.intents), config)

    def _tried(self, demand: Demand, trials: tuple[Intent, ...], config: SiteConfig) -> Demand:
        """With the trials; the same value as long as nothing has changed, because whoever reads it compares by identity."""
        if not trials:
            return demand
        if self._with_trials is None or trials != self._trials:
            self._with_trials, self._trials = with_trials(demand, trials, config.profiles), trials
        return self._with_trials

    @property
    def next_change(self) -> Instant | None:
        """When the demand changes next by itself; None: never, or it was not computed yet."""
        return self._demand.next_change if self._demand else None


def surge_began(intents: Iterable[Intent], scenario: str) -> Instant | None:
    """When this scenario began; None: it has not begun."""
    return next((intent.at for intent in intents if intent.kind is IntentKind.SURGE and intent.reason == scenario), None)


def run_begun(intents: Iterable[Intent], scenario: str, *, otherwise: Instant) -> SurgeRun:
    """The scenario's run; begun at `otherwise`, if it has not begun."""
    began = surge_began(intents, scenario)
    return SurgeRun.begun(scenario, otherwise if began is None else began)


def begin_surge(store: Store, scenario: str, now: Instant) -> Instant:
    """The scenario's beginning: the stored one, otherwise now, which is stored. Raises StoreError.

    A beginning in the future comes from a clock that was ahead. It is replaced: otherwise all agents would wait for it.
    """
    began = surge_began(store.intents(), scenario)
    if began is None or began > now:
        began = now
        store.give(Intent(kind=IntentKind.SURGE, by="daemon", at=began, reason=scenario))
    return began
