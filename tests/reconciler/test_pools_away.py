"""F5, F12: whose desktop of a pool was on a node that was lost waited for the node, beside one that was free and ready."""

from provisioner.model.lending import LeaseState
from provisioner.model.machines.desktops import Phase
from provisioner.model.pools import AfterPerson
from provisioner.model.words import WaitsFor
from provisioner.planning.demand.pools import leased_seats
from tests.builders.pools import pool_desktops
from tests.builders.reconciler import Site
from tests.builders.rotation import AM, RotatingSite
from tests.reconciler.test_lending import a_site, leases, lend


def lost(site: Site, name: str) -> Site:
    """The desktop's node has been away for longer than `safety.replace_after`."""
    site.cluster.online[site.status.desktops[name].node] = False
    site.look(after=10)
    site.look(after=130)
    site.settle()
    return site


def test_in_a_rotation_its_person_is_given_another():
    site = RotatingSite(agents=4, size=4)
    (first, *_) = site.of_slot(0)
    site.until(AM)
    before = site.has(first)
    assert before is not None
    lost(site, before)

    assert site.has(first) not in (None, before)
    assert site.rotation.waiting == ()


def test_a_node_that_is_back_in_time_takes_nothing_from_them():
    site = RotatingSite(agents=4, size=4)
    (first, *_) = site.of_slot(0)
    site.until(AM)
    before = site.has(first)
    assert before is not None
    site.cluster.online[site.status.desktops[before].node] = False
    site.look(after=10)
    site.look(after=100)

    assert site.has(first) == before


def test_who_asks_the_help_desk_again_gets_another():
    site = a_site(size=3)
    first = lend(site).desktop
    lost(site, first)
    again = lend(site)

    assert (again.ready, again.refused) == (True, "")
    assert again.desktop != first
    assert leases(site)[first] is LeaseState.TO_RESET
    seats = {state.reservation.name: state.reservation.seat for state in pool_desktops(site)}
    assert leased_seats(site.store.load()) == {seats[again.desktop]: LeaseState.LENT}, "what is left there keeps no other off"


def test_a_pool_gets_another_for_a_free_one_that_is_to_run():
    """A pool has no batch that opens: nothing was made, and BasculeNoRoom said that there was no room."""
    site = a_site(size=2)
    free = pool_desktops(site)[0].reservation.name
    lost(site, free)

    assert site.status.desktops[free].superseded_by is not None
    assert sum(state.phase is Phase.READY for state in pool_desktops(site)) == 2
    assert not [group for group in site.status.plan.groups if group.binds is WaitsFor.NODES]


def test_a_desktop_that_is_kept_for_its_person_waits_for_its_node():
    site = a_site(size=3, after_person=AfterPerson.KEPT)
    first = lend(site).desktop
    lost(site, first)

    assert lend(site).desktop is None
    assert leases(site) == {first: LeaseState.LENT}
    assert site.status.desktops[first].superseded_by is None
