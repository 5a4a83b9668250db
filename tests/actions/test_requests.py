"""The requests of each action, their parameters, and requests that are never sent."""

from dataclasses import replace

import pytest

from provisioner.actions.registry import operation_of
from provisioner.errors import (
    Forbidden,
    GoneOrMoved,
    InUse,
    LockBusy,
    NotOurs,
    NotSent,
    OutcomeUnknown,
    PlaceElsewhere,
    Refused,
)
from provisioner.model.ids import NodeName, PoolName, StorageId
from provisioner.model.machines.ownership import note_for
from provisioner.model.people.profiles import CloneKind
from provisioner.pve.desktop_settings import settings_tag
from provisioner.pve.wire import ApiResponse, run
from tests.builders.pve import (
    HANDS,
    NOTE_KEY,
    ScriptedCluster,
    a_clone,
    a_configure,
    a_delete,
    a_migrate,
    a_note,
    a_profile,
    a_reconfigure,
    a_reservation,
    a_start,
    a_tag,
    ok,
    refused,
)
from tests.pve.recorded import UPID

CONFIG = "GET /nodes/pve1/qemu/5001/config"
NOTE = note_for(a_reservation(), NOTE_KEY)


def test_a_clone_is_linked_and_carries_name_and_note():
    cluster = ScriptedCluster({"POST /nodes/pve1/qemu/9000/clone": ok(UPID)})

    assert run(operation_of(a_clone(), HANDS), cluster.send) == UPID
    assert cluster.asked[0].params == {"newid": 5001, "name": "vd-5001", "description": NOTE, "full": 0}
    assert cluster.asked[0].endpoint == "/nodes/{node}/qemu/{vmid}/clone"


def test_a_clone_into_a_pool_names_it():
    """A5: Proxmox VE asks for VM.Allocate on that pool only if the request names it."""
    cluster = ScriptedCluster({"POST /nodes/pve1/qemu/9000/clone": ok(UPID)})

    run(operation_of(replace(a_clone(), pool=PoolName("desks")), HANDS), cluster.send)

    assert cluster.asked[0].params["pool"] == "desks"


def test_a_clone_for_another_node_names_it_as_target():
    """E4: the template's node does the work, and the VM is moved there at the end."""
    cluster = ScriptedCluster({"POST /nodes/pve1/qemu/9000/clone": ok(UPID)})
    clone = a_clone()

    run(operation_of(replace(clone, reservation=replace(clone.reservation, node=NodeName("pve7"))), HANDS), cluster.send)

    assert cluster.asked[0].params["target"] == "pve7"
    assert "storage" not in cluster.asked[0].params


def test_a_full_clone_names_its_storage():
    cluster = ScriptedCluster({"POST /nodes/pve1/qemu/9000/clone": ok(UPID)})
    full = replace(a_profile(), clone=CloneKind.FULL, storage=StorageId("nvme"))

    run(operation_of(replace(a_clone(), profile=full, storage=full.storage), HANDS), cluster.send)

    assert (cluster.asked[0].params["full"], cluster.asked[0].params["storage"]) == (1, "nvme")
    assert "target" not in cluster.asked[0].params


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
        run(operation_of(a_clone(), HANDS), ScriptedCluster({"POST /nodes/pve1/qemu/9000/clone": answer}).send)


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
        pytest.param(
            a_profile(network="2001:db8:40::/64", gateway="fe80::1"),
            "2001:db8:40::1:7",
            "virtio=02:9F:00:00:13:89,bridge=vmbr0",
            "ip6=2001:db8:40::1:7/64,gw6=fe80::1",
            id="with an address of IPv6",
        ),
    ],
)
def test_a_desktop_is_configured_in_one_call(profile, address, net0, ipconfig0):
    note = note_for(a_reservation(address=address), NOTE_KEY)
    cluster = ScriptedCluster({CONFIG: ok({"description": note}), "PUT /nodes/pve1/qemu/5001/config": ok()})

    run(operation_of(a_configure(profile=profile, address=address), HANDS), cluster.send)

    assert [request.params for request in cluster.asked[1:]] == [
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
            "tags": f"bascule-test;{settings_tag(a_reservation(address=address), profile)};img-2026-01;profile-office",
        }
    ]


