"""Requests about a single VM, its guest or a node: proofs, reports, and the doctor's questions."""

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provisioner.actions.checkguest import UPTIME_FILE, read_guest
from provisioner.actions.registry import operation_of
from provisioner.errors import GuestUnknown, NotSent, OtherKey
from provisioner.model.ids import NodeKey, NodeName, Vmid
from provisioner.model.machines.desktops import FirstBoot
from provisioner.model.machines.guest_bounds import MAX_AGE_S
from provisioner.model.machines.ownership import NoteKey, note_for
from provisioner.model.words import GuestWord
from provisioner.pve import operations
from provisioner.pve.requests import guest_config
from provisioner.pve.wire import ApiResponse, run
from provisioner.reasons.reason import NONE
from tests.builders.pve import (
    CLUSTER,
    HANDS,
    NODE,
    NOTE_KEY,
    NOW,
    ScriptedCluster,
    a_check,
    a_reservation,
    a_verify,
    ok,
    refused,
)
from tests.pve.recorded import RECORDED, UPID

FILE_READ = "GET /nodes/pve1/qemu/5001/agent/file-read"


@pytest.mark.parametrize(
    ("description", "proves"),
    [
        pytest.param(note_for(a_reservation(), NOTE_KEY), True, id="its own note"),
        pytest.param(f"Ours.\n{note_for(a_reservation(), NOTE_KEY)}\n\nDo not touch.", True, id="with words around it"),
        pytest.param(note_for(a_reservation(5002), NOTE_KEY), False, id="a note copied from another VM"),
        pytest.param(
            note_for(a_reservation(), NoteKey(installation="other", secret=NOTE_KEY.secret)),
            False,
            id="of another installation",
        ),
        pytest.param(" qmclone temporary file", False, id="in the middle of a clone"),
        pytest.param(None, False, id="no description"),
    ],
)
def test_a_note_proves_only_its_own_vm(description, proves):
    config = {"name": "vd-5001"} if description is None else {"name": "vd-5001", "description": description}
    cluster = ScriptedCluster({"GET /nodes/pve1/qemu/5001/config": ok(config)})

    found = run(operation_of(a_verify(), HANDS), cluster.send)

    assert (found is not None) is proves
    if found is not None:
        assert (found.key, found.agent_id, found.proven) == (a_verify().key, "agent-1", True)


@pytest.mark.parametrize(
    "description",
    [
        pytest.param(note_for(a_reservation(), NOTE_KEY).replace("agent-1", "agent-2"), id="an edited note"),
        pytest.param(note_for(a_reservation(), NoteKey(installation="test", secret=b"another")), id="another key's"),
    ],
)
def test_a_note_that_names_this_vm_and_is_not_signed_by_us_is_an_answer_of_its_own(description):
    """A2: the key has changed, or somebody edited the note: a single note cannot tell which."""
    cluster = ScriptedCluster({"GET /nodes/pve1/qemu/5001/config": ok({"name": "vd-5001", "description": description})})

    with pytest.raises(OtherKey, match="note_key"):
        run(operation_of(a_verify(), HANDS), cluster.send)


STATUS = json.dumps(
    {
        "version": 1,
        "booted_at": NOW - 60,
        "first_boot": "done",
        "logon_port": "open",
        "ready_at": NOW - 5,
        "sessions": [{"user": "jdupont", "state": "connected", "since": NOW - 2}],
    }
)


