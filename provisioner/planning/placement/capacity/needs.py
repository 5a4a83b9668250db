"""How many more desktops fit: now, and without each node. The one place that says it.

Free resources are translated into plain numbers (`ground`). So what they include is counted here too: foreign VMs,
memory in use that no listing explains, desktops that are reserved.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from ipaddress import ip_address
from itertools import islice

from provisioner.model.budget import Naming
from provisioner.model.capacity import Capacity
from provisioner.model.ids import ClusterId, NodeKey, ProfileName
from provisioner.model.people.profiles import Addressing, Profile
from provisioner.model.words import WaitsFor
from provisioner.planning.placement.allocation import AllocatedIds, addresses_left, vmids_left
from provisioner.planning.placement.capacity.ground import CloneRoute, ClusterGround, Ground, Need, Quota
from provisioner.planning.placement.capacity.single import SingleCapacity
from provisioner.planning.placement.resources import FreeResources


def capacity_of(profile: Profile, resources: FreeResources, *, naming: Naming, used: AllocatedIds) -> Capacity:
    """Capacity for one profile alone, whatever the lock domains do at the moment. Profiles compete: do not add them up."""
    need = need_of(profile, resources, ())
    single = SingleCapacity(ground_of((profile,), resources, naming=naming, used=used), need)
    return Capacity(free=single.free, binds=WaitsFor(single.binds))


def ground_of(profiles: Iterable[Profile], resources: FreeResources, *, naming: Naming, used: AllocatedIds) -> Ground:
    """What is free for these profiles: on the clusters that are observed, and in the pools of addresses."""
    left = {profile.addressing: addresses_left(profile.addressing, used) for profile in profiles}
    return Ground(
        clusters={cluster: _cluster_ground(cluster, resources, naming, used) for cluster in resources.snapshot.clusters},
        quotas={_pool(addressing): count for addressing, count in left.items() if count is not None},
    )


def needs_of(profiles: Mapping[ProfileName, Profile], resources: FreeResources) -> Mapping[ProfileName, Need]:
    """What a desktop of each profile needs."""
    return {name: need_of(profile, resources, profiles.values()) for name, profile in profiles.items()}


def need_of(profile: Profile, resources: FreeResources, others: Iterable[Profile]) -> Need:
    """What a desktop of the profile needs. `others`: profiles whose pools of addresses may overlap."""
    routes: defaultdict[ClusterId, list[CloneRoute]] = defaultdict(list)
    unusable: dict[NodeKey, WaitsFor] = {}
    for candidate in resources.candidates.of(profile):
        if absent := resources.candidates.absence(candidate):
            unusable.setdefault(candidate.node, absent.binds)
        else:
            sources = islice(resources.candidates.sources(candidate), 2)  # enough: one node is lost at a time
            routes[candidate.node.cluster] += (CloneRoute(source, candidate.node, candidate.domain) for source in sources)
    usable = {route.node for of_cluster in routes.values() for route in of_cluster}
    return Need(
        profile=profile.name,
        memory_mib=profile.memory_mib,
        vcpus=profile.vcpus,
        cpu_ratio=profile.cpu_ratio,
        claim_gib=resources.claim_gib(profile),
        routes={cluster: tuple(sorted(of_cluster)) for cluster, of_cluster in sorted(routes.items())},
        quotas=(_pool(profile.addressing),) if profile.addressing.first else (),
        overlapping=tuple(_overlapping(profile.addressing, others)),
        unusable={node: binds for node, binds in unusable.items() if node not in usable},
    )


def _cluster_ground(cluster: ClusterId, resources: FreeResources, naming: Naming, used: AllocatedIds) -> ClusterGround:
    view = resources.snapshot.clusters[cluster]
    nodes = [node.key for node in view.nodes.values() if node.online]
    return ClusterGround(
        cluster=cluster,
        memory_mib={node: resources.memory_left(node) for node in nodes},
        cores={node: resources.cores(node) for node in nodes},
        vcpus={node: resources.vcpus_booked(node) for node in nodes},
        gib={storage.lock_domain: resources.usable_gib(storage.lock_domain) for storage in view.storages},
        vmids=vmids_left(cluster, naming, used) if cluster in naming.vmids else 0,
    )


def _overlapping(addressing: Addressing, others: Iterable[Profile]) -> Iterator[Quota]:
    if not addressing.first:
        return
    first, last = _range(addressing)
    pools = {other.addressing for other in others if other.addressing.first}
    for pool in sorted(pools - {addressing}, key=_pool):
        begin, end = _range(pool)
        if begin <= last and first <= end:
            yield _pool(pool)


def _range(addressing: Addressing) -> tuple[tuple[int, int], tuple[int, int]]:
    """The ends, each with its version of IP: equal numbers of both are different addresses."""
    first, last = ip_address(addressing.first), ip_address(addressing.last)
    return (first.version, int(first)), (last.version, int(last))


def _pool(addressing: Addressing) -> Quota:
    return Quota(WaitsFor.ADDRESSES, f"{addressing.first}–{addressing.last}")
