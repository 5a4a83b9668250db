"""Desktops of several profiles placed one after another, wherever there is room: a packing that really fits. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from provisioner.model.ids import ClusterId, LockDomain, NodeKey
from provisioner.planning.placement.capacity.counts import cores_left, whole
from provisioner.planning.placement.capacity.ground import ClusterGround, Ground, Need, with_cluster
from provisioner.planning.placement.capacity.ways import Ways


def packed(ground: Ground, need: Need, ways: Mapping[ClusterId, Ways], count: int) -> tuple[int, Ground]:
    """Place so many desktops, as far as they fit: how many were placed, and what is left. `ways`: the profile's."""
    rest = min((count, *(max(0, ground.quotas[quota]) for quota in need.quotas)))
    placed = 0
    for cluster, of_cluster in ways.items():
        on_cluster, left = _packed_on(ground.clusters[cluster], need, of_cluster, rest - placed)
        placed += on_cluster
        ground = with_cluster(ground, left) if on_cluster else ground
    return placed, without_quotas(ground, need, placed)


def fitting(ground: ClusterGround, need: Need, node: NodeKey, domain: LockDomain) -> int:
    """How many desktops fit on the node, onto this storage."""
    return min(
        ground.vmids,
        whole(ground.memory_mib[node], need.memory_mib),
        cores_left(ground, need, node),
        whole(ground.gib.get(domain, 0.0), need.claim_gib),
    )


def taken(ground: ClusterGround, need: Need, node: NodeKey, domain: LockDomain, count: int) -> ClusterGround:
    """What so many desktops there leave of the cluster."""
    return replace(
        ground,
        memory_mib={**ground.memory_mib, node: ground.memory_mib[node] - count * need.memory_mib},
        vcpus={**ground.vcpus, node: ground.vcpus.get(node, 0) + count * need.vcpus},
        gib={**ground.gib, domain: ground.gib[domain] - count * need.claim_gib},
        vmids=ground.vmids - count,
    )


def without_quotas(ground: Ground, need: Need, count: int) -> Ground:
    """What so many desktops leave of the pools of addresses and the ceilings."""
    used = dict.fromkeys((*need.quotas, *need.overlapping), count)
    return replace(ground, quotas={quota: left - used.get(quota, 0) for quota, left in ground.quotas.items()})


def _packed_on(ground: ClusterGround, need: Need, ways: Ways, count: int) -> tuple[int, ClusterGround]:
    placed = 0
    for node, domain in _in_order(ground, ways) if count else ():
        here = min(count - placed, fitting(ground, need, node, domain))
        if here > 0:
            ground = taken(ground, need, node, domain, here)
            placed += here
        if placed == count:
            break
    return placed, ground


def _in_order(ground: ClusterGround, ways: Ways) -> Iterator[tuple[NodeKey, LockDomain]]:
    """The storages of one node first, since no other node can use them; and the nodes with the most memory."""
    sees, memory = ways.sees(ground.memory_mib.keys()), ground.memory_mib
    nodes = sorted(sees, key=lambda node: (-memory[node], node))
    yield from ((node, domain) for node in nodes for domain in sees[node].own)
    yield from ((node, domain) for node in nodes for domain in sees[node].shared)
