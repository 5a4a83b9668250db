"""Killed at any time, with answers lost or VMIDs taken, the daemon continues from its observations."""

import pytest

from provisioner import errors
from provisioner.errors import StoreOwned
from provisioner.model.actions import Result
from provisioner.model.machines.desktops import Phase
from tests.builders.actions import a_key
from tests.builders.cluster import a_guest, a_task
from tests.builders.reconciler import Site, kinds

LOST = errors.OutcomeUnknown("596: broken pipe")


# -- killed -------------------------------------------------------------------------------------------------------------


@pytest.mark.long
@pytest.mark.parametrize("cycles", range(1, 6), ids=lambda cycles: f"killed in cycle {cycles}, its orders carried out")
def test_killed_with_the_answers_lost(cycles):
    site = Site(agents=3)
    for _ in range(cycles):
        orders = site.look(after=60)
        site.carry_out(orders)
        site.restart()
        site.cluster.come_out()
    site.settle()

    assert set(site.phases.values()) == {Phase.READY}
    assert len(site.cluster.guests) == 3


@pytest.mark.long
@pytest.mark.parametrize("cycles", range(1, 6), ids=lambda cycles: f"killed in cycle {cycles}, before anything was sent")
def test_killed_between_deciding_and_sending(cycles):
    site = Site(agents=3)
    for _ in range(cycles):
        site.look(after=60)
        site.restart()
    site.settle()

    assert set(site.phases.values()) == {Phase.READY}
    assert len(site.cluster.guests) == 3


def test_one_daemon_owns_its_store():
    site = Site()

    with pytest.raises(StoreOwned):
        site.store.claim()


# -- answers that were lost ---------------------------------------------------------------------------------------------


def test_every_answer_may_be_lost_and_nothing_is_done_twice():
    site = Site(agents=2)
    for _ in range(8):
        orders = site.look(after=60)
        site.carry_out([command for command in orders if "checkguest" in kinds([command])[0]])
        site.carry_out([command for command in orders if "checkguest" not in kinds([command])[0]], error=LOST)
        site.cluster.come_out()
    site.settle()

    assert set(site.phases.values()) == {Phase.READY}
    assert len(site.cluster.guests) == 2


def test_a_request_that_did_not_arrive_is_sent_again_under_the_same_number():
    site = Site(agents=1)
    (clone,) = site.look()
    site.end(clone, error=LOST)

    assert site.look(after=30) == []
    site.look(after=10)
    (again,) = site.look(after=30)

    assert again.reservation == clone.reservation
    assert [(outcome.action, outcome.result) for outcome in site.heard.outcomes] == [("clone", Result.RETRY)]


def test_our_own_clone_come_late_is_found_to_be_ours():
    site = Site(agents=1)
    (clone,) = site.look()
    site.end(clone, error=LOST)
    site.look(after=40)
    site.cluster.do(clone, site.clock.at)  # it arrives only now
    site.cluster.come_out()
    (again,) = site.look(after=30) or site.look(after=30)
    site.carry_out([again])
    site.settle()

    assert kinds([again]) == ["verify vd-5001"]
    assert site.phases == {"vd-5001": Phase.READY}
    assert set(site.cluster.guests) == {5001}


# -- numbers that are of no use --------------------------------------------------------------------------------------------


def test_an_image_left_behind_costs_a_number_and_the_agent_gets_the_next():
    site = Site(agents=1)
    site.carry_out(site.look(), error=errors.LeftoverImage("vm-5001-cloudinit already exists"))

    assert kinds(site.look(after=10)) == ["clone vd-5002"]
    assert a_key(1) in site.reconciler.records.retired
    assert "vd-5001" not in site.reconciler.records.desktops


def test_a_vmid_taken_by_an_invisible_vm_is_retired_after_the_second_refusal():
    site = Site(agents=1)
    taken = errors.IdTaken("clone vd-5001: config file already exists")
    site.carry_out(site.look(), error=taken)
    site.carry_out(site.look(after=20), error=taken)

    assert kinds(site.look(after=20)) == ["clone vd-5002"]
    assert site.reconciler.records.retired.keys() == {a_key(1)}


def test_a_foreign_vm_in_our_range_is_left_alone_and_its_number_never_used():
    site = Site(agents=1)
    site.cluster.guests[5001] = a_guest(5001)

    orders = site.look()
    assert kinds(orders) == ["verify vm-5001"]
    site.carry_out(orders)
    assert kinds(site.look(after=10)) == ["clone vd-5002"]
    assert site.cluster.guests[5001] == a_guest(5001)


def test_a_note_that_cannot_be_read_is_asked_for_again_after_a_minute():
    site = Site(agents=1)
    site.cluster.guests[5001] = a_guest(5001)
    site.carry_out(site.look(), error=errors.NotSent("595"))

    assert site.look(after=30) == []
    assert kinds(site.look(after=31)) == ["verify vm-5001"]


# -- leftovers ----------------------------------------------------------------------------------------------------------


def half_made(vmid=5001):
    return a_guest(vmid, lock="clone", name=None)


def test_an_abandoned_half_made_vm_is_reported_and_retired():
    site = Site(agents=1)
    site.cluster.guests[5001] = half_made()

    looks = [site.look(), site.look(after=10), site.look(after=10)]

    assert looks == [[], [], []], "its node's tasks are read first, and then it is listed once more"
    assert [leftover.key for leftover in site.status.plan.leftovers] == [a_key(1)]
    assert kinds(site.look(after=10)) == ["clone vd-5002"]
    assert site.cluster.guests[5001] == half_made(), "reported, never deleted"


def test_a_half_made_vm_somebody_works_on_is_waited_for():
    site = Site(agents=1)
    site.cluster.guests[5001] = half_made()
    site.cluster.tasks.append(a_task("UPID:clone:9999"))

    for _ in range(5):
        assert site.look(after=30) == []
    assert site.status.plan.leftovers == ()


@pytest.mark.parametrize("killed", [False, True], ids=["by the same daemon", "by its next life"])
def test_our_own_clone_that_never_ends_is_given_up_and_its_agent_gets_another(killed):
    site = Site(agents=1)
    site.carry_out(site.look())
    site.cluster.break_off(5001)
    if killed:
        site.restart()

    for _ in range(30):
        orders = site.look(after=60)
        if orders:
            break

    assert kinds(orders) == ["clone vd-5002"]
    assert "vd-5001" not in site.reconciler.records.desktops
    assert site.cluster.guests[5001].lock == "clone", "reported, never deleted"
