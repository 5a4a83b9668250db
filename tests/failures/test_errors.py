"""The table of errors: what Bascule gets over by itself is in no list; what stops somebody's work is named."""

from dataclasses import replace

import pytest

from provisioner.errors import (
    Forbidden,
    GuestBusy,
    HypervisorError,
    IdTaken,
    LockBusy,
    OtherKey,
    PlaceElsewhere,
    Refused,
    StorageFull,
    Unauthorised,
    Unseen,
    UserConfigBusy,
    WorkerBusy,
)
from provisioner.model.commands import Completion, Observe
from provisioner.model.machines.cluster import ClusterView
from provisioner.model.machines.desktops import IN_VAIN_S, SILENT_S
from provisioner.model.machines.ownership import NoteKey
from provisioner.model.machines.twin_spec import (
    BrokenQemu,
    CutQuorum,
    DeadGuestAgents,
    DeleteTemplate,
    FillStorage,
    GuestSpec,
    HangDesktops,
    RivalLocks,
)
from provisioner.pve.wire import ApiResponse
from tests.failures.rows import plays
from tests.failures.stage import FIRST_VMID, INSTALLATION, STORAGE, Known, News, Stage, a_spec, failed

FOR_EVER_S = 1e6
OTHER = NoteKey(installation=INSTALLATION, secret=b"a key that this one never had")
FIRST = "vd-5001"


def answer(status: int, text: str) -> ApiResponse:
    return ApiResponse(status=status, reason=text)


def unobserved(news: News) -> bool:
    return isinstance(news, Completion) and isinstance(news.command, Observe) and news.error is not None


def shows(so) -> Known:
    """The cluster's own answer shows it."""

    def known(news: News) -> bool:
        return isinstance(news, Completion) and isinstance(news.answer, ClusterView) and so(news.answer)

    return known


# -- busy --------------------------------------------------------------------------------------------------------------


@plays("lock time-out, VM is locked, no free API worker")
def test_a_lock_that_somebody_holds_for_a_moment_is_waited_for():
    stage = Stage(people=6)
    stage.arm(RivalLocks(storage=STORAGE, hold_s=30.0, every_s=0.1, for_s=20.0))
    stage.knows(failed(LockBusy)).settle()

    stage.is_over()


def test_no_free_worker_is_waited_for():
    stage = Stage(people=3)
    stage.wire.answer("POST", "/clone$", answer(500, "got no worker upid - start worker failed"), times=2)
    stage.knows(failed(WorkerBusy)).settle()

    stage.is_over()


def test_a_lock_that_is_never_given_back_is_named_after_four_tries():
    stage = Stage(people=1, nodes=1)
    stage.arm(RivalLocks(storage=STORAGE, hold_s=60.0, every_s=0.1, for_s=FOR_EVER_S))

    shown = stage.knows(failed(LockBusy), times=4).shown()

    assert (shown.code, shown.wrong) == (1, {"person_stuck": (FIRST,)})
    assert "can't lock file" in shown.text


def test_the_lock_of_a_backup_that_died_is_named():
    """It was green, with nobody called, for as long as the lock stayed."""
    stage = Stage(people=3).settle()
    guest = stage.desktops()[0]
    guest.config["lock"] = "backup"
    stage.turn_off(guest)

    shown = stage.knows(shows(lambda view: view.guests[FIRST_VMID].lock == "backup")).shown()

    assert (shown.code, shown.wrong) == (1, {"person_stuck": (FIRST,)})
    assert "locked (backup)" in shown.text


def test_a_vm_that_is_locked_for_a_moment_is_waited_for():
    stage = Stage(people=3)
    stage.wire.answer("POST", "/status/start$", answer(500, "VM is locked (backup)"), times=1)
    stage.knows(failed(GuestBusy)).settle()

    stage.is_over()


@plays("lock time-out on file-user_cfg")
def test_the_lock_of_the_pools_is_waited_for():
    stage = Stage(people=3)
    text = "cfs-lock 'file-user_cfg' error: got lock request timeout"
    stage.wire.answer("POST", "/clone$", answer(500, text), times=2)
    stage.knows(failed(UserConfigBusy)).settle()

    stage.is_over()


# -- not there, or no answer -------------------------------------------------------------------------------------------


@plays("595, connection refused")
@pytest.mark.parametrize(("status", "text"), [(595, "Connection refused"), (302, "Moved to a portal")])
def test_a_cluster_that_no_request_reaches(status: int, text: str):
    stage = Stage(people=3).settle()
    stage.wire.answer("*", "/", answer(status, text))

    shown = stage.knows(unobserved).shown()

    assert (shown.code, shown.wrong) == (1, {"cluster_paused": ("pve",)})
    assert text in shown.text


def test_one_request_that_does_not_arrive_is_sent_again():
    stage = Stage(people=3)
    stage.wire.answer("POST", "/clone$", answer(595, "Connection refused"), times=1)

    stage.settle().is_over()


