"""Nodes and storages: what they have, and what is left of it."""

from monitors.metric import Room, Rows, View
from provisioner.model.ids import NodeKey
from provisioner.model.machines.cluster import Node
from provisioner.model.status import NodeHeadroom
from provisioner.wrong.seen import seen_storages

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
    help="Memory of the node, all of it; none of a node that is offline.",
    query="sum by (cluster) (bascule_node_memory_bytes)",
)
def memory(view: View) -> Rows:
    return {(*node.key,): node.memory_mib * _MIB for node in _seen(view)}


@ROOM.gauge(
    "node_headroom_memory_bytes",
    "cluster node",
    help="Memory free within the share for guests; negative when the share is exceeded. None of a node that is offline.",
    query="bottomk(5, bascule_node_headroom_memory_bytes)",
)
def memory_headroom(view: View) -> Rows:
    return {(*key,): room.memory_mib * _MIB for key, room in _left(view)}


@ROOM.gauge(
    "node_headroom_vcpus",
    "cluster node",
    help="vCPUs free at the strictest profile's ratio; none of a node that is offline.",
    query="bottomk(5, bascule_node_headroom_vcpus)",
)
def vcpu_headroom(view: View) -> Rows:
    return {(*key,): room.vcpus for key, room in _left(view)}


@ROOM.gauge(
    "storage_headroom_bytes",
    "cluster node storage",
    help="Storage free within the share that may be filled; a shared storage appears once, with an empty node. None of a "
    "storage that no node sees.",
    query="bottomk(5, bascule_storage_headroom_bytes)",
)
def storage_headroom(view: View) -> Rows:
    readable = {key for key, _ in seen_storages(view.status.snapshot)}
    left = (((free.cluster, free.node, free.storage), free.gib * _GIB) for free in view.status.headroom.storages)
    return {key: size for key, size in left if key in readable}


@ROOM.gauge(
    "storage_size_bytes",
    "cluster node storage",
    help="Size of the storage; a shared storage appears once, with an empty node. None of a storage that no node sees.",
    query="bascule_storage_headroom_bytes / bascule_storage_size_bytes",
)
def storage_size(view: View) -> Rows:
    return {key: storage.total_gib * _GIB for key, storage in seen_storages(view.status.snapshot)}


def _left(view: View) -> list[tuple[NodeKey, NodeHeadroom]]:
    left = view.status.headroom.nodes
    return [(node.key, left[node.key]) for node in _seen(view) if node.key in left]


def _seen(view: View) -> list[Node]:
    """What a node has that is away, and what is left of it, is not known: there is no figure."""
    return [node for node in _nodes(view) if node.online]


def _nodes(view: View) -> list[Node]:
    return [node for cluster in view.status.snapshot.clusters.values() for node in cluster.nodes.values()]
