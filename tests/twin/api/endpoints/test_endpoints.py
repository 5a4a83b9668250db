"""The endpoints beside guests and tasks, in virtual time, and their answers to callers with few rights."""

from dataclasses import replace

import pytest

from provisioner.model.machines.twin_spec import CutQuorum, GuestSpec, TokenSpec
from tests.builders.twin_http import ROOT_TOKEN, SECRET, VirtualClient, a_lab_spec, a_twin_spec

ROBOT = "robot@pve!tk"
OURS = tuple(GuestSpec(vmid=200 + n, node="pve1", name=f"vd-{200 + n}", storage="qcow", running=False) for n in range(4))


def a_client(*, acl=(), guests=(), **changes):
    """A twin with a robot token that holds these (path, role) rights, and a role of its own."""
    robot = TokenSpec(user="robot@pve", name="tk", secret=SECRET, privsep=True, acl=tuple(acl))
    roles = {"Starter": frozenset({"VM.Audit", "VM.PowerMgmt"})}
    return VirtualClient(a_twin_spec(tokens=(ROOT_TOKEN, robot), guests=guests, roles=roles, **changes))


def test_many_guests_start_by_one_call_a_few_at_a_time():
    client = a_client(guests=OURS)
    began = client.twin.events.now

    answer = client.ask("POST", "/cluster/bulk-action/guest/start", params={"vms": "200,201,202,203", "max-workers": "2"})

    assert str(answer.data).split(":")[5] == "bulkstart"
    assert all(client.twin.cluster.guests[200 + n].running for n in range(4))
    assert client.twin.events.now - began >= 2 * 0.5
    (row,) = [task for task in client.ask("GET", "/cluster/tasks").data if task["type"] == "bulkstart"]
    assert (row["status"], row["user"], row["tokenid"]) == ("OK", "root@pam", "full")


def test_a_bulk_start_asks_for_the_right_on_every_guest():
    client = a_client(acl=[("/vms/200", "Starter")], guests=OURS)

    answer = client.ask("POST", "/cluster/bulk-action/guest/start", who=ROBOT, params={"vms": "200,201"})

    assert (answer.status, answer.reason) == (403, "Permission check failed (/vms/201, VM.PowerMgmt)")


def test_the_clusters_task_list_keeps_25_finished_tasks_a_node():
    client = a_client()
    for vmid in range(300, 330):
        client.ask("POST", "/nodes/pve1/qemu/9000/clone", params={"newid": str(vmid), "name": f"vd-{vmid}"})

    assert len(client.ask("GET", "/cluster/tasks").data) == 25
    assert len(client.ask("GET", "/nodes/pve1/tasks", params={"limit": "100"}).data) == 30


@pytest.mark.parametrize(
    ("method", "path", "params", "reason"),
    [
        pytest.param("POST", "/pools", {"poolid": "pq"}, "create pool failed", id="pool"),
        pytest.param("PUT", "/pools", {"poolid": "stage-1", "comment": "q"}, "update pools failed", id="pool's comment"),
        pytest.param(
            "PUT",
            "/access/acl",
            {"path": "/vms", "roles": "PVEAuditor", "users": "robot@pve"},
            "ACL update failed",
            id="rights",
        ),
        pytest.param("POST", "/access/users/root@pam/token/qq", {}, "generating token failed", id="token"),
    ],
)
def test_without_quorum_users_and_pools_stay_as_they_are(method, path, params, reason):
    client = a_client(faults=(CutQuorum(at_s=0.0, for_s=3600.0),))
    client.twin.events.advance(client.twin.events.now + 60)
    began = client.twin.events.now

    answer = client.ask(method, path, params=params)

    assert (answer.status, answer.reason) == (500, f"{reason}: cfs-lock 'file-user_cfg' error: no quorum!")
    assert client.twin.events.now - began >= 9.9
    assert client.ask("GET", "/cluster/status").data[0]["quorate"] == 0


@pytest.mark.parametrize(
    ("acl", "kinds", "fullness_of_nodes"),
    [
        pytest.param([], {"node"}, False, id="nothing: the nodes' names"),
        pytest.param([("/vms/200", "Starter")], {"node", "qemu"}, False, id="one guest: that guest"),
        pytest.param([("/nodes", "PVEAuditor")], {"node"}, True, id="the nodes: how full they are"),
        pytest.param([("/storage", "PVEAuditor")], {"node", "storage"}, False, id="the storages"),
        pytest.param([("/pool", "PVEPoolUser")], {"node", "pool"}, False, id="the pools"),
        pytest.param([("/", "PVEAuditor")], {"node", "qemu", "storage", "pool"}, True, id="all"),
    ],
)
def test_resources_show_what_one_may_see(acl, kinds, fullness_of_nodes):
    client = a_client(acl=acl, guests=OURS)

    entries = client.ask("GET", "/cluster/resources", who=ROBOT).data

    assert {entry["type"] for entry in entries} == kinds
    assert all(("maxmem" in entry) is fullness_of_nodes for entry in entries if entry["type"] == "node")


def test_a_guests_pool_is_shown_with_the_right_to_see_the_pool():
    client = a_client(acl=[("/vms", "Starter")], guests=OURS)
    client.ask("PUT", "/pools", params={"poolid": "stage-1", "vms": "200"})

    (mine,) = [entry for entry in client.ask("GET", "/cluster/resources", who=ROBOT).data if entry.get("vmid") == 200]
    (roots,) = [entry for entry in client.ask("GET", "/cluster/resources").data if entry.get("vmid") == 200]
    assert ("pool" in mine, roots["pool"]) == (False, "stage-1")


