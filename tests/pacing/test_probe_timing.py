"""When a desktop's guest is probed."""

import pytest

from provisioner.model.budget import Pace
from provisioner.pacing.probe_timing import ask_again_at, sessions_due
from tests.builders.cluster import NOW
from tests.builders.core import a_report

PACE = Pace(check_retry_s=8, session_first_s=120, session_interval_s=900)


@pytest.mark.parametrize(
    ("checked", "due"),
    [
        pytest.param(60, 68, id="still booting: again after the retry time"),
        pytest.param(600, 650, id="late by minutes: again after a twelfth of its time"),
        pytest.param(36_000, 36_900, id="late by ten hours: as often as a ready one"),
    ],
)
def test_when_a_starting_desktop_is_asked_again(checked, due):
    assert ask_again_at(started_at=NOW, checked_at=NOW + checked, pace=PACE) == NOW + due


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
