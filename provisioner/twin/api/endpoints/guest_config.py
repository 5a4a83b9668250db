"""Guest configurations: reading, and changes under the VM's lock."""

import re
from dataclasses import replace

from provisioner.twin.api.routes import route
from provisioner.twin.engine.processes import Process
from provisioner.twin.model import storages
from provisioner.twin.model.cluster import Cluster, mac
from provisioner.twin.model.guests import DISK_KEY, TwinGuest
from provisioner.twin.model.images import make_image
from provisioner.twin.model.locks import Say, quiet
from provisioner.twin.model.running_tasks import start_task
from provisioner.twin.model.tasks import Task, TaskFault
from provisioner.twin.protocol import Call, PendingAnswer, invalid, refuse

_NOT_SETTINGS = frozenset({"digest", "delete", "revert", "skiplock", "force", "background_delay", "import-working-storage"})
"""Parameters of the call that are not settings."""
_NEW_DISK = re.compile(r"(?P<storage>[A-Za-z][\w.-]*):(?P<size>\d+(?:\.\d+)?|cloudinit)(?:,.*)?")
_TAG = re.compile(r"[a-z0-9_][a-z0-9_+.-]*")
_NO_MAC = re.compile(r"[a-z0-9-]+(?:,|$)")


@route("GET", "/nodes/{node}/qemu/{vmid}/config")
def read(cluster: Cluster, call: Call) -> object:
    """All settings, with their digest."""
    return cluster.guest(call.vmid, call.node).public_config()


@route("PUT", "/nodes/{node}/qemu/{vmid}/config", protected=True, service=False)
def put(cluster: Cluster, call: Call) -> object:
    """Change settings synchronously."""
    guest = _checked_guest(cluster, call)
    return PendingAnswer(_change(cluster, guest, call=call, say=quiet))


@route("POST", "/nodes/{node}/qemu/{vmid}/config", protected=True)
def post(cluster: Cluster, call: Call) -> object:
    """Change settings in a task."""
    guest = _checked_guest(cluster, call)

    def work(task: Task) -> Process[None]:
        yield from _change(cluster, guest, call=call, say=task.say)

    return start_task(cluster, cluster.nodes[call.node], "qmconfig", about=call.vmid, user=call.user, work=work).upid


@route("PUT", "/nodes/{node}/qemu/{vmid}/resize", protected=True)
def resize(cluster: Cluster, call: Call) -> object:
    """Grow a disk, in a task."""

    def work(task: Task) -> Process[None]:
        guest = cluster.guest(call.vmid, call.node)
        if guest.lock:
            raise TaskFault(f"VM is locked ({guest.lock})")
        yield cluster.sleep(cluster.draw_duration(cluster.spec.durations.configure_s, guest.vmid, "resize"))
        _grow(cluster, guest, key=call.params["disk"], size=call.params["size"])
        task.say("Image resized.")

    return start_task(cluster, cluster.nodes[call.node], "resize", about=call.vmid, user=call.user, work=work).upid


def apply(cluster: Cluster, guest: TwinGuest, *, params: dict[str, str], say: Say) -> Process[None]:
    """Apply settings and create new disks; also used to create a VM."""
    for key in filter(None, re.split(r"[,; ]+", params.get("delete", ""))):
        _delete(cluster, guest, key)
    for key, value in params.items():
        if key in _NOT_SETTINGS:
            continue
        if DISK_KEY.fullmatch(key) and (disk := _NEW_DISK.fullmatch(value)):
            yield from _make_disk(cluster, guest, key=key, disk=disk, say=say)
        elif not (DISK_KEY.fullmatch(key) and key in guest.volumes):
            guest.config[key] = _stored_value(cluster, guest, key=key, value=value)


def _checked_guest(cluster: Cluster, call: Call) -> TwinGuest:
    guest = cluster.guest(call.vmid, call.node)
    if guest.lock and not call.flag("skiplock"):
        raise refuse(f"VM is locked ({guest.lock})")
    if call.params.get("digest", guest.digest()) != guest.digest():
        raise refuse("checksum mismatch (file change by other user?)")
    for key in filter(None, re.split(r"[,; ]+", call.params.get("delete", ""))):
        if key in call.params:
            raise invalid(delete=f"you can't use '-{key}' and -delete {key}' at the same time")
    _check_tags(call.params.get("tags", ""))
    return guest


def _check_tags(tags: str) -> None:
    if not all(_TAG.fullmatch(tag) for tag in _split_tags(tags)):
        raise invalid(tags="invalid format - invalid characters in tag\n")


def _change(cluster: Cluster, guest: TwinGuest, *, call: Call, say: Say) -> Process[object]:
    cluster.check_writable(guest.vmid, call.node)
    acquired = yield from guest.flock.acquire(say)
    if not acquired:
        raise refuse(guest.flock.timeout_text)
    try:
        yield cluster.sleep(cluster.draw_duration(cluster.spec.durations.configure_s, guest.vmid, "configure"))
        yield from apply(cluster, guest, params=call.params, say=say)
        guest.changed()
    finally:
        if cluster.nodes[call.node].alive:
            guest.flock.release()
    return None


def _delete(cluster: Cluster, guest: TwinGuest, key: str) -> None:
    guest.config.pop(key, None)
    if key in guest.volumes:
        cluster.remove_image(guest, key)


def _make_disk(cluster: Cluster, guest: TwinGuest, *, key: str, disk: re.Match[str], say: Say) -> Process[None]:
    spec = cluster.domain(disk["storage"], guest.node).spec
    number = sum(not volume.cdrom for volume in guest.volumes.values())
    volume = (
        storages.cloud_init(spec, guest.vmid)
        if disk["size"] == "cloudinit"
        else storages.disk(spec, guest.vmid, number, size_gib=float(disk["size"]))
    )
    yield from make_image(cluster, guest, key=key, volume=volume, say=say)


def _stored_value(cluster: Cluster, guest: TwinGuest, *, key: str, value: str) -> str:
    """A setting's value as Proxmox VE stores it."""
    if key == "tags":
        return ";".join(sorted(set(_split_tags(value)))) or " "
    if re.fullmatch(r"net\d+", key) and _NO_MAC.match(value):
        model, comma, rest = value.partition(",")
        return f"{model}={mac(cluster, guest.vmid, key)}{comma}{rest}"
    return value or " "


def _split_tags(tags: str) -> list[str]:
    return [tag.lower() for tag in re.split(r"[;, ]+", tags) if tag]


def _grow(cluster: Cluster, guest: TwinGuest, *, key: str, size: str) -> None:
    volume = guest.volumes.get(key)
    if volume is None:
        raise TaskFault(f"disk '{key}' does not exist")
    if volume.cdrom:
        raise TaskFault("you can't resize a cdrom")
    unit = {"K": 2**-20, "M": 2**-10, "G": 1.0, "T": 1024.0}.get(size[-1], 2**-30)
    amount = float(size.lstrip("+").rstrip("KMGT")) * unit
    new_size = volume.size_gib + amount if size.startswith("+") else amount
    if new_size < volume.size_gib:
        raise TaskFault("shrinking disks is not supported")
    cluster.replace_image(guest, key, volume=replace(volume, size_gib=new_size))
    guest.changed()
