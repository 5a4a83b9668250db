"""Replacements for desktops on a dead node, or that cannot be cloned where they were placed."""

from dataclasses import replace
from math import inf

import pytest

from provisioner.model.actions import Clone
from provisioner.model.ids import NodeKey, NodeName
from provisioner.model.machines.desktops import Attempts, Phase
from tests.builders.actions import a_name
from tests.builders.cluster import NOW, PVE, a_node, a_profile, a_storage, a_view, some_addresses
from tests.builders.core import a_config, a_desktop, a_want, an_agent_id
from tests.planning.plans import a_small_budget, orders, plan, reasons

N1 = NodeKey(PVE, NodeName("n1"))


def dead(*names, nodes=2):
    """A view in which these nodes are offline."""
    return a_view(nodes=tuple(a_node(f"n{n}", online=f"n{n}" not in names) for n in range(1, nodes + 1)))


# -- a dead node ---------------------------------------------------------------------------------------------------------

AWAY = "node n1 is offline or not seen: the state of this desktop is unknown"
EVERY_PHASE = [phase for phase in Phase if phase is not Phase.UNKNOWN]


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        pytest.param({"offline_since": {}, "replace_after_s": 120.0}, AWAY, id="nobody saw it go: waited for"),
        pytest.param({"offline_since": {N1: NOW - 9999}, "replace_after_s": inf}, AWAY, id="never: waited for"),
        pytest.param(
            {"offline_since": {N1: NOW - 119}, "replace_after_s": 120.0},
            f"{AWAY}; it is replaced once it has been away for 120 s (safety.replace_after)",
            id="not for long: said what comes",
        ),
    ],
)
def test_a_node_that_is_away_is_waited_for(changed, reason):
    made = plan([a_desktop(1)], view=dead("n1"), **changed)

    assert (orders(made), reasons(made)) == ([], {"login0001": reason})
    assert [deferral.binds for deferral in made.deferred] == ["nodes"]


@pytest.mark.parametrize(
    ("gone", "nodes", "replaced"),
    [
        pytest.param(("n1",), 2, True, id="one of two: it is replaced"),
        pytest.param(("n1", "n2"), 4, False, id="two of four: an outage"),
        pytest.param(("n1", "n2"), 8, True, id="two of eight: they are replaced"),
        pytest.param(("n1", "n2", "n3"), 8, False, id="three of eight: an outage"),
    ],
)
def test_an_outage_is_no_dead_node(gone, nodes, replaced):
    config = a_config(a_profile(nodes=nodes))
    since = {NodeKey(PVE, NodeName(name)): NOW - 600 for name in gone}

    made = plan([a_desktop(1)], config=config, view=dead(*gone, nodes=nodes), offline_since=since, replace_after_s=120.0)

    assert bool(made.actions) is replaced
    if not replaced:
        outage = f"{len(gone)} of {nodes} nodes are offline: an outage, nothing is replaced until most nodes are back"
        assert reasons(made) == {"login0001": f"{AWAY}; {outage}"}


@pytest.mark.parametrize("phase", EVERY_PHASE, ids=lambda phase: f"it was {phase}")
def test_after_that_its_agent_gets_another_under_a_new_name_number_and_address(phase):
    config = a_config(a_profile(addressing=some_addresses()))
    there = a_desktop(1, phase, address="10.40.0.10")

    made = plan([there], config=config, view=dead("n1"), offline_since={N1: NOW - 120}, replace_after_s=120.0)

    (clone,) = made.actions
    assert isinstance(clone, Clone)
    assert (clone.desktop, clone.reservation.address, clone.reservation.node) == ("vd-5002", "10.40.0.11", "n2")
    assert (clone.reservation.agent_id, clone.instead_of) == (an_agent_id(1), a_name(1))
    assert clone.because == f"instead of vd-5001: {AWAY}"
    assert made.deferred == ()


def test_replacements_take_their_turn_by_rank_with_all_others():
    wants = [a_want(number, rank=(100, float(-number), "")) for number in (1, 2, 3)]

    made = plan(
        [a_desktop(2, nodes=1)],
        wanted=wants,
        config=a_small_budget(clones_per_local_domain=2),
        view=dead("n1"),
        offline_since={N1: NOW - 500},
        replace_after_s=120.0,
    )

    assert [action.reservation.agent_id for action in made.actions] == [an_agent_id(3), an_agent_id(2)]


@pytest.mark.parametrize(
    ("changed", "reason", "binds"),
    [
        pytest.param(
            {"view": a_view(nodes=(a_node("n1", online=False), a_node("n2", memory_gib=4)))},
            f"{AWAY}; no replacement yet: memory: a node has less than 4096 MiB left of its share (1 of 2 places); "
            "node n1 is offline or not seen (1 of 2 places)",
            "memory",
            id="no room",
        ),
        pytest.param(
            {"view": dead("n1"), "rebuilt_since": NOW - 9, "settle_s": 40.0},
            f"{AWAY}; no replacement yet: the store was empty: waiting for clones ordered earlier (safety.rebuild_settle)",
            "safety",
            id="the store was lost",
        ),
    ],
)
def test_an_impossible_replacement_has_a_reason(changed, reason, binds):
    made = plan([a_desktop(1)], offline_since={N1: NOW - 500}, replace_after_s=120.0, **changed)

    assert (orders(made), reasons(made)) == ([], {"login0001": reason})
    assert [deferral.binds for deferral in made.deferred] == [binds]


