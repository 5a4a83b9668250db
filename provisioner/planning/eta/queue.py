"""When the desktops of each batch are ready: clones under their locks, then boots on the nodes, at each node's own speed. Pure.

The same calculation as placing makes (`placement/balance`): work that flows, no single desktops, and nothing fails. A batch
waits for those before it, as far as they begin before it is done.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import ceil, inf

from provisioner.model.ids import Instant, LockDomain, NodeKey, WaveName
from provisioner.planning.placement.balance import DomainLoad, NodeLoad, done_after_s
from provisioner.reasons.reason import NONE, Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """Desktops that are to be made."""

    placed: Mapping[NodeKey, float] = field(default_factory=dict)
    """To be booted there, cloned or not."""
    cloning: Mapping[NodeKey, float] = field(default_factory=dict)
    """Of these, the ones to be cloned first."""
    unplaced: float = 0.0
    """To be cloned and booted wherever they are ready first."""

    def __add__(self, other: "Load") -> "Load":
        return Load(
            placed=Counter(self.placed) + Counter(other.placed),
            cloning=Counter(self.cloning) + Counter(other.cloning),
            unplaced=self.unplaced + other.unplaced,
        )

    def first(self, number: float) -> "Load":
        """So many of them: who has a place is ready first."""
        places = sum(self.placed.values())
        share = min(1.0, number / places) if places else 0.0
        return Load(
            placed={node: share * count for node, count in self.placed.items()},
            cloning={node: share * count for node, count in self.cloning.items()},
            unplaced=max(0.0, number - places),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """Nodes, and the locks under which desktops are cloned there; storages that have a node in common are of one site."""

    nodes: frozenset[NodeKey]
    clone_s: Mapping[LockDomain, float] = field(default_factory=dict)
    """How long each clone holds the lock of each domain."""

    @property
    def each_s(self) -> float:
        """From one clone to the next, under all locks; 0: they take no time."""
        per_s = sum(1.0 / each_s if each_s else inf for each_s in self.clone_s.values())
        return 1.0 / per_s if per_s else 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Yard:
    """What desktops are made with, as measured."""

    sites: Sequence[Site] = ()
    """Where new desktops can be made."""
    nodes: Mapping[NodeKey, NodeLoad] = field(default_factory=dict)
    """Each node, with the boots in progress."""
    between_s: float = 0.0
    """From the end of a clone until the start is ordered: two observations."""

    def scaled(self, *, clones: float = 1.0, boots: float = 1.0) -> "Yard":
        """With clones that take so many times as long, and nodes that boot so many times as much."""
        sites = (
            replace(site, clone_s={domain: each_s * clones for domain, each_s in site.clone_s.items()}) for site in self.sites
        )
        nodes = {
            key: replace(node, share_s=node.share_s / boots, busy_s=node.busy_s / boots) for key, node in self.nodes.items()
        }
        return replace(self, sites=tuple(sites), nodes=nodes)

    def after_s(self, load: Load) -> float:
        """Seconds until all of it is ready; infinite: there is nowhere to clone."""
        nodes = {
            key: replace(node, busy_s=node.busy_s + load.placed.get(key, 0.0) * node.share_s)
            for key, node in self.nodes.items()
        }
        ends_s = [max(nodes[key].busy_s, nodes[key].boot_s) for key, count in load.placed.items() if count and key in nodes]
        domains: list[DomainLoad] = []
        for site in self.sites:
            on = [replace(nodes[key], boot_s=nodes[key].boot_s + self.between_s) for key in sorted(site.nodes)]
            cloning = sum(load.cloning.get(key, 0.0) for key in site.nodes)
            domains.append(DomainLoad(nodes=on, clone_s=site.each_s, cloning=round(cloning)))
            if cloning:
                ends_s.append(site.each_s * cloning + min(node.boot_s for node in on))
        if load.unplaced:
            ends_s.append(_unplaced_s(ceil(load.unplaced), domains))
        return max(ends_s, default=0.0)


def _unplaced_s(count: int, domains: Sequence[DomainLoad]) -> float:
    """With less room than for them, as if there was enough: it is that of one profile, and who gets none is known otherwise."""
    if count > sum(node.room for domain in domains for node in domain.nodes):
        domains = [replace(domain, nodes=[replace(node, room=inf) for node in domain.nodes]) for domain in domains]
    return done_after_s(count, domains) if domains else inf


@dataclass(frozen=True, slots=True, kw_only=True)
class Gated:
    """A batch that opens once so many desktops of another batch are ready."""

    before: int
    """Of all batches, by its place."""
    needed: int
    """Of those that are not ready yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """The people of a wave who are due together, and their desktops that are not ready."""

    wave: WaveName
    opens_at: Instant
    due_at: Instant | None
    people: int
    ready: int
    load: Load = Load()
    """What is neither ready nor boots."""
    booting: int = 0
    left_s: float = 0.0
    """Seconds until the last of these is expected."""
    boot_s: float = 0.0
    """How long a whole boot takes alone, of the profile whose boots take longest."""
    begins_at: Instant | None = None
    """From when on they are cloned; None: once it opens."""
    boots_from: Instant | None = None
    """From when on they are booted; None: once it opens."""
    again_at: Sequence[Instant] = ()
    """When each of those is tried again that have failed or are out of sight, ascending."""
    gate: Gated | None = None
    shut_by: Reason = NONE
    """The gate, or the order, that holds it back although its time has come."""
    on_before: Instant | None = None
    """When it opens, while the surge is paused and that is still to come: it opens then if the surge goes on before."""
    held: Sequence[Reason] = ()
    """What each of those waits for that wait for somebody or something."""
    away: Sequence[Reason] = ()
    """Why each of those is made anew that were there and are out of sight or have failed."""
    never: Sequence[Reason] = ()
    """Why each of those gets none that get no desktop."""

    @property
    def left(self) -> int:
        """Desktops that are not ready and will be."""
        return self.people - self.ready - len(self.never)

    @property
    def waiting(self) -> int:
        """Of these, the ones that wait for somebody, each by itself: when they are ready nobody knows."""
        return 0 if self.shut_by else len(self.held)


