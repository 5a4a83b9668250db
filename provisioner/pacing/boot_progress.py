"""The progress of each starting desktop. Pure.

The boots of a node share it, so a boot ends earlier or later with the number of others. A start can follow the expected end of
another boot, long before its guest is probed.
"""

from bisect import insort
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from provisioner.model.ids import DesktopName, Instant
from provisioner.pacing.boot_limits import Boot, NodePace, beyond_chance
from provisioner.pacing.runs import Run, slowest

_SURELY = 0.99
_OVERTAKEN = 4
"""Fewer may have been quicker by chance."""
_SPREAD = 0.2
"""Nine of ten boots end within this part of the expected time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Started:
    """A boot in progress."""

    at: Instant
    alone_s: float
    """How long it would take alone."""
    measured: bool = True
    """Whether that was measured; if not, it boots until it answers."""
    asked_at: Instant | None = None
    """When it was probed last, and was not ready; None: not yet."""
    left_at: Instant | None = None
    """When its guest answered that it sets itself up, or has failed: since then it takes no slot; None: it boots."""
    late: bool = False
    """Whether it takes longer than its profile allows: it hangs, or its node has too many."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeBoots:
    """The boots in progress on one node."""

    pace: NodePace = NodePace()
    progress: Mapping[DesktopName, float] = field(default_factory=dict)
    """Progress of each; from 1 on the desktop is expected to be ready."""
    expected: float = 0.0
    """Expected number of boots still in progress: the sum of their probabilities, since some end early and some late."""
    share_s: float = 0.0
    """Seconds of the whole node that one more boot takes."""
    behind: float = 1.0
    """How many times as long boots take at least, by those in progress, while none has ended."""
    remaining_s: float = 0.0
    """Seconds until all of them are expected to be ready; late boots count as done."""
    in_time: int = 0
    """How many of them are not late."""
    hanging: frozenset[DesktopName] = frozenset()
    """Boots that are late, and that others have overtaken: none of the above counts them."""

    def overdue(self, spread: float) -> Iterator[DesktopName]:
        """Boots that should have ended, but for one in a hundred by chance (`Limits.boot_spread`), and those that hang.

        By what has ended: those in progress, which may all hang, are not a measure of themselves.
        """
        most = self.pace.slower * slowest(1, spread=spread, by=_SURELY)
        yield from self.hanging
        yield from (name for name, share in self.progress.items() if share > most)

    @property
    def late(self) -> bool:
        """Whether all of them are late, and none that was ordered after them has ended."""
        return bool(self.progress) and not self.in_time

    def before(self, name: DesktopName) -> int:
        """How many boots should end before this one."""
        return sum(other > self.progress[name] for other in self.progress.values())

    def limit(self, ceiling: int) -> int:
        """Boots at once, at most `ceiling`."""
        return min(round(self.pace.limit), ceiling)

    def counted(self, limit: int) -> int:
        """Boots to compare with a limit: those expected in progress; at most half as many more as the limit are unconfirmed.

        Where all are late one more may show whether the node boots at all.
        """
        count = max(round(self.expected), len(self.progress) - limit // 2)
        return min(count, limit - 1) if self.late else count


def boots_on(starting: Mapping[DesktopName, Started], finished: Sequence[Boot], pace: NodePace, now: Instant) -> NodeBoots:
    """The progress of one node's boots: `starting` and not known to be ready, in parallel with the `finished` boots."""
    share_s = max((boot.alone_s for boot in starting.values()), default=0.0) / pace.width
    booting = {name: boot for name, boot in starting.items() if boot.left_at is None}
    hanging = frozenset(name for name, boot in booting.items() if _hangs(boot, finished))
    started = {name: boot for name, boot in booting.items() if name not in hanging}
    if not started:
        return NodeBoots(pace=pace, share_s=share_s, hanging=hanging)
    left = [Run(began_at=boot.at, ended_at=boot.left_at) for boot in starting.values() if boot.left_at is not None]
    sweep = _Sweep(pace, began_at=min(boot.at for boot in started.values()))
    meanwhile = [boot for boot in (*finished, *left) if boot.ended_at > sweep.now]
    moves = [
        *((boot.at, 1, str(name)) for name, boot in started.items()),
        *((max(boot.began_at, sweep.now), 1, "") for boot in meanwhile),
        *((boot.ended_at, -1, "") for boot in meanwhile),
    ]
    for at, change, name in sorted(moves):
        if at > now:
            break
        sweep.advance(at)
        if name:
            sweep.start(DesktopName(name), started[DesktopName(name)].alone_s)
        else:
            sweep.known += change
    sweep.advance(now)
    progress = sweep.progress
    sure = {name for name, boot in started.items() if boot.asked_at is not None or not boot.measured}
    return NodeBoots(
        pace=pace,
        progress=progress,
        expected=sum(1.0 if name in sure else _chance(share) for name, share in progress.items()),
        share_s=share_s,
        behind=1.0 if pace.own else max(pace.slower, _overdue(progress.values())),
        in_time=sum(not boot.late for boot in started.values()),
        hanging=hanging,
        remaining_s=sum(started[name].alone_s * max(0.0, 1.0 - share) for name, share in progress.items()) / pace.width,
    )


def _hangs(boot: Started, finished: Sequence[Boot]) -> bool:
    """A late boot, if its node has booted others that were ordered after it: it takes no slot. Else the node has too many."""
    return boot.late and sum(other.began_at > boot.at for other in finished) >= _OVERTAKEN


def _overdue(progress: Iterable[float]) -> float:
    """How many times as long as expected these boots take at least; the last but one, as one may hang."""
    most = sorted(progress)[-2:-1]
    return max(1.0, beyond_chance(most[0], of=1)) if most else 1.0


def _chance(progress: float) -> float:
    """The probability that a boot is still in progress: a half at 1, and 0.1 one spread later."""
    return min(max(0.5 + 0.4 * (1.0 - progress) / _SPREAD, 0.0), 1.0)


class _Sweep:
    """Simulates a node's boots: all advance at the same rate, so each ends when `_done` has advanced by its own time alone."""

    def __init__(self, pace: NodePace, *, began_at: Instant) -> None:
        self.now = began_at
        self.known = 0
        """Boots in progress at `now` that are known to end later."""
        self._pace, self._done = pace, 0.0
        self._began: dict[DesktopName, tuple[float, float]] = {}
        self._ends: list[float] = []

    def start(self, name: DesktopName, alone_s: float) -> None:
        """Begin a boot."""
        self._began[name] = (self._done, alone_s)
        insort(self._ends, self._done + alone_s)

    def advance(self, to: Instant) -> None:
        """Advance the time; a boot that ends leaves more of the node to the others."""
        while self.now < to:
            rate = min(1.0, self._pace.width / max(1, self.known + len(self._ends)))
            until = self.now + (self._ends[0] - self._done) / rate if self._ends else to
            if not self._ends or until > to:
                self._done += (to - self.now) * rate
                self.now = to
                return
            self._done, self.now = self._ends.pop(0), until

    @property
    def progress(self) -> dict[DesktopName, float]:
        """The progress of each boot; it goes beyond 1 for a boot that should have ended."""
        return {name: (self._done - began) / alone_s for name, (began, alone_s) in self._began.items()}
