"""One fast shared storage, whose lock is polled: the limit on clones at once settles, however often it is looked."""

from dataclasses import replace

import pytest

from provisioner.model.budget import Pace
from provisioner.settings.shipped import shipped
from provisioner.settings.twins import load_twin
from tests.builders.rehearsal import a_config_on, rehearsed

pytestmark = pytest.mark.long

AGENTS = 200
SHARED = load_twin(shipped() / "twins" / "shared-1.yaml")
FAST = replace(
    SHARED, storages=tuple(replace(storage, image_operation_s=0.3 * storage.image_operation_s) for storage in SHARED.storages)
)


@pytest.mark.parametrize(("looked_every_s", "seed"), [(0.7, 5), (1.2, 4)])
def test_a_limit_does_not_run_away(looked_every_s, seed):
    """One in eight ran into the time-out of the lock when twelve clones that ended close together could raise it."""
    spec = replace(FAST, seed=seed)
    forecast = rehearsed(spec, agents=AGENTS, config=a_config_on(spec, pace=Pace(observe_cloning_s=looked_every_s)))

    assert forecast.ready == AGENTS
    assert forecast.lock_timeouts <= 0.02 * AGENTS
