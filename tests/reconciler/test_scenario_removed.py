"""`scenario:` removed from bascule.yaml: the desktops that exist are kept, and nobody new gets one."""

from dataclasses import replace

import pytest

from provisioner.adapters.memory_store import MemoryStore
from provisioner.model.ids import WaveName
from provisioner.model.people.profiles import Selection
from provisioner.model.scenario.scenarios import EVERYONE, Scenario, Wave
from tests.builders.core import a_roster, an_agent
from tests.builders.reconciler import Site, kinds

FEW = Scenario(name="few", waves=(Wave(name=WaveName("first"), who=Selection(groups=frozenset({"first"}))),))
PEOPLE = 8


def a_town():
    """Eight people are entitled; the scenario serves two."""
    return a_roster(an_agent(number, groups=frozenset({"first"} if number <= 2 else ())) for number in range(1, PEOPLE + 1))


def served():
    """The two have their desktops."""
    site = Site(agents=a_town(), scenario=FEW)
    for _ in range(12):
        site.carry_out(site.look(after=30))
        site.cluster.come_out()
    assert set(site.phases.values()) == {"ready"}, site.phases
    assert len(site.phases) == 2
    return site


def remove_scenario(site):
    site.config = replace(site.config, scenario=EVERYONE, scenario_given=False)
    site.reconciler.follow(site.config)


def live_on(site):
    ordered = []
    for _ in range(6):
        orders = site.look(after=30)
        ordered += kinds(orders)
        site.carry_out(orders)
        site.cluster.come_out()
    return [order for order in ordered if not order.startswith(("checkguest", "verify"))]


@pytest.mark.parametrize("restarts", [False, True], ids=["reloaded", "restarted"])
def test_nobody_new_gets_a_desktop_and_nobody_loses_one(restarts):
    site = served()

    remove_scenario(site)
    if restarts:
        site.restart()

    assert live_on(site) == []
    assert set(site.phases.values()) == {"ready"}
    assert len(site.status.demand.wants) == 2
    assert {str(agent.reason) for agent in site.status.demand.not_wanted} == {
        "no scenario is configured: only desktops that exist are kept; `scenario: everyone` gives every entitled agent one"
    }


def test_who_wants_all_at_once_says_so():
    site = served()
    remove_scenario(site)
    site.look(after=30)

    site.config = replace(site.config, scenario=EVERYONE, scenario_given=True)
    site.reconciler.follow(site.config)

    assert len([order for order in live_on(site) if order.startswith("clone")]) == PEOPLE - 2


def test_a_scenario_that_comes_back_goes_on():
    site = served()
    remove_scenario(site)
    site.look(after=30)

    site.config = replace(site.config, scenario=FEW, scenario_given=True)
    site.reconciler.follow(site.config)

    assert live_on(site) == []
    assert len(site.status.demand.wants) == 2


def test_without_a_scenario_from_the_beginning_every_entitled_agent_gets_one():
    site = Site(agents=a_town())
    site.config = replace(site.config, scenario_given=False)
    site.restart()

    assert len([order for order in live_on(site) if order.startswith("clone")]) == PEOPLE
    site.restart()
    assert live_on(site) == []
    assert len(site.status.demand.wants) == PEOPLE


def test_a_desktop_that_is_being_made_is_finished():
    site = Site(agents=a_town(), scenario=FEW)
    site.carry_out(site.look())
    assert len(site.store.load().desktops) == 2

    remove_scenario(site)
    ordered = live_on(site)

    assert [order for order in ordered if order.startswith("clone")] == []
    assert set(site.phases.values()) == {"ready"}


def test_after_a_lost_store_nobody_new_gets_a_desktop_either():
    site = served()
    remove_scenario(site)
    site.restart(MemoryStore())

    ordered = [order for _ in range(6) for order in live_on(site)]

    assert [order for order in ordered if order.startswith(("clone", "stop", "delete"))] == []
    assert len(site.status.demand.wants) == 2
    assert set(site.phases.values()) == {"ready"}
