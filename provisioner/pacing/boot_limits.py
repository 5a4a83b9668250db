"""The progress of each starting desktop, and how many more its node can boot. Pure.

The boots of a node share it. With few parallel boots each takes its time alone; beyond the node's saturation each takes longer
the more there are. Both figures are measured from ended boots, so a start can follow the expected end of another boot, long
before its guest is probed.
"""

from bisect import insort
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from math import ceil, inf
from statistics import median, quantiles

from provisioner.model.ids import DesktopName, Instant, NodeKey
from provisioner.pacing.boot_contention import FEW, boot_shares, contention_limit
from provisioner.pacing.boot_samples import Boot

SATURATION = 12
"""Parallel boots that saturate a node, until measured. More than users of Proxmox VE allow (4 to 8): the first are still in
their start task when the last are ordered."""
_UNMEASURED = 16
"""Parallel boots on a node before any has ended: from the seventeenth on a node boots fewer, not more (Dell BP1018 recommends 4
to 8; the rest covers the start task, the first boot and the delay of observations)."""
_HEADROOM = 1.8
"""Parallel boots, as a multiple of the saturation: keeps a node busy while the next start waits for an observation."""
_AT_MOST = 18
"""Usual maximum of parallel boots: about two of them are in their start task or first boot, and a node runs sixteen without
losing throughput."""
_LAST = 8
"""The last desktops of a node, started together. One after another, the last would have the node alone; together they keep it
busy until they end almost at once."""
_SOON = 8
"""The desktops before the last ones: the node boots fewer of them, to have room for the last ones."""
_EMPTIED = 6
"""Before the last ones 1/6 fewer boots run: fifteen instead of eighteen. With 1/4 fewer a node is idle at times."""
_TOGETHER = 3
"""With the last ones 1/3 more boots run than usual. This costs a few percent of a node's throughput for a short time, but
twenty-four in parallel end sooner than eighteen and then six."""
_ENOUGH = 4
"""Boots needed for a measured figure."""
_LATE = 1.2
"""Multiple of the expected time at which nine of ten are ready, until measured: at σ = 0.15 it is 1.21."""
_LATE_AT_LEAST, _LATE_AT_MOST = 1.05, 1.35
"""Bounds for the probe delay: probing late biases the measured boot time upwards, which would delay the next probes further."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BootPace:
    """How long a boot takes, and how much of its node. Seconds."""

    alone_s: float
    """From the start order to ready, with few parallel boots."""
    share_s: float
    """Seconds of the whole node. With n parallel boots each takes n times as long, but at least `alone_s`."""
    late: float = _LATE
    """Multiple of the expected time at which nine of ten are ready."""
    measured: bool = False
    most: int = _AT_MOST
    """Usual maximum of parallel boots; lower if contention was measured."""

    @property
    def saturation(self) -> float:
        """Parallel boots that saturate the node: with more of them each takes longer than alone."""
        return self.alone_s / self.share_s

    def rate(self, boots: int) -> float:
        """The part of its boot that each of this many parallel boots completes in a second."""
        return 1.0 / max(self.alone_s, self.share_s * boots)


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeBoots:
    """The boots in progress on one node."""

    pace: BootPace
    progress: Mapping[DesktopName, float] = field(default_factory=dict)
    """Progress of each; from 1 on the desktop is expected to be ready."""

    @property
    def expected(self) -> float:
        """Expected number of boots still in progress: the sum of their probabilities, since some end early and some late."""
        return sum(_chance(share, self.pace.late) for share in self.progress.values())

    def counted(self, limit: int) -> int:
        """Boots to compare with a limit: those expected in progress, but at least all unconfirmed boots beyond the limit."""
        return max(round(self.expected), len(self.progress) - limit)

    @property
    def remaining_s(self) -> float:
        """Seconds until all of them are expected to be ready; late boots count as done."""
        return self.pace.share_s * sum(max(0.0, 1.0 - share) for share in self.progress.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class BootQueues:
    """The boots still to come on each node."""

    waiting: Mapping[NodeKey, int] = field(default_factory=dict)
    """Desktops that will be started there."""
    remaining_s: Mapping[NodeKey, float] = field(default_factory=dict)
    """Seconds until the boots in progress have ended."""
    share_s: float = 0.0
    """Seconds of a node that one more boot takes."""

    def rest_on(self, node: NodeKey, *, unplaced: int) -> float:
        """Desktops still to be started on a node, with its part of the desktops that are not placed yet."""
        nodes = self.waiting.keys() | self.remaining_s.keys() | {node}
        return self.waiting.get(node, 0) + unplaced / len(nodes)


def _chance(progress: float, late: float) -> float:
    """The probability that a boot is still in progress: 0.1 at `late`, and 0.9 as long before 1 as `late` is after it."""
    return min(max(0.5 + 0.4 * (1.0 - progress) / (late - 1.0), 0.0), 1.0)


def boot_limit(pace: BootPace | None, ceiling: int, *, rest: float = inf) -> int:
    """Parallel boots on a node: enough to keep it busy, and not many more, because then a node boots fewer, not more.

    `rest` desktops are still to be started there: the last ones start together, and fewer run shortly before.
    """
    limit = _UNMEASURED
    if pace is not None and pace.measured:
        limit = min(ceil(_HEADROOM * pace.saturation), pace.most)
        if pace.most == _AT_MOST:  # with measured contention, more parallel boots would cost too much
            limit = _towards_the_end(limit, rest)
    return max(1, min(limit, ceiling)) if ceiling > 0 else 0


def _towards_the_end(usual: int, rest: float) -> int:
    if rest <= _LAST:
        return usual + usual // _TOGETHER
    return usual - usual // _EMPTIED if rest <= _LAST + _SOON else usual


def boots_on(
    started: Mapping[DesktopName, Instant], finished: Sequence[Boot], pace: BootPace, now: Instant
) -> NodeBoots:  # fmt: skip
    """The progress of one node's boots: `started` and not known to be ready, in parallel with the `finished` boots."""
    if not started:
        return NodeBoots(pace=pace)
    sweep = _Sweep(pace, began_at=min(started.values()))
    moves = [(at, 1, str(name)) for name, at in started.items()]
    moves += [(max(boot.began_at, sweep.now), 1, "") for boot in finished if boot.ready_at > sweep.now]
    moves += [(boot.ready_at, -1, "") for boot in finished if boot.ready_at > sweep.now]
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
    """The pace of boots on these nodes; each node is its finished boots and the start times of its boots in progress.

    `durations` of many boots show how long a boot takes alone: the fastest tenth had few parallel boots.
    """
    if len(durations) < _ENOUGH:
        return BootPace(alone_s=unmeasured_s, share_s=unmeasured_s / SATURATION)
    alone_s = quantiles(durations, n=10, method="inclusive")[0]
    boots = [boot for finished, running in nodes for boot in boot_shares(finished, running)]
    latest = sorted((boot.parallel, boot.share_s) for boot in boots if boot.latest)
    shares = [share for _, share in latest[len(latest) // 2 :]]
    if len(shares) < _ENOUGH:
        # The first boots to end had few parallel boots: their shares do not show how many a node can run.
        return BootPace(alone_s=alone_s, share_s=max(alone_s, unmeasured_s) / SATURATION, measured=True)
    share_s = min(median(shares), alone_s / FEW)
    late = min(max(quantiles(shares, n=10)[-1] / share_s, _LATE_AT_LEAST), _LATE_AT_MOST)
    return BootPace(alone_s=alone_s, share_s=share_s, late=late, measured=True, most=min(_AT_MOST, contention_limit(boots)))


class _Sweep:
    """Simulates a node's boots: all advance at the same rate, so each ends when `_done` has advanced by 1 since its start."""

    def __init__(self, pace: BootPace, *, began_at: Instant) -> None:
        self.now = began_at
        self.known = 0
        """Boots in progress at `now` that are known to end later."""
        self._pace, self._done = pace, 0.0
        self._began: dict[DesktopName, float] = {}
        self._ends: list[float] = []

    def start(self, name: DesktopName) -> None:
        """Begin a boot."""
        self._began[name] = self._done
        insort(self._ends, self._done + 1.0)

    def advance(self, to: Instant) -> None:
        """Advance the time; a boot that ends leaves more of the node to the others."""
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
        """The progress of each boot; it goes beyond 1 for a boot that should have ended."""
        return {name: self._done - began for name, began in self._began.items()}
