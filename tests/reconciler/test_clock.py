"""A clock one hour ahead is corrected, with a restart: times in the future delay nothing for that hour."""

import pytest

from provisioner.model.desktops import Phase
from tests.builders.reconciler import Site, kinds, ready

AN_HOUR = 3600.0


def put_right(site: Site) -> None:
    """Correct the clock as `daemon.service` does."""
    site.clock.at -= AN_HOUR
    site.restart()


def test_a_surge_that_began_by_the_wrong_clock_begins_now():
    site = Site(agents=2)
    site.look()

    put_right(site)
    site.settle(cycles=2)

    assert len(site.status.demand.wants) == 2


def test_an_empty_store_waits_again_no_longer_than_before():
    site = Site(agents=1, accepted=False)
    site.look()

    put_right(site)
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

    put_right(site)
    site.settle(cycles=30)

    assert site.phases == {"vd-5001": Phase.READY}


@pytest.mark.parametrize("restarted", [False, True], ids=["of this boot", "of the boot before"])
def test_a_report_dated_by_the_wrong_clock_is_asked_for_again(restarted):
    site = ready(1)
    if restarted:
        site.cluster.power_off(5001)
        site.cluster.power_on(5001, site.clock.at - AN_HOUR - 60)
    else:
        site.cluster.booted[5001] -= AN_HOUR

    put_right(site)
    orders = site.look()

    assert (site.phases, site.status.desktops["vd-5001"].sessions) == ({"vd-5001": Phase.STARTING}, None)
    assert kinds(orders) == ["checkguest vd-5001"]
    site.carry_out(orders)
    site.look()
    assert site.phases == {"vd-5001": Phase.READY}
    assert [outcome.action for outcome in site.heard.outcomes].count("ready") == 1, "it is told once"
