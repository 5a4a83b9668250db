"""Whose desktop rests, from one cycle to the next: when a rest begins, and when the start before its end does."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import replace
from math import inf

from provisioner.model.demand import Demand, Rest
from provisioner.model.ids import Instant, Seat
from provisioner.model.kept.records import Records
from provisioner.model.site_config import SiteConfig
from provisioner.planning.rests.resting import resting_seats, spells_at, with_rests
from provisioner.planning.rests.spell import RestFacts, Spell

_MEASURE_EVERY_S = 60.0
"""Boots that are measured at night are few; 1,700 desktops cost a millisecond."""


class RestWatch:
    """Gives the same demand as long as nothing has changed, because readers compare by identity."""

    def __init__(self) -> None:
        self._start_up_s: Mapping[Rest, float] = {}
        """Of each rest, without `starts_at`."""
        self._measured_at: Instant | None = None
        self._rests: Mapping[Rest, Rest] = {}
        """Those that go on, by the same without `starts_at`."""
        self._people: Demand | None = None
        self._desktops: object = None
        self._seats: Mapping[Seat, Rest] = {}
        self._asleep: Set[Rest] = frozenset()
        self._demand = Demand()
        self.next_change: Instant | None = None
        """When the demand changes next by a rest; None: never."""

    def applied(self, demand: Demand, records: Records, config: SiteConfig, now: Instant) -> Demand:
        """The demand of people's own desktops, with what rests now."""
        spells = spells_at(RestFacts(config=config, records=records, now=now))
        of = {self._rest(spell, now): spell for spell in spells if spell.since <= now < spell.until}
        edges = [*(spell.since for spell in spells), *(edge for rest in of for edge in (rest.starts_at, rest.until))]
        self.next_change = min((edge for edge in edges if now < edge < inf), default=None)
        rests, asleep = {_undated(rest): rest for rest in of}, frozenset(rest for rest in of if now < rest.starts_at)
        if not rests:
            self._rests, self._people, self._seats = {}, None, {}
            return demand
        people, seats = self._people, self._seats
        if demand is not people or records.desktops is not self._desktops or rests != self._rests:
            seats = resting_seats(demand, of, records, config.rules)
        if demand is not people or seats != self._seats or asleep != self._asleep:
            self._demand = with_rests(demand, seats, now)
        self._rests, self._people, self._desktops, self._seats, self._asleep = rests, demand, records.desktops, seats, asleep
        return self._demand

    def _rest(self, spell: Spell, now: Instant) -> Rest:
        """Once the start before the end has begun it goes on, also if the boots turn out quicker."""
        rest = Rest(because=spell.because, when=spell.when, since=spell.since, until=spell.until)
        before = self._rests.get(rest)
        if before is not None and before.starts_at <= now:
            return before
        starts_at = max(spell.since, spell.until - spell.up_before_s - self._start_up_s.get(rest, 0.0))
        return replace(rest, starts_at=starts_at)

    def measure(self, now: Instant, start_up_s: Callable[[Sequence[Seat]], float]) -> None:
        """Learn from this cycle how long a start of all that rests takes."""
        if not self._rests:
            return
        if self._measured_at is None or not 0 <= now - self._measured_at < _MEASURE_EVERY_S:
            self._measured_at = now
            seats = defaultdict[Rest, list[Seat]](list)
            for seat, rest in self._seats.items():
                seats[rest].append(seat)
            self._start_up_s = {_undated(rest): start_up_s(resting) for rest, resting in seats.items()}


def _undated(rest: Rest) -> Rest:
    return replace(rest, starts_at=inf)


__all__ = ["RestWatch"]
