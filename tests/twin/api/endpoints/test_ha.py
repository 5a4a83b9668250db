"""Guests under HA: requests that are only noted, and the recovery of a dead node's guests. Texts of tasks are as recorded."""

from dataclasses import replace

import pytest

from provisioner.model.machines.twin_spec import CutQuorum, KillNode
from provisioner.twin.api.endpoints.ha_manager import FENCE_S, FENCED_S
from tests.builders.twin import NODE, Lab, a_spec

VM = f"/nodes/{NODE}/qemu/101"


def a_lab(*, shared: bool = True, kills: float | None = None, back_after_s: float | None = None, **changed: object) -> Lab:
    """Three nodes; clones of the template on pve1 are under HA from when they are ready on. VM 101 is."""
    spec = a_spec(nodes=3, shared=shared, **changed)
    lab = Lab(replace(spec, templates=tuple(replace(template, ha=True) for template in spec.templates)))
    lab.cloned(101).start(101)
    lab.wait(60)
    if kills is not None:
        lab.twin.faults.arm(KillNode(node=NODE, at_s=kills, back_after_s=back_after_s))
    return lab


def test_a_clone_of_such_a_template_joins_when_it_is_ready() -> None:
    lab = a_lab().cloned(102)

    assert lab.listed(101)["hastate"] == "started"
    assert "hastate" not in lab.listed(102)
    assert [entry["sid"] for entry in lab.get("/cluster/ha/resources")] == ["vm:101"]
    assert lab.get(f"{VM}/status/current")["ha"] == {"managed": 1, "state": "started"}


def test_a_stop_is_noted_and_carried_out_in_the_next_round() -> None:
    lab = a_lab()
    upid = lab.order("POST", f"{VM}/status/shutdown")

    assert ":hastop:101:" in upid
    assert lab.finish(upid) == "OK"
    assert lab.log_of(upid)[0] == "Requesting HA stop for VM 101"
    assert lab.get(f"{VM}/status/current")["status"] == "running"
    lab.wait(25)
    assert (lab.get(f"{VM}/status/current")["status"], lab.listed(101)["hastate"]) == ("stopped", "stopped")

    assert ":hastart:101:" in (upid := lab.order("POST", f"{VM}/status/start"))
    assert lab.finish(upid) == "OK"
    lab.wait(65)
    assert (lab.truth.ready, lab.listed(101)["hastate"]) == (1, "started")


def test_a_resource_in_error_is_left_alone() -> None:
    lab = a_lab(shared=False, kills=0.0).wait(FENCED_S + 30)

    there = lab.listed(101)
    assert (there["node"], there["hastate"], there["status"]) == ("pve2", "error", "stopped"), "its disks are on the dead node"
    assert lab.do("POST", "/nodes/pve2/qemu/101/status/start") == "OK"
    lab.wait(60)
    assert lab.truth.running == 0

    assert lab.ask("PUT", "/cluster/ha/resources/vm:101", state="ignored").ok
    assert lab.start(101, node="pve2") == "start failed: QEMU exited with code 1"


def test_the_guests_of_a_dead_node_are_fenced_and_start_on_another() -> None:
    lab = a_lab(kills=0.0)
    lab.wait(FENCE_S - 1)
    assert (lab.listed(101)["node"], lab.listed(101)["hastate"]) == (NODE, "started")
    lab.wait(2)
    assert (lab.listed(101)["node"], lab.listed(101)["hastate"]) == (NODE, "fence")
    lab.wait(FENCED_S - FENCE_S)
    assert (lab.listed(101)["node"], lab.listed(101)["hastate"]) == ("pve2", "started")
    lab.wait(70)
    assert (lab.truth.ready, lab.truth.desktops) == (1, 1)


@pytest.mark.parametrize(
    ("back_after_s", "node"),
    [
        pytest.param(40.0, NODE, id="before it is fenced: they start where they were"),
        pytest.param(90.0, NODE, id="before it counts as fenced: too"),
        pytest.param(300.0, "pve2", id="later: they stay where they are"),
    ],
)
def test_a_node_that_comes_back(back_after_s: float, node: str) -> None:
    lab = a_lab(kills=0.0, back_after_s=back_after_s).wait(500)

    assert (lab.listed(101)["node"], lab.listed(101)["hastate"]) == (node, "started")
    assert lab.truth.ready == 1


def test_without_quorum_nothing_is_recovered_until_it_is_back() -> None:
    lab = a_lab(kills=0.0)
    lab.twin.faults.arm(CutQuorum(at_s=100.0, for_s=200.0))
    lab.wait(250)
    assert (lab.listed(101)["node"], lab.listed(101)["hastate"]) == (NODE, "fence")

    lab.wait(150)
    assert (lab.listed(101)["node"], lab.truth.ready) == ("pve2", 1)


def test_without_a_node_that_can_take_them_they_wait() -> None:
    lab = a_lab(kills=0.0)
    lab.twin.faults.arm(KillNode(node="pve2", at_s=0.0))
    lab.twin.faults.arm(KillNode(node="pve3", at_s=0.0, back_after_s=400.0))
    lab.wait(500)

    assert (lab.listed(101)["node"], lab.truth.ready) == ("pve3", 1)


def test_a_delete_asks_for_purge() -> None:
    lab = a_lab()
    lab.do("POST", f"{VM}/status/stop")
    lab.wait(20)

    refused = lab.ask("DELETE", VM)
    assert (refused.status, refused.reason) == (
        500,
        "unable to remove VM 101 - used in HA resources and purge parameter not set.",
    )
    assert lab.do("DELETE", VM, purge=1) == "OK"
    assert lab.get("/cluster/ha/resources") == []
