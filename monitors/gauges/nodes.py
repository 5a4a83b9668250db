"""Nodes and storages: what they have, and what is left of it."""

from monitors.metric import Room, Rows, View
from provisioner.model.cluster import Node
from provisioner.model.ids import NodeKey

ROOM = Room("Nodes and storages")

_MIB = 1024**2
_GIB = 1024**3


@ROOM.gauge(
    "node_online", "cluster node", help="1 when the cluster shows the node online.", query="count(bascule_node_online == 0)"
)
def online(view: View) -> Rows:
    return {(*node.key,): int(node.online) for node in _nodes(view)}


@ROOM.gauge(
    "node_cordoned",
    "cluster node",
    help="1 when no desktop is newly placed on the node, for instance by an operator's intent or in maintenance mode.",
    query="bascule_node_cordoned == 1",
)
def cordoned(view: View) -> Rows:
    return {(*node.key,): int(node.key in view.status.cordons) for node in _nodes(view)}


@ROOM.gauge(
    "node_desktops",
    "cluster node",
    help="Desktops on the node, running or not.",
    query="topk(5, bascule_node_desktops)",
)
def node_desktops(view: View) -> Rows:
    on_node = view.census.on_node
    return {(*node.key,): on_node[NodeKey(*node.key)] for node in _nodes(view)}


@ROOM.gauge(
    "node_memory_bytes",
    "cluster node",
    help="Memory of the node, all of it.",
    query="sum by (cluster) (bascule_node_memory_bytes)",
)
def memory(view: View) -> Rows:
    return {(*node.key,): node.memory_mib * _MIB for node in _nodes(view)}


@ROOM.gauge(
    "node_headroom_memory_bytes",
    "cluster node",
    help="Memory free within the share for guests; negative when the share is exceeded.",
    query="bottomk(5, bascule_node_headroom_memory_bytes)",
)
def memory_headroom(view: View) -> Rows:
    return {(*key,): room.memory_mib * _MIB for key, room in view.status.headroom.nodes.items()}


@ROOM.gauge(
    "node_headroom_vcpus",
    "cluster node",
    help="vCPUs free at the strictest profile's ratio.",
    query="bottomk(5, bascule_node_headroom_vcpus)",
)
def vcpu_headroom(view: View) -> Rows:
    return {(*key,): room.vcpus for key, room in view.status.headroom.nodes.items()}


@ROOM.gauge(
    "storage_headroom_bytes",
    "cluster node storage",
    help="Storage free within the share that may be filled; a shared storage appears once, with an empty node.",
    query="bottomk(5, bascule_storage_headroom_bytes)",
)
def storage_headroom(view: View) -> Rows:
    return {(free.cluster, free.node, free.storage): free.gib * _GIB for free in view.status.headroom.storages}


@ROOM.gauge(
    "storage_size_bytes",
    "cluster node storage",
    help="Size of the storage; a shared storage appears once, with an empty node.",
    query="bascule_storage_headroom_bytes / bascule_storage_size_bytes",
)
def storage_size(view: View) -> Rows:
    storages = (storage for cluster in view.status.snapshot.clusters.values() for storage in cluster.storages)
    return {
        (storage.node.cluster, "" if storage.shared else storage.node.node, storage.storage): storage.total_gib * _GIB
        for storage in storages
    }


def _nodes(view: View) -> list[Node]:
    return [node for cluster in view.status.snapshot.clusters.values() for node in cluster.nodes.values()]
