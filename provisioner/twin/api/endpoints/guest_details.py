"""Details of a guest, for other clients than Bascule."""

from provisioner.pve.volumes import LINKABLE
from provisioner.twin.api.routes import route
from provisioner.twin.model.cloud_init import network_data, user_data
from provisioner.twin.model.cluster import Cluster
from provisioner.twin.model.guests import TwinGuest
from provisioner.twin.protocol import Call

Fields = dict[str, object]

_INDEX = (
    "agent", "config", "cloudinit", "feature", "firewall", "migrate", "monitor", "move_disk", "pending", "resize",
    "rrd", "rrddata", "snapshot", "status", "template", "unlink",
)  # fmt: skip
_CLOUD_INIT = ("cicustom", "cipassword", "citype", "ciuser", "ciupgrade", "nameserver", "searchdomain", "sshkeys")


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
