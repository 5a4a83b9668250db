"""A new desktop leaves room to restart those of the fullest nodes; where they would not fit, it waits."""

from collections import Counter
from dataclasses import replace
from itertools import product
from operator import ge

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from provisioner.model.actions import Plan
from provisioner.model.budget import Safety
from provisioner.model.intents import Intent, IntentKind
from provisioner.model.people.profiles import Selection
from provisioner.model.scenario.scenarios import Scenario, Wave
from provisioner.planning.safety import Circumstances, judge_plan
from provisioner.reasons.targets import SURGE_KEEPS
from tests.builders.actions import a_delete, a_stop
from tests.builders.cluster import NOW, a_node, a_profile, a_view
from tests.builders.core import a_config, a_desktop, a_want
from tests.planning.plans import plan, reasons

GIB = 1024


def surviving(nodes, *profiles):
    scenario = Scenario(name="storm", waves=(Wave(name="everyone", who=Selection()),), survive_nodes=nodes)
    return replace(a_config(*profiles), scenario=scenario)


def sized(*gib):
    """Nodes with room for so many desktops of 4 GiB, at 80 %."""
    return a_view(nodes=[a_node(f"n{number}", memory_gib=5 * each) for number, each in enumerate(gib, start=1)])


@pytest.mark.parametrize(
    ("nodes", "rooms", "made"),
    [
        pytest.param(0, (4, 4), 8, id="none is to be survived: all is used"),
        pytest.param(1, (4, 4), 4, id="half of two"),
        pytest.param(1, (4, 4, 4), 8, id="two thirds of three"),
        pytest.param(2, (4, 4, 4), 4, id="a third, if two may go"),
        pytest.param(1, (2, 6), 4, id="the small one limits what the large one may hold"),
        pytest.param(1, (4,), 0, id="nowhere to go"),
        pytest.param(3, (4, 4, 4), 0, id="as many as there are"),
    ],
)
def test_so_many_are_made(nodes, rooms, made):
    config = surviving(nodes, a_profile(nodes=len(rooms)))

    planned = plan(wanted=12, config=config, view=sized(*rooms))

    assert len(planned.actions) == made
    assert made == sum(rooms) or "it would leave too little room to restart" in next(iter(reasons(planned).values()))


def test_a_repair_may_use_the_room_that_is_kept():
    view = a_view(nodes=(a_node("n1", memory_gib=5), a_node("n2", memory_gib=5, online=False)))
    lost = a_desktop(1, node="n2")

    made = plan([lost], config=surviving(1), view=view, offline_since={a_node("n2").key: NOW - 600}, replace_after_s=120.0)

    assert [action.instead_of for action in made.actions] == [lost.reservation.name]


def test_a_closed_node_is_not_counted_on():
    cordon = Intent(kind=IntentKind.CORDON, by="zoe", at=NOW, target="pve/n2")
    config = surviving(1, a_profile(nodes=3))

    assert len(plan(wanted=12, config=config, view=sized(4, 4, 4), intents=(cordon,)).actions) == 4


def fits(sizes, rooms):
    """Whether there is any way at all."""
    return any(all(map(ge, rooms, filled(sizes, where))) for where in product(range(len(rooms)), repeat=len(sizes)))


def filled(sizes, where):
    full = Counter()
    for size, node in zip(sizes, where, strict=True):
        full[node] += size
    return [full[node] for node in range(max(where, default=-1) + 1)] + [0] * 9


@pytest.mark.long
@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(1, 4), min_size=2, max_size=3), st.lists(st.booleans(), min_size=1, max_size=6))
def test_after_each_plan_the_desktops_of_any_node_fit_on_the_others(rooms, large):
    """By brute force: whatever is packed in whatever way."""
    small = a_profile("small", nodes=len(rooms), memory_mib=4 * GIB)
    big = a_profile("big", nodes=len(rooms), memory_mib=8 * GIB)
    wants = [a_want(number, profile="big" if each else "small") for number, each in enumerate(large, start=1)]

    made = plan(wanted=wants, config=surviving(1, small, big), view=sized(*rooms))

    on = {f"n{number}": [] for number in range(1, len(rooms) + 1)}
    for action in made.actions:
        on[action.reservation.node].append(action.profile.memory_mib // GIB // 4)
    fullest = min(on, key=lambda node: (-sum(on[node]), node))
    free = [room - sum(on[f"n{number}"]) for number, room in enumerate(rooms, start=1) if f"n{number}" != fullest]
    assert fits(on[fullest], free)


def test_a_surge_that_deletes_nothing_keeps_even_what_is_due():
    planned = Plan(actions=(a_delete(1), a_stop(2)))
    kept = Circumstances(paused={}, ready=100, no_deletes=SURGE_KEEPS(scenario="storm"))

    verdict = judge_plan(planned, kept, Safety(max_deletes=5))

    assert ([action.word for action in verdict.plan.actions], verdict.blocked) == (["stop"], ())
    assert [deferral.reason.code for deferral in verdict.plan.deferred] == ["cut"]
    assert len(judge_plan(planned, replace(kept, no_deletes=""), Safety(max_deletes=5)).plan.actions) == 2
