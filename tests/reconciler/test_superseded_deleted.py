"""K1: a node was away and its desktops were made again; then the operator deletes the former ones, as `report drift` says."""

import pytest

from provisioner.model.machines.desktops import Phase
from tests.builders.cluster import PVE
from tests.builders.core import a_roster
from tests.builders.reconciler import Site, ready

pytestmark = pytest.mark.long
_AGENTS = 12


def with_superseded() -> tuple[Site, list[int]]:
    """A site whose node n1 is back; and the VMIDs of the superseded desktops there."""
    site = ready(_AGENTS)
    site.clusters[PVE].online["n1"] = False
    site.look(after=10)
    site.look(after=120)
    site.settle(cycles=40)
    site.clusters[PVE].online["n1"] = True
    site.settle(cycles=3)
    former = [state.reservation.vmid for state in site.status.desktops.values() if state.superseded_by is not None]
    assert len(former) >= 3, "more than few"
    return site, former


def test_the_advice_is_followed_and_whoever_comes_next_gets_a_desktop():
    site, former = with_superseded()
    for vmid in former:
        site.cluster.delete(vmid)
    site.roster = a_roster(_AGENTS + 2)
    site.reconciler.read_directory()
    site.settle(cycles=60)

    logins = [state.agent_login for state in site.status.desktops.values() if state.wanted and state.phase is Phase.READY]
    assert len(set(logins)) == _AGENTS + 2, {who: why for who, why in site.reasons.items() if who.startswith("login")}
