"""A surge on twins with something broken that Proxmox VE and the desktops do not see: the daemon's own probes name it.

With thirty surges of each kind: `python -m tests.bench probes`.
"""

import pytest

from provisioner.model.desktops import Phase
from tests.builders.probed_surge import AGENTS, BROKEN, ProbedSurge


@pytest.mark.long
@pytest.mark.parametrize("broken", BROKEN)
def test_what_is_broken_is_named_beside_desktops_that_are_broken_by_themselves(broken):
    named = 0
    for seed in range(6):
        surge = ProbedSurge(seed, broken, flaky=0.02)
        surge.play()
        named += surge.is_named

    assert named >= 5


@pytest.mark.long
def test_in_a_surge_where_nothing_is_broken_nothing_is_named():
    for seed in range(6):
        surge = ProbedSurge(seed, "nothing", flaky=0.02)

        assert not surge.play().is_sure
        assert surge.notices == []


@pytest.mark.long
def test_what_is_named_is_told_once_and_stays_out_of_the_way_of_the_surge():
    surge = ProbedSurge(3, "names")

    state = surge.play()

    assert state.everywhere
    assert len(surge.notices) == 1
    assert "their names are not resolved" in surge.notices[0]
    status = surge.rehearsal.reconciler.status
    assert status is not None
    assert status.phases == {Phase.READY: AGENTS}
