"""Where no desktop of their profile fits, people without one get what the scenario states, in its order; nobody else does."""

from dataclasses import replace

import pytest

from provisioner.model.ids import ProfileName
from provisioner.model.machines.desktops import Phase
from provisioner.model.people.profiles import Selection
from provisioner.model.scenario.scenarios import Scenario, Shortage, Wave
from provisioner.planning.steps.planner import make_plan
from tests.builders.cluster import NOW, a_node, a_profile, a_view, some_addresses
from tests.builders.core import (
    a_budget,
    a_config,
    a_desktop,
    a_memory,
    a_seat,
    a_situation,
    a_want,
    a_want_ahead,
    an_agent_id,
)
from tests.planning.plans import orders, plan, reasons

LIGHT = ProfileName("light")
OFFICE = a_profile(nodes=1)
SMALL = a_profile("light", nodes=1, memory_mib=2048, vcpus=1)
BOTH = Shortage(profiles=(LIGHT,), refuses=True)
TIGHT = a_view(nodes=(a_node("n1", memory_gib=13),))
"""Room for two desktops of 4 GiB and one of 2 GiB, at 80 %."""


def stated(shortage, *profiles, **budget):
    scenario = Scenario(name="crisis", waves=(Wave(name="everyone", who=Selection()),), shortage=shortage)
    config = a_config(*(profiles or (OFFICE, SMALL)), budget=a_budget(**budget) if budget else None)
    return replace(config, scenario=scenario)


def profiles(made):
    return [action.profile.name for action in made.actions]


@pytest.mark.parametrize(
    ("shortage", "cloned", "codes"),
    [
        pytest.param(Shortage(), ["office", "office"], {"several"}, id="nothing is stated: they wait"),
        pytest.param(BOTH, ["office", "office", "light"], {"refused_for_room"}, id="less, then none"),
        pytest.param(Shortage(profiles=(LIGHT,)), ["office", "office", "light"], {"several"}, id="less, then they wait"),
        pytest.param(Shortage(refuses=True), ["office", "office"], {"refused_for_room"}, id="none"),
        pytest.param(
            Shortage(profiles=(ProfileName("gone"), LIGHT), refuses=True),
            ["office", "office", "light"],
            {"refused_for_room"},
            id="a profile that is no longer configured is passed over",
        ),
    ],
)
def test_what_is_stated_comes_in_its_order(shortage, cloned, codes):
    made = plan(wanted=5, view=TIGHT, config=stated(shortage))

    assert profiles(made) == cloned
    assert {deferral.reason.code for deferral in made.deferred} == codes
    assert len(made.deferred) == 5 - len(cloned)


def test_who_is_refused_is_told_what_is_short():
    made = plan(wanted=4, view=TIGHT, config=stated(BOTH))

    assert reasons(made) == {
        "login0004": "none fits, and the scenario 'crisis' gives no other (shortage): "
        "memory: a node has less than 4096 MiB left of its share"
    }
    assert made.actions[-1].because.startswith("wave 'everyone' gives login0003 profile light: none of profile office fits")


def test_the_more_important_come_first():
    wants = [a_want(number, rank=(10 - number, 0.0, "")) for number in range(1, 5)]

    made = plan(wanted=wants, view=TIGHT, config=stated(BOTH))

    assert [action.reservation.agent_id for action in made.actions] == [want.agent_id for want in reversed(wants[1:])]
    assert list(reasons(made)) == ["login0001"]


@pytest.mark.parametrize(
    "changed",
    [
        pytest.param({"config": stated(BOTH, clones_per_local_domain=1)}, id="the storage is busy: it is a matter of turns"),
        pytest.param(
            {"view": a_view(nodes=(a_node("n1", online=False),)), "offline_since": {}},
            id="a node is away, since when is not known",
        ),
    ],
)
def test_what_may_come_yet_is_waited_for(changed):
    made = plan(wanted=3, **{"view": TIGHT, "config": stated(BOTH), **changed})

    assert "light" not in profiles(made)
    assert all(deferral.reason.code != "refused_for_room" for deferral in made.deferred)


@pytest.mark.parametrize(
    ("away_s", "cloned"),
    [
        pytest.param(100.0, ["office", "office"], id="it may be back in a moment"),
        pytest.param(121.0, ["office", "office", "light"], id="it is given up"),
    ],
)
def test_a_node_that_is_away_counts_as_room_for_as_long_as_it_may_come_back(away_s, cloned):
    view = a_view(nodes=(a_node("n1", memory_gib=13), a_node("n2", online=False)))
    config = stated(BOTH, a_profile(), a_profile("light", memory_mib=2048, vcpus=1))

    made = plan(wanted=3, view=view, config=config, offline_since={a_node("n2").key: NOW - away_s})

    assert profiles(made) == cloned


def test_addresses_that_are_used_up_are_a_shortage():
    few = replace(some_addresses(), last=some_addresses().first)
    config = stated(Shortage(refuses=True), replace(OFFICE, addressing=few))

    made = plan(wanted=2, view=a_view(nodes=1), config=config)

    assert profiles(made) == ["office"]
    assert [deferral.reason.code for deferral in made.deferred] == ["refused_for_room"]


def test_who_has_been_given_a_desktop_gets_no_less():
    stays = a_desktop(9, Phase.READY, nodes=1)
    moved_on = stays.but(reservation=replace(stays.reservation, seat=a_seat(8)))
    record = a_memory([moved_on]).desktops[stays.reservation.name]
    served = {moved_on.reservation.name: replace(record, assigned_to=an_agent_id(9))}
    tight = a_view(nodes=(a_node("n1", memory_gib=4),))
    situation = a_situation([moved_on], wanted=[a_want(9)], view=tight, config=stated(BOTH))
    situation = replace(situation, records=replace(situation.records, desktops=served))

    made = make_plan(situation)

    assert [action for action in orders(made) if action.startswith("clone")] == []
    assert [deferral.reason.code for deferral in made.deferred] == ["several"]


def test_what_is_made_ahead_takes_no_less():
    tight = a_view(nodes=(a_node("n1", memory_gib=4),))

    made = plan(wanted=0, ahead=[a_want_ahead(1)], view=tight, config=stated(BOTH))

    assert (profiles(made), [deferral.reason.code for deferral in made.deferred]) == ([], ["several"])


def test_whose_lesser_desktop_is_lost_gets_the_same_again():
    desktop = a_desktop(1, Phase.READY, profile="light", node="n2", nodes=2)
    view = a_view(nodes=(a_node("n1"), a_node("n2", online=False), a_node("n3"), a_node("n4")))
    config = stated(BOTH, a_profile(), a_profile("light", memory_mib=2048, vcpus=1))

    made = plan([desktop], view=view, config=config, offline_since={a_node("n2").key: NOW - 500}, replace_after_s=120.0)

    assert profiles(made) == ["light"]
