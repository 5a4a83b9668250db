"""Each thing asked of Proxmox VE, as a generator of requests: no I/O here, so the adapter and the twin speak one protocol.

An operation raises HypervisorError, named for what the caller does next (`pve.faults`).
"""

from collections.abc import Mapping, Set

from provisioner.errors import (
    GoneOrMoved,
    GuestUnknown,
    HypervisorError,
    InUse,
    NotOurs,
    OtherKey,
    OutcomeUnknown,
    PlaceElsewhere,
)
from provisioner.model.actions import CheckGuest, Clone, Configure, Delete, Note, Start, Stop, Tag, Verify
from provisioner.model.cluster import ClusterView, Node, Task
from provisioner.model.commands import Observe
from provisioner.model.departures import is_departure_tag
from provisioner.model.desktops import GuestReport, Reservation
from provisioner.model.ids import ClusterId, Instant, NodeKey, NodeName, Upid, Vmid
from provisioner.model.ownership import NoteKey, names_us, read_note, rewritten
from provisioner.model.status_document import MAX_STATUS_BYTES, cause_of, parse_status
from provisioner.model.words import GuestWord
from provisioner.pve import parsing
from provisioner.pve.desktop_config import Parameters, desktop_config, with_tags
from provisioner.pve.faults import error_for, guest_word_of
from provisioner.pve.parsing import Listings
from provisioner.pve.wire import ApiRequest, ApiResponse, Operation

TASKS_A_PAGE = 1000
"""Proxmox VE's own default of 50 is not enough for a bulk run; a page this long costs it no API worker."""
_BAD_PARAMETER = 400
LOG_LINES = 500
"""Of a task log; a clone's or a start's has about ten."""


def observe(order: Observe, listings: Listings, *, at: Instant) -> Operation[ClusterView]:
    """Nodes, storages and guests in one call; then, where asked for, the task lists of nodes, what runs, and the quorum.

    `at` is when the first request is sent: all that is seen is at least that new. A node whose task list cannot be read is
    left out of `tasks_of`; without being asked for, quorum is taken as given.
    """
    seen = listings.resources((yield from _ask(_get("/cluster/resources"), f"observe {order.cluster}")))
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
        news=seen.news,
        tasks_of=frozenset(found),
        tasks=tuple(task for tasks in found.values() for task in tasks),
    )


def clone(action: Clone, note: str) -> Operation[Upid]:
    """Order a linked clone on the template's node. Not idempotent, and the task's UPID names the template."""
    template = action.template
    pool: dict[str, str | int] = {} if action.pool is None else {"pool": action.pool}
    request = ApiRequest(
        method="POST",
        path=f"/nodes/{template.node}/qemu/{template.vmid}/clone",
        endpoint="/nodes/{node}/qemu/{vmid}/clone",
        params={"newid": action.key.vmid, "name": action.desktop, "description": note, "full": 0, **pool},
    )
    doing = f"clone {action.desktop} from template {template.vmid} on {template.node}"
    try:
        return (yield from _order(request, doing))
    except GoneOrMoved as gone:  # what is gone is the template: another node's is still to be had
        raise PlaceElsewhere(str(gone)) from gone


def configure(action: Configure, key: NoteKey) -> Operation[None]:
    """Sizes, network, cloud-init and tags in one synchronous write; the configured tag shows that it went through.

    What its template says beside is read first and kept; refused where somebody changes the VM meanwhile, by its digest, and
    where its note does not prove it ours: since it was cloned somebody may have made their own under its number.
    """
    config = yield from _own_config(action, key, f"configure {action.desktop}")
    yield from _write(action, desktop_config(action, key.installation, config), config)


def start(action: Start, key: NoteKey) -> Operation[Upid]:
    """Power on; answered even if the VM is missing, locked or running: the task tells. Its note is read first where asked."""
    if action.prove:
        yield from _own_config(action, key, f"start {action.desktop}")
    request = _of_guest("POST", action.node, action.key.vmid, "/status/start", {})
    return (yield from _order(request, f"start {action.desktop}"))


def stop(action: Stop) -> Operation[Upid]:
    """Shut down in order, at most Proxmox VE's own 60 s, during which the VM's lock is held; never pull the plug."""
    request = _of_guest("POST", action.node, action.key.vmid, "/status/shutdown", {})
    return (yield from _order(request, f"stop {action.desktop}"))


def require_unused(report: GuestReport, action: Stop, *, now: Instant) -> None:
    """Raise InUse when somebody is logged on after all, GuestUnknown when the report does not prove now that nobody is.

    Of what is only unknown an operator may have taken the answer on themselves.
    """
    if (doubt := report.doubt(now)) and not (report.sessions or action.though_unknown):
        raise GuestUnknown(f"stop {action.desktop}: {doubt}: it was not sent", cause=GuestWord.OUTDATED)
    if report.sessions:
        raise InUse(f"stop {action.desktop}: {len(report.sessions)} session(s) began since it was ordered: it was not sent")


