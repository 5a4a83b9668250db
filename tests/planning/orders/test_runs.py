"""What becomes of a run by itself is a value, which changes nothing."""

from dataclasses import replace

import pytest

from provisioner.model.scenario.surges import SurgeRun, SurgeState
from provisioner.planning.orders.runs import by_time, set_aside
from provisioner.reasons.surges import END_HAS_COME, RUN_FAILS, TIME_HAS_COME

NOW = 1_700_000_000.0
PENDING = SurgeRun(scenario="crisis", number=1, state=SurgeState.PENDING, started_at=NOW, since=NOW - 60, by="ann")
RUNNING = replace(PENDING, state=SurgeState.RUNNING, ends_at=NOW + 3600)


@pytest.mark.parametrize(
    ("run", "at", "state", "why"),
    [
        (PENDING, NOW, SurgeState.RUNNING, TIME_HAS_COME()),
        (RUNNING, NOW + 3600, SurgeState.RETURNING, END_HAS_COME()),
    ],
)
def test_its_time_comes_and_not_before(run: SurgeRun, at: float, state: SurgeState, why: object):
    change = by_time(run, at)

    assert by_time(run, at - 1) is None
    assert change is not None
    assert (change.run.state, change.why, change.at, change.by) == (state, why, at, "daemon")
    assert by_time(change.run, at) is None, "it is said once"


def test_a_run_is_set_aside_once():
    why = RUN_FAILS(why="no such wave")
    change = set_aside(RUNNING, NOW, why)

    assert change is not None
    assert (change.run.state, change.run.rebuilt) == (SurgeState.PAUSED, True)
    assert set_aside(change.run, NOW, why) is None
