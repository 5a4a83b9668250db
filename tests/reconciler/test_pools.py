"""Desktops of a pool are made like all others, after those of the agents, and are nobody's."""

from dataclasses import replace

import pytest

from provisioner.model.actions import Clone
from provisioner.model.scenario.ceilings import Ceiling
from provisioner.model.scenario.scenarios import Scenario
from tests.builders.actions import a_seat
from tests.builders.core import a_session
from tests.builders.pools import DESK, a_desk, phases_of, pool_desktops, with_desk
from tests.builders.reconciler import Site
from tests.reconciler.test_rebuild import lose_the_store


def settled(agents=2, **pool):
    site = Site(agents=agents, config=with_desk(**pool))
    site.come_to_rest()
    return site


def resized(site, size, **pool):
    """The site with its pool made larger or smaller."""
    site.config = replace(site.config, desktop_pools={DESK: a_desk(size, **pool)})
    site.reconciler.follow(site.config)
    return site


def calm(site, *, cycles=40):
    """Until nothing more is ordered, with cycles so close that a reading is still fresh when it counts."""
    for _ in range(cycles):
        site.carry_out(site.look(after=5))
        site.cluster.come_out()
    return site


def test_they_are_made_booted_and_given_to_nobody():
    site = settled(size=3)

    assert phases_of(site) == ["ready"] * 3
    assert [state.reservation.seat for state in pool_desktops(site)] == ["pool:desk/1", "pool:desk/2", "pool:desk/3"]
    assert not any(state.wanted or state.agent_login.startswith("login") for state in pool_desktops(site))
    assert len(site.phases) == 5


def test_as_many_as_are_spare_are_on_and_the_others_are_only_made():
    assert phases_of(settled(size=3, spare=1)) == ["ready", "stopped", "stopped"]


def test_agents_come_first():
    site = Site(agents=2, config=with_desk(size=3, spare=1))
    clones = [order for order in site.look() if isinstance(order, Clone)]

    assert [clone.reservation.seat for clone in clones] == [a_seat(1), a_seat(2)]  # two at once, until one has ended


def test_a_second_cycle_and_a_restart_make_no_more():
    site = settled(size=3)
    before = set(site.status.desktops)
    site.restart()
    site.settle()

    assert set(site.status.desktops) == before


@pytest.mark.long
def test_a_larger_pool_gets_the_rest_and_a_smaller_one_shuts_down_what_it_does_not_need_and_keeps_it():
    site = resized(settled(size=1), 3)
    site.settle()
    assert phases_of(site) == ["ready"] * 3

    calm(resized(site, 1))
    assert phases_of(site) == ["ready", "stopped", "stopped"]

    resized(site, 2).settle()
    assert phases_of(site) == ["ready", "ready", "stopped"]


@pytest.mark.long
def test_nobody_is_cut_off_when_a_pool_is_no_longer_configured():
    site = settled(size=2)
    used, _ = pool_desktops(site)
    site.cluster.sessions[used.reservation.vmid] = (a_session("zoe"),)
    site.config = replace(site.config, desktop_pools={})
    site.reconciler.follow(site.config)
    calm(site)

    assert phases_of(site) == ["ready", "stopped"]
    assert "1 open session" in site.reasons[used.reservation.name]


def test_a_lost_store_makes_no_second_pool():
    site = settled(size=2)
    lose_the_store(site)
    site.carry_out(site.look())
    site.settle()

    assert phases_of(site) == ["ready"] * 2
    assert len(site.cluster.guests) == 4


def test_under_a_ceiling_the_pool_has_what_the_agents_leave():
    few = Scenario(name="few", waves=Site().config.scenario.waves, ceilings=(Ceiling(name="licences", limit=3),))
    site = Site(agents=2, config=with_desk(size=3), scenario=few)
    site.come_to_rest()

    assert len(pool_desktops(site)) == 1
