"""Cloning, step by step as in Proxmox VE: a synchronous part, then a task that takes the storage's lock for each image."""

from collections.abc import Callable
from dataclasses import dataclass

from provisioner.pve.volumes import LINKABLE
from provisioner.twin.api.endpoints.user_cfg import change_members
from provisioner.twin.api.routes import route
from provisioner.twin.engine.processes import Process
from provisioner.twin.model import storages
from provisioner.twin.model.cluster import Cluster, mac, uuid
from provisioner.twin.model.guests import HALF_MADE, TwinGuest
from provisioner.twin.model.images import make_image
from provisioner.twin.model.locks import LOCK_WAIT_S, quiet
from provisioner.twin.model.running_tasks import start_task, text_of
from provisioner.twin.model.storages import Volume
from provisioner.twin.model.tasks import Task, TaskFault
from provisioner.twin.protocol import ApiFault, Call, PendingAnswer, invalid, refuse

BEFORE, BETWEEN, AFTER = 0.25, 0.05, 0.70
"""How a clone's time outside the storage lock is split around its image operations (fitted to the observed curve)."""
_SOURCE_WAIT_S = 1.0
"""How long the synchronous part waits for the source's lock."""
_COPY_GIB_S = 0.5
"""GiB a full clone copies each second, outside the lock (modelled)."""
_NOT_COPIED = frozenset({"template", "name", "lock", "smbios1", "vmgenid"})


@dataclass(frozen=True, slots=True, kw_only=True)
class _CloneRequest:
    source: TwinGuest
    vmid: int
    node: str
    target: str
    full: bool
    storage: str | None
    name: str
    description: str | None
    pool: str | None


@route("POST", "/nodes/{node}/qemu/{vmid}/clone", protected=True)
def clone(cluster: Cluster, call: Call) -> object:
    """Run the synchronous checks, and fork the task."""
    return PendingAnswer(_begin(cluster, call))


def _begin(cluster: Cluster, call: Call) -> Process[object]:
    request = _request(cluster, call)
    acquired = yield from request.source.flock.acquire(quiet, timeout=_SOURCE_WAIT_S, shared=True)
    if not acquired:
        raise refuse(request.source.flock.timeout_text)
    try:
        _check(cluster, request)
    except ApiFault:
        request.source.flock.release(shared=True)
        raise
    return start_task(
        cluster, cluster.nodes[request.node], "qmclone",
        about=request.source.vmid, user=call.user, makes=request.vmid, work=_work_for(cluster, request),
    ).upid  # fmt: skip


def _request(cluster: Cluster, call: Call) -> _CloneRequest:
    cluster.require_quorum()
    pool, target = call.params.get("pool"), call.params.get("target", call.node)
    if pool is not None and pool not in cluster.pools:
        raise ApiFault(403, f"Permission check failed (pool '{pool}' does not exist)")
    if target not in cluster.nodes:
        raise refuse(f"no such cluster node '{target}'")
    source = cluster.guests.get(call.vmid)
    if source is None or source.node != call.node:
        raise refuse(f"unable to find configuration file for VM {call.vmid} on node '{call.node}'")
    return _CloneRequest(
        source=source,
        vmid=int(call.params["newid"]),
        node=call.node,
        target=target,
        full=call.flag("full", default=not source.template),
        storage=call.params.get("storage"),
        name=call.params.get("name") or f"Copy-of-VM-{source.name}",
        description=call.params.get("description"),
        pool=pool,
    )


def _check(cluster: Cluster, request: _CloneRequest) -> None:
    if request.source.lock:
        raise refuse(f"VM is locked ({request.source.lock})")
    if request.storage is not None:
        _check_storage(cluster, request, request.storage)
    taken = cluster.guests.get(request.vmid)
    if taken is not None and taken.node == request.node:
        raise refuse(f"unable to create VM {request.vmid}: config file already exists")
    if request.target != request.node and not all(
        cluster.domain(volume.storage, request.node).spec.shared for volume in request.source.volumes.values()
    ):
        raise refuse(f"can't clone VM to node '{request.target}' (VM uses local storage)")
    if not request.full:
        _check_linkable(cluster, request)


def _check_storage(cluster: Cluster, request: _CloneRequest, storage: str) -> None:
    if not request.full:
        raise refuse("parameter 'storage' not allowed for linked clones")
    if "images" not in cluster.domain(storage, request.node).spec.content:
        raise invalid(storage=f"storage '{storage}' does not support vm images")


def _check_linkable(cluster: Cluster, request: _CloneRequest) -> None:
    for key, volume in sorted(request.source.volumes.items()):
        kind = cluster.domain(volume.storage, request.node).spec.kind
        if not volume.cdrom and not (request.source.template and kind in LINKABLE):
            raise refuse(f"Linked clone feature is not supported for '{volume.volid}' ({key})")


def _work_for(cluster: Cluster, request: _CloneRequest) -> Callable[[Task], Process[None]]:
    """Create the new VM's configuration file, which exists before the task starts, and return the task's work."""
    guest: TwinGuest | None = None
    if request.vmid not in cluster.guests:
        guest = cluster.add_guest(request.vmid, request.node)
        guest.config = {"lock": "clone", "description": HALF_MADE}
        if tags := request.source.config.get("tags"):
            guest.config["tags"] = tags
        guest.changed()
    return lambda task: _work(cluster, request, task=task, guest=guest)