@pytest.mark.parametrize(
    ("changes", "sent"),
    [
        pytest.param({}, {}, id="nothing said: the template's stay"),
        pytest.param(
            {"nameservers": ("10.0.0.53", "fd00::53"), "searchdomains": ("dep.example", "example")},
            {"nameserver": "10.0.0.53 fd00::53", "searchdomain": "dep.example example"},
            id="both, in Proxmox VE's own lists",
        ),
    ],
)
def test_name_servers_are_handed_on(changes, sent):
    """E11"""
    cluster = ScriptedCluster({CONFIG: ok({"description": NOTE}), "PUT /nodes/pve1/qemu/5001/config": ok()})

    run(operation_of(a_configure(profile=replace(a_profile(), **changes)), HANDS), cluster.send)

    params = cluster.asked[1].params
    assert {name: params[name] for name in ("nameserver", "searchdomain") if name in params} == sent


@pytest.mark.parametrize(
    ("own", "changes", "written"),
    [
        pytest.param(
            {"net0": "e1000=BC:24:11:8C:64:04,bridge=vmbr1,firewall=1,link_down=1,rate=3,tag=7,trunks=1;2"},
            {},
            {"net0": "e1000=02:9F:00:00:13:89,bridge=vmbr0,firewall=1,link_down=1,rate=3,trunks=1;2"},
            id="a card's own options stay; its VLAN is none where the profile names none",
        ),
        pytest.param(
            {"net0": "model=vmxnet3,macaddr=BC:24:11:8C:64:04,bridge=vmbr1"},
            {},
            {"net0": "vmxnet3=02:9F:00:00:13:89,bridge=vmbr0"},
            id="a card written in full",
        ),
        pytest.param({"net0": "virtio,bridge=vmbr1"}, {}, {"net0": "virtio=02:9F:00:00:13:89,bridge=vmbr0"}, id="a bare model"),
        pytest.param(
            {"net0": "virtio=BC:24:11:8C:64:04,bridge=vmbr1,firewall=1,mtu=1400"},
            {"firewall": False, "mtu": 9000},
            {"net0": "virtio=02:9F:00:00:13:89,bridge=vmbr0,firewall=0,mtu=9000"},
            id="what the profile says of firewall and mtu counts",
        ),
        pytest.param(
            {"agent": "1,fstrim_cloned_disks=1"}, {}, {"agent": "enabled=1,fstrim_cloned_disks=1"}, id="the agent's options"
        ),
        pytest.param({"agent": "enabled=0,type=isa"}, {}, {"agent": "enabled=1,type=isa"}, id="an agent that was off"),
        pytest.param(
            {"ipconfig0": "gw=10.9.9.1,ip=10.9.9.9/24,ip6=auto"}, {}, {"ipconfig0": "ip=dhcp,ip6=auto"}, id="IPv6 beside ours"
        ),
    ],
)
def test_what_the_template_says_beside_stays(own, changes, written):
    """A4: of settings that hold several values only ours are changed."""
    cluster = ScriptedCluster(
        {CONFIG: ok({**own, "description": NOTE, "digest": "abc"}), "PUT /nodes/pve1/qemu/5001/config": ok()}
    )

    run(operation_of(a_configure(profile=replace(a_profile(), **changes)), HANDS), cluster.send)

    params = cluster.asked[1].params
    assert {name: params[name] for name in written} == written
    assert params["digest"] == "abc", "somebody who changes it meanwhile is not overruled"


def test_a_desktop_configured_before_only_gets_its_tags_back():
    """A8: a VM with the address of our network card may have served an agent, which a lost store does not know."""
    own = {"net0": "virtio=02:9f:00:00:13:89,bridge=vmbr7,tag=9", "memory": "8192", "tags": "theirs", "digest": "abc"}
    cluster = ScriptedCluster({CONFIG: ok({**own, "description": NOTE}), "PUT /nodes/pve1/qemu/5001/config": ok()})

    run(operation_of(a_configure(), HANDS), cluster.send)

    assert cluster.asked[1].params == {"tags": "bascule-test;profile-office;theirs", "digest": "abc"}


