"""When a desktop's guest is probed."""

from dataclasses import replace

import pytest

from provisioner.model.budget import Pace
from provisioner.pacing.probe_timing import ask_again_at, first_asked_s, sessions_due, sessions_known_for_s
from tests.builders.cluster import NOW
from tests.builders.core import a_report

PACE = Pace(check_retry_s=8, session_first_s=120, session_interval_s=900)


@pytest.mark.parametrize(
    ("checked", "due"),
    [
        pytest.param(60, 68, id="still booting: again after the retry time"),
        pytest.param(600, 650, id="late by minutes: again after a twelfth of its time"),
        pytest.param(36_000, 36_300, id="late by ten hours: after five minutes"),
    ],
)
def test_when_a_starting_desktop_is_asked_again(checked, due):
    assert ask_again_at(started_at=NOW, checked_at=NOW + checked, pace=PACE) == NOW + due


def test_l4_as_long_as_nothing_is_known_of_a_profile_its_guests_are_asked_seldomer_and_one_after_the_other():
    assert ask_again_at(started_at=NOW, checked_at=NOW + 600, pace=PACE, known=False) == NOW + 750
    assert [first_asked_s(before) for before in (0, 1, 2, 8, 100)] == [30, 60, 120, 7680, 7680]


@pytest.mark.parametrize(
    ("ready", "read", "in_vain", "checked", "due"),
    [
        pytest.param(0, 5, None, 5, 110, id="just ready: the first reading comes soon"),
        pytest.param(0, 130, None, 130, 1020, id="read since: so much before the interval ends that a cycle comes in time"),
        pytest.param(None, 5, None, 5, 115, id="no time of its own: counted from the report"),
        pytest.param(3600, 5, None, 5, 115, id="a guest's clock far ahead delays nothing"),
        pytest.param(0, 130, 1030, 1030, 1050, id="no answer to the last question: soon again"),
        pytest.param(0, 130, 1030, 1630, 1730, id="nor to any for ten minutes: after a sixth of that"),
        pytest.param(0, 130, 130, 190, 1020, id="nor sooner than without a question"),
        pytest.param(0, 130, 1030, 8230, 8530, id="silent for two hours: each five minutes"),
        pytest.param(0, 130, None, None, 1020, id="not asked in this life of the daemon"),
    ],
)
def test_when_a_ready_desktop_is_asked_for_its_sessions(ready, read, in_vain, checked, due):
    report = a_report(ready_at=None if ready is None else NOW + ready, read_at=NOW + read)

    asked = None if checked is None else NOW + checked
    since = None if in_vain is None else NOW + in_vain
    assert sessions_due(report=report, checked_at=asked, pace=PACE, in_vain_since=since) == NOW + due


def test_by_the_pace_of_a_new_site_a_desktop_is_read_within_the_minute_and_is_known_for_two():
    """F1: a reading counted for half an hour, and the number of sessions was wrong by half. At rest a cycle comes each 10 s."""
    pace, report = Pace(), a_report(ready_at=NOW, read_at=NOW + 600)

    assert sessions_due(report=report, checked_at=NOW + 600, pace=pace) + pace.observe_idle_s == NOW + 660
    assert sessions_known_for_s(pace) == 120


def test_a_desktop_that_pushes_is_read_when_its_push_of_the_minute_has_not_come():
    """F1: one that pushed and fell silent was "ready, one session" for half an hour."""
    report = replace(a_report(ready_at=NOW, read_at=NOW + 600), push_secret="00")

    assert sessions_due(report=report, checked_at=None, pace=Pace()) == NOW + 675
