"""A bounded part of the chaos suite over HTTPS: the real adapter and the real store, in a process that is killed with -9."""

import pytest

from tests.chaos.http_trial import HttpTrial
from tests.chaos.world import a_small_world

pytestmark = pytest.mark.real

_SEEDS = {
    4: "killed at a write and again, an answer lost, the directory gone, a storage full",
    6: "frozen twice, an answer lost, a VMID taken, a node dead",
}


@pytest.mark.parametrize("seed", [pytest.param(seed, id=why) for seed, why in _SEEDS.items()])
def test_over_real_sockets_nothing_is_doubled_lost_or_cut_and_all_agents_are_served(seed: int):
    trial = HttpTrial(a_small_world(seed)).run()

    assert trial.wrong == [], "\n".join(trial.trace)
