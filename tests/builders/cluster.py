"""Nodes, storages, guests, profiles and whole observations of a cluster. Now is always NOW."""

from collections.abc import Iterable
from typing import Any

from provisioner.model.ids import ClusterId, GuestKey, NodeKey, NodeName, ProfileName, StorageId, Upid, Vmid
from provisioner.model.machines.cluster import ClusterView, Guest, Node, Power, Snapshot, Storage, Task
from provisioner.model.people.profiles import Addressing, Profile, Template

NOW = 1_800_000_000.0
PVE = ClusterId("pve")
OFFICE = ProfileName("office")
INSTALLATION = "lab"


def a_node(name: str = "n1", *, cluster: str = PVE, memory_gib: float = 512, **changed: Any) -> Node:
    """Online, with 64 cores."""
    key = NodeKey(ClusterId(cluster), NodeName(name))
    return Node(key=key, memory_mib=int(memory_gib * 1024), **{"online": True, "cores": 64, **changed})


def a_storage(node: str = "n1", storage: str = "local", *, cluster: str = PVE, **changed: Any) -> Storage:
    key = NodeKey(ClusterId(cluster), NodeName(node))
    values: dict[str, Any] = {"shared": False, "total_gib": 4096.0, "used_gib": 0.0}
    return Storage(node=key, storage=StorageId(storage), **{**values, **changed})


def a_template(node: str = "n1", storage: str = "local", *, cluster: str = PVE, vmid: int | None = None) -> Template:
    """The replica of the golden image on a node: VMID 9001 on n1, 9002 on n2, …"""
    number = vmid if vmid is not None else 9000 + int(node.lstrip("n"))
    return Template(cluster=ClusterId(cluster), vmid=Vmid(number), node=NodeName(node), storage=StorageId(storage))


def a_profile(name: str = OFFICE, *, nodes: int = 2, **changed: Any) -> Profile:
    """2 vCPUs, 4 GiB and 32 GiB of disk, with a template on each node."""
    values: dict[str, Any] = {
        "image": "golden-1",
        "templates": tuple(a_template(f"n{number}") for number in range(1, nodes + 1)),
        "vcpus": 2,
        "memory_mib": 4096,
        "disk_gib": 32,
        "bridge": "vmbr0",
    }
    return Profile(name=ProfileName(name), **{**values, **changed})


def some_addresses(first: str = "10.40.0.10", last: str = "10.40.0.250", *, gateway: str = "10.40.0.1") -> Addressing:
    return Addressing(network="10.40.0.0/24", gateway=gateway, first=first, last=last)


def a_guest(vmid: int = 100, node: str = "n1", *, cluster: str = PVE, **changed: Any) -> Guest:
    """A stopped foreign VM without anything."""
    return Guest(
        key=GuestKey(ClusterId(cluster), Vmid(vmid)),
        node=NodeName(node),
        **{"power": Power.STOPPED, "name": "other", **changed},
    )


def a_template_guest(template: Template) -> Guest:
    return a_guest(template.vmid, template.node, cluster=template.cluster, template=True, name="golden")


def a_view(
    *,
    nodes: int | Iterable[Node] = 2,
    storages: Iterable[Storage] | None = None,
    guests: Iterable[Guest] = (),
    templates: bool = True,
    **changed: Any,
) -> ClusterView:
    """Nodes n1, n2, … each with a `local` storage and, by default, a template; observed just now."""
    cluster = changed.pop("cluster", PVE)
    changed = {"quorate": True, "quorum_asked_at": changed.get("taken_at", NOW)} | changed
    listed = tuple(a_node(f"n{n}", cluster=cluster) for n in range(1, nodes + 1)) if isinstance(nodes, int) else tuple(nodes)
    golden = (a_template_guest(a_template(node.key.node, cluster=cluster)) for node in listed) if templates else ()
    return ClusterView(
        cluster=ClusterId(cluster),
        taken_at=changed.pop("taken_at", NOW),
        nodes={node.key.node: node for node in listed},
        storages=tuple(storages) if storages is not None else tuple(a_storage(n.key.node, cluster=cluster) for n in listed),
        guests={guest.key.vmid: guest for guest in (*golden, *guests)},
        **changed,
    )


def a_snapshot(*views: ClusterView) -> Snapshot:
    """As it stands after these observations; without any, two empty nodes."""
    snapshot = Snapshot()
    for view in views or (a_view(),):
        snapshot = snapshot.with_view(view)
    return snapshot


def nothing_observed() -> Snapshot:
    return Snapshot()


def a_task(upid: str = "UPID:clone", *, kind: str = "qmclone", node: str = "n1", **changed: Any) -> Task:
    """Running, unless it is given an `ended_at` and a status."""
    key = NodeKey(PVE, NodeName(node))
    values: dict[str, Any] = {"guest": None, "user": "bascule@pve", "started_at": NOW - 60}
    return Task(upid=Upid(upid), node=key, kind=kind, **{**values, **changed})
