"""Stages are timed from outcomes and from one status to the next."""

from dataclasses import replace

import pytest

from monitors.stages import Lap, Stopwatch
from provisioner.model.actions import Result
from provisioner.model.machines.desktops import Phase
from tests.builders.monitors import MONDAY, a_desktop, a_status, an_outcome, wants_of


def a_status_at(at: float, *phases: Phase, wanted: int = 1):
    """A status with desktop n in the n-th phase, whose first `wanted` agents are wanted."""
    desktops = [a_desktop(n, phase, since=at) for n, phase in enumerate(phases)]
    return a_status(at=at, desktops=desktops, demand=wants_of(range(wanted)))


@pytest.mark.parametrize(
    ("action", "result", "laps"),
    [
        pytest.param("clone", Result.DONE, [Lap("clone", 10.0)], id="a clone that worked is a stage"),
        pytest.param("configure", Result.DONE, [Lap("configure", 10.0)], id="so is configuring"),
        pytest.param("start", Result.DONE, [Lap("start", 10.0)], id="so is the start task"),
        pytest.param("clone", Result.RETRY, [], id="a failed try is none"),
        pytest.param("clone", Result.UNKNOWN, [], id="an unknown outcome is none"),
        pytest.param("checkguest", Result.DONE, [], id="a look is none"),
    ],
)
def test_actions(action: str, result: Result, laps: list[Lap]):
    assert list(Stopwatch().outcome(an_outcome(action=action, result=result, lasted=10.0))) == laps


def test_ready_counts_from_the_start_order_to_the_moment_it_was_seen_ready():
    watch = Stopwatch()
    list(watch.outcome(an_outcome(0, "start", started_at=MONDAY, lasted=2.5)))

    assert list(watch.status(a_status_at(MONDAY + 10, Phase.STARTING, wanted=0))) == []
    assert list(watch.status(a_status_at(MONDAY + 50, Phase.READY, wanted=0))) == [Lap("ready", 50.0)]
    assert list(watch.status(a_status_at(MONDAY + 60, Phase.READY, wanted=0))) == []


def test_a_desktop_still_shown_ready_from_before_its_restart_is_not_timed():
    watch = Stopwatch()
    list(watch.outcome(an_outcome(0, "start", started_at=MONDAY + 100)))

    assert list(watch.status(a_status_at(MONDAY + 90, Phase.READY, wanted=0))) == []


def test_a_desktop_that_is_gone_is_forgotten():
    watch = Stopwatch()
    list(watch.outcome(an_outcome(0, "start", started_at=MONDAY)))
    list(watch.status(a_status_at(MONDAY + 10)))

    assert list(watch.status(a_status_at(MONDAY + 50, Phase.READY, wanted=0))) == []


def test_whole_counts_from_the_first_sight_of_the_want_to_ready():
    watch = Stopwatch()
    list(watch.status(a_status_at(MONDAY)))
    list(watch.status(a_status_at(MONDAY + 30, Phase.STARTING)))

    assert list(watch.status(a_status_at(MONDAY + 90, Phase.READY))) == [Lap("whole", 90.0)]
    assert list(watch.status(a_status_at(MONDAY + 95, Phase.READY))) == []


def test_an_agent_found_served_at_the_daemons_start_was_not_waiting():
    watch = Stopwatch()
    list(watch.status(a_status_at(MONDAY, Phase.READY)))
    list(watch.status(a_status_at(MONDAY + 60, Phase.STARTING)))

    assert list(watch.status(a_status_at(MONDAY + 120, Phase.READY))) == []


def test_an_agent_wanted_again_starts_waiting_again():
    watch = Stopwatch()
    for at, phase, wanted in ((0, Phase.READY, 1), (10, Phase.STOPPED, 0), (20, Phase.STOPPED, 1)):
        list(watch.status(a_status_at(MONDAY + at, phase, wanted=wanted)))

    assert list(watch.status(a_status_at(MONDAY + 65, Phase.READY))) == [Lap("whole", 45.0)]


def test_an_agent_no_longer_wanted_is_not_timed():
    watch = Stopwatch()
    list(watch.status(a_status_at(MONDAY)))
    list(watch.status(a_status_at(MONDAY + 10, wanted=0)))

    assert list(watch.status(replace(a_status_at(MONDAY + 20, Phase.READY), demand=wants_of([])))) == []