def tag(action: Tag, key: NoteKey) -> Operation[None]:
    """Replace a departure's tags, put ours back, keep all others; refused, by its digest, where it is changed meanwhile."""
    doing = f"tag {action.desktop}"
    config = yield from _own_config(action, key, doing)
    yield from _write(action, with_tags(config, action.tags | action.marks, without=is_departure_tag), config)


def write_note(action: Note, key: NoteKey) -> Operation[None]:
    """Replace the note where it proves the VM to be this very desktop; refused, by its digest, where it changes meanwhile."""
    config = yield from _own_config(action, key, f"note {action.desktop}")
    text = rewritten(str(config.get("description", "")), action.reservation, key)
    yield from _write(action, {"description": text}, config)


def delete(action: Delete, key: NoteKey) -> Operation[Upid]:
    """Destroy it, and drop the VMID from backup, replication and HA: the next VM under it is another one.

    Disks that its configuration does not name stay: one that bears its number may be somebody else's.
    """
    doing = f"delete {action.desktop}"
    yield from _own_config(action, key, doing)
    params = {"purge": 1, "destroy-unreferenced-disks": 0}
    return (yield from _order(_of_guest("DELETE", action.node, action.key.vmid, "", params), doing))


def read_description(action: Verify) -> Operation[str]:
    """The VM's description, where the note is; empty when there is none."""
    config = yield from guest_config(action.node, action.key.vmid)
    return str(config.get("description", ""))


def verify(action: Verify, key: NoteKey, *, at: Instant) -> Operation[Reservation | None]:
    """The reservation that the VM's note proves for exactly this cluster and VMID; None for a copied or edited note.

    Raises OtherKey where it names this VM as ours under another signature: then no note can be believed, and none doubted.
    """
    text = yield from read_description(action)
    reservation = read_note(text, key, node=action.node.node, seen_at=at)
    if reservation is None and names_us(text, key, of=action.key):
        raise OtherKey(
            f"verify {action.desktop}: the note on VM {action.key.vmid} names this installation and this VM, and is signed "
            "with another key: put back the note_key it was made with"
        )
    return reservation if reservation is not None and reservation.key == action.key else None


def read_guest(action: CheckGuest, *, at: Instant) -> Operation[GuestReport]:
    """The status document through the guest agent. Raises GuestUnknown for whatever is no report."""
    doing = f"check {action.desktop}"
    try:
        data = yield from _read_file(action, doing)
    except (HypervisorError, GuestUnknown) as error:
        raise GuestUnknown(str(error), cause=guest_word_of(str(error).removeprefix(f"{doing}: "))) from error
    content = data.get("content") if isinstance(data, dict) else None
    if not isinstance(content, str):
        raise GuestUnknown(f"{doing}: the guest agent's answer holds no file", cause=GuestWord.UNREADABLE)
    if len(content) > MAX_STATUS_BYTES or (isinstance(data, dict) and data.get("truncated")):
        why = f"{action.profile.status_file}: the document is larger than {MAX_STATUS_BYTES} bytes"
        raise GuestUnknown(f"{doing}: {why}", cause=GuestWord.UNREADABLE)
    try:
        return parse_status(content, read_at=at, source="guest_agent", max_sessions=action.profile.max_sessions)
    except ValueError as wrong:
        raise GuestUnknown(f"{doing}: {action.profile.status_file}: {wrong}", cause=cause_of(wrong)) from wrong


def _read_file(action: CheckGuest, doing: str) -> Operation[object]:
    """One byte more than a document may have: whatever is in the file, that shows that it is too much.

    A Proxmox VE of before 2026 does not know `count`, refuses it at once, and is asked for all there is.
    """
    whole: dict[str, str | int] = {"file": action.profile.status_file}
    wanted = {**whole, "count": MAX_STATUS_BYTES + 1}
    response = yield _of_guest("GET", action.node, action.key.vmid, "/agent/file-read", wanted)
    if response.status == _BAD_PARAMETER and "count" in response.errors:
        return (yield from _ask(_of_guest("GET", action.node, action.key.vmid, "/agent/file-read", whole), doing))
    return _data(response, doing)


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
        page = parsing.tasks((yield from _ask(request, f"list the tasks of {node}")), node)
        found.update((task.upid, task) for task in page)
        if len(page) < TASKS_A_PAGE:
            return tuple(found.values())
        start += TASKS_A_PAGE


def running(cluster: ClusterId) -> Operation[tuple[Task, ...] | None]:
    """What runs on the cluster just now; None where it cannot be read. The same call tells of a few that have ended."""
    request = _get("/cluster/tasks")
    try:
        found = parsing.tasks_of_cluster((yield from _ask(request, f"list the running tasks of {cluster}")), cluster)
    except HypervisorError:
        return None
    return tuple(task for task in found if task.ended_at is None)


