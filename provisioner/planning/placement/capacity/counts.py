"""The capacity of one cluster for one profile, in whole desktops. Exact, and pure.

A desktop needs a VMID, memory and vCPUs of a node, and a place on a storage that the node sees. What fits is the maximum flow
through these. Storages that only one node sees are filled first: no other node could use them.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TypeVar

from provisioner.model.ids import LockDomain, NodeKey
from provisioner.model.words import WaitsFor
from provisioner.planning.placement.capacity.flow import Assigned, assigned
from provisioner.planning.placement.capacity.ground import ClusterGround, Need
from provisioner.planning.placement.capacity.ways import Seen, Ways

UNLIMITED = 10**9
"""Desktops: more than any cluster holds."""
Key = TypeVar("Key")


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """How many desktops of the profile each resource of the cluster has room for."""

    memory: Mapping[NodeKey, int]
    cores: Mapping[NodeKey, int]
    storages: Mapping[LockDomain, int]
    vmids: int
    sees: Mapping[NodeKey, Seen]
    """The storages on which desktops of each node can be made."""
    shared: frozenset[LockDomain]
    """Storages that several nodes see."""

    @property
    def free(self) -> int:
        """How many fit."""
        return min(self.vmids, self.hardware.total)

    @property
    def hardware(self) -> Assigned[LockDomain]:
        """What fits on the nodes and storages, and which shared storages limit it."""
        total, rest = 0, defaultdict[tuple[LockDomain, ...], int](int)
        for node, (own, shared) in self.sees.items():
            room = min(self.memory[node], self.cores[node])
            on_own = min(room, sum(map(self.storages.__getitem__, own)))
            total += on_own
            if shared:
                rest[shared] += room - on_own
        if not rest:
            return Assigned(total=total)
        spread = assigned(
            rest, {domains: domains for domains in rest}, {domain: self.storages[domain] for domain in self.shared}
        )
        return Assigned(total=total + spread.total, full=spread.full)

    def votes(self) -> Counter[WaitsFor]:
        """For each resource, the nodes on which nothing more fits because of it: the minimal cut."""
        hardware = self.hardware
        if self.vmids < hardware.total:
            return Counter({WaitsFor.VMIDS: len(self.sees)})
        return Counter(self._binds(node, sees, hardware.full) for node, sees in self.sees.items())

    def _binds(self, node: NodeKey, sees: Seen, full: frozenset[LockDomain]) -> WaitsFor:
        on_own = sum(map(self.storages.__getitem__, sees.own))
        if min(self.memory[node], self.cores[node]) > on_own and full.issuperset(sees.shared):
            return WaitsFor.STORAGE
        return WaitsFor.MEMORY if self.memory[node] <= self.cores[node] else WaitsFor.CORES

    def unlimited(self, kind: WaitsFor, place: NodeKey | LockDomain | None = None) -> "Counts":
        """The same if the resource had no limit, there or everywhere."""
        match kind:
            case WaitsFor.MEMORY:
                return replace(self, memory=_unlimited(self.memory, place))
            case WaitsFor.CORES:
                return replace(self, cores=_unlimited(self.cores, place))
            case WaitsFor.STORAGE:
                return replace(self, storages=_unlimited(self.storages, place))
            case _:
                return replace(self, vmids=UNLIMITED)


def counts_of(ground: ClusterGround, need: Need, ways: Ways) -> Counts:
    """The counts of a cluster for a profile."""
    sees = ways.sees(ground.memory_mib.keys())
    return Counts(
        memory={node: whole(ground.memory_mib[node], need.memory_mib) for node in sees},
        cores={node: cores_left(ground, need, node) for node in sees},
        storages={domain: whole(ground.gib.get(domain, 0.0), need.claim_gib) for domain in ways.storages},
        vmids=max(0, ground.vmids),
        sees=sees,
        shared=ways.shared,
    )


def cores_left(ground: ClusterGround, need: Need, node: NodeKey) -> int:
    """Desktops that the node's cores can carry. Proxmox VE starts no VM with more vCPUs than the node has cores."""
    cores = ground.cores.get(node, 0)
    if cores < need.vcpus:
        return 0
    return whole(cores * need.cpu_ratio - ground.vcpus.get(node, 0), need.vcpus)


def whole(free: float, each: float) -> int:
    """How many of a size fit in."""
    return int(free // each) if free > 0 else 0


def _unlimited(counts: Mapping[Key, int], place: object) -> Mapping[Key, int]:
    return {key: UNLIMITED if place is None or key == place else count for key, count in counts.items()}
