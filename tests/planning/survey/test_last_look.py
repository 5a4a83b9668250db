"""Desktops to survey again: all whose values are not identical objects since the last look."""

from dataclasses import replace

import pytest

from provisioner.model.ids import Vmid
from provisioner.planning.survey.last_look import LastLook, differing
from tests.builders.actions import a_key, a_name, a_start, nothing_in_flight
from tests.builders.cluster import PVE, a_guest, a_node, a_view
from tests.builders.core import a_desktop, a_memory

NODES = (a_node("n1"), a_node("n2"))
DESKTOPS = (a_desktop(1), a_desktop(2))
VIEW = a_view(nodes=NODES, guests=tuple(desktop.guest for desktop in DESKTOPS))
MEMORY = a_memory(DESKTOPS)


def last_look():
    last = LastLook()
    last.records, last.views = dict(MEMORY.desktops), {PVE: VIEW}
    return last


@pytest.mark.parametrize(
    ("view", "names"),
    [
        pytest.param(VIEW, set(), id="the same"),
        pytest.param(replace(VIEW, taken_at=VIEW.taken_at + 10, uptimes_s={Vmid(5001): 9}), set(), id="uptimes alone"),
        pytest.param(
            replace(VIEW, guests={**VIEW.guests, Vmid(5002): replace(VIEW.guests[Vmid(5002)], lock="backup")}),
            {a_name(2)},
            id="a guest is otherwise",
        ),
        pytest.param(replace(VIEW, guests={Vmid(5001): VIEW.guests[Vmid(5001)]}), {a_name(2)}, id="a guest has gone"),
        pytest.param(replace(VIEW, guests={**VIEW.guests, Vmid(777): a_guest(777)}), set(), id="somebody else's VM has come"),
        pytest.param(
            replace(VIEW, existence={Vmid(5001): True, Vmid(777): False}),
            {a_name(1)},
            id="a number was asked about that is listed",
        ),
        pytest.param(replace(VIEW, nodes={"n1": NODES[0]}), {a_name(1), a_name(2)}, id="a node has gone"),
        pytest.param(
            replace(VIEW, nodes={"n1": NODES[0], "n2": a_node("n2", online=False)}), {a_name(1), a_name(2)}, id="a node is away"
        ),
        pytest.param(
            replace(VIEW, nodes={"n1": replace(NODES[0], memory_used_mib=9), "n2": NODES[1]}),
            set(),
            id="a node has less memory",
        ),
    ],
)
def test_what_a_listing_tells(view, names):
    assert last_look().changed(MEMORY, {PVE: view}, nothing_in_flight()) == names


@pytest.mark.parametrize(
    ("desktops", "names"),
    [
        pytest.param((a_desktop(1), a_desktop(2).but(started_at=5.0)), {a_name(1), a_name(2)}, id="made anew, changed or not"),
        pytest.param((a_desktop(1),), {a_name(1), a_name(2)}, id="released"),
        pytest.param((*DESKTOPS, a_desktop(3)), {a_name(1), a_name(2), a_name(3)}, id="reserved"),
    ],
)
def test_a_changed_record_is_surveyed_again(desktops, names):
    assert last_look().changed(a_memory(desktops), {PVE: VIEW}, nothing_in_flight()) == names


def test_what_is_ordered_and_what_has_ended():
    last, orders = last_look(), {a_key(1): a_start(1), a_key(777): a_start(777)}
    assert last.changed(MEMORY, {PVE: VIEW}, orders) == {a_name(1)}

    last.in_flight = orders
    assert last.changed(MEMORY, {PVE: VIEW}, nothing_in_flight()) == {a_name(1)}
    assert last.changed(MEMORY, {PVE: VIEW}, dict(orders)) == set()


def test_a_first_look_is_at_everything():
    assert LastLook().changed(MEMORY, {PVE: VIEW}, nothing_in_flight()) == {a_name(1), a_name(2)}


def test_where_other_values_stand():
    a, b, c = object(), object(), object()

    assert differing({1: a, 2: b}, {1: a, 2: b}) == set()
    assert differing({1: a, 2: b}, {1: a, 2: c}) == {2}
    assert differing({1: a, 2: b}, {1: b, 3: c}) == {1, 2, 3}
    assert differing({1: a, 2: b}, {1: a}) == {2}
    assert differing({1: a, 2: b}, {3: c, 1: a, 2: b}) == {3}
