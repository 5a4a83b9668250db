"""Which requests each operation makes, and what it makes of the answers recorded on a real Proxmox VE 9.2."""

import json
import time
from pathlib import Path

import pytest

from provisioner.errors import (
    Forbidden,
    GuestUnknown,
    HypervisorError,
    LockBusy,
    NotOurs,
    NotSent,
    OutcomeUnknown,
    PlaceElsewhere,
)
from provisioner.model.cluster import Power
from provisioner.model.desktops import FirstBoot
from provisioner.model.ids import NodeKey, NodeName, Vmid
from provisioner.model.orders import Observe
from provisioner.model.ownership import NoteKey, note_for
from provisioner.pve import operations, parsing
from provisioner.pve.wire import ApiRequest, run
from tests.builders_pve import (
    CLUSTER,
    NODE,
    NOTE_KEY,
    NOW,
    ScriptedCluster,
    a_check,
    a_clone,
    a_configure,
    a_delete,
    a_profile,
    a_reservation,
    a_start,
    a_stop,
    a_tag,
    a_verify,
    ok,
    refused,
)

RECORDED = json.loads((Path(__file__).parent.parent / "contract" / "answers.json").read_text())
UPID = "UPID:pve1:000001CA:0002A7FD:6B05941E:qmclone:9000:root@pam:"
FILE_READ = "GET /nodes/pve1/qemu/5001/agent/file-read"


def observed(order: Observe, cluster: ScriptedCluster):
    return run(operations.observe(order, parsing.Listings(CLUSTER), at=NOW), cluster.send)


def resources(label: str) -> dict:
    return {"GET /cluster/resources": ok(RECORDED[label])}


def test_a_cluster_is_seen_in_one_call():
    cluster = ScriptedCluster(resources("two nodes up"))

    view = observed(Observe(cluster=CLUSTER), cluster)

    assert len(cluster.asked) == 1
    assert (view.cluster, view.taken_at, view.quorate) == (CLUSTER, NOW, True)
    assert {name: (node.online, node.cores, node.memory_mib, node.memory_used_mib) for name, node in view.nodes.items()} == {
        "pve1": (True, 2, 24105, 1600),
        "pve2": (True, 2, 24105, 1598),
    }
    template = view.guests[Vmid(9000)]
    assert (template.template, template.power, template.tags) == (True, Power.STOPPED, {"alpha", "zeta"})
    assert (template.vcpus, template.memory_mib, template.disk_gib) == (1.0, 256, 0.0625)
    assert {storage.lock_domain for storage in view.storages if storage.storage in ("shareddir", "qcow")} == {
        "lab/shareddir",
        "lab/pve1/qcow",
        "lab/pve2/qcow",
    }
    assert all(storage.available and storage.total_gib == pytest.approx(251.97, abs=0.01) for storage in view.storages)


def test_a_dead_node_is_offline_while_its_guests_still_look_alive():
    view = observed(Observe(cluster=CLUSTER), ScriptedCluster(resources("one of two nodes dead")))

    assert not view.complete_on(NodeName("pve2"))
    assert view.guests[Vmid(500)].power is Power.RUNNING
    assert (view.nodes[NodeName("pve2")].memory_used_mib, view.nodes[NodeName("pve2")].cpu_used) == (0, 0.0)


@pytest.mark.parametrize(
    ("label", "lock", "pool"),
    [
        pytest.param("during a clone", "clone", None, id="during the clone it has a lock and no name"),
        pytest.param("right after a clone", None, "stage-1", id="right after it has neither, until the next status pass"),
    ],
)
def test_a_fresh_guest(label, lock, pool):
    guest = observed(Observe(cluster=CLUSTER), ScriptedCluster(resources(label))).guests[Vmid(101)]

    assert (guest.name, guest.power, guest.lock, guest.pool) == (None, Power.UNKNOWN, lock, pool)
    assert (guest.memory_mib, guest.vcpus, guest.disk_gib) == (None, None, None)
    assert guest.tags == {"alpha", "zeta"}