def test_a_guest_reports_through_its_agent():
    cluster = ScriptedCluster({FILE_READ: ok({"content": STATUS, "bytes-read": len(STATUS)})})

    report = run(read_guest(a_check(), now=lambda: NOW), cluster.send)

    assert cluster.asked[0].params == {"file": "/run/bascule/status.json", "count": 65_537}
    assert (report.read_at, report.first_boot, report.ready) == (NOW, FirstBoot.DONE, True)
    assert [(session.login, session.source) for session in report.sessions] == [("jdupont", "guest_agent")]


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        pytest.param(refused(500, "QEMU guest agent is not running"), "not running", id="the agent is not up"),
        pytest.param(refused(500, "VM 5001 is not running"), "not running", id="the desktop is off"),
        pytest.param(refused(500, "No QEMU guest agent configured"), "configured", id="it has no agent"),
        pytest.param(refused(500, "Agent error: failed to open file"), "failed to open", id="there is no status file"),
        pytest.param(refused(403, "Permission check failed"), "Permission", id="we may not read it"),
        pytest.param(refused(596, "Connection timed out"), "timed out", id="the proxy gave up"),
        pytest.param(NotSent("pve1: Connection refused"), "Connection refused", id="the node cannot be reached"),
        pytest.param(ok(None), "holds no file", id="an empty answer"),
        pytest.param(ok({"bytes-read": 0}), "holds no file", id="no content"),
        pytest.param(ok({"content": STATUS, "truncated": 1}), "larger than 65536 bytes", id="A11: cut off"),
        pytest.param(ok({"content": STATUS + " " * 65_536}), "larger than 65536 bytes", id="A11: longer than was asked for"),
        pytest.param(ok({"content": STATUS[:-9]}), "not JSON", id="half written"),
        pytest.param(ok({"content": "{}"}), "version", id="another document"),
    ],
)
def test_no_report_is_unknown_never_empty(answer, says):
    with pytest.raises(GuestUnknown, match=says):
        run(read_guest(a_check(), now=lambda: NOW), ScriptedCluster({FILE_READ: answer}).send)


def a_dated_report(*, made_s: float, uptime: ApiResponse, sessions: tuple[dict[str, object], ...] = (), ahead_s: float = 0.0):
    """The report of a document that was made so many seconds after the boot, and how often a file was read for it."""
    document = {**json.loads(STATUS), "written_at": NOW + ahead_s, "sequence": int(made_s * 1e6), "sessions": list(sessions)}
    answers = {"/run/bascule/status.json": ok({"content": json.dumps(document)}), UPTIME_FILE: uptime}
    cluster = ScriptedCluster({FILE_READ: lambda request: answers[str(request.params["file"])]})
    return run(read_guest(replace(a_check(), by_uptime=True), now=lambda: NOW), cluster.send), len(cluster.asked)


@given(
    made_s=st.floats(1, 1e8),
    age_s=st.floats(0, 1e6),
    ahead_s=st.floats(-MAX_AGE_S, MAX_AGE_S),
    later_s=st.floats(0, 60),
)  # fmt: skip
def test_a_document_is_evidence_for_one_period_of_the_uptime_whatever_the_clock_says(made_s, age_s, ahead_s, later_s):
    uptime = ok({"content": f"{made_s + age_s:.2f} 1.00\n"})

    report, _ = a_dated_report(made_s=made_s, uptime=uptime, ahead_s=ahead_s)

    old_s = age_s + later_s
    if abs(old_s - report.period_s) > 0.05:  # /proc/uptime has hundredths
        assert bool(report.doubt(NOW + later_s)) is (old_s > report.period_s)


def test_a_boot_that_ends_while_its_document_is_read_leaves_no_evidence():
    report, _ = a_dated_report(made_s=4000, uptime=ok({"content": "7.31 6.00\n"}))

    assert report.doubt(NOW)


@pytest.mark.parametrize("behind_s", [MAX_AGE_S + 1, 3600.0, -3600.0])
def test_a_document_whose_clock_stood_still_with_its_vm_is_dated_by_its_uptime(behind_s: float):
    """H2: read alone, it was not evidence of anything until its next boot, or until somebody set its clock."""
    report, _ = a_dated_report(made_s=60, uptime=ok({"content": "64.00 1.00\n"}), ahead_s=-behind_s)

    assert (report.written_at, report.doubt(NOW)) == (NOW - 4, NONE)
    assert report.doubt(NOW + 10)


