"""The configuration in force: the configured one, as far as the guard and a surge under way let it through."""

from collections.abc import Collection
from dataclasses import replace

from provisioner.model.commands import Completion
from provisioner.model.intents import Intent
from provisioner.model.kept.records import Records
from provisioner.model.machines.seats import seat_of
from provisioner.model.site_config import SiteConfig
from provisioner.planning.orders.runs import under_run
from provisioner.ports import Clock, Events
from provisioner.reconciler.durable_state import RecordCache
from provisioner.reconciler.roster_readings import RosterReadings
from provisioner.reconciler.surge import Surge


class RulesInForce:
    """Entitlements and scenario in force, and the roster: the guard judges changes of both."""

    def __init__(self, config: SiteConfig, readings: RosterReadings, surge: Surge, *, clock: Clock, events: Events) -> None:
        self.config = self.configured = config
        """The configuration in force: without changes of entitlements or scenario that the guard holds back."""
        self.proposed = config.scenario
        """The configured scenario, as far as the guard lets it through. Another is in force while a run of it goes on."""
        self._readings, self._surge = readings, surge
        self._clock, self._events = clock, events

    def apply(self, config: SiteConfig, intents: Collection[Intent]) -> None:
        """Put a changed configuration in force, as far as the guard lets it through. Raises StoreError."""
        self.configured = config
        judged = self._readings.judge_rules(config, intents)
        self._surge.begin(judged.scenario, self._clock.now())
        self._take(judged)

    def after_order(self) -> None:
        """An order has started or ended a run: its scenario is in force, or the configured scenario again."""
        self._take(replace(self.config, scenario=self.proposed))

    def take_reading(self, completion: Completion, intents: Collection[Intent], *, rebuilding: bool) -> bool:
        """Take in a reading of the directory; returns whether the demand may have changed."""
        changed = self._readings.take_in(completion, self.configured, intents, rebuilding=rebuilding)
        if changed:
            self._follow_roster()
        return changed

    def judge_waiting(self, intents: Collection[Intent]) -> None:
        """Judge a reading that has waited for the end of a store rebuild: the guard compares it with all desktops."""
        if self._readings.judge(self.configured, intents):
            self._follow_roster()

    def announce(self, records: Records, cache: RecordCache) -> None:
        """Say what another scenario means for people."""
        demand = self._surge.demand(records, self.config, self._clock.now())
        has = len(demand.wants.keys() & set(map(seat_of, cache.records().kept_under(self.config.rules))))
        text = (
            f"scenario '{self.config.scenario.name}' is in force: {has} people who have a desktop keep it, "
            f"{len(demand.wants) - has} more are wanted now, {len(demand.not_wanted) + len(demand.ahead)} not yet or not at all"
        )
        self._events.notice("scenario", text)

    def _follow_roster(self) -> None:
        """Another roster is in force, or rules that were accepted together with it."""
        before, judged = self.proposed, self._readings.in_force(self.configured)
        if judged.scenario != before:
            self._surge.begin(judged.scenario, self._clock.now())
        self._take(judged)
        self._surge.roster_changed()

    def _take(self, judged: SiteConfig) -> None:
        """The rules that the guard lets through are in force, except for the scenario of a run that an operator has started."""
        self.proposed, self.config = judged.scenario, under_run(self._surge.run, judged)


__all__ = ["RulesInForce"]
