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


def test_a_guest_of_a_cluster_not_observed_yet_is_not_known():
    assert nothing_observed().guest(GuestKey(PVE, Vmid(100))) is None


def test_a_guest_that_has_moved_lies_on_its_new_node():
    moved = replace(a_guest(100, "n1"), node=NodeName("n2"))

    assert str(moved.node_key) == "pve/n2"
    assert str(moved.key) == "pve/100"