class Queue:
    """All batches, the most important first."""

    def __init__(self, batches: Sequence[Batch], yard: Yard, now: Instant) -> None:
        self._batches, self._yard, self._now = batches, yard, now
        self._known: dict[tuple[int, int], Instant] = {}

    def ready_at(self, at: int, number: int) -> Instant:
        """When so many more desktops of the batch in this place are ready; infinite: never."""
        if (at, number) not in self._known:
            self._known[at, number] = inf  # behind a gate that waits for it
            self._known[at, number] = self._ready_at(self._batches[at], at, number)
        return self._known[at, number]

    def _ready_at(self, batch: Batch, at: int, number: int) -> Instant:
        if number <= batch.booting:
            return self._now + batch.left_s * number / batch.booting if number else self._now
        mine, begins_at = batch.load.first(number - batch.booting), self._begins_at(at)
        boots_from = self._opens_at(at) if batch.boots_from is None else batch.boots_from
        yard, found = self._yard, [begins_at + self._yard.after_s(mine), self._now + batch.left_s]
        if boots_from > begins_at:
            found.append(boots_from + yard.scaled(clones=0.0).after_s(mine))
        if late := batch.again_at[: max(0, len(batch.again_at) - (batch.left - number))]:
            found.append(late[-1] + yard.after_s(Load(unplaced=1.0)))
        return self._behind(at, begins_at, mine, max(found))

    def _behind(self, at: int, begins_at: Instant, total: Load, found: Instant) -> Instant:
        """Not before what is more important and begins earlier: with all of it since the nodes had nothing to do last."""
        boots_by = found - self._batches[at].boot_s
        others = [(self._begins_at(place), self._batches[place].load) for place in range(at)]
        for begin, load in sorted((each for each in others if each[0] < boots_by), key=_begin, reverse=True):
            total, begins_at = total + load, min(begin, begins_at)
            found = max(found, begins_at + self._yard.after_s(total))
        return found

    def _opens_at(self, at: int) -> Instant:
        batch = self._batches[at]
        opens_at = max(self._now, batch.opens_at)
        if batch.gate is None:
            return opens_at
        before = self._batches[batch.gate.before]
        return max(opens_at, self.ready_at(batch.gate.before, batch.gate.needed)) if batch.gate.needed <= before.left else inf

    def _begins_at(self, at: int) -> Instant:
        begins_at = self._batches[at].begins_at
        return self._opens_at(at) if begins_at is None else max(self._now, begins_at)


def _begin(entry: tuple[Instant, Load]) -> Instant:
    return entry[0]
