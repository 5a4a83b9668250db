"""The queries to Proxmox VE as generators of requests. No I/O, so adapter and twin use the same protocol.

Changes are actions (`provisioner.actions`). An operation raises subclasses of HypervisorError, named for what the caller does
next (`pve.faults`).

Who has how many votes in a cluster: three nodes may have four, and a QDevice more than one.
"""

from collections.abc import Callable, Mapping, Set
from dataclasses import replace

from provisioner.errors import HypervisorError
from provisioner.model.capacity import Votes
from provisioner.model.commands import Observe
from provisioner.model.ids import ClusterId, Instant, NodeKey, NodeName, Upid, Vmid
from provisioner.model.machines.cluster import ClusterView, Node, Task
from provisioner.pve import parsing
from provisioner.pve.parsing import Listings, entries
from provisioner.pve.requests import ask, existence_of, get, object_of
from provisioner.pve.wire import ApiRequest, Operation

TASKS_A_PAGE = 1000
"""Proxmox VE's default of 50 is too small for a bulk run; a page of this size costs no API worker."""
_ASKED_FOR_S = 5.0
"""How long one observation asks about numbers: hundreds of calls as a rule, one where each takes as long as this."""
LOG_LINES = 500
"""Lines read of a task log; a clone's or a start's log has about ten."""
_NODES, _DEVICE = "/cluster/config/nodes", "/cluster/config/qdevice"
_CONNECTED, _LAST_MAN_STANDING = "Connected", "LMS"


def observe(command: Observe, listings: Listings, *, now: Callable[[], Instant]) -> Operation[ClusterView]:
    """Nodes, storages and guests in one call; then, if requested, nodes' task lists, and the quorum.

    `taken_at` is when the first request is sent: everything in the view is at least that new. A node whose task list
    cannot be read is not in `tasks_of`. A quorum that is not requested, or not answered, is not known.
    With it a cluster is asked for its votes.
    """
    at = now()
    resources = listings.resources((yield from ask(get("/cluster/resources"), f"observe {command.cluster}")))
    tasks: dict[NodeName, tuple[Task, ...]] = {}
    for name in sorted(command.tasks_of):
        try:
            tasks[name] = yield from tasks_since(NodeKey(command.cluster, name), since=command.since)
        except HypervisorError:
            continue
    view = ClusterView(
        cluster=command.cluster,
        taken_at=at,
        existence=(yield from _existence(command.exists - resources.guests.keys(), now)),
        quorate=(yield from _quorum()) if command.quorum else None,
        quorum_asked_at=at if command.quorum else None,
        nodes=resources.nodes,
        storages=resources.storages,
        guests=resources.guests,
        uptimes_s=resources.uptimes_s,
        tasks_of=frozenset(tasks),
        tasks=tuple(task for of_node in tasks.values() for task in of_node),
    )
    return replace(view, votes=(yield from _votes())) if _has_votes(view) else view


def _existence(vmids: Set[Vmid], now: Callable[[], Instant]) -> Operation[dict[Vmid, bool]]:
    """For as many as are answered for soon: the listing is not to be late, nor lost, for the others."""
    existence: dict[Vmid, bool] = {}
    until = now() + _ASKED_FOR_S
    for vmid in sorted(vmids):
        if now() >= until:
            break
        try:
            existence |= yield from existence_of({vmid})
        except HypervisorError:
            break
    return existence


def tasks_since(node: NodeKey, *, since: Instant) -> Operation[tuple[Task, ...]]:
    """All tasks of a node that started since then, running tasks included, newest first."""
    tasks: dict[Upid, Task] = {}
    start = 0
    while True:
        request = ApiRequest(
            method="GET",
            path=f"/nodes/{node.node}/tasks",
            endpoint="/nodes/{node}/tasks",
            params={"source": "all", "since": int(since), "limit": TASKS_A_PAGE, "start": start},
        )
        page = parsing.tasks((yield from ask(request, f"list the tasks of {node}")), node)
        tasks.update((task.upid, task) for task in page)
        if len(page) < TASKS_A_PAGE:
            return tuple(tasks.values())
        start += TASKS_A_PAGE


def task_log(node: NodeKey, upid: Upid) -> Operation[tuple[str, ...]]:
    """A task's log. The reason of a failure is at its end; a clone's first line names the new VMID."""
    request = ApiRequest(
        method="GET",
        path=f"/nodes/{node.node}/tasks/{upid}/log",
        endpoint="/nodes/{node}/tasks/{upid}/log",
        params={"limit": LOG_LINES},
    )
    doing = f"read the log of {upid}"
    lines = parsing.entries((yield from ask(request, doing)), doing)
    return tuple(str(line.get("t", "")) for line in lines)


def _quorum() -> Operation[bool | None]:
    try:
        return (yield from quorate())
    except HypervisorError:
        return None


def quorate() -> Operation[bool]:
    """Whether the cluster has its quorum. Needs Sys.Audit on `/`."""
    return parsing.quorate((yield from ask(get("/cluster/status"), "ask for the quorum")))


def cluster_name() -> Operation[str]:
    """The cluster's own name; of a single node without a cluster, the node's."""
    return parsing.cluster_name((yield from ask(get("/cluster/status"), "ask for the cluster's name")))


def other_addresses() -> Operation[Mapping[NodeName, str]]:
    """The addresses of the cluster's other nodes that are online. Needs Sys.Audit on `/`."""
    return parsing.other_addresses((yield from ask(get("/cluster/status"), "ask for the members")))


def version() -> Operation[str]:
    """Proxmox VE's version, for instance 9.2.11."""
    data = object_of((yield from ask(get("/version"), "ask for the version")), "/version")
    return str(data.get("version", ""))


def permissions() -> Operation[Mapping[str, frozenset[str]]]:
    """The caller's own privileges by path."""
    data = object_of((yield from ask(get("/access/permissions"), "ask for the permissions")), "/access/permissions")
    return {path: frozenset(object_of(granted, path)) for path, granted in data.items()}


def permissions_on(path: str) -> Operation[frozenset[str]]:
    """The caller's own privileges on one path, as evaluated by Proxmox VE."""
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


def _has_votes(view: ClusterView) -> bool:
    """Whether it is a cluster, which has said its quorum. A node alone has no votes."""
    return view.quorate is not None and len(view.nodes) > 1


def _votes() -> Operation[Votes]:
    """As far as the cluster says them. Needs Sys.Audit on `/`."""
    try:
        nodes = yield from ask(get(_NODES), "ask for the votes")
        device = yield from ask(get(_DEVICE), "ask for the QDevice")
        return _votes_in(nodes, device)
    except HypervisorError:
        return Votes(guessed=True)


def _votes_in(nodes: object, device: object) -> Votes:
    """Parse `/cluster/config/nodes` and `/cluster/config/qdevice`, which is empty without one.

    `pvecm qdevice setup` gives a QDevice one vote, and in a cluster with an odd number of nodes one less than there are nodes.
    """
    of = {NodeName(str(entry.get("node"))): _number(entry.get("quorum_votes")) for entry in entries(nodes, _NODES)}
    if not (said := object_of(device, _DEVICE)):
        return Votes(nodes=of)
    many = _LAST_MAN_STANDING in str(said.get("Algorithm")) or ("Algorithm" not in said and len(of) % 2 == 1)
    return Votes(nodes=of, device=len(of) - 1 if many else 1, device_away=said.get("State") != _CONNECTED)


def _number(said: object) -> int:
    return int(str(said)) if str(said).isdecimal() else 1
