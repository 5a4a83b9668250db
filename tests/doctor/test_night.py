"""When the switch is, and whether a backup's schedule falls into it."""

from datetime import datetime

import pytest

from provisioner.doctor.night import NIGHT_S, Night, night_of, runs_in
from provisioner.model.ids import ProfileName
from provisioner.model.people.profiles import Entitlement, Selection
from provisioner.model.rules import Rules
from tests.builders.checkup import a_surge, a_wave
from tests.builders.core import a_roster


def at(text: str) -> float:
    return datetime.fromisoformat(f"{text}+00:00").timestamp()


FRIDAY = Night(at("2026-11-27T18:00"), at("2026-11-28T06:00"))


@pytest.mark.parametrize(
    ("schedule", "next_run", "runs"),
    [
        pytest.param("daily", at("2026-11-28T00:00"), True, id="its next run is in the night"),
        pytest.param("daily", at("2026-11-28T07:00"), False, id="its next run is after the night"),
        pytest.param("21:00", at("2026-11-26T21:00"), True, id="it runs before, and again in the night"),
        pytest.param("sat 02:30", at("2026-11-21T02:30"), True, id="on the night's day"),
        pytest.param("sun 02:30", None, False, id="on another day"),
        pytest.param("mon..fri 12:00,22:15", None, True, id="on weekdays, at several times"),
        pytest.param("mon,tue 22:15", None, False, id="on other weekdays"),
        pytest.param("sat..mon 03:00", None, True, id="over the end of the week"),
        pytest.param("08:00", None, False, id="in the day"),
        pytest.param("*-*-01 02:00", None, None, id="a date"),
        pytest.param("*/2:00", None, None, id="every other hour"),
        pytest.param("", None, None, id="none"),
    ],
)
def test_a_schedule(schedule, next_run, runs):
    assert runs_in(FRIDAY, schedule, next_run, ahead_of_utc_s=0.0) is runs


@pytest.mark.parametrize(("ahead_h", "runs"), [(0, True), (1, True), (2, False)])
def test_schedules_are_in_the_nodes_time(ahead_h, runs):
    """19:30 in a zone two hours ahead is 17:30."""
    assert runs_in(FRIDAY, "fri 19:30", None, ahead_of_utc_s=ahead_h * 3600.0) is runs


def rules(scenario) -> Rules:
    return Rules(entitlements=(Entitlement(profile=ProfileName("standard"), who=Selection()),), scenario=scenario)


def test_a_night_ends_some_hours_after_the_last_batch():
    few = Selection(logins=frozenset({"login0001"}))
    surge = a_surge(a_wave("a", who=few), a_wave("b", after_s=3600.0, size=10, interval_s=600.0), starts_at=5_000.0)

    assert night_of(rules(surge), a_roster(41), now=1_000.0) == Night(5_000.0, 5_000.0 + 3600.0 + 3 * 600.0 + NIGHT_S)
    undecided, at_once = a_surge(starts_at=4e9), a_surge()
    assert night_of(rules(undecided), a_roster(1), now=1_000.0) == Night(1_000.0, 1_000.0 + NIGHT_S)
    assert night_of(rules(at_once), None, now=1_000.0) == Night(1_000.0, 1_000.0 + NIGHT_S)
