"""The sections of docs/en/failures.md."""

from dataclasses import replace

import pytest

from provisioner.errors import IdTaken, PlaceElsewhere
from provisioner.model.commands import Completion
from provisioner.model.machines.desktops import IN_VAIN_S, SILENT_S
from provisioner.model.machines.twin_spec import BrokenQemu, GuestSpec, KillNode, StopDaemon, StorageSpec
from provisioner.pve.wire import ApiResponse
from tests.failures.rows import plays
from tests.failures.stage import FIRST_VMID, STORAGE, News, Stage, a_spec, failed
from tests.failures.test_errors import shows

NODES = ("pve1", "pve2", "pve3")
REFUSED = ApiResponse(status=595, reason="Connection refused")


# -- many VMs are missing ----------------------------------------------------------------------------------------------


@plays("Many VMs are missing")
@pytest.mark.parametrize("rights", [True, False], ids=["the token lacks VM.Audit", "they are gone"])
def test_many_vms_are_not_in_the_list(rights: bool):
    """F3: while they could be asked about, it was green."""
    stage = Stage(people=5).settle()
    if rights:
        stage.wire.veil.hidden = stage.wire.veil.unreadable = range(FIRST_VMID, FIRST_VMID + 100).__contains__
    else:
        for guest in stage.desktops():
            stage.twin.cluster.drop_guest(guest)

    shown = stage.knows(shows(lambda view: len(view.existence) >= 5)).shown()

    assert (shown.code, shown.wrong) == (1, {"listing_doubted": ("pve",)})
    assert ("VM.Audit" if rights else "`bascule desktop retry`") in shown.text


# -- desktops that hang ------------------------------------------------------------------------------------------------


@plays("Desktops that hang")
def test_a_desktop_that_hangs():
    """F5: it was "ready, one can log on" for two hours, and `status` was green."""
    stage = Stage(people=4).settle()
    guest = stage.desktops()[0]
    guest.hung = True

    shown = stage.wait(SILENT_S + 60).shown()

    assert (shown.code, shown.wrong) == (1, {"desktop_silent": (guest.name,)})
    assert guest.name in shown.text
    guest.hung = False
    assert stage.wait(60).shown().code == 0


# -- the same failure --------------------------------------------------------------------------------------------------


@plays("Same failure on several desktops")
def test_a_bridge_that_is_not_there():
    """It was green, and nobody got a desktop."""
    stage = Stage(people=4, bridges=("vmbr9",))

    shown = stage.knows(failed(PlaceElsewhere), times=3).shown()

    assert (shown.code, shown.wrong) == (1, {"profile_fails_alike": ("pve/office",)})
    assert "bridge 'vmbr0' does not exist" in shown.text
    stage.twin.cluster.spec = replace(stage.twin.cluster.spec, bridges=("vmbr0",))
    stage.settle().two_cycles()
    assert stage.shown().code == 0


def test_a_cluster_of_one_node_on_which_nothing_starts():
    stage = Stage(people=3, nodes=1)
    stage.arm(BrokenQemu(node="pve1"))

    shown = stage.knows(failed(PlaceElsewhere), times=3).shown()

    assert (shown.code, shown.wrong) == (1, {"profile_fails_alike": ("pve/office",)})


def test_vmids_that_others_hold_and_the_token_does_not_see():
    held = range(FIRST_VMID, FIRST_VMID + 8)
    guests = tuple(GuestSpec(vmid=vmid, node="pve1", name="theirs", storage=STORAGE) for vmid in held)
    stage = Stage(people=6, guests=guests)
    stage.wire.veil.hidden = held.__contains__

    shown = stage.knows(failed(IdTaken), times=6).shown()

    assert shown.code == 1
    assert shown.wrong["profile_fails_alike"] == ("pve/office",)
    assert "VMID is taken by a VM that the token cannot see" in shown.text


# -- a node that accepts no requests -----------------------------------------------------------------------------------


def refused(news: News) -> bool:
    return isinstance(news, Completion) and "Connection refused" in str(news.error)


@plays("A node that accepts no requests")
def test_a_node_whose_pvedaemon_has_stopped():
    """It was green, and those whose desktop is there waited."""
    stage = Stage(people=6)
    stage.arm(StopDaemon(node="pve1"))

    shown = stage.knows(refused, times=3).shown()

    assert (shown.code, shown.wrong) == (1, {"node_refuses_orders": ("pve/pve1",)})
    stage.settle()
    assert all(guest.node != "pve1" for guest in stage.desktops() if guest.ready)


def test_desktops_that_nobody_can_ask():
    """Their node stopped taking requests while they booted: they were called starting, for a quarter of an hour."""
    stage = Stage(people=6).wait(8)
    stage.arm(StopDaemon(node="pve1"))
    stage.knows(refused)

    shown = stage.wait(IN_VAIN_S + 20.0).two_cycles().shown()

    assert (shown.code, shown.wrong) == (1, {"desktops_unasked": ("vd-5001", "vd-5004")})
    assert "Connection refused" in shown.text


