"""A surge on twins with something broken that Proxmox VE and the desktops do not see: the daemon's own probes name it.

With thirty surges: `python -m tests.bench probes`.
"""

from collections import Counter

import pytest

from provisioner.model.machines.desktops import Phase
from tests.capabilities.probes.probed_surge import AGENTS, BROKEN, ProbedSurge

SURGES = 10


@pytest.mark.long
def test_what_is_broken_is_named_beside_desktops_that_are_broken_by_themselves():
    named, said = Counter[str](), list[str]()
    for seed in range(SURGES):
        *probes, undisturbed = ProbedSurge(seed, *BROKEN, "nothing", flaky=0.02).play()
        named.update(probed.broken for probed in probes if probed.is_named)
        said += undisturbed.notices
        assert not undisturbed.state.is_sure

    assert [broken for broken in BROKEN if named[broken] < SURGES - 1] == []
    assert said == [], "where nothing is broken nothing is named"


@pytest.mark.long
def test_what_is_named_is_said_once_and_stays_out_of_the_way_of_the_surge():
    surge = ProbedSurge(3, "names")

    (probed,) = surge.play()

    assert probed.state.everywhere
    assert len(probed.notices) == 1
    assert "their names are not resolved" in probed.notices[0]
    status = surge.rehearsal.reconciler.status
    assert status is not None
    assert status.phases == {Phase.READY: AGENTS}
