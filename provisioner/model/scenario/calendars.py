"""Calendars: the zone, working days, half-days and closed days that a scenario's dates are reckoned by. They ask no clock."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from math import inf
from zoneinfo import ZoneInfo

from provisioner.model.ids import Instant

_DAY = timedelta(days=1)
_MINUTES = 24 * 60
"""The minutes of a day."""
_CLOSED_DAYS = 400
"""A calendar without a working day in more than a year has had none."""
_LOOKED_AHEAD = 15
"""Working days in which a night is looked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HalfDay:
    """A part of each working day, in minutes from midnight by the wall clock."""

    name: str
    begins: int
    ends: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DailyHours:
    """A part of every day, in minutes from midnight by the wall clock; it may go over midnight."""

    begins: int
    ends: int
    """Before `begins`: on the next day."""
    zone: str
    """As in the time zone database: Europe/Paris."""

    def opens_at(self, now: Instant) -> Instant:
        """Now, if it is within the hours; else when they begin next. A time that comes twice begins them at the first."""
        local = datetime.fromtimestamp(now, UTC).astimezone(ZoneInfo(self.zone))
        minute = local.hour * 60 + local.minute
        within = self.begins <= minute < self.ends
        if self.ends < self.begins:
            within = minute >= self.begins or minute < self.ends
        if within:
            return now
        day = local.date() if minute < self.begins else local.date() + _DAY
        begins = datetime(day.year, day.month, day.day, self.begins // 60, self.begins % 60, tzinfo=ZoneInfo(self.zone))
        return max(now, begins.timestamp())

    @property
    def words(self) -> str:
        """`20:00`: when they begin, by the wall clock."""
        return f"{self.begins // 60:02}:{self.begins % 60:02}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendar:
    """When people work."""

    zone: str
    """As in the time zone database: Europe/Paris."""
    working_days: frozenset[int]
    """Days of the week, 0 for Monday; at least one."""
    half_days: tuple[HalfDay, ...]
    """Of each working day, in their order, without overlaps; at least one."""
    closed: frozenset[str] = frozenset()
    """Dates (2026-12-24) that are not working days: public holidays, and the site's own."""

    def works_on(self, day: date) -> bool:
        """Whether it is a working day."""
        return day.weekday() in self.working_days and day.isoformat() not in self.closed

    def working_days_from(self, day: date) -> Iterator[date]:
        """The working days from this day on, this day included."""
        while True:
            if self.works_on(day):
                yield day
            day += _DAY

    def instant(self, day: date, minute: int) -> Instant:
        """When the wall clock shows this minute of the day.

        A time that comes twice is the first of both. A time that is skipped, because the clock goes forward, comes as long
        after the change as it lies behind it: 02:30 is 03:30.
        """
        day += timedelta(days=minute // _MINUTES)
        minute %= _MINUTES
        local = datetime(day.year, day.month, day.day, minute // 60, minute % 60, tzinfo=ZoneInfo(self.zone))
        return local.timestamp()

    def date_of(self, at: Instant) -> date:
        """The local date."""
        return self._local(at).date()

    def day_1(self, started_at: Instant) -> date:
        """The first working day whose first half-day has not begun at the start."""
        first = self.half_days[0].begins
        today = self.date_of(started_at)
        return next(day for day in self.working_days_from(today) if self.instant(day, first) > started_at)

    def day(self, number: int, first: date) -> date:
        """Day `number` of a surge whose day 1 is `first`: working days are counted, and `first` counts in any case."""
        return first if number == 1 else next(islice(self.working_days_from(first + _DAY), number - 2, None))

    def half_days_after(self, at: Instant) -> Iterator[Instant]:
        """The instants after this one at which a half-day begins."""
        for day in self.working_days_from(self.date_of(at)):
            for half_day in self.half_days:
                if (begins := self.instant(day, half_day.begins)) > at:
                    yield begins

    def minute_of(self, at: Instant) -> int:
        """The minute of the day by the wall clock."""
        local = self._local(at)
        return local.hour * 60 + local.minute

    def words(self, at: Instant) -> str:
        """`2026-11-30 08:00`, by the wall clock."""
        return f"{self._local(at):%Y-%m-%d %H:%M}"

    def is_within_hours(self, at: Instant, *, before_s: float = 0.0) -> bool:
        """Whether a half-day goes on, or begins within so many seconds."""
        local = self._local(at)
        minute = local.hour * 60 + local.minute + local.second / 60
        days = ((local.date(), minute), (local.date() + _DAY, minute - 24 * 60))
        return any(
            half_day.begins - before_s / 60 <= since_midnight < half_day.ends
            for day, since_midnight in days
            if self.works_on(day)
            for half_day in self.half_days
        )

    def next_closed(self, at: Instant) -> tuple[Instant, Instant] | None:
        """`closed_at` now, or once the day is over; None: working days follow each other for two weeks, by day and night."""
        ends = (self.instant(day, self.half_days[-1].ends) for day in self.working_days_from(self.date_of(at) - _DAY))
        later = (self.closed_at(closes) for closes in islice(ends, _LOOKED_AHEAD) if closes > at)
        return next(filter(None, (self.closed_at(at), *later)), None)

    def closed_at(self, at: Instant) -> tuple[Instant, Instant] | None:
        """When the last half-day ended, and when the first one of the next working day begins; None: the day goes on.

        The break between two half-days is not a night. Before a calendar's first day the end is infinitely long ago.
        """
        today, first, last = self.date_of(at), self.half_days[0].begins, self.half_days[-1].ends
        days = (today - number * _DAY for number in range(_CLOSED_DAYS))
        begun = next((day for day in days if self.works_on(day) and self.instant(day, first) <= at), None)
        ended_at = -inf if begun is None else self.instant(begun, last)
        if at < ended_at:
            return None
        return ended_at, next(begins for day in self.working_days_from(today) if (begins := self.instant(day, first)) > at)

    def _local(self, at: Instant) -> datetime:
        return datetime.fromtimestamp(at, ZoneInfo(self.zone))
