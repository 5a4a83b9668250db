"""When a desktop's guest is asked."""

import pytest

from provisioner.model.budget import Pace
from provisioner.planning.checks import expected_ready_s, is_due, readiness_due, sessions_due
from provisioner.planning.situation import survey
from tests.builders import a_desktop, a_report, a_situation
from tests.builders_cluster import NOW, OFFICE

PACE = Pace(check_retry_s=8, session_first_s=120, session_interval_s=900)


@pytest.mark.parametrize(
    ("durations", "expected"),
    [
        pytest.param([], 60, id="none measured: the profile's own figure"),
        pytest.param([40] * 7, 60, id="seven are too few"),
        pytest.param([40] * 8, 40, id="eight are enough"),
        pytest.param([30] * 90 + [50] * 64, 50, id="the latest 64 alone count"),
        pytest.param([50] * 90 + [30] * 60 + [40] * 4, 30, id="nine of ten are ready by then"),
    ],
)
def test_expected_time_to_ready(durations, expected):
    dated = [(NOW + index, float(seconds)) for index, seconds in enumerate(durations)]

    assert expected_ready_s(reversed(dated), unmeasured=60) == pytest.approx(expected)


def test_boots_that_the_clock_was_put_back_in_say_nothing():
    backwards = [a_desktop(number).but(started_at=NOW + 3000) for number in range(1, 10)]

    assert survey(a_situation(backwards)).expected_ready_s[OFFICE] == survey(a_situation()).expected_ready_s[OFFICE]


@pytest.mark.parametrize(
    ("at", "due"),
    [
        pytest.param(-1, True, id="its time has passed"),
        pytest.param(0, True, id="its time has come"),
        pytest.param(60, False, id="a wait as long as any"),
        pytest.param(61, True, id="longer than any: the clock was put back since"),
    ],
)
def test_whether_something_is_due(at, due):
    assert is_due(NOW + at, now=NOW, longest_s=60) is due


@pytest.mark.parametrize(
    ("checked", "due"),
    [
        pytest.param(None, 60, id="not asked yet: when it should be ready"),
        pytest.param(-5, 60, id="asked in an older boot: as if not asked"),
        pytest.param(10, 60, id="asked too early: when it should be ready"),
        pytest.param(60, 68, id="asked and still booting: again after the retry time"),
        pytest.param(860, 960, id="late by 800 s: again after an eighth of that"),
        pytest.param(36_060, 36_960, id="late by ten hours: as often as a ready one"),
    ],
)
def test_when_a_starting_desktop_is_asked(checked, due):
    checked_at = None if checked is None else NOW + checked

    assert readiness_due(started_at=NOW, checked_at=checked_at, expected_s=60, pace=PACE) == NOW + due


@pytest.mark.parametrize(
    ("ready", "read", "checked", "due"),
    [
        pytest.param(0, 5, 5, 120, id="just ready: the first reading comes soon"),
        pytest.param(0, 130, 130, 1030, id="read since: after the interval"),
        pytest.param(None, 5, 5, 125, id="no time of its own: counted from the report"),
        pytest.param(3600, 5, 5, 125, id="a guest's clock far ahead delays nothing"),
        pytest.param(0, 130, 1030, 1150, id="no answer to the last question: sooner again"),
        pytest.param(0, 5, 100, 220, id="no answer to the first question"),
        pytest.param(0, 130, None, 1030, id="not asked in this life of the daemon"),
    ],
)
def test_when_a_ready_desktop_is_asked_for_its_sessions(ready, read, checked, due):
    report = a_report(ready_at=None if ready is None else NOW + ready, read_at=NOW + read)

    asked = None if checked is None else NOW + checked
    assert sessions_due(report=report, checked_at=asked, pace=PACE) == NOW + due
