"""Moving a guest to another node, running or off. From the source of qemu-server 9.2.6 (QemuMigrate.pm); *assumed*: durations.

Of an HA resource the task only notes the request (`ha_manager`). Not modelled: copies of local disks, memory that changes while
it is copied.
"""

from collections.abc import Iterator

from provisioner.twin.api.endpoints.booting import boot_here
from provisioner.twin.api.endpoints.ha_manager import USER, is_managed, note_move
from provisioner.twin.api.routes import route
from provisioner.twin.engine.events import Process
from provisioner.twin.model.cluster import Cluster
from provisioner.twin.model.guests import DISK_KEY, MEMORY_IN_USE, TwinGuest
from provisioner.twin.model.running_tasks import start_task
from provisioner.twin.model.tasks import TaskFault, TwinTask
from provisioner.twin.protocol import Call, invalid, refuse

_KIND = "qmigrate"
_ABORTED = "migration aborted"
_LOCAL_DEVICES = ("hostpci", "usb", "virtiofs", "ivshmem")


@route("GET", "/nodes/{node}/qemu/{vmid}/migrate", protected=True)
def preconditions(cluster: Cluster, call: Call) -> object:
    """What stands against it: local disks, local devices."""
    guest = cluster.guest(call.vmid, call.node)
    found: dict[str, object] = {
        "running": int(guest.running),
        "has-dbus-vmstate": 1,
        "local_disks": list(_local_disks(cluster, guest)),
        "local_resources": _local_devices(guest),
        "mapped-resources": [],
        "mapped-resource-info": {},
    }
    if not guest.running:
        found["allowed_nodes"] = [name for name in cluster.nodes if name != guest.node and not _missing(cluster, guest, name)]
    return found


@route("POST", "/nodes/{node}/qemu/{vmid}/migrate", protected=True)
def migrate(cluster: Cluster, call: Call) -> object:
    """Move it, in a task."""
    target = call.params["target"]
    if target == call.node:
        raise invalid(target="target is local node.")
    cluster.require_quorum()
    if target not in cluster.nodes:
        raise refuse(f"no such cluster node '{target}'")
    guest = cluster.guest(call.vmid, call.node)
    if guest.lock:
        raise refuse(f"VM is locked ({guest.lock})")
    if guest.running and not call.flag("online"):
        raise refuse("can't migrate running VM without --online")
    if missing := _missing(cluster, guest, target):
        raise refuse(f"storage '{missing}' is not available on node '{target}'")

    def carry_out(user: str = call.user) -> str:
        node = cluster.nodes[call.node]
        return start_task(cluster, node, _KIND, about=call.vmid, user=user, work=work).upid

    def work(task: TwinTask) -> Process[None]:
        return _migrate(cluster, guest, target=target, task=task)

    if is_managed(cluster, call.vmid, call.node):
        return note_move(cluster, call, carry_out=lambda: carry_out(USER))
    return carry_out()


def _migrate(cluster: Cluster, guest: TwinGuest, *, target: str, task: TwinTask) -> Process[None]:
    source = cluster.nodes[guest.node]
    if not (yield from guest.flock.acquire(task.say)):
        raise TaskFault(guest.flock.timeout_text)
    lock = guest.flock
    try:
        guest.config["lock"] = "migrate"
        guest.changed()
        yield from _move(cluster, guest, target=target, task=task)
    finally:
        if source.alive:
            guest.config.pop("lock", None)
            guest.changed()
            lock.release()


def _move(cluster: Cluster, guest: TwinGuest, *, target: str, task: TwinTask) -> Process[None]:
    _check(cluster, guest, target=target, task=task)
    began, source = cluster.events.now, cluster.nodes[guest.node]
    yield cluster.sleep(cluster.draw_duration(cluster.spec.durations.start_task_s, guest.vmid, "migrate"))
    if guest.running:
        beside = sum(other.kind == _KIND for other in cluster.tasks[source.name].running())
        copied_mib = guest.memory_mib * MEMORY_IN_USE
        yield cluster.sleep(copied_mib * beside / cluster.spec.durations.migrate_mib)
    _check(cluster, guest, target=target, task=task)
    cluster.check_writable(guest.vmid, guest.node)
    if guest.running:
        source.guests_mib -= guest.memory_mib
        cluster.nodes[target].guests_mib += guest.memory_mib
    guest.migrated(target, process_since=began if guest.running else guest.started_at)
    boot_here(cluster, guest, source.boots)
    cluster.log_event(f"guest {guest.vmid}: moved from {source.name} to {target}")


def _check(cluster: Cluster, guest: TwinGuest, *, target: str, task: TwinTask) -> None:
    """Raise TaskFault with the reason in the log: the status only says that it was aborted."""
    node = cluster.nodes[target]
    if not node.alive:
        _abort(task, f"Can't connect to destination address using public key ({target})")
    if local := next(_local_disks(cluster, guest), None):
        _abort(task, f"can't migrate local disk '{local['volid']}': can't live migrate attached local disks")
    if guest.running and (devices := _local_devices(guest)):
        _abort(task, f"can't migrate VM which uses local devices: {', '.join(devices)}")
    if guest.running and node.guests_mib + guest.memory_mib > node.memory_mib:
        _abort(task, "start failed on the target: cannot set up guest memory 'pc.ram': Cannot allocate memory")
    for key, value in sorted(guest.config.items()):
        bridge = next((part[7:] for part in value.split(",") if part.startswith("bridge=")), None)
        if guest.running and key.startswith("net") and bridge is not None and not cluster.has_bridge(target, bridge):
            _abort(task, f"start failed on the target: bridge '{bridge}' does not exist")


def _abort(task: TwinTask, why: str) -> None:
    """*Assumed*, from the source (AbstractMigrate.pm): a time, the mark, how long it took; no failing move was recorded."""
    task.say(f"2026-11-24 08:00:00 ERROR: migration aborted (duration 00:00:01): {why}")
    raise TaskFault(_ABORTED)


def _local_disks(cluster: Cluster, guest: TwinGuest) -> Iterator[dict[str, object]]:
    for key, volume in sorted(guest.volumes.items()):
        if not cluster.domain(volume.storage, guest.node).spec.shared:
            yield {"drivename": key, "volid": volume.volid, "cdrom": int(volume.cdrom), "size": int(volume.size_gib * 2**30)}
    for key, value in sorted(guest.config.items()):
        storage = value.partition(":")[0]
        if DISK_KEY.fullmatch(key) and ":iso/" in value and not _is_shared(cluster, storage):
            yield {"drivename": key, "volid": value.partition(",")[0], "cdrom": 1, "size": 0}


def _is_shared(cluster: Cluster, storage: str) -> bool:
    return any(spec.storage == storage and spec.shared for spec in cluster.spec.storages)


def _local_devices(guest: TwinGuest) -> list[str]:
    return [key for key in sorted(guest.config) if key.startswith(_LOCAL_DEVICES)]


def _missing(cluster: Cluster, guest: TwinGuest, target: str) -> str:
    """A storage of its disks that the target does not see; empty: it sees all."""
    storages = (volume.storage for volume in guest.volumes.values())
    return next((storage for storage in storages if (target, storage) not in cluster.domains), "")
