"""Guest configurations: reading, and changes under the VM's lock. And details of a guest, for other clients than Bascule."""

import re
from dataclasses import replace

from provisioner.pve.volumes import LINKABLE
from provisioner.twin.api.routes import route
from provisioner.twin.engine.events import Process
from provisioner.twin.model import storages
from provisioner.twin.model.cluster import Cluster, mac
from provisioner.twin.model.first_boot import network_data, user_data
from provisioner.twin.model.guests import DISK_KEY, TwinGuest
from provisioner.twin.model.images import make_image
from provisioner.twin.model.locks import Say, quiet
from provisioner.twin.model.running_tasks import start_task
from provisioner.twin.model.tasks import TaskFault, TwinTask
from provisioner.twin.protocol import Call, PendingAnswer, invalid, refuse

_NOT_SETTINGS = frozenset({"digest", "delete", "revert", "skiplock", "force", "background_delay", "import-working-storage"})
"""Parameters of the call that are not settings."""
_NEW_DISK = re.compile(r"(?P<storage>[A-Za-z][\w.-]*):(?P<size>\d+(?:\.\d+)?|cloudinit)(?:,.*)?")
_TAG = re.compile(r"[a-z0-9_][a-z0-9_+.-]*")
_NO_MAC = re.compile(r"[a-z0-9-]+(?:,|$)")
Fields = dict[str, object]

_INDEX = (
    "agent", "config", "cloudinit", "feature", "firewall", "migrate", "monitor", "move_disk", "pending", "resize",
    "rrd", "rrddata", "snapshot", "status", "template", "unlink",
)  # fmt: skip
_CLOUD_INIT = ("cicustom", "cipassword", "citype", "ciuser", "ciupgrade", "nameserver", "searchdomain", "sshkeys")


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

    def work(task: TwinTask) -> Process[None]:
        yield from _change(cluster, guest, call=call, say=task.say)

    return start_task(cluster, cluster.nodes[call.node], "qmconfig", about=call.vmid, user=call.user, work=work).upid


@route("PUT", "/nodes/{node}/qemu/{vmid}/resize", protected=True)
def resize(cluster: Cluster, call: Call) -> object:
    """Grow a disk, in a task."""

    def work(task: TwinTask) -> Process[None]:
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


@route("GET", "/nodes/{node}/qemu/{vmid}")
def index(cluster: Cluster, call: Call) -> object:
    """The paths below."""
    _guest(cluster, call)
    return [{"subdir": name} for name in _INDEX]


@route("GET", "/nodes/{node}/qemu/{vmid}/snapshot")
def snapshots(cluster: Cluster, call: Call) -> object:
    """Only the current state: the twin makes no snapshots."""
    guest = _guest(cluster, call)
    return [{"name": "current", "description": "You are here!", "running": int(guest.running), "digest": guest.digest()}]


@route("GET", "/nodes/{node}/qemu/{vmid}/pending")
def pending(cluster: Cluster, call: Call) -> object:
    """All settings. In the twin every change takes effect at once, so none is pending."""
    shown = _guest(cluster, call).public_config()
    return [{"key": key, "value": str(value)} for key, value in shown.items() if key != "digest"]


@route("GET", "/nodes/{node}/qemu/{vmid}/feature")
def feature(cluster: Cluster, call: Call) -> object:
    """Whether the guest can be cloned, copied or snapshotted."""
    guest = _guest(cluster, call)
    kinds = {cluster.domain(volume.storage, guest.node).spec.kind for volume in guest.volumes.values()}
    can = guest.template if call.params["feature"] == "clone" else True
    return {"hasFeature": int(can and kinds <= LINKABLE), "nodes": [guest.node]}


@route("GET", "/nodes/{node}/qemu/{vmid}/cloudinit")
def cloud_init(cluster: Cluster, call: Call) -> object:
    """The settings for cloud-init."""
    shown = _guest(cluster, call).public_config()
    return [{"key": key, "value": value} for key, value in shown.items() if key in _CLOUD_INIT or key.startswith("ipconfig")]


@route("GET", "/nodes/{node}/qemu/{vmid}/cloudinit/dump")
def cloud_init_dump(cluster: Cluster, call: Call) -> object:
    """The content of the cloud-init drive: user data or network data. Meta data are not modelled."""
    return (network_data if call.params["type"] == "network" else user_data)(_guest(cluster, call))


@route("GET", "/nodes/{node}/qemu/{vmid}/firewall/options")
def firewall(cluster: Cluster, call: Call) -> object:
    """The firewall is off."""
    _guest(cluster, call)
    return {"enable": 0}


@route("GET", "/nodes/{node}/qemu/{vmid}/firewall/rules")
def firewall_rules(cluster: Cluster, call: Call) -> object:
    """Always empty."""
    _guest(cluster, call)
    return []


@route("GET", "/nodes/{node}/qemu/{vmid}/rrddata")
def history(cluster: Cluster, call: Call) -> object:
    """The history of a guest. The twin keeps none: a single point, of now; for an unknown guest without values."""
    point: Fields = {"time": int(cluster.events.now)}
    guest = cluster.guests.get(call.vmid)
    if guest is not None and guest.node == call.node:
        shown = guest.live()
        point |= {key: shown[key] for key in ("maxmem", "maxdisk", "disk")} | {"maxcpu": shown["cpus"]}
        if guest.running:
            point |= {key: shown[key] for key in ("mem", "cpu", "netin", "netout")}
    return [point]


def _guest(cluster: Cluster, call: Call) -> TwinGuest:
    return cluster.guest(call.vmid, call.node)
