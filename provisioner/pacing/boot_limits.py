"""How far each starting desktop is, and how many more its node can boot. Pure.

The boots of a node share it: alone each takes its own time, and from a certain crowd on each takes longer the more there are.
Both figures are measured from the boots that have ended, so that a start can follow the end of another boot when that is
expected, long before anybody has asked.
"""

from bisect import insort
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from math import ceil, inf
from statistics import median, quantiles

from provisioner.model.ids import DesktopName, Instant, NodeKey
from provisioner.pacing.boot_contention import FEW, boot_shares, contention_limit
from provisioner.pacing.boot_samples import Boot

CROWD = 12
"""Boots that fill a node, until it is measured; more than Proxmox VE's users pace (4 to 8 a node), for the first of them are
still being started when the last come."""
_UNMEASURED = 16
"""Boots at once on a node before any has ended: from the seventeenth at once a node boots fewer, not more (Dell BP1018 paces 4
to 8; the other half covers the start task, the first boot and what is not seen yet)."""
_ROOM = 1.8
"""Boots at once, in crowds: a node is kept full while the next start waits for its observation."""
_AT_MOST = 18
"""Boots at once as a rule: of so many about two are in their start task or first boot, and sixteen are what a node bears
without boots being lost to the crowd."""
_LAST = 8
"""Desktops of a node that are started together, when no others are left. One after another the last of them would have the
node to itself; together they keep it full until they end, nearly at once."""
_SOON = 8
"""Desktops before them, for which a node makes room: what it bears at once is kept for the last ones."""
_EMPTIED = 6
"""One part in so many fewer boot then: fifteen of eighteen. With a quarter fewer a node is idle at times."""
_TOGETHER = 3
"""One part in so many more boot at once than as a rule when the last ones are started: that costs a few percent of a node's
work for a short time, and twenty-four of eighteen are over sooner than eighteen and six."""
_ENOUGH = 4
"""Boots that a figure is taken from."""
_LATE = 1.2
"""Nine of ten are ready at this share of what is expected, where it has not been measured: at σ = 0.15 it is 1.21."""
_LATE_AT_LEAST, _LATE_AT_MOST = 1.05, 1.35
"""Whoever is asked late is known late, and what is known late would have the next asked later still."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BootPace:
    """What a boot takes of a node. Seconds."""

    alone_s: float
    """From the start order to ready, with few others."""
    share_s: float
    """Of an undivided node; with n boots at once each takes n times as long, unless that is less than alone."""
    late: float = _LATE
    """Nine of ten are ready at this share of what is expected."""
    measured: bool = False
    most: int = _AT_MOST
    """Boots at once as a rule; fewer where more were seen to take from each other."""

    @property
    def crowd(self) -> float:
        """Boots at once that fill the node: with fewer each takes its time alone, with more they take from each other."""
        return self.alone_s / self.share_s

    def rate(self, boots: int) -> float:
        """The share of its boot that each of so many gets done in a second."""
        return 1.0 / max(self.alone_s, self.share_s * boots)


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeBoots:
    """The boots under way on one node."""

    pace: BootPace
    progress: Mapping[DesktopName, float] = field(default_factory=dict)
    """How far each is; from 1 on it is expected to be ready."""

    @property
    def expected(self) -> float:
        """Boots that are expected to be under way still: each with its chance, since some end early and some late."""
        return sum(_chance(share, self.pace.late) for share in self.progress.values())

    def counted(self, limit: int) -> int:
        """Boots that a limit counts: those expected to be under way, and all that are not known to be ready beyond it."""
        return max(round(self.expected), len(self.progress) - limit)

    @property
    def remaining_s(self) -> float:
        """How long the node has to do until all of them are ready; whoever is late is nearly there."""
        return self.pace.share_s * sum(max(0.0, 1.0 - share) for share in self.progress.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class BootQueues:
    """What is to be booted on each node still."""

    waiting: Mapping[NodeKey, int] = field(default_factory=dict)
    """Desktops on their way to a start."""
    remaining_s: Mapping[NodeKey, float] = field(default_factory=dict)
    """Until the boots under way are over."""
    share_s: float = 0.0
    """What one more boot takes of a node."""

    def rest_on(self, node: NodeKey, *, unplaced: int) -> float:
        """Desktops that are to be started there still, with its share of those that have no place yet."""
        nodes = self.waiting.keys() | self.remaining_s.keys() | {node}
        return self.waiting.get(node, 0) + unplaced / len(nodes)


def _chance(progress: float, late: float) -> float:
    """That a boot is under way still: at `late` one in ten is, and as early as that one in ten is not."""
    return min(max(0.5 + 0.4 * (1.0 - progress) / (late - 1.0), 0.0), 1.0)


def boot_limit(pace: BootPace | None, ceiling: int, *, rest: float = inf) -> int:
    """Boots at once on a node: what keeps it full, and not many more, for beyond that a node boots fewer, not more.

    `rest` desktops are to be started there still: the last ones go together, and a little before there are fewer.
    """
    wanted = _UNMEASURED
    if pace is not None and pace.measured:
        wanted = min(ceil(_ROOM * pace.crowd), pace.most)
        if pace.most == _AT_MOST:  # elsewhere a larger crowd is what costs most
            wanted = _towards_the_end(wanted, rest)
    return max(1, min(wanted, ceiling)) if ceiling > 0 else 0


def _towards_the_end(usual: int, rest: float) -> int:
    if rest <= _LAST:
        return usual + usual // _TOGETHER
    return usual - usual // _EMPTIED if rest <= _LAST + _SOON else usual


def boots_on(
    started: Mapping[DesktopName, Instant], finished: Sequence[Boot], pace: BootPace, now: Instant
) -> NodeBoots:  # fmt: skip
    """How far the boots of one node are: those `started` and not known to be ready, beside those `finished`."""
    if not started:
        return NodeBoots(pace=pace)
    sweep = _Sweep(pace, began_at=min(started.values()))
    moves = [(at, 1, str(name)) for name, at in started.items()]
    moves += [(max(one.began_at, sweep.now), 1, "") for one in finished if one.ready_at > sweep.now]
    moves += [(one.ready_at, -1, "") for one in finished if one.ready_at > sweep.now]
    for at, change, name in sorted(moves):
        if at > now:
            break
        sweep.advance(at)
        sweep.known += change if not name else 0
        if name:
            sweep.start(DesktopName(name))
    sweep.advance(now)
    return NodeBoots(pace=pace, progress=sweep.progress)


def pace_of(
    nodes: Iterable[tuple[Sequence[Boot], Iterable[Instant]]], durations: Sequence[float], *, unmeasured_s: float
) -> BootPace:  # fmt: skip
    """What boots take on these nodes, each given by its finished boots and the beginnings of those under way.

    `durations` of many boots tell what one takes alone: the quickest tenth had few others beside them.
    """
    if len(durations) < _ENOUGH:
        return BootPace(alone_s=unmeasured_s, share_s=unmeasured_s / CROWD)
    alone_s = quantiles(durations, n=10, method="inclusive")[0]
    seen = [one for finished, running in nodes for one in boot_shares(finished, running)]
    taken = sorted((one.crowd, one.share_s) for one in seen if one.latest)
    shares = [share for _, share in taken[len(taken) // 2 :]]
    if len(shares) < _ENOUGH:
        # The first to end had few others beside them: what they took says nothing of the crowd behind them.
        return BootPace(alone_s=alone_s, share_s=max(alone_s, unmeasured_s) / CROWD, measured=True)
    share_s = min(median(shares), alone_s / FEW)
    late = min(max(quantiles(shares, n=10)[-1] / share_s, _LATE_AT_LEAST), _LATE_AT_MOST)
    return BootPace(alone_s=alone_s, share_s=share_s, late=late, measured=True, most=min(_AT_MOST, contention_limit(seen)))


class _Sweep:
    """Time going by on a node: all its boots get on at one rate, so that each ends when the common clock has done its share."""

    def __init__(self, pace: BootPace, *, began_at: Instant) -> None:
        self.now = began_at
        self.known = 0
        """Boots under way that are known to have ended later."""
        self._pace, self._done = pace, 0.0
        self._began: dict[DesktopName, float] = {}
        self._ends: list[float] = []

    def start(self, name: DesktopName) -> None:
        """One more boot."""
        self._began[name] = self._done
        insort(self._ends, self._done + 1.0)

    def advance(self, to: Instant) -> None:
        """Let time go by; whoever has done its share makes room for the others."""
        while self.now < to:
            rate = self._pace.rate(max(1, self.known + len(self._ends)))
            until = self.now + (self._ends[0] - self._done) / rate if self._ends else to
            if not self._ends or until > to:
                self._done += (to - self.now) * rate
                self.now = to
                return
            self._done, self.now = self._ends.pop(0), until

    @property
    def progress(self) -> dict[DesktopName, float]:
        """Share of each boot that is done; one that should have ended goes on counting."""
        return {name: self._done - began for name, began in self._began.items()}