def _work(cluster: Cluster, request: _CloneRequest, *, task: Task, guest: TwinGuest | None) -> Process[None]:
    try:
        task.say(f"creating a clone of VM {request.source.vmid} with ID {request.vmid}")
        if guest is None:
            path = f"/etc/pve/nodes/{request.node}/qemu-server/{request.vmid}.conf"
            raise TaskFault(f"close (rename) atomic file '{path}' failed: File exists")
        yield from _fill(cluster, request, task=task, guest=guest)
    finally:
        if cluster.nodes[request.node].alive:
            request.source.flock.release(shared=True)


def _fill(cluster: Cluster, request: _CloneRequest, *, task: Task, guest: TwinGuest) -> Process[None]:
    yield from guest.flock.acquire(task.say, timeout=LOCK_WAIT_S)
    outside = cluster.draw_duration(cluster.spec.durations.clone_outside_lock_s, request.vmid, "clone")
    try:
        yield cluster.sleep(outside * BEFORE)
        yield from _images(cluster, request, task=task, guest=guest, between=outside * BETWEEN)
        yield cluster.sleep(outside * AFTER)
        yield from _join_pool(cluster, request, task=task)
        _finish(cluster, request, guest=guest)
    except (TaskFault, ApiFault) as fault:
        cluster.drop_guest(guest)
        raise TaskFault(f"clone failed: {text_of(fault)}") from fault
    finally:
        if cluster.nodes[request.node].alive:
            guest.flock.release()


def _images(cluster: Cluster, request: _CloneRequest, *, task: Task, guest: TwinGuest, between: float) -> Process[None]:
    number = 0
    for position, (key, volume) in enumerate(sorted(request.source.volumes.items())):
        if position:
            yield cluster.sleep(between)
        copy = _copy_of(cluster, request, volume=volume, number=number)
        number += not volume.cdrom
        linked = copy.base is not None
        task.say(f"create {'linked' if linked else 'full'} clone of drive {key} ({volume.volid})")
        if not position:
            yield from _meet_rival(cluster, request, volume=volume)
        yield from make_image(cluster, guest, key=key, volume=copy, say=task.say)
        _say_made(task, volume, copy=copy)
        if not linked and not volume.cdrom:
            yield cluster.sleep(volume.size_gib / _COPY_GIB_S)


def _copy_of(cluster: Cluster, request: _CloneRequest, *, volume: Volume, number: int) -> Volume:
    spec = cluster.domain(request.storage or volume.storage, request.node).spec
    if volume.cloud_init:
        return storages.cloud_init(spec, request.vmid)
    if request.full:
        return storages.disk(spec, request.vmid, number, size_gib=volume.size_gib)
    return storages.linked(spec, request.vmid, number, base=volume)


def _say_made(task: Task, volume: Volume, *, copy: Volume) -> None:
    if copy.base is None:
        task.say(f"allocated target volume '{copy.volid}'")
        return
    base, own = copy.base.partition(":")[2], copy.volid.rpartition("/")[2].rpartition(":")[2]
    task.say(f"clone {base}: images, {own}, {task.makes} to {own} (base={volume.volid.partition(':')[2]})")


def _join_pool(cluster: Cluster, request: _CloneRequest, *, task: Task) -> Process[None]:
    if (pool := request.pool) is not None:
        yield from change_members(cluster, lambda: cluster.put_in_pool(request.vmid, pool), say=task.say)


def _finish(cluster: Cluster, request: _CloneRequest, *, guest: TwinGuest) -> None:
    copied = {key: value for key, value in request.source.config.items() if key not in _NOT_COPIED}
    for key in copied:
        if key.startswith("net"):
            copied[key] = _with_new_mac(copied[key], mac(cluster, request.vmid, key))
    guest.config = copied | {
        "name": request.name,
        "smbios1": f"uuid={uuid(cluster, request.vmid, 'smbios')}",
        "vmgenid": uuid(cluster, request.vmid, "vmgenid"),
    }
    if request.description is not None:
        guest.config["description"] = request.description
    guest.desktop = request.source.template
    guest.dead_agent = cluster.draws.share(request.vmid, "dead agent") < cluster.dead_agents
    if request.target != request.node:
        guest.node = request.target
        guest.forget_statuses()
    guest.changed()
    cluster.clones += 1
    # Count the clone once for each lock domain, even with several images there.
    for domain in {cluster.domain(image.storage, request.node) for image in guest.volumes.values()}:
        domain.note_clone()


def _with_new_mac(net: str, address: str) -> str:
    first, comma, rest = net.partition(",")
    return f"{first.partition('=')[0]}={address}{comma}{rest}"


def _meet_rival(cluster: Cluster, request: _CloneRequest, *, volume: Volume) -> Process[None]:
    """Random failure: another client holds the storage's lock for the whole 10 s."""
    if not cluster.chance.lock_is_taken(request.vmid):
        return
    lock = cluster.domain(request.storage or volume.storage, request.node).lock
    yield cluster.sleep(LOCK_WAIT_S)
    lock.timeouts += 1
    raise TaskFault(lock.timeout_text)
