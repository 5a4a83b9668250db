"""Which requests each order makes, what stands in them, and what is never sent."""

import pytest

from provisioner.errors import LockBusy, NotOurs, NotSent, OutcomeUnknown, PlaceElsewhere
from provisioner.model.ownership import note_for
from provisioner.pve import operations
from provisioner.pve.wire import run
from tests.builders.pve import (
    NOTE_KEY,
    ScriptedCluster,
    a_clone,
    a_configure,
    a_delete,
    a_profile,
    a_reservation,
    a_start,
    a_stop,
    a_tag,
    ok,
    refused,
)
from tests.pve.recorded import UPID


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
            "ciupgrade": 0,
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
