"""Times on a command line."""

from datetime import datetime

import pytest
import typer

from provisioner.cli.deadlines import day_of, deadline_of
from provisioner.cli.moments import end_of
from provisioner.cli.times import clock, use_zone
from provisioner.errors import SettingsError
from provisioner.settings.site_zone import SiteZone


def local(day: int, hour: int, minute: int) -> float:
    """In November 2026, in this machine's zone."""
    return datetime.fromisoformat(f"2026-11-{day:02} {hour:02}:{minute:02}").timestamp()


NOW = local(26, 18, 30)


@pytest.mark.parametrize(
    ("text", "at"),
    [
        pytest.param("19:00", (26, 19, 0), id="later today"),
        pytest.param("8:00", (27, 8, 0), id="past today: tomorrow's"),
        pytest.param("today 08:00", (26, 8, 0), id="past, as ordered"),
        pytest.param("tomorrow 08:00", (27, 8, 0), id="tomorrow"),
        pytest.param("demain  08:00", (27, 8, 0), id="in French"),
        pytest.param("2026-11-28 08:00", (28, 8, 0), id="a date in this machine's zone"),
    ],
)
def test_a_time_in_words(text: str, at: tuple[int, int, int]):
    assert deadline_of(text, now=NOW) == local(*at)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("08:00", "2026-11-27T08:00:00+13:00", id="the next there"),
        pytest.param("tomorrow 08:00", "2026-11-28T08:00:00+13:00", id="tomorrow there"),
        pytest.param("2026-11-28 08:00", "2026-11-28T08:00:00+13:00", id="a date there"),
        pytest.param("2026-11-28 08:00 Europe/Paris", "2026-11-28T08:00:00+01:00", id="a zone that is written counts"),
    ],
)
def test_a_time_by_the_sites_clock(text: str, expected: str):
    now = datetime.fromisoformat("2026-11-27T07:30:00+13:00").timestamp()

    use_zone(SiteZone("Pacific/Auckland"))

    assert deadline_of(text, now=now) == datetime.fromisoformat(expected).timestamp()


@pytest.mark.parametrize(
    ("now", "text", "expected"),
    [
        pytest.param("2026-10-25T01:50:00+02:00", "02:30", "2026-10-25T02:30:00+02:00", id="before both: the first"),
        pytest.param("2026-10-25T02:40:00+02:00", "02:30", "2026-10-25T02:30:00+01:00", id="the first is over: the second"),
        pytest.param("2026-10-25T02:10:00+01:00", "02:30", "2026-10-25T02:30:00+01:00", id="in the second hour"),
        pytest.param("2026-10-25T02:40:00+01:00", "02:30", "2026-10-26T02:30:00+01:00", id="both are over: tomorrow's"),
        pytest.param("2026-10-25T02:10:00+01:00", "today 02:30", "2026-10-25T02:30:00+01:00", id="with the day"),
        pytest.param("2026-10-25T02:10:00+01:00", "2026-10-25 02:30", "2026-10-25T02:30:00+01:00", id="with the date"),
        pytest.param("2026-10-24T12:00:00+02:00", "tomorrow 02:30", "2026-10-25T02:30:00+02:00", id="the day before"),
        pytest.param("2026-10-25T02:40:00+01:00", "today 02:30", "2026-10-25T02:30:00+02:00", id="both are over, as ordered"),
        pytest.param("2026-03-29T01:50:00+01:00", "02:30", "2026-03-29T03:30:00+02:00", id="skipped: as long after the change"),
        pytest.param(
            "2026-03-29T03:10:00+02:00", "02:30", "2026-03-30T02:30:00+02:00", id="after the skipped hour: tomorrow's"
        ),
    ],
)
def test_a_time_in_a_night_in_which_the_clocks_change(now: str, text: str, expected: str):
    """`hold --until 02:30` was refused for an hour: it took the 02:30 that was over."""
    use_zone(SiteZone("Europe/Paris"))

    assert deadline_of(text, now=datetime.fromisoformat(now).timestamp()) == datetime.fromisoformat(expected).timestamp()


@pytest.mark.parametrize(
    "text", ["2026-11-27 08:00 Europe/Paris", "2026-11-27T08:00:00+01:00", "2026-11-27T07:00:00.000Z", "2026-11-27 07:00Z"]
)
def test_a_time_with_its_zone_as_in_a_scenario_or_in_json(text: str):
    """F23: one parser for every option."""
    assert deadline_of(text, now=NOW) == end_of(text, NOW, option="--until") == 1795762800.0


@pytest.mark.parametrize(("text", "day"), [("2026-11-30", "30"), ("tomorrow", "27"), (" demain ", "27"), ("today", "26")])
def test_a_day(text: str, day: str):
    """F23: of a surge, of a rotation's week."""
    assert day_of(text, now=NOW, option="--day-1").isoformat() == f"2026-11-{day}"


@pytest.mark.parametrize("text", ["30 November", "2026-13-01", "tomorrow 08:00", ""])
def test_no_day(text: str):
    with pytest.raises(typer.BadParameter, match="must be a date such as 2026-11-30, or `tomorrow`"):
        day_of(text, now=NOW, option="--day-1")


@pytest.mark.parametrize("text", ["breakfast", "25:00", "2026-13-01 08:00", ""])
def test_no_time(text: str):
    with pytest.raises(SettingsError):
        deadline_of(text, now=NOW)


def test_a_clock_names_the_day_unless_it_is_today():
    tomorrow = local(27, 7, 5)

    assert (clock(NOW, now=NOW), clock(tomorrow, now=NOW)) == ("18:30", "2026-11-27 07:05")
