"""When a desktop's guest is probed."""

import pytest

from provisioner.model.budget import Pace
from provisioner.pacing.boot_limits import BootPace, NodeBoots
from provisioner.pacing.probe_timing import ask_again_at, ask_first, sessions_due
from tests.builders.cluster import NOW
from tests.builders.core import a_report

PACE = Pace(check_retry_s=8, session_first_s=120, session_interval_s=900)


@pytest.mark.parametrize(
    ("progress", "measured", "asked"),
    [
        pytest.param(0.99, False, False, id="not measured: not before the profile's time"),
        pytest.param(1.0, False, True, id="not measured: at the profile's time"),
        pytest.param(1.0, True, False, id="measured: half of them are not ready yet"),
        pytest.param(1.2, True, True, id="measured: nine of ten are ready"),
        pytest.param(None, True, True, id="late by far"),
    ],
)
def test_when_a_starting_desktop_is_asked_first(progress, measured, asked):
    pace = BootPace(alone_s=60, share_s=5, late=1.2, measured=measured)

    assert ask_first(progress, NodeBoots(pace=pace)) is asked


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
