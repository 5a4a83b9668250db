"""`/version` and `/cluster`: members, tasks, options, and the bulk start of guests."""

import itertools
from dataclasses import replace

from provisioner.model.ids import NodeName
from provisioner.twin.access.access import ROOT
from provisioner.twin.access.checks import demand_any, forbidden
from provisioner.twin.access.gate import gate_of
from provisioner.twin.api.endpoints.power import start
from provisioner.twin.api.routes import route
from provisioner.twin.engine.events import Process
from provisioner.twin.model.cluster import Cluster
from provisioner.twin.model.guests import TwinGuest
from provisioner.twin.model.running_tasks import start_task
from provisioner.twin.model.tasks import TwinTask
from provisioner.twin.protocol import Call

Fields = dict[str, object]

REPOID = "14a22df35955d97d"
_FINISHED_A_NODE = 25
"""Finished tasks of each node in the cluster's list: too few to follow a bulk run."""
_LOOK_S = 1.0
_INDEX = (
    "acme", "backup", "backup-info", "bulk-action", "ceph", "config", "firewall", "ha", "jobs", "log", "mapping",
    "metrics", "notifications", "nextid", "options", "qemu", "replication", "resources", "status", "tasks", "sdn",
)  # fmt: skip


@route("GET", "/version")
def version(cluster: Cluster, _call: Call) -> object:
    """The version of Proxmox VE."""
    release = cluster.spec.release
    return {"version": release, "release": ".".join(release.split(".")[:2]), "repoid": REPOID}


@route("GET", "/cluster")
def index(_cluster: Cluster, _call: Call) -> object:
    """The paths below."""
    return [{"name": name} for name in _INDEX]


@route("GET", "/cluster/status")
def status(cluster: Cluster, call: Call) -> object:
    """The members, and whether they have quorum."""
    entries: list[Fields] = []
    if len(cluster.nodes) > 1:
        entries.append(
            {
                "type": "cluster",
                "id": "cluster",
                "name": cluster.spec.name,
                "version": len(cluster.nodes),
                "nodes": len(cluster.nodes),
                "quorate": int(cluster.quorate),
            }
        )
    for number, node in enumerate(cluster.nodes.values(), start=1):
        entries.append(
            {
                "type": "node",
                "id": f"node/{node.name}",
                "name": node.name,
                "nodeid": number,
                "ip": address_of(number),
                "level": "",
                "local": int(node.name == call.entry),
                "online": int(node.online),
            }
        )
    return entries


@route("GET", "/cluster/tasks")
def tasks(cluster: Cluster, _call: Call) -> object:
    """Running tasks and the last finished tasks of every node, newest first."""
    chosen: list[TwinTask] = []
    for listed in cluster.tasks.values():
        finished = (task for task in listed.newest_first() if task.ended_at is not None)
        chosen += [*listed.running(), *itertools.islice(finished, _FINISHED_A_NODE)]
    chosen.sort(key=lambda task: (-task.started_at, task.upid))
    return [_entry(task) for task in chosen]


@route("GET", "/cluster/options")
def options(cluster: Cluster, _call: Call) -> object:
    """The datacenter options."""
    tags = sorted({tag for guest in cluster.guests.values() for tag in guest.config.get("tags", "").split(";") if tag.strip()})
    return {"keyboard": "en-us", "mac_prefix": "BC:24:11", "description": "", "allowed-tags": tags} | cluster.datacenter.options


@route("GET", "/cluster/config")
def config_index(_cluster: Cluster, _call: Call) -> object:
    """The paths below."""
    return [{"name": name} for name in ("nodes", "totem", "join", "qdevice", "apiversion")]


@route("GET", "/cluster/config/nodes")
def config_nodes(cluster: Cluster, _call: Call) -> object:
    """The members in corosync's configuration."""
    if len(cluster.nodes) == 1:
        return []
    if cluster.spec.votes.guessed:
        raise forbidden("/, Sys.Audit")
    votes = cluster.spec.votes.nodes
    return [
        {
            "node": name,
            "name": name,
            "nodeid": str(number),
            "ring0_addr": address_of(number),
            "quorum_votes": str(votes.get(NodeName(name), 1)),
        }
        for number, name in enumerate(cluster.nodes, start=1)
    ]