OF_THE_SAME = {"agent_id": an_agent_id(1)}


@pytest.mark.parametrize(
    "phase",
    [Phase.CLONING, Phase.UNPROVEN, Phase.CLONED, Phase.STOPPED, Phase.STARTING],
    ids=lambda phase: f"the other is {phase}",
)
def test_a_desktop_that_its_agent_has_besides_is_used_before_a_third_is_made(phase):
    """M1: a store from before the replacement takes it for a duplicate."""
    two = [a_desktop(1, Phase.UNKNOWN), a_desktop(2, phase, **OF_THE_SAME)]

    made = plan(two, view=dead("n1"), offline_since={N1: NOW - 500}, replace_after_s=120.0)

    assert not any(isinstance(action, Clone) for action in made.actions)
    assert made.superseded == {a_name(1): a_name(2)}
    assert reasons(made)["login0001"] == f"{AWAY}; vd-5002, which its agent has besides, is used instead"


def test_nor_is_a_desktop_cloned_that_was_only_reserved():
    """M1: its replacement was made after the store's copy."""
    made = plan([a_desktop(1, Phase.RESERVED), a_desktop(2, Phase.STOPPED, **OF_THE_SAME).but(assigned=False)])

    assert (orders(made), made.superseded) == ([], {a_name(1): a_name(2)})


def test_a_third_is_made_where_the_other_cannot_be_had_either():
    two = [a_desktop(1, Phase.UNKNOWN), a_desktop(2, Phase.UNKNOWN, nodes=1, **OF_THE_SAME)]

    made = plan(two, view=dead("n1"), offline_since={N1: NOW - 500}, replace_after_s=120.0)

    assert [action.instead_of for action in made.actions if isinstance(action, Clone)] == [a_name(1)]


def test_an_unwanted_desktop_is_not_replaced():
    assert not plan([a_desktop(1)], wanted=0, view=dead("n1"), offline_since={N1: 0.0}, replace_after_s=120.0).actions


# -- a place that will not take it -------------------------------------------------------------------------------------------

RESERVED = a_desktop(1, Phase.RESERVED)
FULL = Attempts(misplaced=1, reason="no space left", error="storage_full")


@pytest.mark.parametrize(
    ("desktop", "changed", "moves"),
    [
        pytest.param(RESERVED, {}, False, id="never tried"),
        pytest.param(RESERVED.but(attempts=FULL), {}, False, id="full once"),
        pytest.param(RESERVED.but(attempts=replace(FULL, misplaced=2)), {}, True, id="full twice"),
        pytest.param(RESERVED.but(attempts=Attempts(waited=4)), {}, False, id="its lock was busy four times"),
        pytest.param(RESERVED.but(attempts=Attempts(waited=5)), {}, True, id="its lock was busy five times"),
        pytest.param(
            RESERVED,
            {"view": a_view(storages=(a_storage("n1", used_gib=4090.0), a_storage("n2")))},
            True,
            id="its storage is filled by others",
        ),
        pytest.param(
            RESERVED,
            {"view": a_view(storages=(a_storage("n1", available=False), a_storage("n2")))},
            True,
            id="its storage is not available",
        ),
        pytest.param(
            RESERVED.but(attempts=Attempts(avoid=("n2",))),
            {"view": a_view(storages=(a_storage("n1", available=False), a_storage("n2")))},
            True,
            id="its storage is not available: back to where it was full before",
        ),
        pytest.param(RESERVED.but(attempts=replace(FULL, misplaced=2)), {"view": dead("n2")}, False, id="no other place"),
        pytest.param(
            RESERVED.but(attempts=replace(FULL, misplaced=2, avoid=("n2", "n3"))), {}, False, id="tried in three places"
        ),
    ],
)
def test_when_a_reserved_desktop_is_put_elsewhere(desktop, changed, moves):
    made = plan([desktop], **changed)

    (clone,) = made.actions
    assert (clone.desktop, clone.instead_of, clone.avoid) == (
        ("vd-5002", a_name(1), ("n1",)) if moves else ("vd-5001", None, ())
    )


def test_what_ha_has_given_up_speaks_against_no_node():
    """Drawn seed 1950279: only the node that it came from had room, once it was back: "tried there before", for ever."""
    reserved = a_desktop(1, Phase.STOPPED, node="n1")
    given_up = reserved.but(guest=replace(reserved.guest, node="n2", ha="error"))

    made = plan([given_up], view=a_view(nodes=(a_node("n1"), a_node("n2", memory_gib=4))))

    (clone,) = made.actions
    assert (clone.instead_of, clone.reservation.node) == (a_name(1), "n1")
