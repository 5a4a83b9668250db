"""What the last minutes of today show, with the one that goes on: a rush shows within seconds, at whichever hour it comes."""

from collections.abc import Mapping, Sequence
from functools import cached_property
from math import ceil

from provisioner.model.autoscale import LeadDemand
from provisioner.model.ids import Instant
from provisioner.model.session_counts import MINUTE_S, MINUTES, QUARTER_S, ArrivalQuarter, quarter_begin
from provisioner.planning.autoscale.stock import demand_of

SHOWS_S = 15.0
"""So long a rush goes on until it shows: three cycles, in which 15 of a rush of 62 a minute come. Fewer seconds count as many:
one group of five in the first second of a minute is not a rush of 300."""
_SHORT_MIN, _RECENT_MIN = (0, 1, 2), 5
"""Full minutes that show today's rate, beside the one that goes on; the largest rate counts. Of five, at a rush of 62 a minute,
the mean is right within 10 % at a ratio of 3; fewer show a rush that has just begun."""
_HOUR_MIN = 60
_STEPS = 4
"""Means are rounded up to a quarter of a person: so stocks are reckoned once, and not for each of a thousand rates."""


class PresentArrivals:
    """Of one pool, at one moment."""

    def __init__(self, quarters: Mapping[Instant, ArrivalQuarter], now: Instant) -> None:
        self._quarters, self._now, self._minute = quarters, now, int(now // MINUTE_S)

    @cached_property
    def per_minute(self) -> float:
        """The rate."""
        return max(self._rate(_RECENT_MIN, 0), *(self._rate(full, 1) for full in _SHORT_MIN))

    def since(self, begin: Instant) -> int:
        """Who came since then: the begin of a quarter."""
        count = 1 + round((quarter_begin(self._now) - quarter_begin(begin)) / QUARTER_S)
        found = (self._quarters.get(begin + number * QUARTER_S) for number in range(count))
        return sum(quarter.count for quarter in found if quarter is not None)

    def expected(self, lead_s: float, learned: Sequence[LeadDemand]) -> LeadDemand:
        """If people go on coming like this. The ratio is the learned one; with none, that of the last hour."""
        ratio = max(demand.dispersion for demand in learned) if learned else self._ratio
        return LeadDemand(mean=ceil(_STEPS * self.per_minute * lead_s / MINUTE_S) / _STEPS, dispersion=ratio)

    @cached_property
    def _ratio(self) -> float:
        return demand_of(self._last(_HOUR_MIN), 1, MINUTE_S).dispersion

    def _rate(self, full: int, less: int) -> float:
        """A minute. `less`: between people there is one interval less than people; so a single person is not a rush."""
        people = max(0, self._came_in(self._minute) + sum(self._last(full)) - less)
        return people / max(SHOWS_S, self._now % MINUTE_S + full * MINUTE_S) * MINUTE_S

    def _last(self, count: int) -> Sequence[int]:
        return [self._came_in(minute) for minute in range(self._minute - count, self._minute)]

    def _came_in(self, minute: int) -> int:
        quarter = self._quarters.get(quarter_begin(minute * MINUTE_S))
        return quarter.minutes[minute % MINUTES] if quarter is not None else 0