@route("GET", "/cluster/config/qdevice")
def qdevice(cluster: Cluster, _call: Call) -> object:
    """Empty, unless this is a copy of a cluster that has one."""
    votes = cluster.spec.votes
    if not votes.device:
        return {}
    state = "Connect failed" if votes.device_away else "Connected"
    return {"State": state, "Algorithm": "LMS" if votes.device > 1 else "Fifty-Fifty split"}


@route("GET", "/cluster/backup-info/not-backed-up", protected=True)
def not_backed_up(cluster: Cluster, _call: Call) -> object:
    """Every guest, since the twin has no backup jobs."""
    return [{"vmid": guest.vmid, "type": "qemu", "name": guest.name} for guest in cluster.guests.values() if not guest.template]


@route("GET", "/cluster/backup-info")
def backup_info(_cluster: Cluster, _call: Call) -> object:
    """The paths below."""
    return [{"subdir": "not-backed-up"}]


@route("GET", "/cluster/backup")
def backup_jobs(cluster: Cluster, _call: Call) -> object:
    """The backup jobs."""
    return cluster.datacenter.backup_jobs


@route("GET", "/cluster/replication")
@route("GET", "/cluster/metrics/server")
@route("GET", "/cluster/log")
def nothing(_cluster: Cluster, _call: Call) -> object:
    """Lists that are always empty in the twin."""
    return []


@route("GET", "/cluster/bulk-action/guest")
def bulk_actions(_cluster: Cluster, _call: Call) -> object:
    """The paths below; the twin only has `start`."""
    return [{"name": "start"}]


@route("POST", "/cluster/bulk-action/guest/start", protected=True)
def bulk_start(cluster: Cluster, call: Call) -> object:
    """Start the guests in `vms`, a few at a time, as one task on the node that received the request."""
    guests = _named(cluster, call)
    width = int(call.params.get("max-workers", "1"))

    def work(task: TwinTask) -> Process[None]:
        return _start(cluster, call, task, guests, width)

    return start_task(cluster, cluster.nodes[call.entry], "bulkstart", about="", user=call.user, work=work).upid


def address_of(number: int) -> str:
    """The address of a cluster's node, from 1: where a served twin answers as this node."""
    return f"127.0.{number // 256}.{number % 256}"


def _named(cluster: Cluster, call: Call) -> list[TwinGuest]:
    vmids = [int(vmid) for vmid in call.params.get("vms", "").replace(",", "\0").replace(";", "\0").split("\0") if vmid]
    access = gate_of(cluster).access
    for vmid in vmids:
        if call.user != ROOT:
            demand_any(access, call.user, f"/vms/{vmid}", "VM.PowerMgmt")
    if not vmids and call.user != ROOT and not access.may(call.user, "/vms", "VM.PowerMgmt"):
        raise forbidden("/vms, VM.PowerMgmt")
    wanted = vmids or [vmid for vmid, guest in cluster.guests.items() if not guest.template]
    return [cluster.guests[vmid] for vmid in wanted if vmid in cluster.guests]


def _start(cluster: Cluster, call: Call, task: TwinTask, guests: list[TwinGuest], width: int) -> Process[None]:
    """Run one start task for each guest, `width` at a time; polls every second, as Proxmox VE does."""
    waiting, running = list(guests), set[TwinTask]()
    while waiting or running:
        running = {start_task for start_task in running if start_task.ended_at is None}
        while waiting and len(running) < width:
            guest = waiting.pop(0)
            if not guest.running:
                task.say(f"starting VM {guest.vmid}")
                running.add(_start_one(cluster, call, guest))
        yield cluster.sleep(_LOOK_S)


def _start_one(cluster: Cluster, call: Call, guest: TwinGuest) -> TwinTask:
    path = f"/nodes/{guest.node}/qemu/{guest.vmid}/status/start"
    upid = start(cluster, replace(call, path=path, args={"node": guest.node, "vmid": str(guest.vmid)}, params={}))
    task = cluster.tasks[guest.node].get(str(upid))
    assert task is not None
    return task


def _entry(task: TwinTask) -> Fields:
    shown = task.as_status()
    entry: Fields = {key: shown[key] for key in ("upid", "node", "type", "id", "user", "starttime")}
    if "tokenid" in shown:
        entry["tokenid"] = shown["tokenid"]
    if task.ended_at is not None:
        entry |= {"endtime": int(task.ended_at), "status": task.status, "saved": "1"}
    return entry
