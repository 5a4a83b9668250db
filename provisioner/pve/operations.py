"""Each question that Proxmox VE is asked, as a generator of requests: no I/O here, so adapter and twin speak one protocol.

What changes something is an action (`provisioner.actions`). An operation raises HypervisorError, named for what the caller
does next (`pve.faults`).
"""

from collections.abc import Mapping, Set

from provisioner.errors import HypervisorError
from provisioner.model.cluster import ClusterView, Node, Task
from provisioner.model.commands import Observe
from provisioner.model.ids import ClusterId, Instant, NodeKey, NodeName, Upid, Vmid
from provisioner.pve import parsing
from provisioner.pve.parsing import Listings
from provisioner.pve.requests import ask, get, object_of
from provisioner.pve.wire import ApiRequest, ApiResponse, Operation

TASKS_A_PAGE = 1000
"""Proxmox VE's own default of 50 is not enough for a bulk run; a page this long costs it no API worker."""
LOG_LINES = 500
"""Of a task log; a clone's or a start's has about ten."""


def observe(order: Observe, listings: Listings, *, at: Instant) -> Operation[ClusterView]:
    """Nodes, storages and guests in one call; then, where asked for, the task lists of nodes, what runs, and the quorum.

    `at` is when the first request is sent: all that is seen is at least that new. A node whose task list cannot be read is
    left out of `tasks_of`; without being asked for, quorum is taken as given.
    """
    seen = listings.resources((yield from ask(get("/cluster/resources"), f"observe {order.cluster}")))
    found: dict[NodeName, tuple[Task, ...]] = {}
    for name in sorted(order.tasks_of):
        try:
            found[name] = yield from tasks_since(NodeKey(order.cluster, name), since=order.since)
        except HypervisorError:
            continue
    return ClusterView(
        cluster=order.cluster,
        taken_at=at,
        existence=(yield from _existence(order.exists - seen.guests.keys())),
        running=(yield from running(order.cluster)) if order.running else None,
        quorate=(yield from quorate()) if order.quorum else True,
        nodes=seen.nodes,
        storages=seen.storages,
        guests=seen.guests,
        uptimes_s=seen.uptimes_s,
        tasks_of=frozenset(found),
        tasks=tuple(task for tasks in found.values() for task in tasks),
    )


def tasks_since(node: NodeKey, *, since: Instant) -> Operation[tuple[Task, ...]]:
    """All tasks of a node started since, newest first, running ones included."""
    found: dict[Upid, Task] = {}
    start = 0
    while True:
        request = ApiRequest(
            method="GET",
            path=f"/nodes/{node.node}/tasks",
            endpoint="/nodes/{node}/tasks",
            params={"source": "all", "since": int(since), "limit": TASKS_A_PAGE, "start": start},
        )
        page = parsing.tasks((yield from ask(request, f"list the tasks of {node}")), node)
        found.update((task.upid, task) for task in page)
        if len(page) < TASKS_A_PAGE:
            return tuple(found.values())
        start += TASKS_A_PAGE


def running(cluster: ClusterId) -> Operation[tuple[Task, ...] | None]:
    """What runs on the cluster just now; None where it cannot be read. The same call tells of a few that have ended."""
    request = get("/cluster/tasks")
    try:
        found = parsing.tasks_of_cluster((yield from ask(request, f"list the running tasks of {cluster}")), cluster)
    except HypervisorError:
        return None
    return tuple(task for task in found if task.ended_at is None)


def _existence(vmids: Set[Vmid]) -> Operation[dict[Vmid, bool]]:
    """Whether VMs have these numbers, also where the token sees none; those of which no answer came are left out."""
    found: dict[Vmid, bool] = {}
    for vmid in sorted(vmids):
        path = "/cluster/nextid"
        response: ApiResponse = yield ApiRequest(method="GET", path=path, endpoint=path, params={"vmid": vmid})
        if response.ok or "already exists" in response.errors.get("vmid", ""):
            found[vmid] = not response.ok
    return found


def task_log(node: NodeKey, upid: Upid) -> Operation[tuple[str, ...]]:
    """A task's log; the useful reason of a failure is at its end, and a clone's first line names the new VMID."""
    request = ApiRequest(
        method="GET",
        path=f"/nodes/{node.node}/tasks/{upid}/log",
        endpoint="/nodes/{node}/tasks/{upid}/log",
        params={"limit": LOG_LINES},
    )
    doing = f"read the log of {upid}"
    lines = parsing.entries((yield from ask(request, doing)), doing)
    return tuple(str(line.get("t", "")) for line in lines)


def quorate() -> Operation[bool]:
    """Whether the cluster has its quorum. Needs Sys.Audit on `/`."""
    return parsing.quorate((yield from ask(get("/cluster/status"), "ask for the quorum")))


def version() -> Operation[str]:
    """Proxmox VE's version, for instance 9.2.11."""
    data = object_of((yield from ask(get("/version"), "ask for the version")), "/version")
    return str(data.get("version", ""))


def permissions() -> Operation[Mapping[str, frozenset[str]]]:
    """The caller's own privileges by path."""
    data = object_of((yield from ask(get("/access/permissions"), "ask for the permissions")), "/access/permissions")
    return {path: frozenset(object_of(granted, path)) for path, granted in data.items()}


def permissions_on(path: str) -> Operation[frozenset[str]]:
    """The caller's own privileges on one path, whatever they come from: Proxmox VE works it out."""
    request = ApiRequest(method="GET", path="/access/permissions", endpoint="/access/permissions", params={"path": path})
    data = object_of((yield from ask(request, f"ask for the permissions on {path}")), "/access/permissions")
    return frozenset(object_of(data.get(path, {}), path))


def nodes(cluster: ClusterId) -> Operation[tuple[Node, ...]]:
    """The cluster's nodes."""
    return parsing.nodes((yield from ask(get("/nodes"), "list the nodes")), cluster=cluster)


def storages_of(node: NodeKey) -> Operation[tuple[parsing.StorageDetails, ...]]:
    """A node's storages, with their plugins."""
    request = ApiRequest(method="GET", path=f"/nodes/{node.node}/storage", endpoint="/nodes/{node}/storage")
    return parsing.storages_of((yield from ask(request, f"list the storages of {node}")), node)
