"""Arrivals: how many people came in each minute, filed by quarters of an hour. Numbers and moments only, no people."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from provisioner.model.ids import DesktopPoolName, Instant

MINUTE_S = 60.0
MINUTES = 15
"""Of a quarter of an hour."""
QUARTER_S = MINUTE_S * MINUTES
ARRIVALS_KEPT_S = 60 * 86400.0
"""Ten days of each kind are learned from: week-ends and holidays come no more often than this."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ArrivalQuarter:
    """The people who came in one quarter of an hour."""

    at: Instant
    """Its begin: a multiple of 900 s since the epoch, which is a quarter of an hour by the wall clock of every zone."""
    minutes: tuple[int, ...]
    """How many came in each of its fifteen minutes."""

    @property
    def count(self) -> int:
        """All of them."""
        return sum(self.minutes)


@dataclass(frozen=True, slots=True, kw_only=True)
class PoolQuarter:
    """The people who asked for a desktop of one pool in one quarter of an hour: how many, and not who."""

    pool: DesktopPoolName
    quarter: ArrivalQuarter
    waited: int = 0
    """Of them, how many got no desktop that was ready at once."""


def quarter_begin(at: Instant) -> Instant:
    """The begin of the quarter of an hour that this moment is in."""
    return at // QUARTER_S * QUARTER_S


def quarters_of(arrivals: Iterable[Instant]) -> tuple[ArrivalQuarter, ...]:
    """The quarters in which anybody came, in their order."""
    return tuple(with_arrivals({}, arrivals).values())


def with_arrivals(quarters: Mapping[Instant, ArrivalQuarter], arrivals: Iterable[Instant]) -> dict[Instant, ArrivalQuarter]:
    """The quarters with these arrivals counted as well, by their begins, in their order."""
    counted = {at: list(quarter.minutes) for at, quarter in quarters.items()}
    for arrival in arrivals:
        begin = quarter_begin(arrival)
        counted.setdefault(begin, [0] * MINUTES)[int((arrival - begin) // MINUTE_S)] += 1
    return {at: ArrivalQuarter(at=at, minutes=tuple(counted[at])) for at in sorted(counted)}


__all__ = [
    "ARRIVALS_KEPT_S",
    "MINUTES",
    "MINUTE_S",
    "QUARTER_S",
    "ArrivalQuarter",
    "PoolQuarter",
    "quarter_begin",
    "quarters_of",
    "with_arrivals",
]