@plays("596, time-out, broken connection")
@pytest.mark.parametrize("what", ["/clone$", "/status/start$", "/config$"])
def test_an_answer_that_is_lost_is_looked_for(what: str):
    stage = Stage(people=3)
    stage.wire.lose("*", what, times=1)

    stage.settle().is_over()


@pytest.mark.long
@pytest.mark.parametrize("what", ["/clone$", "/status/start$"])
def test_requests_that_leave_no_trace_five_times(what: str):
    stage = Stage(people=1, nodes=1)
    stage.wire.answer("POST", what, answer(596, "Connection timed out"))

    shown = stage.knows(failed(HypervisorError), times=5).shown()

    assert (shown.code, shown.wrong) == (1, {"desktop_failed": (FIRST,)})


# -- whose VM is it ----------------------------------------------------------------------------------------------------


def hide(stage: Stage, *vmids: int) -> None:
    """The token has no VM.Audit on them."""
    stage.wire.veil.hidden = stage.wire.veil.unreadable = frozenset(vmids).__contains__


@plays("the VMID exists already")
def test_a_vmid_that_somebody_has_is_passed_over():
    stage = Stage(people=3, guests=(GuestSpec(vmid=FIRST_VMID, node="pve1", name="db", storage=STORAGE),))
    hide(stage, FIRST_VMID)
    stage.knows(failed(IdTaken)).settle()

    stage.is_over(noted={"left_behind"})
    assert FIRST_VMID not in {guest.vmid for guest in stage.desktops()}


def test_a_clone_whose_answer_was_lost_and_that_no_list_shows():
    stage = Stage(people=3)
    stage.wire.lose("POST", "/clone$", times=1)
    hide(stage, FIRST_VMID)

    shown = stage.knows(failed(Unseen)).shown()

    assert (shown.code, shown.wrong) == (1, {"desktop_unlisted": ("pve",), "left_behind": (f"pve/{FIRST_VMID}",)})
    assert FIRST in shown.text
    assert "VM.Audit" in shown.text


@plays("a clone succeeded but is not in the VM list")
def test_a_desktop_that_the_list_does_not_show_any_more():
    stage = Stage(people=4).settle()
    hide(stage, FIRST_VMID)

    shown = stage.knows(shows(lambda view: view.existence.get(FIRST_VMID) is True)).shown()

    assert (shown.code, shown.wrong) == (1, {"desktop_unlisted": ("pve",)})
    assert FIRST in shown.text


def test_a_desktop_that_is_gone_is_made_again():
    stage = Stage(people=4).settle()
    stage.twin.cluster.drop_guest(stage.desktops()[0])
    stage.knows(shows(lambda view: view.existence.get(FIRST_VMID) is False)).settle()

    stage.is_over()


@plays("a note names this installation and this VM, but is signed with another key")
@pytest.mark.parametrize("newcomers", [0, 1])
def test_a_note_key_that_was_changed(newcomers: int):
    """F2: it was green, whether somebody waited for a desktop or not."""
    stage = Stage(people=4).settle()
    stage.people.join(newcomers)
    stage.begin(OTHER)

    shown = stage.knows(failed(OtherKey)).shown()

    assert (shown.code, shown.wrong) == (1, {"note_key_differs": ()})
    assert "put back the note_key" in shown.text


def test_a_note_that_was_edited_is_one_vm_s_own():
    stage = Stage(people=4).settle()
    guest = stage.desktops()[0]
    guest.config["description"] = guest.config["description"][:-4] + "beef"
    guest.changed()
    stage.begin()

    shown = stage.knows(failed(OtherKey)).shown()

    assert (shown.code, shown.wrong) == (0, {})


@plays("a disk image with this VMID was left behind on the storage")
def test_a_disk_that_was_left_behind():
    stage = Stage(people=3, leftovers=(f"{STORAGE}:vm-{FIRST_VMID}-disk-0",))
    stage.settle().is_over()

    assert FIRST_VMID not in {guest.vmid for guest in stage.desktops()}


# -- a place that does not do ------------------------------------------------------------------------------------------


@plays("QEMU exited, unknown node, template gone")
def test_a_node_on_which_no_vm_starts():
    stage = Stage(people=6)
    stage.arm(BrokenQemu(node="pve1"))
    stage.knows(failed(PlaceElsewhere)).settle()

    assert stage.shown().code == 0
    assert all(not cycle.listed for cycle in stage.cycles)
    assert all(guest.node != "pve1" for guest in stage.desktops() if guest.ready)


def test_a_template_that_is_gone_on_one_node():
    stage = Stage(people=4)
    stage.arm(DeleteTemplate(vmid=9001, at_s=0.0))

    stage.settle().is_over()


def test_templates_that_are_gone_everywhere():
    stage = Stage(people=2)
    for vmid in (9001, 9002, 9003):
        stage.arm(DeleteTemplate(vmid=vmid, at_s=0.0))

    shown = stage.two_cycles().shown()

    assert (shown.code, shown.wrong) == (1, {"people_stuck": ("login0001", "login0002")})
    assert "template 9001 is not on node pve1" in shown.text


