"""Desktops of several profiles placed one after another, wherever there is room: a packing that really fits. Pure."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

from provisioner.planning.placement.capacity_counts import cores_left, whole
from provisioner.planning.placement.capacity_ground import ClusterGround, Ground, Need, Route, usable_routes, with_cluster


def packed(ground: Ground, need: Need, count: int) -> tuple[int, Ground]:
    """Place so many desktops, as far as they fit: how many were placed, and what is left."""
    rest = min((count, *(max(0, ground.quotas[quota]) for quota in need.quotas)))
    placed = 0
    for cluster in sorted(need.routes):
        on_cluster, left = _packed_on(ground.clusters[cluster], need, rest - placed)
        placed += on_cluster
        ground = with_cluster(ground, left) if on_cluster else ground
    taken = dict.fromkeys((*need.quotas, *need.overlapping), placed)
    return placed, replace(ground, quotas={quota: left - taken.get(quota, 0) for quota, left in ground.quotas.items()})


def _packed_on(ground: ClusterGround, need: Need, count: int) -> tuple[int, ClusterGround]:
    placed = 0
    for route in _in_order(ground, need) if count else ():
        fitting = min(count - placed, ground.vmids, _fitting(ground, need, route))
        if fitting > 0:
            ground = _taken(ground, need, route, fitting)
            placed += fitting
        if placed == count:
            break
    return placed, ground


def _in_order(ground: ClusterGround, need: Need) -> Iterator[Route]:
    """The storages of one node first, since no other node can use them; and the nodes with the most memory."""
    ways = {(node, domain): Route(made_at, node, domain) for made_at, node, domain in usable_routes(ground, need)}
    viewers = Counter(domain for _, domain in ways)
    return iter(sorted(ways.values(), key=lambda way: (viewers[way.domain] > 1, -ground.memory_mib[way.node], way)))


def _fitting(ground: ClusterGround, need: Need, route: Route) -> int:
    return min(
        whole(ground.memory_mib[route.node], need.memory_mib),
        cores_left(ground, need, route.node),
        whole(ground.gib.get(route.domain, 0.0), need.claim_gib),
    )


def _taken(ground: ClusterGround, need: Need, route: Route, count: int) -> ClusterGround:
    node, domain = route.node, route.domain
    return replace(
        ground,
        memory_mib={**ground.memory_mib, node: ground.memory_mib[node] - count * need.memory_mib},
        vcpus={**ground.vcpus, node: ground.vcpus.get(node, 0) + count * need.vcpus},
        gib={**ground.gib, domain: ground.gib[domain] - count * need.claim_gib},
        vmids=ground.vmids - count,
    )
