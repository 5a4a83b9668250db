"""How many people come within a lead time: learned from earlier days, and from the last minutes of this one.

People are counted by the minute, and learned by quarters of an hour: the counts of all spans as long as a lead time that begin
in the quarter, on all earlier days of the same kind (working days, others), have a mean and a variance. The variance shows all
that makes a stock too small: people who come in groups, a rush shorter than the quarter, and days that differ.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import cached_property, lru_cache
from math import ceil, sqrt
from statistics import fmean

from provisioner.model.arrivals import MINUTE_S, MINUTES, ArrivalQuarter, quarter_begin
from provisioner.model.autoscale import ExpectedDemand, LeadDemand, Leads
from provisioner.model.calendars import Calendar
from provisioner.model.ids import Instant
from provisioner.planning.autoscale.stock import base_stock

DAYS = 10
"""Days of the same kind that count: two weeks of work. Older ones are forgotten as people change their ways."""
_RECENT_MIN = 5
"""Minutes of today that show today's rate: at a rush of 62 a minute its mean is right within 10 % at a ratio of 3."""
_SHIFT_S = _RECENT_MIN * MINUTE_S
"""So much earlier or later than on earlier days a rush may come: after that, the last minutes show it."""
_HOUR_MIN = 60
_CONFIDENT = 1.645
"""Standard errors above an estimate: the truth is higher in one case of twenty."""


STEADY_S = 300.0
"""So long Kubernetes' horizontal pod autoscaler waits before it scales down (its downscale stabilization)."""


def steady_of(leads: Leads) -> float:
    """How long a buffer that was wanted is kept, and how far ahead it is known, in seconds."""
    return max(STEADY_S, leads.clone_s + leads.boot_s)


def expected_demand(
    learned: "LearnedArrivals", today: Mapping[Instant, ArrivalQuarter], now: Instant, leads: Leads
) -> ExpectedDemand:
    """The demand until the end of this minute; `today`: the quarters of the last hours, by their begins."""
    recent, since = RecentArrivals(today, now), now // MINUTE_S * MINUTE_S

    def expected(lead_s: float, ahead_s: float = 0.0) -> LeadDemand:
        quarters = learned.within(since - _SHIFT_S, since + MINUTE_S + lead_s + _SHIFT_S + ahead_s, lead_s)
        return max((*quarters, recent.expected(lead_s, quarters)), key=lambda demand: (base_stock(demand), demand.mean))

    return ExpectedDemand(
        boot=expected(leads.boot_s), boot_soon=expected(leads.boot_s, steady_of(leads)), clone=expected(leads.clone_s)
    )


class LearnedArrivals:
    """What earlier days show; made anew when a quarter of an hour has ended."""

    def __init__(self, quarters: Iterable[ArrivalQuarter], calendar: Calendar) -> None:
        self._quarters: Mapping[Instant, ArrivalQuarter] = {quarter.at: quarter for quarter in quarters}
        self._calendar = calendar
        self.expected = lru_cache(maxsize=512)(self._expected)
        """By quarter (its begin) and lead time in seconds."""

    @cached_property
    def days(self) -> Sequence[date]:
        """The days on which anybody came, newest first."""
        return sorted({self._calendar.date_of(at) for at in self._quarters}, reverse=True)

    def days_before(self, now: Instant) -> int:
        """How many of them are over: nothing is learned from the day that goes on."""
        today = self._calendar.date_of(now)
        return sum(day < today for day in self.days)

    def within(self, since: Instant, until: Instant, lead_s: float) -> list[LeadDemand]:
        """What is to be expected in each quarter from the one of `since` to the one of `until`; empty: nothing is known."""
        count = 1 + round((quarter_begin(until) - quarter_begin(since)) / (MINUTE_S * MINUTES))
        begins = (quarter_begin(since) + number * MINUTE_S * MINUTES for number in range(count))
        found = (self.expected(begin, lead_s) for begin in begins)
        return [demand for demand in found if demand is not None]

    def _expected(self, begin: Instant, lead_s: float) -> LeadDemand | None:
        """Of the quarter that begins then; None: no earlier day of its kind is known."""
        today, minute = self._calendar.date_of(begin), self._calendar.minute_of(begin)
        alike = [day for day in self.days if day < today and self._calendar.works_on(day) == self._calendar.works_on(today)]
        span = max(1, ceil(lead_s / MINUTE_S))
        counts = [count for day in alike[:DAYS] for count in self._spans(self._calendar.instant(day, minute), span)]
        return demand_of(counts, span, lead_s) if counts else None

    def _spans(self, begin: Instant, span: int) -> Iterator[int]:
        """How many came in so many minutes from each minute of a quarter on."""
        following = -(-span // MINUTES)
        minutes = [count for number in range(following + 1) for count in self._minutes(begin + number * MINUTES * MINUTE_S)]
        return (sum(minutes[first : first + span]) for first in range(MINUTES))

    def _minutes(self, begin: Instant) -> Sequence[int]:
        quarter = self._quarters.get(begin)
        return quarter.minutes if quarter is not None else (0,) * MINUTES


def demand_of(counts: Sequence[int], span: int, lead_s: float) -> LeadDemand:
    """What counts of so many minutes say of a lead time, on the safe side: few days leave much open.

    Mean and variance are the upper limits of what the counts leave open; spans that overlap count as often as they fit beside
    each other. The ratio of a shorter time is at most that of a longer.
    """
    mean, independent = fmean(counts), max(2.0, len(counts) / span)
    variance = sum((count - mean) ** 2 for count in counts) / max(1, len(counts) - 1)
    ratio = variance / mean if mean else 1.0
    upper = mean + _CONFIDENT * sqrt(variance / independent)
    widened = ratio * (1.0 + _CONFIDENT * sqrt(2.0 / (independent - 1.0)))
    return LeadDemand(mean=upper * lead_s / (span * MINUTE_S), dispersion=max(1.0, widened))


class RecentArrivals:
    """What the last full minutes of today show."""

    def __init__(self, quarters: Mapping[Instant, ArrivalQuarter], now: Instant) -> None:
        self._quarters, self._minute = quarters, int(now // MINUTE_S)

    @cached_property
    def per_minute(self) -> float:
        """The rate of the last minutes."""
        return fmean(self._last(_RECENT_MIN))

    def expected(self, lead_s: float, learned: Sequence[LeadDemand]) -> LeadDemand:
        """If people go on coming like this. The ratio is the learned one; with none, that of the last hour."""
        ratio = max(demand.dispersion for demand in learned) if learned else self._ratio
        return LeadDemand(mean=self.per_minute * lead_s / MINUTE_S, dispersion=ratio)

    @cached_property
    def _ratio(self) -> float:
        return demand_of(self._last(_HOUR_MIN), 1, MINUTE_S).dispersion

    def _last(self, count: int) -> Sequence[int]:
        return [self._came_in(minute) for minute in range(self._minute - count, self._minute)]

    def _came_in(self, minute: int) -> int:
        quarter = self._quarters.get(quarter_begin(minute * MINUTE_S))
        return quarter.minutes[minute % MINUTES] if quarter is not None else 0
