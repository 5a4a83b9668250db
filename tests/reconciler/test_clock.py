"""A clock one hour ahead is corrected, with a restart: times in the future delay nothing for that hour."""

import pytest

from provisioner.model.actions import Delete, Stop
from provisioner.model.budget import Safety
from provisioner.model.intents import Intent, IntentKind
from provisioner.model.machines.desktops import Phase
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


def given_and_put_right(kind: IntentKind) -> tuple[Site, list[object]]:
    """An order by the wrong clock; what was ordered in the two hours after it was put right."""
    site = ready(1, safety=Safety(max_deletes=1))
    site.clock.at += 2 * AN_HOUR
    site.settle(cycles=2)
    assert site.reconciler.obey(Intent(kind=kind, by="zoe", at=site.clock.at, target="vd-5001")) == ""
    site.cluster.booted[5001] -= AN_HOUR
    put_right(site)
    ordered: list[object] = []
    for _ in range(90):
        actions = site.look(after=20)
        ordered += actions
        site.carry_out(actions)
        site.cluster.come_out()
    return site, ordered


def test_a_restart_that_was_ordered_by_the_wrong_clock_is_done_once():
    """Its moment was to come: each boot was of before it, for an hour."""
    site, ordered = given_and_put_right(IntentKind.RESTART)

    assert sum(isinstance(action, Stop) for action in ordered) == 1
    assert [intent.kind for intent in site.store.intents()] == []
    assert site.phases == {"vd-5001": Phase.READY}


def test_a_desktop_that_was_to_be_made_anew_by_the_wrong_clock_is_made_anew_once():
    site, ordered = given_and_put_right(IntentKind.REBUILD)

    assert sum(isinstance(action, Delete) for action in ordered) == 1
    assert [intent.kind for intent in site.store.intents()] == []
    assert list(site.phases.values()) == [Phase.READY]