def test_one_nodes_lost_task_list_does_not_lose_the_rest():
    cluster = ScriptedCluster(
        {
            **resources("two nodes up"),
            "GET /nodes/pve1/tasks": ok(RECORDED["tasks of a node"]),
            "GET /nodes/pve2/tasks": refused(595, "No route to host"),
            "GET /nodes/pve3/tasks": OutcomeUnknown("pve3: no answer within 35 s"),
        }
    )
    order = Observe(cluster=CLUSTER, tasks_of=frozenset(map(NodeName, ("pve1", "pve2", "pve3"))), since=NOW - 60.5)

    view = observed(order, cluster)

    assert view.tasks_of == {"pve1"}
    assert [(task.kind, task.guest, task.status, task.succeeded) for task in view.tasks] == [
        ("qmdestroy", 2049, "OK", True),
        ("qmdestroy", 2048, "OK", True),
    ]
    assert cluster.asked[1].params == {"source": "all", "since": int(NOW - 60.5), "limit": 1000, "start": 0}


def test_a_long_task_list_is_read_to_its_end():
    entries = [a_task_entry(number) for number in range(1500)]

    def page(request: ApiRequest):
        start = int(request.params["start"])
        # Between the two pages a task was started, and everything moved down by one.
        return ok(entries[:1000] if start == 0 else entries[start - 1 :])

    found = run(operations.tasks_since(NODE, since=NOW), ScriptedCluster({"GET /nodes/pve1/tasks": page}).send)

    assert [task.upid for task in found] == [entry["upid"] for entry in entries]


def a_task_entry(number: int, **others: object) -> dict:
    return {
        "upid": f"UPID:pve1:{number:08X}:0002A7FD:6B05941E:qmstart:{5000 + number}:root@pam:",
        "type": "qmstart",
        "id": str(5000 + number),
        "user": "root@pam",
        "starttime": 1795527710,
        **others,
    }


@pytest.mark.parametrize(
    ("entry", "ended_at", "status"),
    [
        pytest.param(a_task_entry(1), None, None, id="no end: it runs"),
        pytest.param(a_task_entry(1, status="RUNNING"), None, None, id="no end: it runs, whatever the status says"),
        pytest.param(a_task_entry(1, endtime="1795527720", status="OK"), 1795527720.0, "OK", id="ended"),
        pytest.param(a_task_entry(1, endtime=1795527720), 1795527720.0, "unknown", id="ended, nobody knows how"),
    ],
)
def test_whether_a_task_runs(entry, ended_at, status):
    (task,) = parsing.tasks([entry], NODE)

    assert (task.ended_at, task.status) == (ended_at, status)


@pytest.mark.parametrize(
    ("label", "quorate"),
    [
        pytest.param("cluster status", True, id="a cluster with its quorum"),
        pytest.param("cluster status without quorum", False, id="a cluster that lost it"),
        pytest.param("cluster status of a single node", True, id="a node alone needs none"),
    ],
)
def test_quorum_is_asked_for_on_demand(label, quorate):
    cluster = ScriptedCluster({**resources("two nodes up"), "GET /cluster/status": ok(RECORDED[label])})

    assert observed(Observe(cluster=CLUSTER, quorum=True), cluster).quorate is quorate


def test_a_right_that_is_missing_is_not_taken_for_quorum():
    cluster = ScriptedCluster(
        {**resources("two nodes up"), "GET /cluster/status": refused(403, "Permission check failed (/, Sys.Audit)")}
    )

    with pytest.raises(Forbidden, match="Permission check failed"):
        observed(Observe(cluster=CLUSTER, quorum=True), cluster)


