"""Free desktops that stand by for a rush at an hour at which no earlier day had one.

The last seconds show such a rush, but a desktop that is started then is ready a lead time later: until then whoever comes takes
what stands by. How many that is follows from the largest rushes of earlier days, from who has not come yet today, and from the
share of people who may wait. People are counted as they ask for a desktop; what desktops say of themselves counts for nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil

from provisioner.model.autoscale import AutoscaleRules
from provisioner.model.session_counts import MINUTE_S
from provisioner.planning.autoscale.present import SHOWS_S

KNOWN_DAYS = 5
"""Each day of a working week once: with fewer, little is known of when people come."""
_FILLS_S = 3600.0
"""Where little is known, all for whom a pool may have desktops come within an hour."""
_OF_WAITS = 0.5
"""Half of the people who may wait on a day may wait when such a rush begins; the other half is for the rest of the day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rush:
    """The fullest minutes of a day."""

    per_minute: float
    left: int
    """Who came from their begin until the end of the day."""
    day: int
    """Who came on this day."""

    def again(self, came: int, until_s: float) -> float:
        """Who would come in so many seconds, if as large a share of those who have not come yet today came as then."""
        left = max(0, self.day - came) / max(1, self.left)
        return self.per_minute * until_s / MINUTE_S * min(1.0, left)


def span_min(lead_s: float) -> int:
    """The minutes over which people are counted, for a lead time."""
    return ceil((lead_s + SHOWS_S) / MINUTE_S)


def rush_of(minutes: Sequence[int], span: int) -> Rush:
    """The fullest span of so many minutes; `minutes`: how many came in each of a day, at least one."""
    sums = [sum(minutes[first : first + span]) for first in range(len(minutes))]
    first = max(range(len(sums)), key=sums.__getitem__)
    return Rush(per_minute=sums[first] / span, left=sum(minutes[first:]), day=sum(minutes))


def learned_standby(rushes: Sequence[Rush], came: int, rules: AutoscaleRules, lead_s: float) -> int:
    """Desktops; `came`: people of today. The second largest of all days counts: a single odd day is not a habit."""
    may_wait = _OF_WAITS * rules.waits_percent / 100.0
    wanted = sorted(rush.again(came, lead_s + SHOWS_S) - may_wait * rush.day for rush in rushes)
    return max(0, ceil(wanted[-2:][0])) if wanted else 0


def new_standby(days: int, rules: AutoscaleRules, lead_s: float) -> int:
    """Desktops, while so few earlier days are known."""
    return ceil(rules.max * (lead_s + SHOWS_S) / _FILLS_S) if days < KNOWN_DAYS else 0
