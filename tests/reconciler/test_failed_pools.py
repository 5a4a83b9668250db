"""A pool's desktop that was given up stayed failed for ever: it waited for a batch, and no batch opens for a pool."""

import pytest

from provisioner.errors import PlaceElsewhere
from provisioner.model.actions import Start
from provisioner.model.lending import LeaseState
from provisioner.model.machines.desktops import Phase
from provisioner.model.status import PoolState
from provisioner.model.words import WaitsFor
from tests.builders.pools import pool_desktops
from tests.builders.reconciler import Site
from tests.reconciler.test_lending import a_site, leases, lend


def without_boots(site: Site, name: str, *, cycles: int = 20) -> Site:
    """Let time pass; this desktop was powered off, and none of its boots succeeds any more."""
    site.cluster.power_off(site.status.desktops[name].reservation.vmid)
    for _ in range(cycles):
        for action in site.look(after=20):
            in_vain = isinstance(action, Start) and action.desktop == name
            site.end(action, error=PlaceElsewhere("start failed")) if in_vain else site.carry_out([action])
        site.cluster.come_out()
    return site


def of_pool(site: Site) -> PoolState:
    (pool,) = site.status.pools
    return pool


@pytest.mark.parametrize("spare", [pytest.param(2, id="all are on"), pytest.param(1, id="one is on")])
def test_a_pool_gets_another_for_what_was_given_up(spare):
    """Seed 2004 of tests/bench questions."""
    site = a_site(size=2, spare=spare)
    name = pool_desktops(site)[0].reservation.name
    without_boots(site, name)

    assert site.phases[name] is Phase.FAILED
    assert site.status.desktops[name].superseded_by is not None
    assert (of_pool(site).ready, of_pool(site).off, of_pool(site).failed) == (spare, 2 - spare, 0)


def test_whose_lent_desktop_was_given_up_gets_another():
    site = a_site(size=1)
    first = lend(site).desktop
    assert first is not None
    without_boots(site, first)
    again = lend(site)

    assert (again.ready, again.refused) == (True, "")
    assert leases(site)[again.desktop] is LeaseState.LENT


def test_where_no_boot_succeeds_no_endless_row_is_made():
    """Three at most for each seat, and none on a node where they fail and none is ready."""
    site = a_site(agents=0, size=2)
    for state in pool_desktops(site):
        site.cluster.power_off(state.reservation.vmid)
    for _ in range(40):
        for action in site.look(after=60):
            site.end(action, error=PlaceElsewhere("start failed")) if isinstance(action, Start) else site.carry_out([action])
        site.cluster.come_out()

    assert len(pool_desktops(site)) <= 6
    assert {group.binds for group in site.status.plan.groups} == {WaitsFor.NODES}
