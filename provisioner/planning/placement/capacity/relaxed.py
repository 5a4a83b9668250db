"""How many desktops of several profiles fit at most: each resource alone, as if a desktop could be cut in pieces. Pure.

A desktop takes a whole number of units of a resource: their size is the greatest common divisor of all profiles. Nodes that the
same profiles can use are one. What fits in truth fits here too, so the results are upper bounds.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import gcd, lcm

from provisioner.model.ids import ClusterId, LockDomain, NodeKey, ProfileName
from provisioner.planning.placement.capacity.counts import whole
from provisioner.planning.placement.capacity.flow import assigned
from provisioner.planning.placement.capacity.ground import ClusterGround, Ground, Need
from provisioner.planning.placement.capacity.ways import Ways

Users = frozenset[ProfileName]
"""The profiles that can use a node or storage."""
Units = tuple[Counter[Users], Counter[Users], Counter[Users]]
"""Units of memory, vCPUs and storage."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Relaxed:
    """One resource: its units by who can use them, and how many a desktop of each profile takes."""

    units: Mapping[Users, int]
    each: Mapping[ProfileName, int]

    def placed(self, wanted: Mapping[ProfileName, int]) -> int:
        """How many of these desktops fit at most: the small ones first."""
        supplies: dict[ProfileName, int] = {}
        count, before = Fraction(0), 0
        for profile in sorted(wanted, key=lambda profile: (self.each[profile], profile)):
            supplies[profile] = wanted[profile] * self.each[profile]
            total = self._assigned(supplies)
            count, before = count + Fraction(total - before, self.each[profile]), total
        return int(count)

    def more(self, profile: ProfileName, wanted: Mapping[ProfileName, int]) -> int:
        """How many desktops of the profile fit at most besides the wanted ones, if those fit."""
        supplies = {name: count * self.each[name] for name, count in wanted.items()}
        unlimited = {**supplies, profile: sum(self.units.values())}
        return (self._assigned(unlimited) - self._assigned(supplies)) // self.each[profile]

    def _assigned(self, supplies: Mapping[ProfileName, int]) -> int:
        reaches = {profile: [users for users in self.units if profile in users] for profile in supplies}
        return assigned(supplies, reaches, self.units).total


class Relaxation:
    """The relaxed resources of all clusters. Those of unchanged clusters are computed once."""

    def __init__(self, ground: Ground, needs: Iterable[Need], ways: Mapping[ProfileName, Mapping[ClusterId, Ways]]) -> None:
        self._ground, self._needs, self._ways = ground, tuple(needs), ways
        self._memory_mib = gcd(*(need.memory_mib for need in self._needs))
        self._vcpus = gcd(*(need.vcpus for need in self._needs))
        self._claim_gib = _common(need.claim_gib for need in self._needs)
        self._on = {cluster: self._units_on(of_cluster) for cluster, of_cluster in ground.clusters.items()}
        self._total = _sum(self._on.values())

    def resources(self, changed: Ground) -> tuple[Relaxed, Relaxed, Relaxed]:
        """Memory, vCPUs and storage on the same ground after some of its clusters have changed."""
        total = self._total
        for cluster, ground in changed.clusters.items():
            if ground is not self._ground.clusters[cluster]:
                total = _sum((total, self._units_on(ground)), less=self._on[cluster])
        memory, vcpus, storage = total
        return (
            Relaxed(units=memory, each={need.profile: need.memory_mib // self._memory_mib for need in self._needs}),
            Relaxed(units=vcpus, each={need.profile: need.vcpus // self._vcpus for need in self._needs}),
            Relaxed(units=storage, each={need.profile: int(need.claim_gib // self._claim_gib) for need in self._needs}),
        )

    def _units_on(self, ground: ClusterGround) -> Units:
        on_node, on_storage = self._users_on(ground)
        memory, vcpus, storage = Counter[Users](), Counter[Users](), Counter[Users]()
        for node, needs in on_node.items():
            users = frozenset(need.profile for need in needs)
            memory[users] += whole(ground.memory_mib[node], self._memory_mib)
            ratio = max(need.cpu_ratio for need in needs)
            vcpus[users] += whole(ground.cores.get(node, 0) * ratio - ground.vcpus.get(node, 0), self._vcpus)
        for domain, needs in on_storage.items():
            storage[frozenset(need.profile for need in needs)] += whole(ground.gib.get(domain, 0.0), self._claim_gib)
        return memory, vcpus, storage

    def _users_on(self, ground: ClusterGround) -> tuple[Mapping[NodeKey, list[Need]], Mapping[LockDomain, list[Need]]]:
        on_node, on_storage = defaultdict[NodeKey, list[Need]](list), defaultdict[LockDomain, list[Need]](list)
        for need in self._needs:
            ways = self._ways[need.profile].get(ground.cluster)
            sees = ways.sees(ground.memory_mib.keys()) if ways is not None else {}
            for node in sees:
                on_node[node].append(need)
            for domain in {domain for storages in sees.values() for part in storages for domain in part}:
                on_storage[domain].append(need)
        return on_node, on_storage


def _sum(parts: Iterable[Units], less: Units | None = None) -> Units:
    memory, vcpus, storage = Counter[Users](), Counter[Users](), Counter[Users]()
    for part in parts:
        for units, of_part in zip((memory, vcpus, storage), part, strict=True):
            units.update(of_part)
    for units, of_part in zip((memory, vcpus, storage), less or (), strict=less is not None):
        units.subtract(of_part)
    return memory, vcpus, storage


def _common(sizes: Iterable[float]) -> float:
    """The greatest size that each of these is a multiple of, exactly: floats are fractions of powers of two."""
    exact = [Fraction(size) for size in sizes]
    scale = lcm(*(size.denominator for size in exact))
    return gcd(*(int(size * scale) for size in exact)) / scale
