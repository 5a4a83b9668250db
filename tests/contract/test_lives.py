"""A desktop's life on its cluster: configured, started, stopped, deleted; and where it is not, or nothing may be written."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from provisioner.errors import AlreadySo, GoneOrMoved, GuestUnknown, InUse, NoQuorum, Refused
from provisioner.model.ids import NodeKey, Vmid
from provisioner.model.machines.cluster import Power
from provisioner.model.vm_marks import is_configured, mac_for
from provisioner.pve.desktop_settings import changed_since, settings_tag
from tests.builders.pve import (
    NODE,
    a_check,
    a_configure,
    a_delete,
    a_profile,
    a_reconfigure,
    a_reservation,
    a_start,
    a_stop,
    a_verify,
)
from tests.contract.acts import (
    PVE2,
    a_configured_desktop,
    a_finished_clone,
    a_running_desktop,
    clone,
    comes_to,
    eventually,
    observe,
    quorate,
    ready_report,
)
from tests.contract.backends import Backend


def test_a_desktop_is_configured(backend, vmid):
    a_finished_clone(backend, vmid)

    for _again in range(2):
        backend.client.carry_out(a_configure(vmid))

    guest = eventually(backend, lambda view: view.guests[Vmid(vmid)] if view.guests[Vmid(vmid)].memory_mib == 4096 else None)
    assert guest.tags == {"bascule-test", settings_tag(a_reservation(vmid), a_profile()), "img-2026-01", "profile-office"}
    assert guest.vcpus == 2
    config = backend.client.guest_config(NODE, Vmid(vmid))
    assert str(config["onboot"]) == "0"
    assert mac_for(Vmid(vmid), "test") in str(config["net0"])
    assert backend.client.carry_out(a_verify(vmid)) is not None, "the note has survived"


def test_tags_are_seen_at_once(backend, vmid):
    a_finished_clone(backend, vmid)

    backend.client.carry_out(a_configure(vmid))

    assert is_configured(observe(backend).guests[Vmid(vmid)], "test")


def test_a_desktop_follows_its_changed_profile_while_it_is_off(backend, vmid):
    a_configured_desktop(backend, vmid)
    changed = replace(a_profile(), memory_mib=6144, vlan=40)

    backend.client.carry_out(a_reconfigure(vmid, profile=changed))

    assert not changed_since(observe(backend).guests[Vmid(vmid)].tags, a_reservation(vmid), changed), "seen at once"
    config = backend.client.guest_config(NODE, Vmid(vmid))
    assert str(config["memory"]) == "6144"
    assert mac_for(Vmid(vmid), "test") in str(config["net0"])
    assert "tag=40" in str(config["net0"])
    assert backend.client.carry_out(a_verify(vmid)) is not None, "the note has survived"


def test_a_running_desktop_is_not_configured_again(backend, vmid):
    a_running_desktop(backend, vmid)

    order = a_reconfigure(vmid, profile=replace(a_profile(), vlan=40))

    assert comes_to(backend, lambda: backend.client.carry_out(order)) is InUse
    assert "tag=40" not in str(backend.client.guest_config(NODE, Vmid(vmid))["net0"])


def test_a_desktop_starts_is_seen_running_and_reports(backend, vmid):
    a_configured_desktop(backend, vmid)
    with pytest.raises(GuestUnknown):
        backend.probe.report(a_check(vmid))

    assert comes_to(backend, lambda: backend.client.carry_out(a_start(vmid))) is None
    eventually(backend, lambda view: view.guests[Vmid(vmid)].power is Power.RUNNING)
    backend.speak(Vmid(vmid))

    report = ready_report(backend, vmid)
    assert report.sessions == ()
    assert comes_to(backend, lambda: backend.client.carry_out(a_start(vmid))) is AlreadySo


def test_a_running_desktop_is_not_deleted_a_stopped_one_is(backend, vmid):
    a_running_desktop(backend, vmid)

    assert comes_to(backend, lambda: backend.client.carry_out(a_delete(vmid))) is Refused
    assert comes_to(backend, lambda: backend.client.carry_out(replace(a_stop(vmid), though_unknown=True))) is None
    eventually(backend, lambda view: view.guests[Vmid(vmid)].power is Power.STOPPED)
    assert comes_to(backend, lambda: backend.client.carry_out(a_delete(vmid))) is None
    assert Vmid(vmid) not in observe(backend).guests


ORDERS: dict[str, Callable[[Backend, int, NodeKey], object]] = {
    "configure": lambda backend, vmid, node: backend.client.carry_out(a_configure(vmid, node=node)),
    "reconfigure": lambda backend, vmid, node: backend.client.carry_out(a_reconfigure(vmid, node=node)),
    "start": lambda backend, vmid, node: backend.client.carry_out(a_start(vmid, node=node)),
    "delete": lambda backend, vmid, node: backend.client.carry_out(a_delete(vmid, node=node)),
    "verify": lambda backend, vmid, node: backend.client.carry_out(a_verify(vmid, node=node)),
}


@pytest.mark.long
@pytest.mark.parametrize("order", ORDERS)
def test_a_vm_that_is_not_there_is_gone_or_moved(backend, vmid, order):
    assert comes_to(backend, lambda: ORDERS[order](backend, vmid, NODE)) is GoneOrMoved


@pytest.mark.long
@pytest.mark.parametrize("order", ORDERS)
def test_a_vm_asked_for_at_another_node_is_gone_or_moved(backend, vmid, order):
    a_finished_clone(backend, vmid)

    assert comes_to(backend, lambda: ORDERS[order](backend, vmid, PVE2)) is GoneOrMoved


def test_without_quorum_nothing_is_written_and_all_is_seen(backend, vmid):
    a_configured_desktop(backend, vmid)
    assert quorate(backend)

    backend.set_quorum(False)
    try:
        eventually(backend, lambda _view: not quorate(backend))
        assert comes_to(backend, lambda: clone(backend, vmid + 1)) is NoQuorum
        assert comes_to(backend, lambda: backend.client.carry_out(a_start(vmid))) is NoQuorum
        assert Vmid(vmid) in observe(backend).guests
    finally:
        backend.set_quorum(True)
    eventually(backend, lambda _view: quorate(backend))
    assert comes_to(backend, lambda: backend.client.carry_out(a_start(vmid))) is None
