"""Facts derived from a single cluster view."""

from dataclasses import replace

import pytest

from provisioner.model.ids import GuestKey, NodeName, Vmid
from tests.builders.cluster import NOW, PVE, a_guest, a_node, a_snapshot, a_storage, a_task, a_view, nothing_observed


@pytest.mark.parametrize(
    ("storage", "domain"),
    [
        pytest.param(a_storage("n2", "local"), "pve/n2/local", id="a node-local storage is locked on each node by itself"),
        pytest.param(a_storage("n2", "ceph", shared=True), "pve/ceph", id="a shared storage is locked once for the cluster"),
    ],
)
def test_what_a_storage_lock_covers(storage, domain):
    assert storage.lock_domain == domain


@pytest.mark.parametrize(
    ("status", "succeeded"),
    [
        pytest.param(None, False, id="running: not yet"),
        pytest.param("OK", True, id="OK"),
        pytest.param("WARNINGS: 2", True, id="warnings are success"),
        pytest.param("clone failed: no", False, id="any other text is an error"),
    ],
)
def test_a_task_that_succeeded(status, succeeded):
    assert a_task(status=status).succeeded is succeeded


@pytest.mark.parametrize(
    ("node", "complete"),
    [
        pytest.param("n1", True, id="online: what is missing is missing"),
        pytest.param("n2", False, id="offline: its guests are unknown"),
        pytest.param("n3", False, id="not seen at all"),
    ],
)
def test_completeness_is_judged_per_node(node, complete):
    view = a_view(nodes=(a_node("n1"), a_node("n2", online=False)))

    assert view.complete_on(NodeName(node)) is complete


def test_a_newer_view_replaces_that_of_its_own_cluster_alone():
    before = a_snapshot(a_view(), a_view(cluster="lyon"))

    after = before.with_view(a_view(guests=(a_guest(100),), taken_at=NOW + 10))

    assert after.revision == before.revision + 1
    assert after.clusters["lyon"] is before.clusters["lyon"]
    assert after.guest(GuestKey(PVE, Vmid(100))) is not None
    assert before.guest(GuestKey(PVE, Vmid(100))) is None


LOCKED = a_guest(5100, lock="clone", name=None)
OVER = a_task(ended_at=NOW - 3700, status="unexpected status")
READ = {"guests": (LOCKED,), "tasks_of": frozenset({"n1"})}


@pytest.mark.parametrize(
    ("before", "now", "is_half_made"),
    [
        pytest.param(READ, READ, True, id="locked, and no task there"),
        pytest.param({**READ, "tasks": (OVER,)}, {**READ, "tasks": (OVER,)}, True, id="its task had ended before"),
        pytest.param(
            {**READ, "tasks": (a_task(),)},
            {**READ, "tasks": (OVER,)},
            False,
            id="it ran then: the lock may be older",
        ),
        pytest.param(READ, {**READ, "tasks": (OVER,)}, False, id="one came and went since"),
        pytest.param(READ, {**READ, "tasks": (a_task(),)}, False, id="one runs"),
        pytest.param({**READ, "tasks_of": frozenset()}, READ, False, id="tasks were not read then"),
        pytest.param(READ, {**READ, "tasks_of": frozenset({"n2"})}, False, id="tasks of its node are not read now"),
        pytest.param({**READ, "guests": ()}, READ, False, id="it was not there"),
        pytest.param(READ, {**READ, "guests": (a_guest(5100),)}, False, id="it is locked no more"),
        pytest.param(READ, {**READ, "taken_at": NOW + 1}, False, id="looked at once more at once"),
        pytest.param(
            READ,
            {**READ, "tasks_of": frozenset({"n1", "n2"}), "tasks": (a_task(node="n2"), a_task(kind="vzdump"))},
            True,
            id="other tasks, or on other nodes",
        ),
    ],
)
def test_a_half_made_clone_shows_in_two_observations(before, now, is_half_made):
    """Drawn seed 6545892: a clone that had just ended was given up, because our clock was an hour ahead of the node's."""
    last = a_view(**before)

    after = a_snapshot(last).with_view(a_view(**{"taken_at": NOW + 3, **now}))

    assert after.clusters[PVE].half_made == ({LOCKED.key.vmid} if is_half_made else set())


def test_a_guest_of_a_cluster_not_observed_yet_is_not_known():
    assert nothing_observed().guest(GuestKey(PVE, Vmid(100))) is None


def test_a_guest_that_has_moved_lies_on_its_new_node():
    moved = replace(a_guest(100, "n1"), node=NodeName("n2"))

    assert str(moved.node_key) == "pve/n2"
    assert str(moved.key) == "pve/100"