@pytest.mark.parametrize(
    ("data", "says"),
    [
        pytest.param(None, "no list of objects", id="nothing"),
        pytest.param({"type": "qemu"}, "no list of objects", id="an object"),
        pytest.param(["qemu/101"], "no list of objects", id="a list of texts"),
        pytest.param([{"type": "qemu", "id": "qemu/101", "node": "pve1"}], "lacks 'vmid': qemu/101", id="a guest without VMID"),
        pytest.param([{"type": "qemu", "vmid": 1, "node": 7}], "wrong type", id="a node that is a number"),
        pytest.param([{"type": "qemu", "vmid": "x", "node": "pve1"}], "wrong type", id="a VMID that is a word"),
        pytest.param([{"type": "qemu", "vmid": 1, "node": "pve1", "tags": ["a"]}], "wrong type", id="tags in a list"),
        pytest.param([{"type": "qemu", "vmid": 1, "node": "pve1", "tags": 7}], "wrong type", id="tags that are a number"),
        pytest.param([{"type": "qemu", "vmid": 1, "node": "pve1", "status": []}], "wrong type", id="a status in a list"),
        pytest.param([{"type": "qemu", "vmid": 1, "node": "pve1", "lock": 1}], "wrong type", id="a lock that is a number"),
        pytest.param([{"type": "qemu", "vmid": 1, "node": "pve1", "maxmem": {}}], "wrong type", id="memory in an object"),
        pytest.param([{"type": "node", "node": "pve1", "maxcpu": "many"}], "wrong type", id="processors in words"),
        pytest.param([{"type": "storage", "node": "pve1"}], "lacks 'storage'", id="a storage without a name"),
    ],
)
def test_wrong_types_are_named_and_nothing_is_guessed(data, says):
    with pytest.raises(HypervisorError, match=says):
        observed(Observe(cluster=CLUSTER), ScriptedCluster({"GET /cluster/resources": ok(data)}))


def test_what_a_token_without_rights_sees_is_enough():
    data = [
        {"type": "node", "node": "pve1", "status": "online", "id": "node/pve1"},
        {"type": "qemu", "vmid": "101", "node": "pve1", "status": "suspended", "template": "1", "maxmem": "268435456"},
        {"type": "lxc", "vmid": 102, "node": "pve1", "status": "running", "tags": "a, b;c"},
        {"type": "storage", "node": "pve1", "storage": "local"},
        {"type": "a kind of the future"},
    ]

    view = observed(Observe(cluster=CLUSTER), ScriptedCluster({"GET /cluster/resources": ok(data)}))

    assert (view.nodes[NodeName("pve1")].cores, view.storages[0].available) == (0, False)
    guest, container = view.guests[Vmid(101)], view.guests[Vmid(102)]
    assert (guest.power, guest.template, guest.memory_mib, guest.tags) == (Power.UNKNOWN, True, 256, frozenset())
    assert (container.container, container.tags) == (True, {"a", "b", "c"})


@pytest.mark.parametrize(
    ("listed", "name"),
    [
        pytest.param({}, None, id="before the first status pass it has no name"),
        pytest.param({"name": "VM 101"}, None, id="a stand-in for a name is no name"),
        pytest.param({"name": "vd-101"}, "vd-101", id="a name is a name"),
    ],
)
def test_the_name_of_a_guest(listed, name):
    data = [{"type": "qemu", "vmid": 101, "node": "pve1", **listed}]

    assert parsing.Listings(CLUSTER).resources(data).guests[Vmid(101)].name == name


def test_seventeen_hundred_guests_are_read_in_milliseconds():
    one = next(entry for entry in RECORDED["two nodes up"] if entry.get("vmid") == 9000)
    data = [{**one, "vmid": vmid, "template": 0, "name": f"vd-{vmid}"} for vmid in range(1700)]

    def seconds() -> float:
        started = time.process_time()
        parsing.Listings(CLUSTER).resources(data)
        return time.process_time() - started

    assert min(seconds() for _ in range(20)) < 0.010 * 2  # twice, for machines half as fast as the reference


def test_a_clone_is_linked_and_carries_name_and_note():
    cluster = ScriptedCluster({"POST /nodes/pve1/qemu/9000/clone": ok(UPID)})

    assert run(operations.clone(a_clone(), "the note"), cluster.send) == UPID
    assert cluster.asked[0].params == {"newid": 5001, "name": "vd-5001", "description": "the note", "full": 0}
    assert cluster.asked[0].endpoint == "/nodes/{node}/qemu/{vmid}/clone"


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        pytest.param(
            refused(500, "unable to find configuration file for VM 9000 on node 'pve1'"),
            PlaceElsewhere,
            id="a template that is gone: another node may have one",
        ),
        pytest.param(refused(596, "Connection timed out"), OutcomeUnknown, id="a proxy time-out is unknown"),
        pytest.param(NotSent("pve1: Connection refused"), NotSent, id="a transport's own error comes out as it is"),
        pytest.param(ok(None), OutcomeUnknown, id="accepted without a task is unknown"),
        pytest.param(
            refused(500, "clone failed: cfs-lock 'storage-nfs' error: got lock request timeout"),
            LockBusy,
            id="a busy lock is no refusal",
        ),
    ],
)
def test_a_clone_that_does_not_come_off(answer, error):
    with pytest.raises(error):
        run(operations.clone(a_clone(), "the note"), ScriptedCluster({"POST /nodes/pve1/qemu/9000/clone": answer}).send)


