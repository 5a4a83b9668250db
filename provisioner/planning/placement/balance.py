"""When the rest of a surge can be done, and so where one more desktop would only wait. Pure.

Each desktop is cloned under its storage's lock and then booted by its node. Without a balance, a node with fast storage gets
more clones than it can boot in time, while a node whose storage was blocked for a while runs out of work.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from math import inf
from types import MappingProxyType

from provisioner.model.ids import LockDomain, NodeKey
from provisioner.model.words import WaitsFor
from provisioner.planning.placement.refusal import Refusal
from provisioner.reasons.placement import NODE_BUSY

_PRECISE = 0.01
"""Relative precision of the search: the measurements are less precise."""
_BUSY = Refusal(WaitsFor.BOOTS, NODE_BUSY())


@dataclass(frozen=True, slots=True, kw_only=True)
class BootQueues:
    """The boots still to come on each node."""

    waiting: Mapping[NodeKey, int] = field(default_factory=dict)
    """Desktops that will be started there."""
    remaining_s: Mapping[NodeKey, float] = field(default_factory=dict)
    """Seconds until the boots in progress have ended."""
    share_s: float = 0.0
    """Seconds of a node that one more boot takes."""
    boot_s: float = 0.0
    """Seconds that one boot takes on a node with few others."""


_NOTHING = BootQueues()


@dataclass(frozen=True, slots=True, kw_only=True)
class DomainLoad:
    """A lock domain and its nodes."""

    busy_s: Sequence[float]
    """For each node, seconds until it has booted its desktops."""
    clone_s: float = 0.0
    """Seconds that one clone holds the lock; 0: not measured."""
    cloning: int = 0
    """Clones in flight."""

    def cloned_in(self, seconds: float, queues: BootQueues) -> float:
        """Desktops that can be cloned in this time and booted one boot later."""
        booted = sum(max(0.0, seconds + queues.boot_s - busy_s) for busy_s in self.busy_s) / queues.share_s
        cloned = seconds / self.clone_s - self.cloning if self.clone_s else inf
        return max(0.0, min(booted, cloned))

    def next_in_s(self, queues: BootQueues) -> float:
        """Seconds until one more desktop is cloned, if it is to be booted one boot later."""
        return max(self.clone_s * (self.cloning + 1), min(self.busy_s) + queues.share_s - queues.boot_s, queues.share_s)


def cloned_after_s(rest: int, loads: Sequence[DomainLoad], queues: BootQueues) -> float:
    """Seconds until `rest` more desktops are cloned, each where it boots first; infinite while nothing is measured.

    All are booted one boot later. A desktop cannot be split across nodes, so the result is at least the time of one whole
    desktop.
    """
    if not loads or queues.share_s <= 0:
        return inf
    least, most = 0.0, min(load.next_in_s(queues) for load in loads)
    while _cloned_in(most, loads, queues) < rest:
        least, most = most, 2 * most
    while least and most - least > _PRECISE * most:
        middle = (least + most) / 2
        if _cloned_in(middle, loads, queues) < rest:
            least = middle
        else:
            most = middle
    return most


def _cloned_in(seconds: float, loads: Iterable[DomainLoad], queues: BootQueues) -> float:
    return sum(load.cloned_in(seconds, queues) for load in loads)


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
        self._queues, self._waiting, self._unplaced, self._clone_s = queues, Counter(queues.waiting), unplaced, clone_s

    def take(self, node: NodeKey) -> None:
        """Count one more desktop on the node."""
        self._waiting[node] += 1
        self._unplaced -= 1

    def busy_s(self, node: NodeKey) -> float:
        """Seconds until the node has booted its desktops."""
        return self._queues.remaining_s.get(node, 0.0) + self._waiting[node] * self._queues.share_s

    def cloned_after_s(self, places: Iterable[tuple[NodeKey, LockDomain]], cloning: Mapping[LockDomain, int]) -> float:
        """Seconds until all unplaced desktops are cloned, if they go to these nodes, each where it boots first."""
        busy_s: defaultdict[LockDomain, list[float]] = defaultdict(list)
        for node, domain in places:
            busy_s[domain].append(self.busy_s(node))
        loads = [
            DomainLoad(busy_s=of_nodes, clone_s=self._clone_s.get(domain, 0.0), cloning=cloning.get(domain, 0))
            for domain, of_nodes in busy_s.items()
        ]
        return cloned_after_s(max(1, self._unplaced), loads, self._queues)

    def refusal(self, node: NodeKey, *, cloned_after_s: float) -> Refusal | None:
        """Why one more desktop would be ready sooner if it is not placed there now; None: place it.

        `cloned_after_s`: seconds until all others are cloned. A busy node would boot it later than the last clone elsewhere.
        """
        return _BUSY if self.busy_s(node) >= cloned_after_s + self._queues.boot_s else None