def test_a_token_sees_only_its_own_tasks_without_sys_audit():
    client = a_client(acl=[("/vms", "Starter")], guests=OURS)
    client.ask("POST", "/nodes/pve1/qemu/200/status/start")
    others = client.last_task
    client.ask("POST", "/nodes/pve1/qemu/201/status/start", who=ROBOT)

    listed = client.ask("GET", "/nodes/pve1/tasks", who=ROBOT).data
    assert [task["upid"] for task in listed] == [client.last_task]
    refused = client.ask("GET", f"/nodes/pve1/tasks/{others}/status", who=ROBOT)
    assert (refused.status, refused.reason) == (403, "Permission check failed (/nodes/pve1, Sys.Audit)")
    assert client.ask("GET", "/cluster/tasks", who=ROBOT).data == []


def test_a_create_into_a_pool_asks_for_the_rights_of_a_clone_into_it():
    rights = [("/pool/stage-1", "PVEVMAdmin"), ("/storage/qcow", "PVEDatastoreUser")]
    client = a_client(acl=rights)
    disk = {"vmid": "500", "scsi0": "qcow:8", "net0": "virtio,bridge=vmbr0"}

    def create(**more):
        answer = client.ask("POST", "/nodes/pve1/qemu", who=ROBOT, params=disk | more)
        return answer.status, answer.reason

    assert create() == (403, "Permission check failed")
    assert create(pool="none") == (403, "Permission check failed (pool 'none' does not exist)")
    assert create(pool="stage-1") == (403, "Permission check failed (/sdn/zones/localnetwork/vmbr0, SDN.Use)")
    client.ask("PUT", "/access/acl", params={"path": "/sdn", "roles": "PVESDNUser", "users": "robot@pve", "tokens": ROBOT})
    assert create(pool="stage-1") == (200, "OK")
    assert create(pool="stage-1", args="-S", vmid="501") == (500, "only root can set 'args' config")


def test_an_expired_ticket_or_token_opens_nothing():
    client = a_client()
    gate = client.gate
    gate.access.users["robot@pve"].password = "robot-password"
    ticket = gate.ticket_for("robot@pve")

    assert gate.caller(f"PVEAuthCookie={ticket}") == "robot@pve"
    client.twin.events.advance(client.twin.events.now + 7300)
    assert gate.holder_of(ticket) is None
    client.ask("PUT", "/access/users/robot@pve/token/tk", params={"expire": "1"})
    refused = client.ask("GET", "/version", who=ROBOT)
    assert (refused.status, refused.reason) == (401, "Authentication failed!")


def test_groups_carry_rights():
    client = VirtualClient(a_lab_spec())
    for path, params in (
        ("/access/groups", {"groupid": "ops", "comment": "operators"}),
        ("/access/users", {"userid": "eve@pve", "password": "eve-password", "groups": "ops"}),
        ("/access/users/eve@pve/token/t1", {"privsep": "0"}),
    ):
        assert client.ask("POST", path, params=params).status == 200
    client.ask("PUT", "/access/acl", params={"path": "/vms", "roles": "PVEAuditor", "groups": "ops"})

    assert client.ask("GET", "/nodes/pve1/qemu/9000/config", who="eve@pve!t1").status == 200
    assert client.ask("GET", "/access/groups").data == [{"groupid": "ops", "comment": "operators", "users": "eve@pve"}]
    assert client.ask("DELETE", "/access/groups/ops").status == 200
    assert client.ask("GET", "/nodes/pve1/qemu/9000/config", who="eve@pve!t1").status == 403


def test_storages_show_where_they_are():
    client = VirtualClient(a_lab_spec())

    elsewhere = client.ask("GET", "/nodes/pve1/storage/elsewhere/status").data
    assert (elsewhere["enabled"], elsewhere["total"]) == (0, 0)
    (image,) = [image for image in client.ask("GET", "/nodes/pve1/storage/qcow/content").data if "base" in image["volid"]]
    assert (image["vmid"], image["format"]) == (9000, "qcow2")
    wanted = client.ask("GET", "/nodes/pve1/storage", params={"content": "images", "enabled": "1"}).data
    assert {storage["storage"] for storage in wanted} == {"qcow", "rawdir", "shareddir"}


def test_a_single_node_is_no_cluster():
    spec = a_twin_spec()
    client = VirtualClient(replace(spec, nodes=spec.nodes[:1], templates=spec.templates[:1]))

    assert [entry["type"] for entry in client.ask("GET", "/cluster/status").data] == ["node"]
    assert client.ask("GET", "/nodes/localhost/version").data["release"] == "9.2"


@pytest.mark.parametrize(
    ("acl", "params", "bridges"),
    [
        pytest.param([], {}, ["vmbr0"], id="everybody sees all, where no type is asked for"),
        pytest.param([], {"type": "any_bridge"}, [], id="none that one may not use"),
        pytest.param([("/sdn", "PVESDNUser")], {"type": "any_bridge"}, ["vmbr0"], id="those that one may use"),
    ],
)
def test_bridges_are_listed_by_right(acl, params, bridges):
    client = a_client(acl=acl)

    entries = client.ask("GET", "/nodes/pve1/network", params=params, who=ROBOT).data

    assert [entry["iface"] for entry in entries] == bridges


def test_everybody_sees_certificates_and_only_an_auditor_the_clock_and_the_backups():
    client = a_client()

    files = client.ask("GET", "/nodes/pve1/certificates/info", who=ROBOT).data

    assert [entry["filename"] for entry in files] == ["pve-root-ca.pem", "pve-ssl.pem"]
    assert client.ask("GET", "/nodes/pve1/time", who=ROBOT).reason == "Permission check failed (/nodes/pve1, Sys.Audit)"
    assert client.ask("GET", "/cluster/backup", who=ROBOT).reason == "Permission check failed (/, Sys.Audit)"
