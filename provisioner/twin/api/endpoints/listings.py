"""Lists of the cluster: resources, nodes, guests, and the next free VMID. And details of a node, for other clients than
Bascule."""

from provisioner.twin.api.endpoints.cluster import REPOID, address_of
from provisioner.twin.api.routes import route
from provisioner.twin.model.cluster import Cluster
from provisioner.twin.model.datacenter import CERTIFICATE_S
from provisioner.twin.model.guests import MEMORY_IN_USE
from provisioner.twin.model.nodes import MEMORY_OF_ITS_OWN_MIB, TwinNode
from provisioner.twin.model.storages import Domain
from provisioner.twin.protocol import Call, invalid

_MIB = 2**20
_GIB = 2**30
_FIRST_VMID = 100

Fields = dict[str, object]
_INDEX = (
    "aplinfo", "apt", "capabilities", "ceph", "certificates", "config", "disks", "dns", "firewall", "hardware",
    "hosts", "journal", "lxc", "migrateall", "netstat", "network", "qemu", "replication", "report", "rrd", "rrddata",
    "scan", "sdn", "services", "startall", "status", "stopall", "storage", "subscription", "suspendall", "syslog",
    "tasks", "time", "version", "vncshell", "vzdump", "wakeonlan",
)  # fmt: skip


@route("GET", "/cluster/resources")
def resources(cluster: Cluster, call: Call) -> object:
    """All resources, as of each node's last pass of pvestatd."""
    kind = call.params.get("type")
    if kind not in (None, "vm", "node", "storage", "sdn"):
        raise invalid(type=f"value '{kind}' does not have a value in the enumeration 'vm, storage, node, sdn'")
    entries: list[Fields] = []
    if kind is None:
        entries += [{"id": f"/pool/{name}", "type": "pool", "pool": name} for name in cluster.pools]
    size = 100 * len(entries)
    if kind in (None, "vm"):
        guests, length = cluster.listed.entries(cluster.guests, cluster.nodes, cluster.pool_of)
        entries += guests
        size += length
    rest: list[Fields] = []
    if kind in (None, "node"):
        rest += [node_entry(node) for node in cluster.nodes.values()]
    if kind in (None, "storage"):
        rest += storage_entries(cluster)
    call.size = size + 240 * len(rest)
    return entries + rest


@route("GET", "/nodes")
def nodes(cluster: Cluster, _call: Call) -> object:
    """All nodes, without their guests."""
    return [_in_node_list(node_entry(node)) for node in cluster.nodes.values()]


@route("GET", "/nodes/{node}/status")
def node_status(cluster: Cluster, call: Call) -> object:
    """One node's live status."""
    node = cluster.nodes[call.node]
    used = _memory_used(node)
    total = node.memory_mib * _MIB
    return {
        "uptime": node.uptime(), "cpu": _load(node), "wait": 0, "idle": 0, "loadavg": ["0.50", "0.40", "0.30"],
        "memory": {"total": total, "used": used, "free": total - used, "available": total - used},
        "swap": {"total": 0, "used": 0, "free": 0}, "ksm": {"shared": 0},
        "rootfs": {"total": 100 * _GIB, "used": 10 * _GIB, "free": 90 * _GIB, "avail": 90 * _GIB},
        "cpuinfo": {"cpus": node.cores, "cores": node.cores, "sockets": 1, "model": "AMD EPYC", "mhz": "3000.000",
                    "hvm": "1", "user_hz": 100, "flags": "fpu vme de pse tsc msr pae"},
        "pveversion": f"pve-manager/{cluster.spec.release}/14a22df35955d97d",
        "kversion": "Linux 6.14.11-1-pve #1 SMP PREEMPT_DYNAMIC", "boot-info": {"mode": "efi", "secureboot": 0},
        "current-kernel": {"sysname": "Linux", "release": "6.14.11-1-pve", "machine": "x86_64",
                           "version": "#1 SMP PREEMPT_DYNAMIC"},
    }  # fmt: skip


