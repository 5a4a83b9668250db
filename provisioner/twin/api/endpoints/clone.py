"""Cloning, step by step as in Proxmox VE: a synchronous part, then a task that takes the storage's lock for each image.

The task is the source's node's, also of a clone for another node: it moves there at its end.
"""

from collections.abc import Callable

from provisioner.twin.api.endpoints.clone_checks import CloneRequest, check, request_of
from provisioner.twin.api.endpoints.user_cfg import change_members
from provisioner.twin.api.routes import route
from provisioner.twin.engine.events import Process
from provisioner.twin.model import storages
from provisioner.twin.model.cluster import Cluster, mac, uuid
from provisioner.twin.model.guests import HALF_MADE, TwinGuest
from provisioner.twin.model.images import make_image
from provisioner.twin.model.locks import LOCK_WAIT_S, quiet
from provisioner.twin.model.running_tasks import start_task, text_of
from provisioner.twin.model.storages import Domain, Volume
from provisioner.twin.model.tasks import TaskFault, TwinTask
from provisioner.twin.protocol import ApiFault, Call, PendingAnswer, refuse

BEFORE, BETWEEN, AFTER = 0.25, 0.05, 0.70
"""How a clone's time outside the storage lock is split around its image operations (fitted to the observed curve)."""
_SOURCE_WAIT_S = 1.0
"""How long the synchronous part waits for the source's lock."""
_NOT_COPIED = frozenset({"template", "name", "lock", "smbios1", "vmgenid"})


@route("POST", "/nodes/{node}/qemu/{vmid}/clone", protected=True)
def clone(cluster: Cluster, call: Call) -> object:
    """Run the synchronous checks, and fork the task."""
    return PendingAnswer(_begin(cluster, call))


def _begin(cluster: Cluster, call: Call) -> Process[object]:
    request = request_of(cluster, call)
    acquired = yield from request.source.flock.acquire(quiet, timeout=_SOURCE_WAIT_S, shared=True)
    if not acquired:
        raise refuse(request.source.flock.timeout_text)
    try:
        check(cluster, request)
    except ApiFault:
        request.source.flock.release(shared=True)
        raise
    return start_task(
        cluster, cluster.nodes[request.node], "qmclone",
        about=request.source.vmid, user=call.user, makes=request.vmid, work=_work_for(cluster, request),
    ).upid  # fmt: skip


def _work_for(cluster: Cluster, request: CloneRequest) -> Callable[[TwinTask], Process[None]]:
    """Create the new VM's configuration file, which exists before the task starts, and return the task's work."""
    guest: TwinGuest | None = None
    if request.vmid not in cluster.guests:
        guest = cluster.add_guest(request.vmid, request.node)
        guest.config = {"lock": "clone", "description": HALF_MADE}
        if tags := request.source.config.get("tags"):
            guest.config["tags"] = tags
        guest.changed()
    return lambda task: _work(cluster, request, task=task, guest=guest)


def _work(cluster: Cluster, request: CloneRequest, *, task: TwinTask, guest: TwinGuest | None) -> Process[None]:
    try:
        task.say(f"creating a clone of VM {request.source.vmid} with ID {request.vmid}")
        if guest is None:
            path = f"/etc/pve/nodes/{request.node}/qemu-server/{request.vmid}.conf"
            raise TaskFault(f"close (rename) atomic file '{path}' failed: File exists")
        yield from _fill(cluster, request, task=task, guest=guest)
    finally:
        if cluster.nodes[request.node].alive:
            request.source.flock.release(shared=True)


def _fill(cluster: Cluster, request: CloneRequest, *, task: TwinTask, guest: TwinGuest) -> Process[None]:
    flock = guest.flock
    yield from flock.acquire(task.say, timeout=LOCK_WAIT_S)
    outside = cluster.draw_duration(cluster.spec.durations.clone_outside_lock_s, request.vmid, "clone")
    written = list[str]()
    try:
        yield cluster.sleep(outside * BEFORE)
        yield from _images(cluster, request, task=task, guest=guest, between=outside * BETWEEN, written=written)
        yield cluster.sleep(outside * AFTER)
        cluster.check_writable(request.vmid, request.node)
        _finish(cluster, request, guest=guest)
        yield from _join_pool(cluster, request, task=task)
        _count(cluster, request, guest=guest)
    except (TaskFault, ApiFault) as fault:
        _take_back(cluster, request, guest=guest, written=bool(written))
        raise TaskFault(f"clone failed: {text_of(fault)}") from fault
    finally:
        if cluster.nodes[request.node].alive:
            flock.release()


