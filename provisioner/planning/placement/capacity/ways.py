"""Where desktops of one profile can be made on one cluster: the storages that each node sees. Pure."""

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Set
from typing import NamedTuple

from provisioner.model.ids import LockDomain, NodeKey
from provisioner.planning.placement.capacity.ground import CloneRoute


class Seen(NamedTuple):
    """The storages on which desktops of a node can be made."""

    own: tuple[LockDomain, ...]
    """Those that no other node sees."""
    shared: tuple[LockDomain, ...]


class Ways:
    """The routes of a profile on a cluster, sorted by node. Made once, since it goes over every route."""

    def __init__(self, routes: Collection[CloneRoute]) -> None:
        self._made_at: defaultdict[tuple[NodeKey, LockDomain], set[NodeKey]] = defaultdict(set)
        for route in sorted(routes):
            self._made_at[route.node, route.domain].add(route.made_at)
        self._nodes = frozenset(route.made_at for route in routes) | {node for node, _ in self._made_at}
        viewers = Counter(domain for _, domain in self._made_at)
        self.storages = tuple(viewers)
        self.shared = frozenset(domain for domain, nodes in viewers.items() if nodes > 1)
        """Storages that several nodes see."""
        self._sees = self._without(frozenset())
        self._last = (frozenset[NodeKey](), self._sees)

    def sees(self, there: Set[NodeKey]) -> Mapping[NodeKey, Seen]:
        """The storages of each node, if these nodes are there. A template on a lost node cannot be cloned."""
        lost = self._nodes.difference(there)
        if not lost:
            return self._sees
        if self._last[0] != lost:  # the loss of each node is asked about several times
            self._last = (lost, self._without(lost))
        return self._last[1]

    def _without(self, lost: frozenset[NodeKey]) -> Mapping[NodeKey, Seen]:
        own: defaultdict[NodeKey, list[LockDomain]] = defaultdict(list)
        shared: defaultdict[NodeKey, list[LockDomain]] = defaultdict(list)
        for (node, domain), made_at in self._made_at.items():
            if node not in lost and not made_at <= lost:
                (shared if domain in self.shared else own)[node].append(domain)
        return {node: Seen(tuple(own[node]), tuple(shared[node])) for node in sorted(own.keys() | shared.keys())}
