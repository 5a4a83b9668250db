"""Room that new desktops leave, so that those of the fullest nodes of a cluster could be restarted on its other nodes."""

from collections import Counter, defaultdict
from collections.abc import Mapping

from provisioner.model.ids import ClusterId, NodeKey, ProfileName
from provisioner.model.people.profiles import Profile
from provisioner.model.words import WaitsFor
from provisioner.planning.placement.candidates import Candidate
from provisioner.planning.placement.claims import Claim
from provisioner.planning.placement.refusal import Refusal
from provisioner.planning.placement.resources import FreeResources
from provisioner.reasons.placement import SURVIVES

Load = Counter[tuple[int, int]]
"""Desktops of a node, by memory (MiB) and vCPUs."""


class Survival:
    """The desktops of each node, and whether those of the fullest would fit elsewhere. Lives for one plan.

    They are packed one by one, the largest first, each where it fits. So it is a lower bound: a cleverer packing may succeed
    where this one does not.
    """

    def __init__(
        self, resources: FreeResources, claims: Mapping[Claim, int], profiles: Mapping[ProfileName, Profile], *, nodes: int
    ) -> None:
        """`nodes`: how many are to be survived in each cluster; 0: no room is kept."""
        self._resources, self._nodes = resources, nodes
        self._loads: defaultdict[NodeKey, Load] = defaultdict(Counter)
        for claim, count in claims.items() if nodes else ():
            if profile := profiles.get(claim.profile):
                memory_mib, vcpus = claim.booked(profile)
                self._loads[claim.node][memory_mib, round(vcpus)] += count

    def take(self, profile: Profile, node: NodeKey) -> None:
        """One more desktop is placed there."""
        self._loads[node][profile.memory_mib, profile.vcpus] += 1

    def refusal(self, profile: Profile, candidate: Candidate) -> Refusal | None:
        """Why one more desktop there would leave too little room; None: it leaves enough, or none is kept."""
        if not self._nodes or self._fit_elsewhere(profile, candidate.node):
            return None
        return Refusal(WaitsFor.MEMORY, SURVIVES(nodes=self._nodes))

    def _fit_elsewhere(self, profile: Profile, node: NodeKey) -> bool:
        size = (profile.memory_mib, profile.vcpus)
        loads = {key: self._loads[key] for key in self._online(node.cluster)}
        loads[node] = loads.get(node, Counter()) + Counter({size: 1})
        lost = sorted(loads, key=lambda key: (-_memory_mib(loads[key]), key))[: self._nodes]
        moved = sum((loads[key] for key in lost), Counter[tuple[int, int]]())
        room = {key: self._room(key, profile, size if key == node else (0, 0)) for key in loads if key not in lost}
        return _pack(moved, room)

    def _online(self, cluster: ClusterId) -> list[NodeKey]:
        """The nodes of the cluster that desktops may be on."""
        view = self._resources.snapshot.clusters[cluster]
        cordons = self._resources.candidates.cordons
        return [node.key for node in view.nodes.values() if view.complete_on(node.key.node) and node.key not in cordons]

    def _room(self, node: NodeKey, profile: Profile, taken: tuple[int, int]) -> tuple[float, float]:
        return self._resources.memory_left(node) - taken[0], self._resources.vcpus_left(node, profile) - taken[1]


def _memory_mib(load: Load) -> int:
    return sum(memory_mib * count for (memory_mib, _), count in load.items())


def _pack(moved: Load, room: dict[NodeKey, tuple[float, float]]) -> bool:
    """Whether all of them fit, the largest first."""
    for (memory_mib, vcpus), count in sorted(moved.items(), reverse=True):
        for node, (mib, cores) in room.items():
            here = int(min(count, mib // memory_mib if memory_mib else count, cores // vcpus if vcpus else count))
            if here > 0:
                room[node] = (mib - here * memory_mib, cores - here * vcpus)
                count -= here
        if count:
            return False
    return True


__all__ = ["Survival"]
