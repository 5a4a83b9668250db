"""How many more desktops of each profile fit, and which resource runs out first."""

from collections import Counter

from provisioner.model.budget import Naming
from provisioner.model.ids import LockDomain, NodeKey
from provisioner.model.profiles import Profile
from provisioner.model.status import Capacity
from provisioner.model.words import WaitsFor
from provisioner.planning.placement.allocation import AllocatedIds, addresses_left, vmids_left
from provisioner.planning.placement.candidates import Candidate
from provisioner.planning.placement.resources import FreeResources


def capacity_of(profile: Profile, resources: FreeResources, *, naming: Naming, used: AllocatedIds) -> Capacity:
    """Capacity for one profile alone, whatever the lock domains do at the moment. Profiles compete: do not add them up."""
    hardware, binds = _hardware(profile, resources)
    limits = [(hardware, binds)]
    limits.append((_vmids(profile, naming, used), WaitsFor.VMIDS))
    if (addresses := addresses_left(profile.addressing, used)) is not None:
        limits.append((addresses, WaitsFor.ADDRESSES))
    free, binds = min(limits, key=lambda pair: pair[0])
    return Capacity(free=free, binds=binds)


def _hardware(profile: Profile, resources: FreeResources) -> tuple[int, WaitsFor]:
    """The sum over nodes. Templates on one node share its memory; nodes on one shared storage share its size."""
    per_node: dict[NodeKey, list[Candidate]] = {}
    for candidate in resources.candidates.of(profile):
        per_node.setdefault(candidate.node, []).append(candidate)
    disk: dict[LockDomain, int] = {}
    total, why = 0, Counter[WaitsFor]()
    for key, candidates in sorted(per_node.items()):
        count, binds = _on_node(key, candidates, profile, resources, disk)
        total += count
        why[binds] += 1
    commonest = min(why.items(), key=lambda item: (-item[1], item[0]), default=(WaitsFor.TEMPLATES, 0))
    return total, commonest[0]


def _on_node(
    key: NodeKey, candidates: list[Candidate], profile: Profile, resources: FreeResources, disk: dict[LockDomain, int]
) -> tuple[int, WaitsFor]:
    usable = []
    lacking = WaitsFor.NOTHING
    for candidate in candidates:
        if reason := resources.lacking(profile, candidate):
            lacking = lacking or reason.binds
        else:
            usable.append(candidate)
    if not usable:
        return 0, lacking
    domains = {candidate.domain for candidate in usable}
    for domain in domains:
        disk.setdefault(domain, int(resources.disk_left(domain) // resources.claim_gib(profile)))
    limits = (
        (int(resources.memory_left(key) // profile.memory_mib), WaitsFor.MEMORY),
        (int(resources.vcpus_left(key, profile) // profile.vcpus), WaitsFor.CORES),
        (sum(disk[domain] for domain in domains), WaitsFor.STORAGE),
    )
    count, binds = min(limits, key=lambda pair: pair[0])
    _use(disk, sorted(domains), count)
    return count, binds


def _use(disk: dict[LockDomain, int], domains: list[LockDomain], count: int) -> None:
    for domain in domains:
        used = min(disk[domain], count)
        disk[domain] -= used
        count -= used


def _vmids(profile: Profile, naming: Naming, used: AllocatedIds) -> int:
    clusters = {template.cluster for template in profile.templates} & naming.vmids.keys()
    return sum(vmids_left(cluster, naming, used) for cluster in clusters)
