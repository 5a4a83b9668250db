"""Working days, half-days and the first day of a surge, beside a checker that looks at every minute."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from provisioner.model.scenario.calendars import Calendar, DailyHours, HalfDay
from provisioner.settings.calendar import load_calendar

SHIPPED = load_calendar(Path(__file__).parents[2] / "config" / "calendars" / "departement.yaml")
PARIS = ZoneInfo("Europe/Paris")


def paris(text):
    return datetime.fromisoformat(text).replace(tzinfo=PARIS).timestamp()


def texts(instants):
    return [datetime.fromtimestamp(at, PARIS).strftime("%a %d %b %H:%M") for at in instants]


# -- checked examples ----------------------------------------------------------------------------------------------------------


def test_1200_people_in_batches_of_300_from_day_1_pm_are_due_as_their_half_days_begin():
    day_1 = SHIPPED.day_1(paris("2026-11-29 20:00"))
    first = SHIPPED.instant(day_1, 13 * 60 + 30)

    found = texts([first, *islice(SHIPPED.half_days_after(first), 3)])

    assert found == ["Mon 30 Nov 13:30", "Tue 01 Dec 08:00", "Tue 01 Dec 13:30", "Wed 02 Dec 08:00"]


@pytest.mark.parametrize(
    ("started", "day_1"),
    [
        pytest.param("2026-11-29 20:00", "2026-11-30", id="on a Sunday evening: Monday"),
        pytest.param("2026-11-30 07:59", "2026-11-30", id="just before the first half-day: today"),
        pytest.param("2026-11-30 08:00", "2026-12-01", id="the first half-day has just begun: tomorrow"),
        pytest.param("2026-11-27 10:00", "2026-11-30", id="on a Friday at ten: Monday"),
        pytest.param("2026-12-22 20:00", "2026-12-23", id="the 23rd is a working day"),
        pytest.param("2026-12-23 20:00", "2026-12-28", id="the 24th is closed, the 25th a holiday, then comes a week-end"),
        pytest.param("2027-05-05 20:00", "2027-05-07", id="Ascension"),
    ],
)
def test_day_1_is_the_first_working_day_that_has_not_begun(started, day_1):
    assert SHIPPED.day_1(paris(started)).isoformat() == day_1


def test_a_start_on_22_december_skips_the_24th_and_the_25th():
    first = SHIPPED.day_1(paris("2026-12-22 20:00"))

    assert [SHIPPED.day(number, first).isoformat() for number in (1, 2, 3)] == ["2026-12-23", "2026-12-28", "2026-12-29"]


def test_half_days_begin_by_the_wall_clock_on_both_sides_of_a_change():
    friday, monday = paris("2026-10-23 12:00"), paris("2026-10-26 08:00")

    found = list(islice(SHIPPED.half_days_after(friday), 2))

    assert texts(found) == ["Fri 23 Oct 13:30", "Mon 26 Oct 08:00"]
    assert monday - found[0] == (66.5 + 1) * 3600


@pytest.mark.parametrize(
    ("day", "minute", "expected"),
    [
        pytest.param("2026-10-25", 150, "2026-10-25T00:30:00+00:00", id="it comes twice: the first of both"),
        pytest.param("2026-03-29", 150, "2026-03-29T01:30:00+00:00", id="it is skipped: as long after the change"),
    ],
)
def test_a_time_within_a_change_of_the_clock_has_one_instant(day, minute, expected):
    at = SHIPPED.instant(date.fromisoformat(day), minute)

    assert datetime.fromtimestamp(at, UTC).isoformat() == expected


@pytest.mark.parametrize(
    ("now", "opens_at"),
    [
        pytest.param("2026-10-25T02:10:00+02:00", "2026-10-25T02:30:00+02:00", id="before the first 02:30"),
        pytest.param("2026-10-25T02:10:00+01:00", "2026-10-25T02:10:00+01:00", id="before the second: they have begun"),
        pytest.param("2026-03-29T01:59:00+01:00", "2026-03-29T03:30:00+02:00", id="skipped: as long after the change"),
    ],
)
def test_hours_that_begin_in_a_change_of_the_clock_begin_once_and_not_in_the_past(now, opens_at):
    hours = DailyHours(begins=150, ends=300, zone="Europe/Paris")

    found = hours.opens_at(datetime.fromisoformat(now).timestamp())

    assert found == datetime.fromisoformat(opens_at).timestamp()


# -- against every minute ------------------------------------------------------------------------------------------------------

ZONES = ("Europe/Paris", "America/New_York", "Australia/Lord_Howe", "Pacific/Auckland", "Indian/Reunion", "UTC")
CHANGES = ("2026-03-29", "2026-10-25", "2026-03-08", "2026-11-01", "2026-04-05", "2026-09-27", "2026-12-24")
"""Dates around which the clocks of one of the zones change, and one of the holidays."""


@st.composite
def calendars(draw):
    cuts = sorted(draw(st.lists(st.integers(0, 1439), min_size=2, max_size=6, unique=True)))
    spans = list(zip(cuts[::2], cuts[1::2], strict=False))
    around = date.fromisoformat(draw(st.sampled_from(CHANGES)))
    closed = draw(st.sets(st.integers(-3, 6), max_size=5))
    return (
        Calendar(
            zone=draw(st.sampled_from(ZONES)),
            working_days=frozenset(draw(st.sets(st.integers(0, 6), min_size=1))),
            half_days=tuple(HalfDay(name=f"h{i}", begins=begins, ends=ends) for i, (begins, ends) in enumerate(spans)),
            closed=frozenset((around + timedelta(days=day)).isoformat() for day in closed),
        ),
        datetime(around.year, around.month, around.day, tzinfo=UTC).timestamp() + 60.0 * draw(st.integers(-3 * 1440, 3 * 1440)),
    )


def walked(calendar: Calendar, since: float) -> Iterator[tuple[float, date, int]]:
    """Every minute from then on: the instant, and what the clock on the wall shows."""
    zone, at = ZoneInfo(calendar.zone), datetime.fromtimestamp(since, UTC)
    while True:
        shown = at.astimezone(zone)
        yield at.timestamp(), shown.date(), shown.hour * 60 + shown.minute
        at += timedelta(minutes=1)


def beginnings(calendar: Calendar, since: float) -> Iterator[tuple[float, date, int]]:
    """Every half-day that begins at or after `since`: found by watching the wall clock, minute by minute.

    A minute that the clock jumps over is waited for from the jump on.
    """
    late: list[tuple[float, date, int]] = []
    begun: set[tuple[date, int]] = set()
    before = None
    for at, day, minute in walked(calendar, since - 1440 * 60):
        shown = range(minute, minute + 1)
        if before is not None and before[0] == day and minute > before[1] + 1:
            for skipped in range(before[1] + 1, minute):
                late.append((at + 60.0 * (skipped - before[1] - 1), day, skipped))
        before = (day, minute)
        due = [entry for entry in late if entry[0] == at]
        for each in [*due, *((at, day, shown_minute) for shown_minute in shown)]:
            when, its_day, its_minute = each
            number = next((i for i, half in enumerate(calendar.half_days) if half.begins == its_minute), None)
            if number is None or (its_day, number) in begun:
                continue
            begun.add((its_day, number))
            works = its_day.weekday() in calendar.working_days and str(its_day) not in calendar.closed
            if works and when >= since:
                yield when, its_day, number


@pytest.mark.long
@settings(max_examples=25, deadline=None)
@given(calendars())
def test_half_days_and_day_1_are_those_that_the_clock_on_the_wall_shows(drawn):
    calendar, started_at = drawn
    watched = list(islice(beginnings(calendar, started_at + 60), 5))

    assert list(islice(calendar.half_days_after(started_at), 3)) == sorted(at for at, _, _ in watched)[:3]
    if first := next((day for _, day, number in watched if number == 0), None):
        assert calendar.day_1(started_at) == first


# -- outside the hours ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("at", "closed"),
    [
        pytest.param("2026-11-26 12:45", None, id="the break at noon is within the hours"),
        pytest.param("2026-11-26 17:59", None, id="a minute before the end"),
        pytest.param("2026-11-26 18:00", ("Thu 26 Nov 18:00", "Fri 27 Nov 08:00"), id="the end"),
        pytest.param("2026-11-27 07:59", ("Thu 26 Nov 18:00", "Fri 27 Nov 08:00"), id="a night"),
        pytest.param("2026-11-28 12:00", ("Fri 27 Nov 18:00", "Mon 30 Nov 08:00"), id="a week-end"),
        pytest.param("2026-12-24 12:00", ("Wed 23 Dec 18:00", "Mon 28 Dec 08:00"), id="closed, a holiday, a week-end"),
    ],
)
def test_closed_is_from_the_last_half_day_to_the_first_of_the_next_working_day(at, closed):
    found = SHIPPED.closed_at(paris(at))

    assert (found and tuple(texts(found))) == closed


DAY_AND_NIGHT = (HalfDay(name="am", begins=0, ends=720), HalfDay(name="pm", begins=720, ends=1440))


@pytest.mark.parametrize(
    ("days", "closed"),
    [
        pytest.param(range(5), ("Sat 28 Nov 00:00", "Mon 30 Nov 00:00"), id="the week-end alone"),
        pytest.param(range(7), None, id="never: a fire brigade"),
    ],
)
def test_who_works_by_day_and_night_has_no_night(days, closed):
    """Such a calendar was read, and each cycle of a scenario with `outside_hours` ended with an AssertionError."""
    calendar = Calendar(zone="Europe/Paris", working_days=frozenset(days), half_days=DAY_AND_NIGHT)
    found = calendar.next_closed(paris("2026-11-26 12:00"))

    assert (found and tuple(texts(found))) == closed


@settings(max_examples=10, deadline=None)
@given(calendars())
def test_closed_times_are_those_between_the_halfdays_of_a_minute_by_minute_walk(case):
    calendar, at = case
    first, last = calendar.half_days[0].begins, calendar.half_days[-1].ends
    works = lambda day: day.weekday() in calendar.working_days and str(day) not in calendar.closed  # noqa: E731 (a name for a clause)
    for now, day, minute in islice(walked(calendar, at), 0, 2 * 1440, 97):
        is_open = works(day) and first <= minute < last
        closed = calendar.closed_at(now)
        if closed is not None:
            assert closed[0] <= now < closed[1]
            assert calendar.next_closed(now) == closed
        else:
            coming = calendar.next_closed(now)
            assert coming is None or now < coming[0] < coming[1]
        changes = {day + timedelta(days=step) for step in (-1, 0)} & {date.fromisoformat(text) for text in CHANGES}
        assert (closed is None) == is_open or changes
