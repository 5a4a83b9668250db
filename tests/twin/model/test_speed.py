"""Nodes of unlike speed: image operations and boots on a node take 1/speed as long; every draw stays as it was."""

from dataclasses import replace

import pytest

from provisioner.model.machines.twin_spec import Durations, GuestSpec, NodeSpec, TwinSpec
from tests.builders.twin import BEGIN, EXACT, STORAGE, Lab, a_spec

ALONE_S = 40.0


def unlike(*speeds: float, durations: Durations = EXACT, **changed: object) -> TwinSpec:
    """Nodes pve1, pve2, … with these speeds."""
    nodes = tuple(NodeSpec(name=f"pve{number}", speed=speed) for number, speed in enumerate(speeds, start=1))
    spec = a_spec(nodes=len(nodes), durations=replace(durations, boot_s=ALONE_S, first_boot_s=8.0))
    return replace(spec, nodes=nodes, **changed)


def cloned_after_s(lab: Lab, vmid: int, *, node: str) -> float:
    began = lab.events.now
    lab.cloned(vmid, node=node)
    return lab.events.now - began


def agent_up_after_s(lab: Lab, *vmids: int, node: str) -> float:
    """From the last start's end to the last guest agent."""
    for vmid in vmids:
        lab.cloned(vmid, node=node)
    for vmid in vmids:
        assert lab.start(vmid, node=node) == "OK"
    began = lab.events.now
    while not all((boot := lab.twin.cluster.guests[vmid].boot) and boot.agent_up for vmid in vmids):
        lab.events.step()
    return lab.events.now - began


@pytest.mark.parametrize(("speed", "images_s"), [(1.0, 1.2), (0.5, 2.4), (2.0, 0.6)])
def test_two_image_operations_of_a_clone(speed: float, images_s: float) -> None:
    plain = cloned_after_s(Lab(unlike(1.0)), 101, node="pve1")

    assert cloned_after_s(Lab(unlike(1.0, speed)), 101, node="pve2") == pytest.approx(plain - 1.2 + images_s)


def test_an_image_is_freed_at_the_speed_of_its_node() -> None:
    freed_s = []
    for speed in (1.0, 0.5):
        lab = Lab(unlike(speed)).cloned(101)
        began = lab.events.now
        assert lab.do("DELETE", "/nodes/pve1/qemu/101") == "OK"
        freed_s.append(lab.events.now - began)

    assert freed_s[1] - freed_s[0] == pytest.approx(2 * 0.6 * EXACT.free_share)


@pytest.mark.parametrize(("speed", "boot_s"), [(1.0, 40.0), (0.25, 160.0), (2.0, 20.0)])
def test_a_boot_alone(speed: float, boot_s: float) -> None:
    assert agent_up_after_s(Lab(unlike(1.0, speed)), 101, node="pve2") == pytest.approx(boot_s)


def test_boots_that_share_a_slow_node() -> None:
    narrow = replace(EXACT, boots_width=1, start_task_s=0.001)

    assert agent_up_after_s(Lab(unlike(0.5, durations=narrow)), 101, 102, node="pve1") == pytest.approx(160.0, abs=0.5)


def test_a_boot_that_was_under_way_has_come_as_far_as_its_node_is_fast() -> None:
    desktop = GuestSpec(vmid=101, node="pve1", name="vd-101", storage=STORAGE, desktop=True, set_up=True, booting_for_s=22.5)
    lab = Lab(unlike(0.5, guests=(desktop,)))

    lab.wait(59.0)
    assert not lab.twin.cluster.guests[101].ready
    lab.wait(10.0)
    assert lab.twin.cluster.guests[101].ready


def late_boots(*, unasked: bool = False) -> tuple[GuestSpec, ...]:
    return tuple(
        GuestSpec(
            vmid=101 + number, node="pve1", name=f"vd-{number}", storage=STORAGE, desktop=True, booting_for_s=70.0,
            unasked=unasked,
        )
        for number in range(8)
    )  # fmt: skip


def test_a_boot_that_should_be_over_and_is_not_is_one_of_the_slow() -> None:
    """F10: amid a switch what is left was over within a second. As many are left as take as long at least."""
    for sigma, ready in ((0.0, {8}), (0.3, {0, 1, 2, 3})):
        assert ready_at_once(late_boots(), sigma) in ready


def test_a_boot_that_should_be_over_and_that_nobody_has_asked_is_as_quick_as_any() -> None:
    """F10: what had not been asked yet counted as not ready, and the rest of a switch as four times as long."""
    assert ready_at_once(late_boots(unasked=True), 0.3) in {5, 6, 7, 8}


def ready_at_once(guests: tuple[GuestSpec, ...], sigma: float) -> int:
    lab = Lab(unlike(1.0, guests=guests, durations=replace(EXACT, boots_width=32, sigma=sigma)))
    lab.wait(2.0)
    return sum(guest.ready for guest in lab.twin.cluster.guests.values())


def test_what_is_drawn_for_a_desktop_stays_as_it_was() -> None:
    """The same share of the same median, divided by the speed."""
    spread = replace(EXACT, sigma=0.4)
    plain, fast = (
        agent_up_after_s(Lab(unlike(speed, durations=spread), begin=BEGIN), 101, node="pve1") for speed in (1.0, 2.0)
    )

    assert fast == pytest.approx(plain / 2)