def test_a_token_that_may_ask_no_desktop():
    stage = Stage(people=3)
    stage.wire.answer("*", "/agent/", ApiResponse(status=403, reason="Permission check failed (VM.GuestAgent.Audit)"))
    stage.run(lambda: bool(stage.cycles) and any(state.unheard for state in stage.status.desktops.values()))

    shown = stage.wait(IN_VAIN_S + 20.0).two_cycles().shown()

    assert (shown.code, shown.wrong) == (1, {"desktops_unasked": ("vd-5001", "vd-5002", "vd-5003")})
    assert "VM.GuestAgent.Audit" in shown.text


# -- failed desktops ---------------------------------------------------------------------------------------------------


@plays("Failed desktops")
def test_a_desktop_that_was_given_up_and_whose_person_has_another():
    stage = Stage(people=3)
    stage.wire.answer("POST", f"{FIRST_VMID}/status/start$", ApiResponse(status=500, reason="QEMU exited with code 1"))
    stage.knows(failed(PlaceElsewhere), times=2).settle()

    assert (stage.shown().code, stage.shown().wrong) == (0, {})
    assert stage.status.desktops["vd-5001"].superseded_by == "vd-5004"


def test_a_desktop_that_was_given_up_and_whose_person_gets_no_other():
    stage = Stage(people=2, nodes=1)
    stage.wire.answer("POST", f"{FIRST_VMID}/status/start$", ApiResponse(status=500, reason="QEMU exited with code 1"))

    shown = stage.knows(failed(PlaceElsewhere), times=2).shown()

    assert (shown.code, shown.wrong) == (1, {"desktop_failed": ("vd-5001",)})


# -- first boots -------------------------------------------------------------------------------------------------------


@plays("First boots that fail")
def test_first_boots_that_fail_for_all():
    """It was green, until each was late."""
    stage = Stage(people=3, durations=replace(a_spec().durations, setup_failures=1.0))
    stage.run(lambda: bool(stage.cycles) and _failed_boots(stage) == 3)

    shown = stage.two_cycles().shown()

    assert (shown.code, shown.wrong) == (1, {"desktops_setup_failed": ("vd-5001", "vd-5002", "vd-5003")})


def _failed_boots(stage: Stage) -> int:
    return sum("first boot has failed" in state.because for state in stage.status.desktops.values())


def test_a_first_boot_that_fails_by_itself_gives_its_person_another():
    stage = Stage(people=4).settle()
    stage.twin.cluster.spec = replace(stage.twin.cluster.spec, durations=replace(a_spec().durations, setup_failures=1.0))
    stage.people.join(1)
    stage.look()
    stage.run(lambda: _failed_boots(stage) == 1)
    stage.twin.cluster.spec = replace(stage.twin.cluster.spec, durations=a_spec().durations)
    stage.two_cycles()

    assert (stage.shown().code, stage.shown().wrong) == (0, {})
    stage.settle()
    assert stage.status.desktops["vd-5005"].superseded_by == "vd-5006"


# -- a node that is away -----------------------------------------------------------------------------------------------


@pytest.mark.long
@plays("An offline node")
def test_a_node_loses_power_and_comes_back():
    stage = Stage(people=4).settle()
    stage.arm(KillNode(node="pve1", at_s=0.0, back_after_s=900.0))

    shown = stage.knows(shows(lambda view: not all(node.online for node in view.nodes.values()))).shown()

    assert (shown.code, shown.wrong) == (1, {"node_is_offline": ("pve/pve1",)})
    assert "desktops on it: 2" in shown.text
    stage.settle()
    assert stage.shown().wrong == {"node_is_offline": ("pve/pve1",)}
    stage.wait(900).two_cycles()
    assert (stage.shown().code, stage.shown().wrong) == (0, {})


@plays("Desktops under Proxmox VE's HA")
def test_ha_brings_desktops_up_elsewhere():
    stage = _under_ha()
    stage.arm(KillNode(node="pve1", at_s=0.0))

    shown = stage.knows(shows(lambda view: not all(node.online for node in view.nodes.values()))).shown()

    assert (shown.code, shown.wrong) == (1, {"node_is_offline": ("pve/pve1",)})
    stage.settle()
    assert len(stage.desktops()) == 4, "the same desktops: none was made beside HA's"
    assert "desktops on it: 0" in stage.two_cycles().shown().text


def test_who_has_a_desktop_that_ha_has_given_up_gets_another():
    stage = _under_ha(nodes=1)
    (guest,) = (guest for guest in stage.desktops() if guest.vmid == FIRST_VMID)
    guest.ha = "error"
    stage.turn_off(guest)

    stage.knows(shows(lambda view: view.guests[FIRST_VMID].ha == "error"))

    assert (stage.shown().code, stage.shown().wrong) == (0, {})
    assert stage.status.desktops["vd-5001"].superseded_by == "vd-5005"


def _under_ha(*, nodes: int = 3) -> Stage:
    """Shared storage, and every desktop a resource of HA."""
    templates = tuple(replace(template, ha=True) for template in a_spec(nodes=nodes).templates)
    shared = (StorageSpec(storage=STORAGE, shared=True, kind="rbd"),)
    return Stage(people=4, nodes=nodes, templates=templates, storages=shared).settle().wait(60)
