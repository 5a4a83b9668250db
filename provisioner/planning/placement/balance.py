"""When the rest of a surge can be done, and so where one more desktop would only wait. Pure.

Each desktop is cloned under its storage's lock and then booted by its node. Without a balance, a node with fast storage gets
more clones than it can boot in time, while a node whose storage was blocked for a while runs out of work.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from math import inf
from types import MappingProxyType

from provisioner.model.ids import LockDomain, NodeKey, ProfileName
from provisioner.model.words import WaitsFor
from provisioner.planning.placement.refusal import Refusal
from provisioner.reasons.placement import NODE_BUSY, NODE_UNKNOWN

_PRECISE = 0.01
"""Relative precision of the search: the measurements are less precise."""
BUSY = Refusal(WaitsFor.BOOTS, NODE_BUSY())
UNKNOWN = Refusal(WaitsFor.BOOTS, NODE_UNKNOWN())


@dataclass(frozen=True, slots=True, kw_only=True)
class BootQueues:
    """The boots still to come on each node."""

    waiting: Mapping[NodeKey, int] = field(default_factory=dict)
    """Desktops that will be started there."""
    unstarted: Mapping[tuple[NodeKey, ProfileName], int] = field(default_factory=dict)
    """Of these, by profile, the ones placed lately: those that cannot be started would keep others out for ever."""
    remaining_s: Mapping[NodeKey, float] = field(default_factory=dict)
    """Seconds until the boots in progress have ended."""
    share_s: Mapping[NodeKey, float] = field(default_factory=dict)
    """Seconds of each node that one more boot takes; a node that is not in it gets no boot of anybody."""
    boot_s: Mapping[NodeKey, float] = field(default_factory=dict)
    """Seconds that one boot takes on each node with few others."""
    unknown: Mapping[NodeKey, int] = field(default_factory=dict)
    """Nodes of which too few boots have ended to show how fast they are, and how many unstarted desktops each may have."""


_NOTHING = BootQueues()


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class NodeLoad:
    """A node, and the boots still to come there. Compared by identity: with several storages it is one all the same."""

    busy_s: float
    """Seconds until it has booted its desktops."""
    share_s: float
    """Seconds of it that one more boot takes."""
    boot_s: float
    """Seconds that one boot takes with few others."""
    room: float = inf
    """Desktops that it has room for."""

    def booted_in(self, seconds: float) -> float:
        """Desktops more that it can boot in this time: none that takes longer even alone."""
        return min(self.room, max(0.0, seconds - self.busy_s) / self.share_s) if seconds >= self.boot_s else 0.0

    @property
    def next_in_s(self) -> float:
        """Seconds until it has booted one more."""
        return max(self.busy_s, self.boot_s) + self.share_s


@dataclass(frozen=True, slots=True, kw_only=True)
class DomainLoad:
    """A lock domain and its nodes."""

    nodes: Sequence[NodeLoad]
    clone_s: float = 0.0
    """Seconds that one clone holds the lock; 0: not measured."""
    cloning: int = 0
    """Clones in flight."""

    def done_in(self, seconds: float, left: dict[NodeLoad, float]) -> float:
        """Desktops that can be cloned in this time, each early enough to be booted in it; takes them from what is `left` of
        the nodes."""
        cloned, done = max(0.0, self._cloned_in(seconds - min(node.boot_s for node in self.nodes))), 0.0
        for node in self.nodes:
            free = left[node] if node in left else node.booted_in(seconds)
            taken = min(free, cloned - done)
            left[node] = free - taken
            done += taken
        return done

    @property
    def next_in_s(self) -> float:
        """Seconds until one more desktop is cloned and booted."""
        cloned_s = self.clone_s * (self.cloning + 1)
        return min(max(cloned_s + node.boot_s, node.next_in_s) for node in self.nodes)

    def _cloned_in(self, seconds: float) -> float:
        return seconds / self.clone_s - self.cloning if self.clone_s else inf


def done_after_s(rest: int, loads: Sequence[DomainLoad]) -> float:
    """Seconds until `rest` more desktops are ready, each where it is ready first; infinite if there is no room for them.

    A desktop cannot be split across nodes, so the result is at least the time of one whole desktop. Storages of few nodes come
    first; the others fill what these leave.
    """
    if rest > sum(node.room for node in dict.fromkeys(node for load in loads for node in load.nodes)):
        return inf
    loads = sorted(loads, key=lambda load: len(load.nodes))
    least, most = 0.0, min(load.next_in_s for load in loads)
    while _done_in(most, loads) < rest:
        least, most = most, 2 * most
    while least and most - least > _PRECISE * most:
        middle = (least + most) / 2
        if _done_in(middle, loads) < rest:
            least = middle
        else:
            most = middle
    return most


def _done_in(seconds: float, loads: Iterable[DomainLoad]) -> float:
    left: dict[NodeLoad, float] = {}
    return sum(load.done_in(seconds, left) for load in loads)


class Balance:
    """The remaining work of each node; changed by each placement of one plan."""

    def __init__(
        self,
        queues: BootQueues = _NOTHING,
        *,
        unplaced: int = 0,
        clone_s: Mapping[LockDomain, float] = MappingProxyType({}),
    ) -> None:
        """`unplaced`: desktops without a place; `clone_s`: seconds that a clone holds each lock domain, where measured."""
        self._queues, self._waiting, self._unstarted = queues, Counter(queues.waiting), Counter(queues.unstarted)
        self._unplaced, self._clone_s = unplaced, clone_s

    def take(self, node: NodeKey, profile: ProfileName) -> None:
        """Count one more desktop on the node."""
        self._waiting[node] += 1
        self._unstarted[node, profile] += 1
        self._unplaced -= 1

    def busy_s(self, node: NodeKey) -> float:
        """Seconds until the node has booted its desktops."""
        return self._queues.remaining_s.get(node, 0.0) + self._waiting[node] * self._queues.share_s.get(node, 0.0)

    def done_after_s(self, places: Iterable[tuple[NodeKey, LockDomain, float]], cloning: Mapping[LockDomain, int]) -> float:
        """Seconds until all unplaced desktops are ready, if they go to these nodes with so much room, each where it is ready
        first; infinite while nothing is known of a node's boots."""
        nodes: dict[NodeKey, NodeLoad] = {}
        loads: defaultdict[LockDomain, list[NodeLoad]] = defaultdict(list)
        for node, domain, room in places:
            if (share_s := self._queues.share_s.get(node, 0.0)) <= 0:
                return inf
            if node not in nodes:
                boot_s = self._queues.boot_s.get(node, 0.0)
                nodes[node] = NodeLoad(busy_s=self.busy_s(node), share_s=share_s, boot_s=boot_s, room=room)
            loads[domain].append(nodes[node])
        of_domains = [
            DomainLoad(nodes=of_nodes, clone_s=self._clone_s.get(domain, 0.0), cloning=cloning.get(domain, 0))
            for domain, of_nodes in loads.items()
        ]
        return done_after_s(max(1, self._unplaced), of_domains)

    def refusal(self, node: NodeKey, profile: ProfileName, *, done_after_s: float) -> Refusal | None:
        """Why one more desktop would be ready sooner if it is not placed there now; None: place it.

        `done_after_s`: seconds until all others are ready. A busy or slow node would have booted it later.
        """
        if self._unstarted[node, profile] >= self._queues.unknown.get(node, inf):
            return UNKNOWN
        late = max(self.busy_s(node), (1 - _PRECISE) * self._queues.boot_s.get(node, 0.0)) >= done_after_s
        return BUSY if late else None