STATUS = "GET /nodes/pve1/qemu/5001/status/current"
OWN = {
    "name": "vd-5001", "sockets": 1, "cores": 2, "memory": "4096", "net0": "virtio=02:9F:00:00:13:89,bridge=vmbr0,queues=2",
    "ipconfig0": "ip=dhcp", "agent": "enabled=1", "onboot": 0, "description": NOTE, "digest": "abc",
}  # fmt: skip
TAGS = f"bascule-test;{settings_tag(a_reservation(), a_profile())};img-2025-10;profile-office;vip"


def tags_of(profile):
    return TAGS.replace(settings_tag(a_reservation(), a_profile()), settings_tag(a_reservation(), profile))


@pytest.mark.parametrize(
    ("own", "changes", "whole", "written"),
    [
        pytest.param({}, {"vcpus": 4, "memory_mib": 8192}, False, {"cores": 4, "memory": 8192}, id="its size"),
        pytest.param(
            {},
            {"bridge": "vmbr1", "vlan": 40, "firewall": True},
            False,
            {"net0": "virtio=02:9F:00:00:13:89,bridge=vmbr1,firewall=1,queues=2,tag=40"},
            id="its card: options of its own stay",
        ),
        pytest.param(
            {},
            {"nameservers": ("10.0.0.53",)},
            False,
            {"nameserver": "10.0.0.53", "ciupgrade": 0},
            id="name servers: cloud-init acts as at first boot, and upgrades nothing",
        ),
        pytest.param(
            {"memory": "16384", "name": "marketing"},
            {"bridge": "vmbr1"},
            False,
            {"net0": "virtio=02:9F:00:00:13:89,bridge=vmbr1,queues=2"},
            id="what was changed by hand stays, where the profile has not changed",
        ),
        pytest.param(
            {"memory": "16384", "name": "marketing", "onboot": 1},
            {},
            True,
            {"memory": 4096, "name": "vd-5001", "ciupgrade": 0, "onboot": 0},
            id="by order everything is as the profile says",
        ),
        pytest.param({"tags": "vip"}, {"vcpus": 4}, False, {"cores": 4}, id="what it was given is not known: everything"),
    ],
)
def test_a_desktop_follows_its_profile(own, changes, whole, written):
    """D2: tags of other people and of an older image stay."""
    profile = replace(a_profile(), **changes)
    config = {"tags": TAGS, **OWN, **own}
    cluster = ScriptedCluster({CONFIG: ok(config), STATUS: ok({"status": "stopped"}), "PUT /nodes/pve1/qemu/5001/config": ok()})

    run(operation_of(a_reconfigure(profile=profile, whole=whole), HANDS), cluster.send)

    tags = tags_of(profile) if "img" in config["tags"] else tags_of(profile).replace("img-2025-10;", "")
    assert cluster.asked[2].params == {**written, "tags": tags, "digest": "abc"}


@pytest.mark.parametrize("status", ["running", "paused", None])
def test_a_desktop_that_does_not_stand_still_is_not_configured_again(status):
    """A listing shows a VM as off up to 10 s after somebody has started it."""
    cluster = ScriptedCluster({CONFIG: ok({**OWN, "tags": TAGS}), STATUS: ok({"status": status} if status else {})})

    with pytest.raises(InUse, match="it was not sent"):
        run(operation_of(a_reconfigure(profile=a_profile(vlan=7)), HANDS), cluster.send)


def test_an_address_of_another_network_stays_as_it_is():
    note = note_for(a_reservation(address="10.40.1.7"), NOTE_KEY)
    own = {**OWN, "ipconfig0": "ip=10.40.1.7/21,gw=10.40.0.1", "description": note}
    cluster = ScriptedCluster({CONFIG: ok(own), STATUS: ok({"status": "stopped"}), "PUT /nodes/pve1/qemu/5001/config": ok()})

    order = a_reconfigure(profile=a_profile(network="10.50.0.0/21"), address="10.40.1.7", whole=True)
    run(operation_of(order, HANDS), cluster.send)

    assert set(cluster.asked[2].params) == {"tags", "digest"}


