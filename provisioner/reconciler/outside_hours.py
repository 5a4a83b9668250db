"""The rest outside the hours, from one cycle to the next: when it begins, and when the start before the hours does."""

from dataclasses import replace

from provisioner.model.demand import Demand, Rest
from provisioner.model.ids import Instant
from provisioner.model.records import Records
from provisioner.model.site_config import SiteConfig
from provisioner.planning.demand.outside_hours import next_edge, rest_at, resting_seats, with_rest
from provisioner.planning.inputs import Situation
from provisioner.planning.survey.start_up import start_up_s
from provisioner.planning.survey.survey import Survey

_MEASURE_EVERY_S = 60.0
"""Boots that are measured at night are few; 1,700 desktops cost a millisecond."""


class OutsideHours:
    """Gives the same demand as long as nothing has changed, because readers compare by identity."""

    def __init__(self) -> None:
        self._start_up_s = 0.0
        self._measured_at: Instant | None = None
        self._rest: Rest | None = None
        self._people: Demand | None = None
        self._desktops: object = None
        self._demand = Demand()
        self._asleep = False
        self.next_change: Instant | None = None
        """When the demand changes next by the hours; None: never."""

    def applied(self, demand: Demand, records: Records, config: SiteConfig, now: Instant) -> Demand:
        """The demand of people's own desktops, with what rests now."""
        scenario, before = config.scenario, self._rest
        rest = self._latched(rest_at(scenario, records.surge, now, start_up_s=self._start_up_s), now)
        self.next_change = next_edge(scenario, rest, now)
        if rest is None:
            self._rest = self._people = None
            return demand
        same = before is not None and demand is self._people and records.desktops is self._desktops
        seats = before.seats if before is not None and same else resting_seats(demand, rest, records, config.rules)
        rest = replace(rest, seats=seats)
        asleep, self._asleep = self._asleep, now < rest.starts_at
        if demand is not self._people or rest != before or asleep is not self._asleep:
            self._demand = with_rest(demand, rest, scenario, now)
        self._rest, self._people, self._desktops = rest, demand, records.desktops
        return self._demand

    def _latched(self, rest: Rest | None, now: Instant) -> Rest | None:
        """Once the start before the hours has begun it goes on, also if the boots turn out quicker."""
        before = self._rest
        if rest is None or before is None or before.until != rest.until or before.starts_at > now:
            return rest
        return replace(rest, starts_at=before.starts_at)

    def measure(self, situation: Situation, survey: Survey) -> None:
        """Learn from this cycle how long a start of all that rests takes."""
        rest = situation.demand.rest
        if rest is None:
            return
        if self._measured_at is None or not 0 <= situation.now - self._measured_at < _MEASURE_EVERY_S:
            self._measured_at = situation.now
            self._start_up_s = start_up_s(situation, survey, rest.seats)


__all__ = ["OutsideHours"]
