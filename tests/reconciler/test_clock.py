"""A clock that was an hour ahead and is put right: whatever was noted "later" holds nothing up for that hour."""

from provisioner.model.desktops import Phase
from tests.builders.reconciler import Site, kinds

AN_HOUR = 3600.0


def test_a_surge_that_began_by_the_wrong_clock_begins_now():
    site = Site(agents=2)
    site.look()

    site.clock.at -= AN_HOUR
    site.reconciler.read_directory()
    site.settle(cycles=2)

    assert len(site.picture.demand.wants) == 2


def test_an_empty_store_waits_for_what_is_on_its_way_anew_and_no_longer():
    site = Site(agents=1, accepted=False)
    site.look()

    site.clock.at -= AN_HOUR
    site.settle(cycles=4)

    assert site.cluster.guests.keys() == {5001}


def test_an_order_that_nothing_is_seen_of_ends_by_its_own_time():
    site = Site(agents=1)
    orders = site.look()
    while kinds(orders) != ["start vd-5001"]:
        site.carry_out(orders)
        site.cluster.come_out()
        orders = site.look(after=5)
    site.carry_out(orders)
    site.cluster.delete(5001)

    site.clock.at -= AN_HOUR
    site.settle(cycles=30)

    assert site.phases == {"vd-5001": Phase.READY}
