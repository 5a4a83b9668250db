"""Desktops placed as a switch places them: one after the other, each on the node that got the fewest so far. Pure."""

from collections import Counter
from collections.abc import Mapping
from functools import cache
from heapq import heapify, heappop, heapreplace

from provisioner.model.ids import ClusterId, LockDomain, NodeKey, ProfileName
from provisioner.planning.placement.capacity.ground import Ground, Need, with_cluster
from provisioner.planning.placement.capacity.packing import fitting, taken, without_quotas
from provisioner.planning.placement.capacity.ways import Ways

_Turn = tuple[int, float, NodeKey]


class Spreading:
    """What is left, and where the desktops went; changed by each of them. `ways`: of each profile."""

    def __init__(
        self, ground: Ground, needs: Mapping[ProfileName, Need], ways: Mapping[ProfileName, Mapping[ClusterId, Ways]]
    ) -> None:
        self.ground = ground
        self.placed: dict[NodeKey, Counter[ProfileName]] = {}
        self._needs, self._ways = needs, ways
        self._given = Counter[NodeKey]()
        self._places, self._turns = cache(self._places_of), cache(self._turns_of)

    def place(self, profile: ProfileName) -> None:
        """Place one more desktop of the profile, if it fits anywhere."""
        need, turns = self._needs[profile], self._turns(profile)
        while turns and all(self.ground.quotas[quota] > 0 for quota in need.quotas):
            node = turns[0][2]
            if turns[0] != (now := self._turn(node)):
                heapreplace(turns, now)  # it got others meanwhile
            elif (domain := self._domain(need, node)) is None:
                heappop(turns)
            else:
                self._take(need, node, domain)
                return

    def _take(self, need: Need, node: NodeKey, domain: LockDomain) -> None:
        cluster = taken(self.ground.clusters[node.cluster], need, node, domain, 1)
        self.ground = without_quotas(with_cluster(self.ground, cluster), need, 1)
        self.placed.setdefault(node, Counter())[need.profile] += 1
        self._given[node] += 1

    def _domain(self, need: Need, node: NodeKey) -> LockDomain | None:
        cluster, places = self.ground.clusters[node.cluster], self._places(need.profile)[node]
        return next((domain for domain in places if fitting(cluster, need, node, domain) > 0), None)

    def _turn(self, node: NodeKey) -> _Turn:
        return self._given[node], -self.ground.clusters[node.cluster].memory_mib[node], node

    def _turns_of(self, profile: ProfileName) -> list[_Turn]:
        turns = [self._turn(node) for node in self._places(profile)]
        heapify(turns)
        return turns

    def _places_of(self, profile: ProfileName) -> Mapping[NodeKey, tuple[LockDomain, ...]]:
        """The storages of each node, those first that no other node sees."""
        return {
            node: (*storages.own, *storages.shared)
            for cluster, ways in self._ways[profile].items()
            for node, storages in ways.sees(self.ground.clusters[cluster].memory_mib.keys()).items()
        }