def test_more_vcpus_than_any_node_has():
    shown = Stage(people=1, profile={"vcpus": 128}).two_cycles().shown()

    assert (shown.code, shown.wrong) == (1, {"person_stuck": ("login0001",)})
    assert "128 vCPUs" in shown.text


@plays("no space left")
def test_a_storage_that_is_full():
    stage = Stage(people=3)
    stage.arm(FillStorage(storage=STORAGE, node="pve1", at_s=0.0))

    shown = stage.two_cycles().shown()

    assert (shown.code, shown.wrong) == (1, {"storage_is_full": ("pve/pve1/thin",)})


def test_storages_that_say_so_and_are_not_listed_as_full():
    """A quota, for instance. It was green while nobody got a desktop."""
    stage = Stage(people=2, nodes=1)
    stage.wire.answer("POST", "/clone$", answer(500, "clone failed: out of space"))

    shown = stage.knows(failed(StorageFull)).shown()

    assert (shown.code, shown.wrong) == (1, {"people_stuck": (FIRST, "login0002")})
    assert "out of space" in shown.text


# -- the cluster refuses -----------------------------------------------------------------------------------------------


@plays("no quorum")
def test_a_lost_quorum():
    stage = Stage(people=3).settle()
    stage.arm(CutQuorum(at_s=0.0, for_s=FOR_EVER_S))

    shown = stage.knows(shows(lambda view: view.quorate is False)).shown()

    assert (shown.code, shown.wrong) == (1, {"cluster_paused": ("pve",)})
    assert "quorum" in shown.text


@plays("401")
def test_a_token_that_is_refused():
    stage = Stage(people=3).settle()
    stage.wire.answer("*", "/", answer(401, "authentication failure"))

    shown = stage.knows(unobserved).shown()

    assert (shown.code, shown.wrong) == (1, {"cluster_paused": ("pve",)})
    assert "authentication failure" in shown.text


def test_a_token_that_may_only_read():
    stage = Stage(people=3)
    stage.wire.answer("POST", "/", answer(401, "authentication failure"))

    shown = stage.knows(failed(Unauthorised)).shown()

    assert (shown.code, shown.wrong) == (1, {"cluster_paused": ("pve",)})


@plays("403")
def test_a_right_that_is_missing_for_one_desktop():
    """It was green, for ever: the others go on."""
    stage = Stage(people=3)
    stage.wire.veil.forbidden = {FIRST_VMID}.__contains__

    shown = stage.knows(failed(Forbidden)).shown()

    assert (shown.code, shown.wrong) == (1, {"person_stuck": (FIRST,)})
    assert "VM.PowerMgmt" in shown.text


@plays("400, 501, not supported, no such object")
@pytest.mark.parametrize(("status", "text"), [(400, "Parameter verification failed."), (501, "Not implemented")])
def test_a_request_that_is_refused(status: int, text: str):
    stage = Stage(people=3)
    stage.wire.answer("POST", f"{FIRST_VMID}/status/start$", answer(status, text))

    shown = stage.knows(failed(Refused)).shown()

    assert (shown.code, shown.wrong) == (1, {"desktop_failed": (FIRST,)})


@plays("already running, not running, WARNINGS: n")
def test_what_is_so_already_is_done():
    stage = Stage(people=2)
    stage.wire.answer("POST", "/status/start$", answer(500, "VM 5001 already running"), after_effect=True)

    stage.settle().is_over()


# -- the guest ---------------------------------------------------------------------------------------------------------


@plays("the guest agent does not answer, or the desktop's report is missing")
def test_desktops_that_hang():
    stage = Stage(people=4).settle()
    stage.arm(HangDesktops(share=1.0))
    unheard_s = stage.config.pace.session_interval_s + IN_VAIN_S + SILENT_S

    shown = stage.wait(unheard_s).two_cycles().shown()

    assert (shown.code, shown.wrong) == (1, {"desktops_silent": ("vd-5001", "vd-5002", "vd-5003", "vd-5004")})


def test_desktops_without_a_guest_agent_are_late():
    stage = Stage(people=2, profile={"ready_timeout_s": 120.0})
    stage.arm(DeadGuestAgents(share=1.0))
    stage.run(lambda: any(state.late for state in stage.status.desktops.values()) if stage.cycles else False)

    shown = stage.two_cycles().shown()

    assert (shown.code, shown.wrong) == (1, {"desktops_late": ("vd-5001", "vd-5002")})


def test_a_desktop_whose_own_clock_is_wrong_is_not_taken_for_the_daemon_s():
    stage = Stage(people=6, profile={"ready_timeout_s": 120.0}, push=replace(a_spec().push, skew_s=900.0))
    stage.run(lambda: any(state.late for state in stage.status.desktops.values()) if stage.cycles else False)

    shown = stage.two_cycles().shown()

    assert shown.code == 1
    assert shown.wrong.keys() <= {"desktop_late", "desktops_late"}