@pytest.mark.parametrize(
    ("profile", "address", "net0", "ipconfig0"),
    [
        pytest.param(
            a_profile(), "", "virtio=02:9F:00:00:13:89,bridge=vmbr0", "ip=dhcp", id="without an address of its own: DHCP"
        ),
        pytest.param(
            a_profile(vlan=40, network="10.40.0.0/21", gateway="10.40.0.1"),
            "10.40.1.7",
            "virtio=02:9F:00:00:13:89,bridge=vmbr0,tag=40",
            "ip=10.40.1.7/21,gw=10.40.0.1",
            id="with an address, a gateway and a VLAN",
        ),
        pytest.param(
            a_profile(network="10.40.0.0/21"),
            "10.40.1.7",
            "virtio=02:9F:00:00:13:89,bridge=vmbr0",
            "ip=10.40.1.7/21",
            id="with an address and no gateway",
        ),
    ],
)
def test_a_desktop_is_configured_in_one_call(profile, address, net0, ipconfig0):
    cluster = ScriptedCluster({"PUT /nodes/pve1/qemu/5001/config": ok()})

    run(operations.configure(a_configure(profile=profile, address=address), installation="test"), cluster.send)

    assert [request.params for request in cluster.asked] == [
        {
            "name": "vd-5001",
            "sockets": 1,
            "cores": 2,
            "memory": 4096,
            "net0": net0,
            "ipconfig0": ipconfig0,
            "agent": "enabled=1",
            "onboot": 0,
            "tags": "bascule-test;img-2026-01;profile-office",
        }
    ]


@pytest.mark.parametrize(
    ("operation", "asked", "params"),
    [
        pytest.param(operations.start(a_start()), "POST /nodes/pve1/qemu/5001/status/start", {}, id="start"),
        pytest.param(
            operations.stop(a_stop()), "POST /nodes/pve1/qemu/5001/status/shutdown", {}, id="stop is an orderly shutdown"
        ),
    ],
)
def test_orders_answer_with_their_task(operation, asked, params):
    cluster = ScriptedCluster({asked: ok(UPID)})

    assert run(operation, cluster.send) == UPID
    assert cluster.asked[0].params == params


NOTE = note_for(a_reservation(), NOTE_KEY)


def test_delete_reads_the_note_first_and_leaves_no_job_behind_and_foreign_disks_alone():
    cluster = ScriptedCluster(
        {"GET /nodes/pve1/qemu/5001/config": ok({"description": NOTE}), "DELETE /nodes/pve1/qemu/5001": ok(UPID)}
    )

    assert run(operations.delete(a_delete(), NOTE_KEY), cluster.send) == UPID
    assert cluster.asked[1].params == {"purge": 1, "destroy-unreferenced-disks": 0}


def test_tags_are_replaced_by_digest_and_only_a_departures_own():
    old = "bascule-test;keep;left-20250101t0000z;left-handed;recycled-20250201t0000z"
    config = {"description": NOTE, "tags": old, "digest": "abc"}
    cluster = ScriptedCluster({"GET /nodes/pve1/qemu/5001/config": ok(config), "PUT /nodes/pve1/qemu/5001/config": ok()})

    run(operations.tag(a_tag(5001, "left-20261124t0900z"), NOTE_KEY), cluster.send)

    assert cluster.asked[1].params == {"tags": "bascule-test;keep;left-20261124t0900z;left-handed", "digest": "abc"}