@pytest.mark.parametrize(
    "uptime",
    [
        pytest.param(ok({"content": "4000.00 1.00\n"}), id="its writer has stopped"),
        pytest.param(ok({"content": "7.00 1.00\n"}), id="of another boot"),
        pytest.param(refused(500, "Agent error: failed to open file '/proc/uptime'"), id="no such file"),
    ],
)
def test_a_misdated_document_that_no_uptime_dates_is_no_evidence(uptime):
    with pytest.raises(GuestUnknown, match="written 3600 s ago") as wrong:
        a_dated_report(made_s=60, uptime=uptime, ahead_s=-3600.0)

    assert wrong.value.cause == GuestWord.OUTDATED


def test_a_session_needs_no_date_and_is_read_once():
    session = {"user": "jdupont", "state": "connected", "since": NOW - 2}

    report, readings = a_dated_report(made_s=60, uptime=refused(500, "VM 5001 is not running"), sessions=(session,))

    assert (len(report.sessions), report.age_s, readings) == (1, None, 1)


@pytest.mark.parametrize(
    "uptime",
    [
        pytest.param(refused(500, "QEMU guest agent is not running"), id="no answer"),
        pytest.param(refused(500, "Agent error: failed to open file '/proc/uptime'"), id="no such file"),
        pytest.param(ok({"content": ""}), id="nothing in it"),
        pytest.param(ok({"content": "soon\n"}), id="no number"),
    ],
)
def test_without_the_uptime_nobody_is_known_to_be_gone(uptime):
    with pytest.raises(GuestUnknown):
        a_dated_report(made_s=60, uptime=uptime)


def test_a_release_that_cannot_be_asked_for_a_part_is_asked_for_all():
    """A11: qemu-server has `count` since 2026; older versions refuse it as an unknown parameter."""
    unknown = "property is not defined in schema and the schema does not allow additional properties"
    refusal = ApiResponse(status=400, reason="Parameter verification failed.", errors={"count": unknown})
    cluster = ScriptedCluster({FILE_READ: lambda request: refusal if "count" in request.params else ok({"content": STATUS})})

    assert run(read_guest(a_check(), now=lambda: NOW), cluster.send).ready
    assert [sorted(request.params) for request in cluster.asked] == [["count", "file"], ["file"]]


def test_the_doctors_questions():
    cluster = ScriptedCluster(
        {
            "GET /version": ok(RECORDED["version"]),
            "GET /access/permissions": ok(RECORDED["permissions"]),
            "GET /nodes": ok(RECORDED["nodes"]),
            "GET /nodes/pve1/storage": ok(RECORDED["storages of a node"]),
            "GET /nodes/pve1/qemu/9000/config": ok(RECORDED["config of a template"]),
            f"GET /nodes/pve1/tasks/{UPID}/log": ok(RECORDED["log of a linked clone"]),
        }
    )

    assert run(operations.version(), cluster.send) == "9.2.11"
    assert run(operations.permissions(), cluster.send) == {"/vms": {"VM.Audit", "VM.GuestAgent.Audit"}}
    assert {node.key: node.online for node in run(operations.nodes(CLUSTER), cluster.send)} == {
        NodeKey(CLUSTER, NodeName("pve1")): True,
        NodeKey(CLUSTER, NodeName("pve2")): False,
    }
    storages = {storage.storage.storage: storage for storage in run(operations.storages_of(NODE), cluster.send)}
    assert (storages["qcow"].kind, storages["qcow"].content) == ("dir", {"images", "rootdir"})
    assert [name for name, storage in storages.items() if not storage.storage.available] == ["elsewhere"]
    assert run(guest_config(NODE, Vmid(9000)), cluster.send)["template"] == 1
    log = run(operations.task_log(NODE, UPID), cluster.send)
    assert (log[0], log[-1]) == ("creating a clone of VM 9000 with ID 101", "TASK OK")
