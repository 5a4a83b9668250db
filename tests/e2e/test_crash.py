"""Killed with -9 in mid-switch and started again, on a served twin: no desktop is lost, doubled or left behind.

A bounded part of `make crash`, at other instants each time the seed is changed.
"""

from pathlib import Path

import pytest

from tests.e2e.crash import faults_of, killed

pytestmark = pytest.mark.real

AGENTS = 64


@pytest.mark.parametrize(
    ("kills", "forget", "scale", "seed"),
    [
        pytest.param(3, False, 12.0, 18, id="killed three times, the store kept"),
        pytest.param(2, True, 20.0, 9, id="killed twice, the store deleted each time"),
    ],
)
def test_no_desktop_is_lost_doubled_or_orphaned(tmp_path: Path, kills: int, forget: bool, scale: float, seed: int):
    print(f"seed {seed}")  # shown when it fails

    end = killed(tmp_path, agents=AGENTS, kills=kills, seed=seed, forget=forget, scale=scale)

    assert faults_of(end) == [], end
    assert end["kills"] == kills
    assert end["kills_during_the_switch"] >= 1, "it has to die at work"