def _existence(vmids: Set[Vmid]) -> Operation[dict[Vmid, bool]]:
    """Whether VMs have these numbers, also where the token sees none; those of which no answer came are left out."""
    found: dict[Vmid, bool] = {}
    for vmid in sorted(vmids):
        path = "/cluster/nextid"
        response = yield ApiRequest(method="GET", path=path, endpoint=path, params={"vmid": vmid})
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
    lines = parsing.entries((yield from _ask(request, doing)), doing)
    return tuple(str(line.get("t", "")) for line in lines)


def quorate() -> Operation[bool]:
    """Whether the cluster has its quorum. Needs Sys.Audit on `/`."""
    return parsing.quorate((yield from _ask(_get("/cluster/status"), "ask for the quorum")))


def version() -> Operation[str]:
    """Proxmox VE's version, for instance 9.2.11."""
    data = _object((yield from _ask(_get("/version"), "ask for the version")), "/version")
    return str(data.get("version", ""))


def permissions() -> Operation[Mapping[str, frozenset[str]]]:
    """The caller's own privileges by path."""
    data = _object((yield from _ask(_get("/access/permissions"), "ask for the permissions")), "/access/permissions")
    return {path: frozenset(_object(granted, path)) for path, granted in data.items()}


def permissions_on(path: str) -> Operation[frozenset[str]]:
    """The caller's own privileges on one path, whatever they come from: Proxmox VE works it out."""
    request = ApiRequest(method="GET", path="/access/permissions", endpoint="/access/permissions", params={"path": path})
    data = _object((yield from _ask(request, f"ask for the permissions on {path}")), "/access/permissions")
    return frozenset(_object(data.get(path, {}), path))


def nodes(cluster: ClusterId) -> Operation[tuple[Node, ...]]:
    """The cluster's nodes."""
    return parsing.nodes((yield from _ask(_get("/nodes"), "list the nodes")), cluster=cluster)


def storages_of(node: NodeKey) -> Operation[tuple[parsing.StorageDetails, ...]]:
    """A node's storages, with their plugins."""
    request = ApiRequest(method="GET", path=f"/nodes/{node.node}/storage", endpoint="/nodes/{node}/storage")
    return parsing.storages_of((yield from _ask(request, f"list the storages of {node}")), node)


def guest_config(node: NodeKey, vmid: Vmid) -> Operation[Mapping[str, object]]:
    """A VM's configuration as Proxmox VE keeps it."""
    doing = f"read the configuration of VM {vmid} on {node}"
    return _object((yield from _ask(_of_guest("GET", node, vmid, "/config", {}), doing)), doing)


def _own_config(action: Configure | Start | Tag | Note | Delete, key: NoteKey, doing: str) -> Operation[Mapping[str, object]]:
    """Raises NotOurs unless the VM's note proves it to be this very desktop."""
    config = yield from guest_config(action.node, action.key.vmid)
    note = read_note(str(config.get("description", "")), key, node=action.node.node, seen_at=action.deadline)
    ours = note is not None and (note.key, note.name) == (action.key, action.desktop)
    if note is None or not (ours and action.reservation.may_be_noted_as(note.agent_id)):
        raise NotOurs(f"{doing}: the note on VM {action.key.vmid} does not prove it to be {action.desktop}: it was not sent")
    return config


def _write(action: Configure | Tag | Note, params: Parameters, read: Mapping[str, object]) -> Operation[None]:
    """Change what was read a moment ago, unless somebody has changed it since."""
    if "digest" in read:
        params = {**params, "digest": str(read["digest"])}
    yield from _ask(_of_guest("PUT", action.node, action.key.vmid, "/config", params), f"{action.word} {action.desktop}")


def _order(request: ApiRequest, doing: str) -> Operation[Upid]:
    data = yield from _ask(request, doing)
    if isinstance(data, str) and data.startswith("UPID:"):
        return Upid(data)
    raise OutcomeUnknown(f"{doing}: accepted, but the answer names no task")


def _ask(request: ApiRequest, doing: str) -> Operation[object]:
    return _data((yield request), doing)


def _data(response: ApiResponse, doing: str) -> object:
    if not response.ok:
        raise error_for(response, doing)
    return response.data


def _get(path: str) -> ApiRequest:
    return ApiRequest(method="GET", path=path, endpoint=path)


def _of_guest(method: str, node: NodeKey, vmid: Vmid, tail: str, params: Mapping[str, str | int]) -> ApiRequest:
    return ApiRequest(
        method=method,
        path=f"/nodes/{node.node}/qemu/{vmid}{tail}",
        endpoint=f"/nodes/{{node}}/qemu/{{vmid}}{tail}",
        params=params,
    )


def _object(data: object, where: str) -> Mapping[str, object]:
    if not isinstance(data, dict):
        raise HypervisorError(f"{where}: the answer is no object")
    return data
