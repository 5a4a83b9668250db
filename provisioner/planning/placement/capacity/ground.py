"""What capacity is computed from: what is free on each cluster, and what a desktop of each profile needs. Values only."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from provisioner.model.ids import ClusterId, LockDomain, NodeKey, ProfileName
from provisioner.model.words import WaitsFor

CEILING = "ceiling"
"""The kind of a limit from outside the clusters, such as licences or places in a VPN."""


class Quota(NamedTuple):
    """Something that several desktops share wherever they are: a pool of addresses, a ceiling from outside."""

    kind: str
    """A word of WaitsFor, or CEILING."""
    name: str


class CloneRoute(NamedTuple):
    """A way to make a desktop: from the template on a node, for a node, onto a storage that both see."""

    made_at: NodeKey
    """The template's node, which does the work."""
    node: NodeKey
    """Where the desktop will run."""
    domain: LockDomain
    """The lock domain of its storage, which stands for the storage: a shared one is there once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClusterGround:
    """What is free on one cluster; negative: overdrawn."""

    cluster: ClusterId
    memory_mib: Mapping[NodeKey, float]
    """Of each node, as long as it is there."""
    cores: Mapping[NodeKey, int]
    """Physical cores."""
    vcpus: Mapping[NodeKey, int]
    """vCPUs that are booked."""
    gib: Mapping[LockDomain, float]
    """The space of each storage."""
    vmids: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """What is free on all clusters."""

    clusters: Mapping[ClusterId, ClusterGround]
    quotas: Mapping[Quota, int] = field(default_factory=dict)
    """How many more desktops each of them allows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """What a desktop of a profile needs, and where it can be made."""

    profile: ProfileName
    memory_mib: int
    vcpus: int
    cpu_ratio: float
    """vCPUs per core that a node may carry once the desktop is there."""
    claim_gib: float
    """GiB that it is expected to fill on its storage."""
    routes: Mapping[ClusterId, tuple[CloneRoute, ...]]
    quotas: tuple[Quota, ...] = ()
    """Those that count it."""
    overlapping: tuple[Quota, ...] = ()
    """Other pools with some of the same addresses."""
    unusable: Mapping[NodeKey, WaitsFor] = field(default_factory=dict)
    """Nodes of its templates to which no route leads, and what is missing there."""


def without_node(ground: Ground, node: NodeKey) -> Ground:
    """The ground without the node. Its storages stay: a shared one keeps the disks of the lost desktops."""
    cluster = ground.clusters.get(node.cluster)
    if cluster is None:
        return ground
    left = replace(cluster, memory_mib={key: mib for key, mib in cluster.memory_mib.items() if key != node})
    return with_cluster(ground, left)


def with_cluster(ground: Ground, cluster: ClusterGround) -> Ground:
    """The ground with this cluster changed."""
    return replace(ground, clusters={**ground.clusters, cluster.cluster: cluster})


def usable_routes(ground: ClusterGround, need: Need) -> Iterator[CloneRoute]:
    """The routes whose nodes are there. A template on a node that is lost cannot be cloned, wherever its storage is."""
    there = ground.memory_mib
    return (way for way in need.routes.get(ground.cluster, ()) if way.node in there and way.made_at in there)


def smallest(needs: Sequence[Need]) -> Need:
    """A desktop as small as the smallest of these in every respect, which can be made wherever any of them can."""
    clusters = sorted(set().union(*(need.routes for need in needs)))
    return Need(
        profile=ProfileName(""),
        memory_mib=min(need.memory_mib for need in needs),
        vcpus=min(need.vcpus for need in needs),
        cpu_ratio=max(need.cpu_ratio for need in needs),
        claim_gib=min(need.claim_gib for need in needs),
        routes={cluster: tuple(way for need in needs for way in need.routes.get(cluster, ())) for cluster in clusters},
    )
