"""The capacity of all clusters for one profile alone: how many more desktops fit, what is the limit, what would add most.

Exact: equal to trying every way to place them.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace

from provisioner.model.capacity import Gain
from provisioner.model.ids import ClusterId, LockDomain, NodeKey
from provisioner.model.words import WaitsFor
from provisioner.planning.placement.capacity.counts import Counts, counts_of
from provisioner.planning.placement.capacity.ground import Ground, Need
from provisioner.planning.placement.capacity.ways import Ways

_IN_CLUSTERS = (WaitsFor.MEMORY, WaitsFor.CORES, WaitsFor.STORAGE, WaitsFor.VMIDS)


class SingleCapacity:
    """One profile alone. Profiles compete: do not add them up."""

    def __init__(self, ground: Ground, need: Need) -> None:
        self._ground, self._need = ground, need
        self.ways = {cluster: Ways(routes) for cluster, routes in sorted(need.routes.items())}
        """The ways on each cluster."""
        self._counts = {cluster: self._counts_on(ground, cluster) for cluster in self.ways}
        self._frees = {cluster: counts.free for cluster, counts in self._counts.items()}
        self._inside = sum(self._frees.values())

    @property
    def free(self) -> int:
        """How many more desktops fit."""
        return self._limited(self._inside)

    @property
    def binds(self) -> str:
        """The limit: a quota, or the resource that most nodes wait for; a word of WaitsFor, or CEILING."""
        if self.free < self._inside:
            return min(self._need.quotas, key=lambda quota: self._ground.quotas[quota]).kind
        votes = Counter(self._need.unusable.values())
        for counts in self._counts.values():
            votes += counts.votes()
        return min(votes.items(), key=lambda item: (-item[1], item[0]), default=(WaitsFor.TEMPLATES, 0))[0]

    def free_on(self, changed: Ground) -> int:
        """How many fit on the same ground after some of its clusters or quotas have changed."""
        inside = self._inside
        for cluster, before in self._frees.items():
            if changed.clusters[cluster] is not self._ground.clusters[cluster]:
                inside += self._counts_on(changed, cluster).free - before
        return self._limited(inside, changed)

    def gains(self) -> tuple[Gain, ...]:
        """What would add most, the most first; without resources that would add nothing."""
        found = (*self._gains_inside(), *self._gains_of_quotas())
        return tuple(sorted((gain for gain in found if gain.more > 0), key=lambda gain: (-gain.more, gain.kind, gain.place)))

    def _counts_on(self, ground: Ground, cluster: ClusterId) -> Counts:
        return counts_of(ground.clusters[cluster], self._need, self.ways[cluster])

    def _limited(self, inside: int, ground: Ground | None = None) -> int:
        quotas = (ground or self._ground).quotas
        return min((inside, *(max(0, quotas[quota]) for quota in self._need.quotas)))

    def _gains_inside(self) -> Iterator[Gain]:
        for kind in _IN_CLUSTERS:
            everywhere = sum(counts.unlimited(kind).free for counts in self._counts.values())
            more = self._limited(everywhere) - self.free
            if more > 0:  # otherwise no single place adds anything either
                there, place = self._best_place(kind)
                yield Gain(kind, more, place, there)

    def _best_place(self, kind: WaitsFor) -> tuple[int, str]:
        """The greatest gain from one place, and the place; the first by name among equals."""
        best = (0, "")
        for cluster, counts in self._counts.items():
            for place in _places(counts, kind):
                freed = counts.unlimited(kind, place).free - self._frees[cluster]
                more = self._limited(self._inside + freed) - self.free
                if more > best[0]:
                    best = (more, str(place or cluster))
        return best

    def _gains_of_quotas(self) -> Iterator[Gain]:
        for quota in self._need.quotas:
            unlimited = replace(self._ground, quotas={**self._ground.quotas, quota: self._inside})
            more = self._limited(self._inside, unlimited) - self.free
            yield Gain(quota.kind, more, quota.name, more)


def _places(counts: Counts, kind: WaitsFor) -> Iterable[NodeKey | LockDomain | None]:
    """Where the resource can be the limit at all."""
    match kind:
        case WaitsFor.MEMORY:
            return (node for node, count in counts.memory.items() if count < counts.cores[node])
        case WaitsFor.CORES:
            return (node for node, count in counts.cores.items() if count < counts.memory[node])
        case WaitsFor.STORAGE:
            return sorted(counts.storages)
        case _:
            return (None,)
