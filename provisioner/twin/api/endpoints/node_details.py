"""Details of a node, for other clients than Bascule."""

from provisioner.twin.api.endpoints.cluster import REPOID, address_of
from provisioner.twin.api.routes import route
from provisioner.twin.model.cluster import Cluster
from provisioner.twin.model.datacenter import CERTIFICATE_S
from provisioner.twin.protocol import Call

_MIB = 2**20
_INDEX = (
    "aplinfo", "apt", "capabilities", "ceph", "certificates", "config", "disks", "dns", "firewall", "hardware",
    "hosts", "journal", "lxc", "migrateall", "netstat", "network", "qemu", "replication", "report", "rrd", "rrddata",
    "scan", "sdn", "services", "startall", "status", "stopall", "storage", "subscription", "suspendall", "syslog",
    "tasks", "time", "version", "vncshell", "vzdump", "wakeonlan",
)  # fmt: skip


@route("GET", "/nodes/{node}")
def index(_cluster: Cluster, _call: Call) -> object:
    """The paths below."""
    return [{"name": name} for name in _INDEX]


@route("GET", "/nodes/{node}/version")
def version(cluster: Cluster, _call: Call) -> object:
    """The version of Proxmox VE on the node."""
    release = cluster.spec.release
    return {"version": release, "release": ".".join(release.split(".")[:2]), "repoid": REPOID}


@route("GET", "/nodes/{node}/time", protected=True)
def time(cluster: Cluster, call: Call) -> object:
    """The node's time."""
    now = int(cluster.events.now + cluster.datacenter.clock_ahead_s.get(call.node, 0.0))
    return {"time": now, "localtime": now, "timezone": "UTC"}


@route("GET", "/nodes/{node}/dns")
def dns(_cluster: Cluster, _call: Call) -> object:
    """Invented DNS settings."""
    return {"dns1": "127.0.0.1", "search": "twin.internal"}


@route("GET", "/nodes/{node}/network")
def network(cluster: Cluster, call: Call) -> object:
    """The node's bridges; the first has an address."""
    if call.params.get("type") not in (None, "bridge", "any_bridge", "any_local_bridge", "include_sdn"):
        return []
    address = address_of(list(cluster.nodes).index(call.node) + 1)
    shared: dict[str, object] = {
        "type": "bridge", "active": 1, "autostart": 1, "bridge_ports": "", "bridge_stp": "off", "bridge_fd": "0",
        "families": ["inet"], "method6": "manual", "method": "manual",
    }  # fmt: skip
    bridges: list[dict[str, object]] = [
        {"iface": bridge, "priority": 3 + number, **shared, **cluster.datacenter.bridge_settings.get(bridge, {})}
        for number, bridge in enumerate(cluster.spec.bridges)
        if cluster.has_bridge(call.node, bridge)
    ]
    if bridges:
        bridges[0] |= {"method": "static", "address": address, "netmask": "24", "cidr": f"{address}/24"}
    return bridges


@route("GET", "/nodes/{node}/certificates/info")
def certificates(cluster: Cluster, call: Call) -> object:
    """The authority's certificate and the node's own, by Proxmox VE's API description; subjects are invented."""
    began, authority = int(cluster.began_at), "/CN=Proxmox Virtual Environment/OU=twin/O=PVE Cluster Manager CA"
    ends = cluster.datacenter.certificate_ends.get(call.node, cluster.began_at + CERTIFICATE_S)
    return [
        {
            "filename": "pve-root-ca.pem", "subject": authority, "issuer": authority, "notbefore": began,
            "notafter": began + int(5 * CERTIFICATE_S),
        },
        {
            "filename": "pve-ssl.pem", "subject": f"/OU=PVE Cluster Node/O=Proxmox Virtual Environment/CN={call.node}",
            "issuer": authority, "notbefore": began, "notafter": int(ends),
        },
    ]  # fmt: skip


@route("GET", "/nodes/{node}/subscription")
def subscription(_cluster: Cluster, _call: Call) -> object:
    """No subscription."""
    return {"status": "notfound", "message": "There is no subscription key", "serverid": "0" * 32, "sockets": 1}


@route("GET", "/nodes/{node}/config")
def config(_cluster: Cluster, _call: Call) -> object:
    """Always empty."""
    return {}


@route("GET", "/nodes/{node}/lxc", protected=True)
@route("GET", "/nodes/{node}/replication", protected=True)
@route("GET", "/nodes/{node}/services", protected=True)
def nothing(_cluster: Cluster, _call: Call) -> object:
    """Lists that are always empty in the twin."""
    return []


@route("GET", "/nodes/{node}/rrddata")
def history(cluster: Cluster, call: Call) -> object:
    """The history of a node. The twin keeps none: a single point, of now."""
    node = cluster.nodes[call.node]
    point: dict[str, object] = {"time": int(cluster.events.now)}
    if node.alive:
        point |= {"maxcpu": node.cores, "memtotal": node.memory_mib * _MIB, "memused": node.guests_mib * _MIB, "cpu": 0.0}
    return [point]
