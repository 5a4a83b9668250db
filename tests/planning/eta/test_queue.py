"""When batches are ready: clones under their locks, then boots at each node's own speed, by hand."""

from dataclasses import replace
from math import inf

import pytest

from provisioner.model.ids import ClusterId, LockDomain, NodeKey, NodeName, WaveName
from provisioner.planning.eta.queue import Batch, Gated, Load, Queue, Site, Yard
from provisioner.planning.placement.balance import NodeLoad

LOCK, OTHER = LockDomain("pve/ceph"), LockDomain("pve/nfs")
ONE, TWO = (NodeKey(ClusterId("lab"), NodeName(name)) for name in ("pve1", "pve2"))
BOOT_S = 40.0


def a_node(*, width=10.0, slower=1.0, **changed):
    values = {"busy_s": 0.0, "share_s": slower * BOOT_S / width, "boot_s": slower * BOOT_S, **changed}
    return NodeLoad(**values)


def a_yard(*, first=None, second=None, clone_s=2.0, **changed):
    """Two nodes behind one storage."""
    site = Site(nodes=frozenset({ONE, TWO}), clone_s={LOCK: clone_s})
    return Yard(sites=(site,), nodes={ONE: first or a_node(), TWO: second or a_node()}, **changed)


def a_batch(load=None, *, people=10, **changed):
    values = {"wave": WaveName("all"), "opens_at": 0.0, "due_at": None, "ready": 0, **changed}
    return Batch(people=people, load=load or Load(unplaced=people), **values)


def ready_at(*batches, yard=None, at=-1, number=None):
    """Of the last one, if not stated otherwise."""
    at %= len(batches)
    return Queue(batches, yard or a_yard(), 0.0).ready_at(at, batches[at].left if number is None else number)


def near(seconds):
    return pytest.approx(seconds, rel=0.02)


def test_clones_one_after_the_other_and_the_last_one_boots():
    assert ready_at(a_batch(people=50)) == near(50 * 2.0 + BOOT_S)


def test_two_locks_of_one_site_clone_side_by_side():
    site = Site(nodes=frozenset({ONE, TWO}), clone_s={LOCK: 2.0, OTHER: 2.0})

    assert ready_at(a_batch(people=20), yard=Yard(sites=(site,), nodes=a_yard().nodes)) == near(20 + BOOT_S)


def test_nodes_boot_as_many_as_they_can():
    assert ready_at(a_batch(people=50), yard=a_yard(clone_s=0.1)) == near(50 * BOOT_S / 20)


def test_a_node_of_half_the_speed_gets_a_third_of_the_work():
    yard = a_yard(second=a_node(slower=2.0), clone_s=0.1)

    assert ready_at(a_batch(people=60), yard=yard) == near(60 * BOOT_S / 15)


def test_a_desktop_boots_on_its_own_node_however_idle_others_are():
    assert ready_at(a_batch(Load(placed={ONE: 30.0}), people=30)) == near(30 * BOOT_S / 10)
    assert ready_at(a_batch(Load(placed={ONE: 2.0}), people=2)) == near(BOOT_S)


def test_what_is_to_be_cloned_there_waits_for_the_lock():
    load = Load(placed={ONE: 5.0}, cloning={ONE: 5.0})

    assert ready_at(a_batch(load, people=5), yard=a_yard(clone_s=20.0)) == near(5 * 20.0 + BOOT_S)


def test_boots_that_go_on_come_first():
    batch = a_batch(Load(placed={ONE: 1.0}), people=3, booting=2, left_s=10.0)

    assert ready_at(batch, number=1) == near(5.0)
    assert ready_at(batch, number=2) == near(10.0)
    assert ready_at(batch) == near(BOOT_S)


def test_the_last_ones_go_where_there_is_room():
    """The fast node is full with ten of them; where there is too little room for all, it counts for nothing."""
    yard = a_yard(first=a_node(room=10.0), second=a_node(slower=2.0, room=90.0), clone_s=0.1)

    assert ready_at(a_batch(people=60), yard=yard) == near(50 * 2 * BOOT_S / 10)
    assert ready_at(a_batch(people=150), yard=yard) == near(150 * BOOT_S / 15)


def test_nowhere_to_clone_is_never():
    assert ready_at(a_batch(), yard=Yard(nodes={ONE: a_node()})) == inf


def test_the_most_important_first():
    first, second = a_batch(people=30), a_batch(people=30)

    assert ready_at(first, second, at=0) == near(30 * 2.0 + BOOT_S)
    assert ready_at(first, second) == near(60 * 2.0 + BOOT_S)


def test_a_more_important_batch_that_opens_later_overtakes_what_is_not_done_by_then():
    late, early = a_batch(people=30, opens_at=20.0), a_batch(people=15, boot_s=BOOT_S)

    assert ready_at(late, early) == near(45 * 2.0 + BOOT_S)
    assert ready_at(replace(late, opens_at=31.0), early) == near(15 * 2.0 + BOOT_S), "all of them boot by then"


def test_a_batch_that_opens_later_is_behind_what_is_left_then():
    assert ready_at(a_batch(people=100), a_batch(people=10, opens_at=100.0)) == near(110 * 2.0 + BOOT_S)
    assert ready_at(a_batch(people=10), a_batch(people=10, opens_at=500.0)) == near(500.0 + 10 * 2.0 + BOOT_S)


def test_of_what_is_prepared_a_boot_is_left():
    batch = a_batch(opens_at=500.0, begins_at=0.0)

    assert ready_at(batch) == near(500.0 + BOOT_S)
    assert ready_at(a_batch(opens_at=500.0, begins_at=0.0, boots_from=0.0)) == near(10 * 2.0 + BOOT_S)


def test_a_gate_opens_once_enough_of_the_batch_before_is_ready():
    before, behind = a_batch(people=20), a_batch(people=1, gate=Gated(before=0, needed=20))

    assert ready_at(before, behind) == near(20 * 2.0 + BOOT_S + 2.0 + BOOT_S)
    assert ready_at(before, a_batch(gate=Gated(before=0, needed=21))) == inf


def test_a_gate_that_is_more_important_than_what_it_waits_for_opens_all_the_same():
    behind, before = a_batch(people=1, gate=Gated(before=1, needed=20)), a_batch(people=20)

    assert ready_at(behind, before, at=0) == near(20 * 2.0 + BOOT_S + 2.0 + BOOT_S)


def test_what_is_tried_again_later_is_not_ready_before():
    batch = a_batch(people=10, again_at=(300.0,))

    assert ready_at(batch) == near(300.0 + 2.0 + BOOT_S)
    assert ready_at(batch, number=9) == near(9 * 2.0 + BOOT_S)


def test_twice_as_much_of_a_resource_helps_where_it_binds():
    locks, nodes = a_yard(clone_s=4.0), a_yard(clone_s=0.1)

    assert ready_at(a_batch(people=50), yard=locks.scaled(clones=0.5)) < 0.7 * ready_at(a_batch(people=50), yard=locks)
    assert ready_at(a_batch(people=90), yard=nodes.scaled(boots=2.0)) < 0.7 * ready_at(a_batch(people=90), yard=nodes)
