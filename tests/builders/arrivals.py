"""Weeks of a pool by seed: when people come and how long they stay. Written without a look at the product.

The peak hour has 1,550 arrivals, 40 % of them in one sixth of it, which begins a few minutes earlier or later each day.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from math import log
from random import Random
from zoneinfo import ZoneInfo

from provisioner.model.scenario.calendars import Calendar, HalfDay

CALENDAR = Calendar(
    zone="Europe/Paris",
    working_days=frozenset(range(5)),
    half_days=(HalfDay(name="am", begins=480, ends=750), HalfDay(name="pm", begins=810, ends=1080)),
)
PEAK, RUSH_SHARE, RUSH_MIN = 1550, 0.4, 10.0
FIRST_DAY = date(2026, 11, 2)
"""A Monday."""


@dataclass(frozen=True, slots=True)
class Visit:
    """One person's use of a desktop, in seconds since the epoch."""

    came: float
    left: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Wave:
    """People who come between two times of the day, in hours, and stay for about so many hours."""

    people: int
    since: float
    until: float
    stay_h: tuple[float, float]
    """The mean, and how far most differ."""
    is_peak: bool = False


SHAPES: dict[str, tuple[Wave, ...]] = {
    "mornings": (
        Wave(people=PEAK, since=8.0, until=9.0, stay_h=(3.7, 0.5), is_peak=True),
        Wave(people=900, since=13.0, until=14.5, stay_h=(3.5, 0.5)),
        Wave(people=100, since=7.0, until=17.0, stay_h=(1.0, 0.5)),
    ),
    "half-days": (
        Wave(people=870, since=7.5, until=9.0, stay_h=(4.0, 0.4)),
        Wave(people=PEAK, since=13.25, until=14.25, stay_h=(3.8, 0.5), is_peak=True),
        Wave(people=60, since=6.0, until=20.0, stay_h=(2.0, 1.0)),
    ),
    "all day": (
        Wave(people=1200, since=7.0, until=18.0, stay_h=(1.5, 0.7)),
        Wave(people=PEAK, since=9.0, until=10.0, stay_h=(3.0, 1.0), is_peak=True),
        Wave(people=200, since=18.0, until=22.0, stay_h=(1.0, 0.5)),
    ),
}


def a_trace(shape: str, *, seed: int, days: int, ratio: float) -> list[list[Visit]]:
    """So many working days of a shape, each in order of arrival. Ratio: variance over mean of the arrivals in a short time."""
    random = Random(f"{shape}/{seed}/{ratio}")
    rush_h = random.uniform(0.1, 0.7)
    working = CALENDAR.working_days_from(FIRST_DAY)
    return [visits_of(SHAPES[shape], next(working), random, ratio, rush_h) for _ in range(days)]


def visits_of(waves: Iterable[Wave], day: date, random: Random, ratio: float, rush_h: float) -> list[Visit]:
    """One day, in order of arrival; the rush begins about so many hours after the peak wave."""
    return sorted(_visits(waves, day, random, ratio, rush_h), key=lambda visit: visit.came)


def _visits(waves: Iterable[Wave], day: date, random: Random, ratio: float, rush_h: float) -> Iterator[Visit]:
    midnight = datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(CALENDAR.zone)).timestamp()
    for wave in waves:
        for came_h in _arrivals(wave, random, ratio, rush_h):
            stay_h = max(0.1, random.gauss(*wave.stay_h))
            came = midnight + came_h * 3600
            yield Visit(came, came + stay_h * 3600)


def _arrivals(wave: Wave, random: Random, ratio: float, rush_h: float) -> Iterator[float]:
    if not wave.is_peak:
        yield from _spread(wave.people, random, ratio, (wave.since, wave.until))
        return
    rush = round(wave.people * RUSH_SHARE)
    begin = wave.since + rush_h + random.gauss(0.0, 2.0 / 60.0)
    begin = min(max(begin, wave.since), wave.until - RUSH_MIN / 60.0)
    yield from _spread(rush, random, ratio, (begin, begin + RUSH_MIN / 60.0))
    for hour in _spread(wave.people - rush, random, ratio, (wave.since, wave.until - RUSH_MIN / 60.0)):
        yield hour if hour < begin else hour + RUSH_MIN / 60.0


def _spread(people: int, random: Random, ratio: float, span: tuple[float, float]) -> Iterator[float]:
    """Groups come at random times within a span of hours; of sizes that give the counts the ratio (logarithmic series)."""
    left = people
    while left:
        group = min(left, _group(random, ratio))
        yield from [random.uniform(*span)] * group
        left -= group


def _group(random: Random, ratio: float) -> int:
    """How many come at once. Poisson groups of a logarithmic size make a negative binomial count of this ratio."""
    if ratio <= 1.0:
        return 1
    share = 1.0 - 1.0 / ratio
    size, weight, drawn = 1, -share / log(1.0 - share), random.random()
    while drawn > weight:
        drawn -= weight
        weight *= share * size / (size + 1)
        size += 1
    return size


__all__ = ["CALENDAR", "FIRST_DAY", "PEAK", "SHAPES", "Visit", "Wave", "a_trace", "visits_of"]
