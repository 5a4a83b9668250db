"""How far a surge is, is noted at the pace of the statuses, whatever the machine's clock does."""

from dataclasses import replace

from provisioner.daemon.progress_log import ProgressLog
from tests.builders.monitors import MONDAY, a_status
from tests.builders.progress import a_run

RUNNING = replace(a_status(at=MONDAY), surge=a_run(), planned_at=MONDAY)


def noted(*seconds):
    """When it was noted, of statuses at these times."""
    log = ProgressLog()
    for second in seconds:
        log.status(replace(RUNNING, at=MONDAY + second))
    return [progress.at - MONDAY for progress in log.take()]


def test_without_a_change_it_is_noted_each_quarter_of_an_hour():
    assert noted(*range(0, 1810, 10)) == [0, 900, 1800]


def test_after_a_clock_is_set_back_it_is_noted_at_once_and_then_at_the_same_pace():
    assert noted(3600, 3610, 10, *range(20, 930, 10)) == [3600, 10, 910]
