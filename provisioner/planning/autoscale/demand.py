"""How many people come within a lead time: learned from earlier days, and from the last minutes of this one.

People are counted by the minute, and learned by quarters of an hour: the counts of all spans as long as a lead time that begin
in the quarter, on all earlier days of the same kind (working days, others), have a mean and a variance. The variance shows all
that makes a stock too small: people who come in groups, a rush shorter than the quarter, and days that differ.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import cached_property, lru_cache
from math import ceil

from provisioner.model.autoscale import AutoscaleRules, ExpectedDemand, LeadDemand, Leads, Standby
from provisioner.model.ids import Instant
from provisioner.model.scenario.calendars import Calendar
from provisioner.model.session_counts import MINUTE_S, MINUTES, QUARTER_S, ArrivalQuarter, quarter_begin
from provisioner.planning.autoscale.present import PresentArrivals
from provisioner.planning.autoscale.standby import Rush, learned_standby, new_standby, rush_of, span_min
from provisioner.planning.autoscale.stock import base_stock, demand_of

DAYS = 10
"""Days of the same kind that count: two weeks of work. Older ones are forgotten as people change their ways."""
_SHIFT_S = 5 * MINUTE_S
"""So much earlier or later than on earlier days a rush may come: beyond that, `standby` and the last minutes are for it."""


STEADY_S = 300.0
"""So long Kubernetes' horizontal pod autoscaler waits before it scales down (its downscale stabilization)."""


def steady_of(leads: Leads) -> float:
    """How long a buffer that was wanted is kept, and how far ahead it is known, in seconds."""
    return max(STEADY_S, leads.clone_s + leads.boot_s)


def expected_demand(
    learned: "LearnedArrivals", today: Mapping[Instant, ArrivalQuarter], now: Instant, leads: Leads, rules: AutoscaleRules
) -> ExpectedDemand:
    """The demand until the end of this minute; `today`: the quarters of this day, by their begins, and any earlier ones."""
    present, since = PresentArrivals(today, now), now // MINUTE_S * MINUTE_S

    def expected(lead_s: float, ahead_s: float = 0.0) -> LeadDemand:
        quarters = learned.within(since - _SHIFT_S, since + MINUTE_S + lead_s + _SHIFT_S + ahead_s, lead_s)
        return max((*quarters, present.expected(lead_s, quarters)), key=lambda demand: (base_stock(demand), demand.mean))

    came = present.since(learned.midnight(now))
    return ExpectedDemand(
        boot=expected(leads.boot_s),
        boot_soon=expected(leads.boot_s, steady_of(leads)),
        clone=expected(leads.clone_s),
        boot_standby=_standby(learned.rushes(now, leads.boot_s), came, rules, leads.boot_s),
        clone_standby=_standby(learned.rushes(now, leads.clone_s), came, rules, leads.clone_s),
    )


def _standby(rushes: Sequence[Rush], came: int, rules: AutoscaleRules, lead_s: float) -> Standby:
    learned, new = learned_standby(rushes, came, rules, lead_s), new_standby(len(rushes), rules, lead_s)
    return Standby(free=max(learned, new), days=len(rushes), is_new=new > learned)


class LearnedArrivals:
    """What earlier days show; made anew when a quarter of an hour has ended."""

    def __init__(self, quarters: Iterable[ArrivalQuarter], calendar: Calendar) -> None:
        self._quarters: Mapping[Instant, ArrivalQuarter] = {quarter.at: quarter for quarter in quarters}
        self._calendar = calendar
        self.expected = lru_cache(maxsize=512)(self._expected)
        """By quarter (its begin) and lead time in seconds."""
        self._rushes = lru_cache(maxsize=16)(self._largest)
        """Rushes, by day and minutes."""

    @cached_property
    def _of_day(self) -> Mapping[date, Sequence[Instant]]:
        """The quarters in which anybody came, by day."""
        found: dict[date, list[Instant]] = {}
        for at in self._quarters:
            found.setdefault(self._calendar.date_of(at), []).append(at)
        return found

    @cached_property
    def days(self) -> Sequence[date]:
        """The days on which anybody came, newest first."""
        return sorted(self._of_day, reverse=True)

    def days_before(self, now: Instant) -> int:
        """How many of them are over: nothing is learned from the day that goes on."""
        today = self._calendar.date_of(now)
        return sum(day < today for day in self.days)

    def midnight(self, now: Instant) -> Instant:
        """When this day began."""
        return self._calendar.instant(self._calendar.date_of(now), 0)

    def rushes(self, now: Instant, lead_s: float) -> Sequence[Rush]:
        """The largest rush of each earlier day of today's kind, as far as days are kept."""
        return self._rushes(self._calendar.date_of(now), span_min(lead_s))

    def within(self, since: Instant, until: Instant, lead_s: float) -> list[LeadDemand]:
        """What is to be expected in each quarter from the one of `since` to the one of `until`; empty: nothing is known."""
        count = 1 + round((quarter_begin(until) - quarter_begin(since)) / (MINUTE_S * MINUTES))
        begins = (quarter_begin(since) + number * MINUTE_S * MINUTES for number in range(count))
        found = (self.expected(begin, lead_s) for begin in begins)
        return [demand for demand in found if demand is not None]

    def _expected(self, begin: Instant, lead_s: float) -> LeadDemand | None:
        """Of the quarter that begins then; None: no earlier day of its kind is known."""
        today, minute = self._calendar.date_of(begin), self._calendar.minute_of(begin)
        span = max(1, ceil(lead_s / MINUTE_S))
        counts = [
            count for day in self._alike(today)[:DAYS] for count in self._spans(self._calendar.instant(day, minute), span)
        ]
        return demand_of(counts, span, lead_s) if counts else None

    def _alike(self, today: date) -> Sequence[date]:
        """Earlier days of the same kind, newest first."""
        return [day for day in self.days if day < today and self._calendar.works_on(day) == self._calendar.works_on(today)]

    def _largest(self, today: date, span: int) -> Sequence[Rush]:
        return [rush_of(self._day(day), span) for day in self._alike(today)]

    def _day(self, day: date) -> Sequence[int]:
        """How many came in each minute of a day, from the first quarter in which anybody came to the last."""
        begins = sorted(at for at in self._of_day[day])
        quarters = range(round((begins[-1] - begins[0]) / QUARTER_S) + 1)
        return [count for number in quarters for count in self._minutes(begins[0] + number * QUARTER_S)]

    def _spans(self, begin: Instant, span: int) -> Iterator[int]:
        """How many came in so many minutes from each minute of a quarter on."""
        following = -(-span // MINUTES)
        minutes = [count for number in range(following + 1) for count in self._minutes(begin + number * MINUTES * MINUTE_S)]
        return (sum(minutes[first : first + span]) for first in range(MINUTES))

    def _minutes(self, begin: Instant) -> Sequence[int]:
        quarter = self._quarters.get(begin)
        return quarter.minutes if quarter is not None else (0,) * MINUTES