def _take_back(cluster: Cluster, request: CloneRequest, *, guest: TwinGuest, written: bool) -> None:
    """Remove a clone that failed. Proxmox VE looks for its configuration on the source's node: that of a clone which has moved
    stays, without images. Without quorum no configuration is removed, and no image whose lock is the cluster's: the VM stays as
    it was `written` last, outside its pool (from the source of qemu-server 9.2.6)."""
    if guest.node == request.node and cluster.quorate:
        cluster.drop_guest(guest)
        return
    if guest.lock and written:
        named = {"name": request.name, "description": request.description}
        guest.config |= {key: text for key, text in named.items() if text is not None}
    for key, volume in list(guest.volumes.items()):
        if cluster.quorate or not cluster.domain(volume.storage, guest.node).spec.shared:
            cluster.remove_image(guest, key)
            guest.config[key] = volume.setting
    guest.changed()


def _images(
    cluster: Cluster, request: CloneRequest, *, task: TwinTask, guest: TwinGuest, between: float, written: list[str]
) -> Process[None]:
    """Make each, and write it down: from the first on the configuration has the clone's name and note."""
    number = 0
    for position, (key, volume) in enumerate(sorted(request.source.volumes.items())):
        if position:
            yield cluster.sleep(between)
        copy = _copy_of(cluster, request, key=key, volume=volume, number=number)
        number += not volume.cdrom
        linked = copy.base is not None
        task.say(f"create {'linked' if linked else 'full'} clone of drive {key} ({volume.volid})")
        if not position:
            yield from _meet_rival(cluster, request, volume=volume)
        yield from make_image(cluster, guest, key=key, volume=copy, say=task.say)
        _say_made(task, volume, copy=copy)
        if not linked and not volume.cdrom:
            yield from cluster.copies.copy(volume.size_gib, _domains(cluster, request, volume, copy))
        cluster.check_writable(request.vmid, request.node)
        written.append(key)


def _domains(cluster: Cluster, request: CloneRequest, *volumes: Volume) -> set[Domain]:
    return {cluster.domain(volume.storage, request.node) for volume in volumes}


def _copy_of(cluster: Cluster, request: CloneRequest, *, key: str, volume: Volume, number: int) -> Volume:
    spec = cluster.domain(request.storage or volume.storage, request.node).spec
    if volume.cloud_init:
        return storages.cloud_init(spec, request.vmid)
    if request.copies(key):
        return storages.disk(spec, request.vmid, number, size_gib=volume.size_gib)
    return storages.linked(spec, request.vmid, number, base=volume)


def _say_made(task: TwinTask, volume: Volume, *, copy: Volume) -> None:
    if copy.base is None:
        task.say(f"allocated target volume '{copy.volid}'")
        return
    base, own = copy.base.partition(":")[2], copy.volid.rpartition("/")[2].rpartition(":")[2]
    task.say(f"clone {base}: images, {own}, {task.makes} to {own} (base={volume.volid.partition(':')[2]})")


def _join_pool(cluster: Cluster, request: CloneRequest, *, task: TwinTask) -> Process[None]:
    if (pool := request.pool) is not None:
        yield from change_members(cluster, lambda: cluster.put_in_pool(request.vmid, pool), say=task.say)


def _finish(cluster: Cluster, request: CloneRequest, *, guest: TwinGuest) -> None:
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
    guest.desktop, guest.joins_ha = request.source.template, request.source.joins_ha
    guest.dead_agent = cluster.draws.share(request.vmid, "dead agent") < cluster.dead_agents
    if request.target != request.node:
        guest.move(request.target)
    guest.changed()


def _count(cluster: Cluster, request: CloneRequest, *, guest: TwinGuest) -> None:
    """Count the clone once for each lock domain, even with several images there."""
    cluster.clones += 1
    for domain in _domains(cluster, request, *guest.volumes.values()):
        domain.note_clone()


def _with_new_mac(net: str, address: str) -> str:
    first, comma, rest = net.partition(",")
    return f"{first.partition('=')[0]}={address}{comma}{rest}"


def _meet_rival(cluster: Cluster, request: CloneRequest, *, volume: Volume) -> Process[None]:
    """Random failure: another client holds the storage's lock for the whole 10 s."""
    if not cluster.chance.lock_is_taken(request.vmid):
        return
    lock = cluster.domain(request.storage or volume.storage, request.node).lock
    yield cluster.sleep(LOCK_WAIT_S)
    lock.timeouts += 1
    raise TaskFault(lock.timeout_text)