@pytest.mark.parametrize(
    "note",
    [
        pytest.param(note_for(a_reservation(5002), NOTE_KEY), id="a note copied from another VM"),
        pytest.param(note_for(a_reservation(agent="agent-2"), NOTE_KEY), id="an older store takes it for somebody else's"),
        pytest.param(NOTE.replace("agent-1", "agent-2"), id="an edited note"),
        pytest.param("", id="no note"),
    ],
)
@pytest.mark.parametrize(
    "operation",
    [lambda: operations.delete(a_delete(), NOTE_KEY), lambda: operations.tag(a_tag(), NOTE_KEY)],
    ids=["delete", "tag"],
)
def test_what_is_not_proven_to_be_this_desktop_is_never_written_to(operation, note):
    cluster = ScriptedCluster({"GET /nodes/pve1/qemu/5001/config": ok({"description": note})})

    with pytest.raises(NotOurs, match="was not sent"):
        run(operation(), cluster.send)
    assert [request.method for request in cluster.asked] == ["GET"]


@pytest.mark.parametrize(
    ("description", "proves"),
    [
        pytest.param(note_for(a_reservation(), NOTE_KEY), True, id="its own note"),
        pytest.param(f"Ours.\n{note_for(a_reservation(), NOTE_KEY)}\n\nDo not touch.", True, id="with words around it"),
        pytest.param(note_for(a_reservation(5002), NOTE_KEY), False, id="a note copied from another VM"),
        pytest.param(note_for(a_reservation(), NOTE_KEY).replace("agent-1", "agent-2"), False, id="an edited note"),
        pytest.param(
            note_for(a_reservation(), NoteKey(installation="test", secret=b"another")), False, id="signed with another key"
        ),
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

    found = run(operations.verify(a_verify(), NOTE_KEY, at=NOW), cluster.send)

    assert (found is not None) is proves
    if found is not None:
        assert (found.key, found.agent_id, found.proven) == (a_verify().key, "agent-1", True)


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

    report = run(operations.read_guest(a_check(), at=NOW), cluster.send)

    assert cluster.asked[0].params == {"file": "/run/bascule/status.json"}
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
        pytest.param(ok(None), "no whole file", id="an empty answer"),
        pytest.param(ok({"bytes-read": 0}), "no whole file", id="no content"),
        pytest.param(ok({"content": STATUS, "truncated": 1}), "no whole file", id="cut off"),
        pytest.param(ok({"content": STATUS[:-9]}), "no JSON", id="half written"),
        pytest.param(ok({"content": "{}"}), "version", id="another document"),
    ],
)
def test_no_report_is_unknown_never_empty(answer, says):
    with pytest.raises(GuestUnknown, match=says):
        run(operations.read_guest(a_check(), at=NOW), ScriptedCluster({FILE_READ: answer}).send)


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
    storages = {one.storage.storage: one for one in run(operations.storages_of(NODE), cluster.send)}
    assert (storages["qcow"].kind, storages["qcow"].content) == ("dir", {"images", "rootdir"})
    assert [name for name, one in storages.items() if not one.storage.available] == ["elsewhere"]
    assert run(operations.guest_config(NODE, Vmid(9000)), cluster.send)["template"] == 1
    log = run(operations.task_log(NODE, UPID), cluster.send)
    assert (log[0], log[-1]) == ("creating a clone of VM 9000 with ID 101", "TASK OK")


@pytest.mark.parametrize(
    ("answer", "found"),
    [
        pytest.param(
            ok([a_task_entry(1) | {"node": "pve2"}, a_task_entry(2) | {"node": "pve1", "endtime": 1784563322, "status": "OK"}]),
            [("pve2", "qmstart")],
            id="what has ended is told too, and left out",
        ),
        pytest.param(ok([]), [], id="nothing runs"),
        pytest.param(refused(403, "Permission check failed"), None, id="it may not be read: nobody knows"),
    ],
)
def test_what_runs_on_the_cluster(answer, found):
    cluster = ScriptedCluster({**resources("two nodes up"), "GET /cluster/tasks": answer})

    view = observed(Observe(cluster=CLUSTER, running=True), cluster)

    assert (None if view.running is None else [(one.node.node, one.kind) for one in view.running]) == found


def test_what_runs_is_not_asked_for_nothing():
    cluster = ScriptedCluster(resources("two nodes up"))

    assert observed(Observe(cluster=CLUSTER), cluster).running is None
    assert [one.path for one in cluster.asked] == ["/cluster/resources"]
