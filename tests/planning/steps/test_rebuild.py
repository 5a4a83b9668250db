"""Desktops that an operator has made anew: nothing brings the old one up, and the new one comes first."""

import pytest

from provisioner.model.actions import Clone, Delete, Start
from provisioner.model.intents import Intent, IntentKind, Terms
from provisioner.model.machines.desktops import Phase
from tests.builders.actions import a_name, an_agent_id
from tests.builders.cluster import NOW
from tests.builders.core import a_desktop
from tests.planning.plans import a_small_budget, orders
from tests.planning.plans import plan as planned


def a_rebuild(number=1, **changed):
    values = {"kind": IntentKind.REBUILD, "by": "zoe", "at": NOW - 5, "target": a_name(number)}
    return Intent(**{**values, **changed})


def test_a_desktop_that_is_off_is_deleted_and_not_started():
    plan = planned([a_desktop(1, Phase.STOPPED)], wanted=1, max_deletes=1, intents=[a_rebuild()])

    assert orders(plan) == ["delete vd-5001"]


def test_the_others_of_its_node_start_as_usual():
    desktops = [a_desktop(number, Phase.STOPPED, node="n1") for number in (1, 2, 3)]

    plan = planned(desktops, wanted=3, max_deletes=1, intents=[a_rebuild()])

    assert [action.desktop for action in plan.actions if isinstance(action, Start)] == ["vd-5002", "vd-5003"]


def test_a_new_desktop_of_the_same_name_is_not_meant():
    newer = a_desktop(1, Phase.STOPPED, reserved_at=NOW - 4)

    assert not any(isinstance(action, Delete) for action in planned([newer], max_deletes=1, intents=[a_rebuild()]).actions)


@pytest.mark.parametrize(("intents", "first"), [([], 1), ([a_rebuild(9, terms=Terms(agent=an_agent_id(3)))], 3)])
def test_whose_desktop_was_deleted_gets_the_next_one(intents, first):
    plan = planned([], wanted=3, config=a_small_budget(clones_per_local_domain=1), intents=intents)

    clones = [action for action in plan.actions if isinstance(action, Clone)]
    assert clones[0].reservation.agent_id == an_agent_id(first)