def test_our_tags_are_put_back_beside_all_others():
    """A8: one order, and it writes tags alone."""
    cluster = ScriptedCluster({CONFIG: ok({"description": NOTE, "tags": "theirs"}), "PUT /nodes/pve1/qemu/5001/config": ok()})
    order = replace(a_tag(5001), marks=frozenset({"bascule-test", "profile-office"}))

    run(operation_of(order, HANDS), cluster.send)

    assert cluster.asked[1].params == {"tags": "bascule-test;profile-office;theirs"}


MIGRATE = "/nodes/pve1/qemu/5001/migrate"


@pytest.mark.parametrize(("running", "online"), [(1, 1), (0, 0)], ids=["live", "off"])
def test_a_move_asks_what_stands_against_it_and_says_whether_it_runs(running, online):
    found = {"running": running, "local_disks": [], "local_resources": []}
    cluster = ScriptedCluster({CONFIG: ok({"description": NOTE}), f"GET {MIGRATE}": ok(found), f"POST {MIGRATE}": ok(UPID)})

    assert run(operation_of(a_migrate(), HANDS), cluster.send) == UPID
    assert cluster.asked[2].params == {"target": "pve2", "online": online}


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        pytest.param(
            ok({"running": 1, "local_disks": [{"drivename": "ide2", "volid": "local:5001/c.qcow2"}], "local_resources": []}),
            "ide2 can be used on",
            id="a local cloud-init drive",
        ),
        pytest.param(ok({"running": 1, "local_disks": [], "local_resources": ["hostpci0"]}), "hostpci0 can", id="a device"),
        pytest.param(refused(403, "Permission check failed (/vms/5001, VM.Migrate)"), "token needs", id="no right"),
    ],
)
def test_a_move_that_cannot_be_is_not_sent(answer, said):
    cluster = ScriptedCluster({CONFIG: ok({"description": NOTE}), f"GET {MIGRATE}": answer})

    with pytest.raises(Refused, match=said):
        run(operation_of(a_migrate(), HANDS), cluster.send)


def test_a_vm_that_is_not_there_is_not_written_to():
    gone = refused(500, "Configuration file 'nodes/pve1/qemu-server/5001.conf' does not exist")
    cluster = ScriptedCluster({CONFIG: gone})

    with pytest.raises(GoneOrMoved):
        run(operation_of(a_configure(), HANDS), cluster.send)


def test_a_start_answers_with_its_task():
    cluster = ScriptedCluster({"POST /nodes/pve1/qemu/5001/status/start": ok(UPID)})

    assert run(operation_of(a_start(), HANDS), cluster.send) == UPID
    assert cluster.asked[0].params == {}


def test_delete_reads_the_note_first_and_leaves_no_job_behind_and_foreign_disks_alone():
    cluster = ScriptedCluster(
        {"GET /nodes/pve1/qemu/5001/config": ok({"description": NOTE}), "DELETE /nodes/pve1/qemu/5001": ok(UPID)}
    )

    assert run(operation_of(a_delete(), HANDS), cluster.send) == UPID
    assert cluster.asked[1].params == {"purge": 1, "destroy-unreferenced-disks": 0}


def test_tags_are_replaced_by_digest_and_only_a_departures_own():
    old = "bascule-test;keep;left-20250101t0000z;left-handed;recycled-20250201t0000z"
    config = {"description": NOTE, "tags": old, "digest": "abc"}
    cluster = ScriptedCluster({"GET /nodes/pve1/qemu/5001/config": ok(config), "PUT /nodes/pve1/qemu/5001/config": ok()})

    run(operation_of(a_tag(5001, "left-20261124t0900z"), HANDS), cluster.send)

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
    [
        lambda: operation_of(a_delete(), HANDS),
        lambda: operation_of(a_tag(), HANDS),
        lambda: operation_of(a_configure(), HANDS),
        lambda: operation_of(a_reconfigure(), HANDS),
        lambda: operation_of(replace(a_start(), prove=True), HANDS),
        lambda: operation_of(a_note(agent="agent-3"), HANDS),
        lambda: operation_of(a_migrate(), HANDS),
    ],
    ids=["delete", "tag", "configure", "reconfigure", "start", "note", "migrate"],
)
def test_a_vm_without_proof_is_never_written_to(operation, note):
    cluster = ScriptedCluster({"GET /nodes/pve1/qemu/5001/config": ok({"description": note})})

    with pytest.raises(NotOurs, match="was not sent"):
        run(operation(), cluster.send)
    assert [request.method for request in cluster.asked] == ["GET"]


