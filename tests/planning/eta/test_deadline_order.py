"""The batch that is due first goes first only where nobody becomes late by it, and plans do not swing."""

from dataclasses import replace

import pytest

from provisioner.model.ids import ClusterId, LockDomain, NodeKey, NodeName, WaveName
from provisioner.planning.eta.deadline_order import DeadlineOrder
from provisioner.planning.eta.queue import Batch, Load, Site, Yard
from provisioner.planning.eta.work import WorkLeft
from provisioner.planning.placement.balance import NodeLoad
from provisioner.reasons.rehearsal import ROOM_SHORT

IMPORTANT, URGENT = WaveName("important"), WaveName("urgent")
LOCK, NODE = LockDomain("pve/ceph"), NodeKey(ClusterId("lab"), NodeName("pve1"))


def a_batch(wave, due_at, *, count=10, **changed):
    values = {"opens_at": 0.0, "people": count, "ready": 0, "load": Load(unplaced=count), **changed}
    return Batch(wave=wave, due_at=due_at, **values)


def a_work(*, important_due=1000.0, urgent_due=200.0, clone_s=10.0, never=(), **changed):
    """Each wave takes 100 s alone; the important one stands first."""
    batches = (a_batch(IMPORTANT, important_due), a_batch(URGENT, urgent_due, never=never))
    site = Site(nodes=frozenset({NODE}), clone_s={LOCK: clone_s})
    yard = Yard(sites=(site,), nodes={NODE: NodeLoad(busy_s=0.0, share_s=1.0, boot_s=20.0)})
    return replace(WorkLeft(batches=batches, yard=yard), **changed)


def looks(order, work, count=1, now=0.0):
    for _ in range(count):
        order.look(work, now=now)
    return order.in_force


def test_two_looks_begin_it_where_both_are_in_time_by_deadline():
    order = DeadlineOrder()

    assert not looks(order, a_work())
    assert looks(order, a_work())


@pytest.mark.parametrize(
    "work",
    [
        pytest.param(a_work(urgent_due=400.0), id="both are in time by importance"),
        pytest.param(a_work(urgent_due=2000.0), id="the important one is due first"),
        pytest.param(a_work(urgent_due=100.0), id="the urgent one is late in any order"),
        pytest.param(a_work(important_due=310.0), id="the important one would be late if things became three times slower"),
        pytest.param(a_work(important_due=None), id="the important one has no deadline, and is to come as soon as may be"),
        pytest.param(a_work(measured=False), id="nothing was measured"),
        pytest.param(a_work(never=(ROOM_SHORT(count=1, binds="memory"),)), id="not all fit"),
        pytest.param(WorkLeft(), id="nothing is left"),
    ],
)
def test_otherwise_the_most_important_goes_first(work):
    assert not looks(DeadlineOrder(), work, 5)


def test_who_is_to_come_as_soon_as_may_be_does_not_wait_for_a_less_important_wave():
    work, soon = a_work(), a_batch(WaveName("soon"), None, count=1)

    assert not looks(DeadlineOrder(), replace(work, batches=(soon, *work.batches)), 5)
    assert looks(DeadlineOrder(), replace(work, batches=(replace(soon, ready=1, load=Load()), *work.batches)), 5)


def test_it_ends_at_the_first_look_at_which_the_important_one_is_not_safe_and_begins_again_slowly():
    order = DeadlineOrder()
    looks(order, a_work(), 2)

    assert looks(order, a_work(), now=600.0 - 1.0)
    assert not looks(order, a_work(clone_s=40.0))
    assert not looks(order, a_work())
    assert looks(order, a_work())


def test_it_goes_on_although_the_urgent_one_turns_out_late():
    order = DeadlineOrder()
    looks(order, a_work(), 2)

    assert looks(order, a_work(urgent_due=90.0))
