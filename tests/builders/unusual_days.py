"""Days on which people come otherwise than on those before, by seed: drawn before the rule that is judged by them.

Each has the days that were learned from, the one that is unusual, and how many people come on a usual one.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from random import Random

from tests.builders.arrivals import CALENDAR, FIRST_DAY, SHAPES, Visit, Wave, visits_of

LEARNED = 10
"""Usual working days before."""
Day = list[Visit]


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """Who comes to a pool, and how."""

    shape: str
    people: int
    """On a usual day."""
    ratio: float
    """Variance over mean of the arrivals in a short time."""
    seed: int

    @property
    def waves(self) -> tuple[Wave, ...]:
        """Of a usual day."""
        return scaled(SHAPES[self.shape], self.people / sum(wave.people for wave in SHAPES[self.shape]))


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """Days that were learned from, and those that are judged."""

    earlier: list[Day]
    days: list[Day]


def scaled(waves: tuple[Wave, ...], share: float) -> tuple[Wave, ...]:
    """So many times as many people."""
    return tuple(replace(wave, people=max(1, round(wave.people * share))) for wave in waves)


class _Drawer:
    """Draws one day after the other."""

    def __init__(self, site: Site, kind: str) -> None:
        self.site, self.random = site, Random(f"{kind}/{site.shape}/{site.people}/{site.ratio}/{site.seed}")
        self.rush_h = self.random.uniform(0.1, 0.7)
        self._dates = CALENDAR.working_days_from(FIRST_DAY)

    def day(self, *waves: Wave, later_h: float = 0.0) -> Day:
        """Of these waves, or a usual one; so many hours later."""
        day = visits_of(waves or self.site.waves, next(self._dates), self.random, self.site.ratio, self.rush_h)
        return [moved(visit, later_h) for visit in day]

    def usual(self, count: int = LEARNED) -> list[Day]:
        """So many."""
        return [self.day() for _ in range(count)]


def moved(visit: Visit, hours: float) -> Visit:
    """So many hours later."""
    return Visit(visit.came + hours * 3600.0, visit.left + hours * 3600.0)


def shifted(hours: float, drawer: _Drawer) -> Drawn:
    """Everybody comes so many hours later (negative: earlier)."""
    return Drawn(earlier=drawer.usual(), days=[drawer.day(later_h=hours)])


def snow(drawer: _Drawer) -> Drawn:
    """Everybody comes, 20 to 60 % more than usual, and the rush is 1 to 3 hours later or one earlier."""
    random, waves = drawer.random, scaled(drawer.site.waves, drawer.random.uniform(1.2, 1.6))
    later_h = random.choice((-1.0, 1.0, 1.5, 2.0, 3.0)) + random.uniform(-0.3, 0.3)
    earlier = drawer.usual()
    rush = [replace(wave, since=wave.since + later_h, until=wave.until + later_h) for wave in waves if wave.is_peak]
    return Drawn(earlier=earlier, days=[drawer.day(*rush, *(wave for wave in waves if not wave.is_peak))])


def double(drawer: _Drawer) -> Drawn:
    """Twice as many people at the usual hours."""
    return Drawn(earlier=drawer.usual(), days=[drawer.day(*scaled(drawer.site.waves, 2.0))])


def first_week(drawer: _Drawer) -> Drawn:
    """Nothing is known before."""
    return Drawn(earlier=[], days=drawer.usual(5))


def first_day(drawer: _Drawer) -> Drawn:
    """Nothing is known before."""
    return Drawn(earlier=[], days=drawer.usual(1))


def after_holidays(drawer: _Drawer) -> Drawn:
    """Two weeks as usual, two weeks with one in ten; then everybody is back."""
    usual, few = drawer.usual(), scaled(drawer.site.waves, 0.1)
    return Drawn(earlier=[*usual, *(drawer.day(*few) for _ in range(LEARNED))], days=drawer.usual(1))


def merged(drawer: _Drawer) -> Drawn:
    """A second site of the same size comes to the same pool, with hours of its own."""
    other = replace(drawer.site, shape=drawer.random.choice(sorted({*SHAPES} - {drawer.site.shape})))
    return Drawn(earlier=drawer.usual(), days=[drawer.day(*drawer.site.waves, *other.waves)])


def pause(drawer: _Drawer) -> Drawn:
    """In the rush nobody can come for 10 to 30 minutes; then all who wanted to come within 5 to 15."""
    earlier, (day,) = drawer.usual(), drawer.usual(1)
    peak = next(wave for wave in drawer.site.waves if wave.is_peak)
    midnight = CALENDAR.instant(CALENDAR.date_of(day[0].came), 0)
    begin = midnight + (peak.since + drawer.rush_h) * 3600.0 + drawer.random.uniform(60.0, 300.0)
    end = begin + drawer.random.uniform(600.0, 1800.0)
    back_s = drawer.random.uniform(300.0, 900.0)

    def held(visit: Visit) -> Visit:
        wait_s = end + drawer.random.uniform(0.0, back_s) - visit.came if begin <= visit.came < end else 0.0
        return moved(visit, wait_s / 3600.0)

    return Drawn(earlier=earlier, days=[sorted(map(held, day), key=lambda visit: visit.came)])


KINDS: Mapping[str, Callable[[_Drawer], Drawn]] = {
    "usual": partial(shifted, 0.0),
    "snow day": snow,
    **{f"{minutes} min early": partial(shifted, -minutes / 60.0) for minutes in (15, 30, 45, 60)},
    **{f"{minutes} min late": partial(shifted, minutes / 60.0) for minutes in (15, 30, 60)},
    "twice as many": double,
    "first week": first_week,
    "first day": first_day,
    "after holidays": after_holidays,
    "two sites merged": merged,
    "a rush with a pause": pause,
}


def an_unusual(kind: str, site: Site) -> Drawn:
    """Of this kind."""
    return KINDS[kind](_Drawer(site, kind))


__all__ = ["KINDS", "LEARNED", "Drawn", "Site", "an_unusual"]