@pytest.mark.parametrize("agent", ["agent-0", "agent-1", "agent-2"], ids=["older", "old", "written already"])
def test_a_note_is_rewritten_and_every_other_line_stays(agent):
    """C2: with either of its agent's ids, and with any text that people added."""
    before = f"Of the roads.\n{note_for(a_reservation(agent=agent), NOTE_KEY)}\n\n* a list|with|bars"
    config = ok({"description": before, "digest": "abc", "tags": "theirs"})
    cluster = ScriptedCluster({CONFIG: config, "PUT /nodes/pve1/qemu/5001/config": ok()})

    run(operation_of(a_note(agent="agent-2", before=("agent-0", "agent-1")), HANDS), cluster.send)

    after = str(cluster.asked[1].params["description"])
    assert cluster.asked[1].params == {"description": after, "digest": "abc"}
    assert after == before.replace(
        note_for(a_reservation(agent=agent), NOTE_KEY), note_for(a_reservation(agent="agent-2"), NOTE_KEY)
    )


@pytest.mark.parametrize(
    "operation",
    [lambda: a_delete(), lambda: a_tag(), lambda: a_configure(), lambda: replace(a_start(), prove=True)],
    ids=["delete", "tag", "configure", "start"],
)
def test_until_its_note_is_written_a_desktop_is_proven_by_its_agents_earlier_id(operation):
    """C2: no other work waits for it."""
    action = operation()
    rekeyed = replace(action, reservation=a_note().reservation)
    answers = {f"{method} /nodes/pve1/qemu/5001{tail}": ok(UPID) for method, tail in (("PUT", "/config"), ("DELETE", ""))}
    start = {"POST /nodes/pve1/qemu/5001/status/start": ok(UPID)}
    cluster = ScriptedCluster({CONFIG: ok({"description": NOTE}), **answers, **start})

    run(operation_of(rekeyed, HANDS), cluster.send)

    assert len(cluster.asked) == 2


@pytest.mark.parametrize("action", [a_delete(), a_start(), a_configure(), a_tag(), a_note()], ids=lambda action: action.word)
@pytest.mark.parametrize(
    ("answer", "error"),
    [
        pytest.param(ok("5001"), GoneOrMoved, id="free: gone"),
        pytest.param(
            ApiResponse(status=400, reason="Parameter verification failed.", errors={"vmid": "VM 5001 already exists"}),
            Forbidden, id="taken: a right is missing",
        ),
        pytest.param(refused(500, "no idea"), Forbidden, id="no answer: as Proxmox VE has said"),
    ],
)  # fmt: skip
def test_what_is_forbidden_of_a_vm_that_is_gone_is_not_called_a_missing_right(action, answer, error):
    """K7: rights on a pool end with the VM in it, and Proxmox VE says 403 of one that is not there."""
    forbidden, vm = refused(403, "Permission check failed (/vms/5001, VM.Audit)"), "/nodes/pve1/qemu/5001"
    paths = (f"GET {vm}/config", f"GET {vm}/status/current", f"PUT {vm}/config", f"DELETE {vm}", f"POST {vm}/status/start")
    cluster = ScriptedCluster({**dict.fromkeys(paths, forbidden), "GET /cluster/nextid": answer})

    with pytest.raises(error):
        run(operation_of(action, HANDS), cluster.send)
    assert [request.params for request in cluster.asked if request.path == "/cluster/nextid"] == [{"vmid": 5001}]


def test_what_is_forbidden_of_a_template_is_not_asked_about():
    """K7: the number of a clone is free, as it has to be."""
    cluster = ScriptedCluster({"POST /nodes/pve1/qemu/9000/clone": refused(403, "Permission check failed")})

    with pytest.raises(Forbidden):
        run(operation_of(a_clone(), HANDS), cluster.send)
