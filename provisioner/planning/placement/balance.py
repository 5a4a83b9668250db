"""How soon what is left of a switch can be done, and so where more of it would only be waited for. Pure.

Each desktop is cloned under its storage's lock and then booted by its node. A node that clones fast could be given more than it
boots in time, while another, whose storage was held up for a while, has nothing left to do.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import inf
from types import MappingProxyType

from provisioner.model.ids import LockDomain, NodeKey
from provisioner.model.words import WaitsFor
from provisioner.pacing.boot_limits import BootQueues
from provisioner.planning.placement.refusal import Refusal
from provisioner.reasons.placement import CLONE_SLOW, NODE_BUSY, STOCKED

_IN_STOCK = 6
"""Desktops that wait for their start on one node, when few are left to be placed: half a minute's work. Where boots turn out to
go faster than elsewhere the last ones go, and all nodes end together."""
_MUCH = 1.5
"""Less is within what image operations vary by."""
_SHARES = 8
"""Of a node that one boot takes as long as: with fewer at once it is idle at times (pacing.boot_limits)."""
_PRECISE = 0.01
"""Of the time that is looked for: what is measured is not that precise."""
_NOTHING = BootQueues()
_STOCKED = Refusal(WaitsFor.BOOTS, STOCKED(stock=_IN_STOCK))
_BUSY = Refusal(WaitsFor.BOOTS, NODE_BUSY())


@dataclass(frozen=True, slots=True, kw_only=True)
class DomainLoad:
    """A lock domain and its nodes."""

    busy_s: Sequence[float]
    """Of each node, how long it has to boot what it has."""
    clone_s: float = 0.0
    """What one clone takes of the lock's time; 0: not measured."""
    cloning: int = 0
    """Clones in flight."""

    def cloned_in(self, seconds: float, *, share_s: float) -> float:
        """How many more desktops it clones in so long, and has booted one boot later; one takes `share_s` of a whole node."""
        booted = sum(max(0.0, seconds + _SHARES * share_s - busy_s) for busy_s in self.busy_s) / share_s
        cloned = seconds / self.clone_s - self.cloning if self.clone_s else inf
        return max(0.0, min(booted, cloned))

    def next_in_s(self, share_s: float) -> float:
        """How long until one more is cloned, and is booted one boot later."""
        return max(self.clone_s * (self.cloning + 1), min(self.busy_s) + (1 - _SHARES) * share_s, share_s)


def cloned_after_s(rest: int, lines: Sequence[DomainLoad], *, share_s: float) -> float:
    """Seconds until the last of `rest` more is cloned, each where it is booted first; infinite while nothing is measured.

    All are booted one boot later. Nobody is made in parts on several nodes: it takes as long as the first whole one.
    """
    if not lines or share_s <= 0:
        return inf
    least, most = 0.0, min(line.next_in_s(share_s) for line in lines)
    while _cloned_in(most, lines, share_s) < rest:
        least, most = most, 2 * most
    while least and most - least > _PRECISE * most:
        middle = (least + most) / 2
        if _cloned_in(middle, lines, share_s) < rest:
            least = middle
        else:
            most = middle
    return most


def _cloned_in(seconds: float, lines: Iterable[DomainLoad], share_s: float) -> float:
    return sum(line.cloned_in(seconds, share_s=share_s) for line in lines)


class Balance:
    """What is to be done still, node by node; changed by each placement of one plan."""

    def __init__(
        self,
        queues: BootQueues = _NOTHING,
        *,
        unplaced: int = 0,
        clone_s: Mapping[LockDomain, float] = MappingProxyType({}),
    ) -> None:
        """`unplaced` desktops have no place yet; `clone_s` is what a clone takes of each lock domain's time, once measured."""
        self._queues, self._waiting, self._unplaced, self._clone_s = queues, Counter(queues.waiting), unplaced, clone_s

    def take(self, node: NodeKey) -> None:
        """One more desktop is placed there."""
        self._waiting[node] += 1
        self._unplaced -= 1

    def busy_s(self, node: NodeKey) -> float:
        """How long the node has to boot what it has."""
        return self._queues.remaining_s.get(node, 0.0) + self._waiting[node] * self._queues.share_s

    def cloned_after_s(self, places: Iterable[tuple[NodeKey, LockDomain]], cloning: Mapping[LockDomain, int]) -> float:
        """How long until all that have no place yet are cloned, if they go to these nodes, and each where it boots first."""
        busy_s: defaultdict[LockDomain, list[float]] = defaultdict(list)
        for node, domain in places:
            busy_s[domain].append(self.busy_s(node))
        lines = [
            DomainLoad(busy_s=those, clone_s=self._clone_s.get(domain, 0.0), cloning=cloning.get(domain, 0))
            for domain, those in busy_s.items()
        ]
        return cloned_after_s(max(1, self._unplaced), lines, share_s=self._queues.share_s)

    def refusal(self, node: NodeKey, domain: LockDomain, *, cloning: int, nodes: int, cloned_after_s: float) -> Refusal | None:
        """Why one more desktop is ready sooner when it is not placed there now; None: it is not.

        `cloning`: clones in flight in that lock domain; `nodes`: how many there are to place it on; `cloned_after_s`: how long
        until all others are cloned.
        """
        if self._unplaced <= _IN_STOCK * nodes and self._waiting[node] >= _IN_STOCK:
            return _STOCKED
        if self.busy_s(node) >= cloned_after_s + _SHARES * self._queues.share_s:
            return _BUSY
        clone_s = self._clone_s.get(domain, 0.0)
        if clone_s * (cloning + 1) > _MUCH * cloned_after_s:
            return Refusal(WaitsFor.LOCK, CLONE_SLOW(clone_s=clone_s))
        return None