@route("GET", "/nodes/{node}/qemu", protected=True)
def guests(cluster: Cluster, call: Call) -> object:
    """One node's guests with live status."""
    on_node = [guest for guest in cluster.guests.values() if guest.node == call.node]
    if call.flag("full"):
        return [guest.live() | {"qmpstatus": guest.power} for guest in on_node]
    return [guest.live() for guest in on_node]


@route("GET", "/nodes/{node}/qemu/{vmid}/status/current", protected=True)
def current(cluster: Cluster, call: Call) -> object:
    """One guest's live status."""
    return cluster.guest(call.vmid, call.node).current()


@route("GET", "/nodes/{node}/qemu/{vmid}/status")
def status_index(cluster: Cluster, call: Call) -> object:
    """The paths below."""
    cluster.guest(call.vmid, call.node)
    return [{"subdir": name} for name in ("current", "start", "stop", "reset", "shutdown", "suspend", "reboot")]


@route("GET", "/cluster/nextid")
def next_id(cluster: Cluster, call: Call) -> object:
    """A VMID that is free now; it is not reserved."""
    if "vmid" in call.params:
        if int(call.params["vmid"]) in cluster.guests:
            raise invalid(vmid=f"VM {call.params['vmid']} already exists")
        return call.params["vmid"]
    lower = cluster.datacenter.options.get("next-id")
    vmid = int(lower.get("lower", _FIRST_VMID)) if isinstance(lower, dict) else _FIRST_VMID
    while vmid in cluster.guests:
        vmid += 1
    return str(vmid)


def node_entry(node: TwinNode) -> Fields:
    """A node's entry in a list."""
    entry: Fields = {
        "id": f"node/{node.name}", "type": "node", "node": node.name, "level": "",
        "status": "online" if node.online else "offline",
    }  # fmt: skip
    if node.maintenance:
        entry["hastate"] = "maintenance"
    if node.forgotten:
        return entry
    entry |= {"maxcpu": node.cores, "maxmem": node.memory_mib * _MIB, "maxdisk": 100 * _GIB}
    if entry["status"] != "online":
        return entry
    return entry | {
        "cpu": _load(node), "mem": _memory_used(node), "disk": 10 * _GIB,
        "uptime": int(node.last_pass() - node.booted_at), "cgroup-mode": 2,
    }  # fmt: skip


def storage_entries(cluster: Cluster) -> list[Fields]:
    """The entries of every storage on every node."""
    return [
        _storage_entry(cluster, node, domain) for (node, _), domain in sorted(cluster.domains.items(), key=lambda kv: kv[0])
    ]


def _in_node_list(entry: Fields) -> Fields:
    shown = {key: value for key, value in entry.items() if key not in ("cgroup-mode", "hastate")}
    name = str(entry["node"])
    return shown | {"ssl_fingerprint": ":".join(f"{byte:02X}" for byte in name.encode().ljust(32, b"\0")[:32])}


def _storage_entry(cluster: Cluster, node: str, domain: Domain) -> Fields:
    spec = domain.spec
    reachable = cluster.nodes[node].online
    entry: Fields = {
        "id": f"storage/{node}/{spec.storage}", "type": "storage", "storage": spec.storage, "node": node,
        "shared": int(spec.shared), "content": spec.content, "plugintype": spec.kind,
        "status": "available" if reachable else "unknown",
    }  # fmt: skip
    if cluster.nodes[node].forgotten:
        return entry
    return entry | {"maxdisk": int(spec.size_gib * _GIB), "disk": int(domain.used_gib * _GIB)}


def _memory_used(node: TwinNode) -> int:
    used = MEMORY_OF_ITS_OWN_MIB + MEMORY_IN_USE * node.guests_mib
    return int(min(used, node.memory_mib) * _MIB)


def _load(node: TwinNode) -> float:
    return round(min(1.0, node.boots.in_flight * 4 / node.cores), 3)


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
