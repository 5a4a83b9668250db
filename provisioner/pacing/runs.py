"""Runs on a shared server: boots on a node, clones under a storage's lock. How many it is given at once, as many as it works
on at full speed, and a few that wait; and by how much the slowest of several is later than the usual one: their durations
differ by chance. Times in seconds since the epoch. Pure.

Nothing is known about the server except how long runs take: with n at once, each of which takes d times as long as alone, n ÷
d go on at full speed, and the rest waits. This is the window of FAST TCP (Jin, Wei, Low 2004), with the figures of TCP Vegas
(Brakmo, Peterson 1995), as in Netflix's concurrency-limits. A server that loses throughput with many runs makes each take
longer, which lowers its window, too.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from math import exp, log
from statistics import NormalDist
from typing import TypeVar

from provisioner.model.ids import Instant

WAITING = 3
"""Runs that may wait (Vegas's α): the server has something to do until the end of a run is seen."""
_IDLE = 1
"""With fewer waiting runs (Vegas's γ) the server may be able to do more."""
_MORE = 1.5
"""It is then given half as many more: Vegas doubles its window in every other round trip."""
_CHANCE = NormalDist()
_SURELY = 1.0 - 1e-9
OF_MEDIAN = 1.4826
"""σ of a normal value ÷ the median of the distances from its middle."""
_LAST = 3
"""One in so many of those that boot at once has begun late enough to be the last (starts are spread over a boot's time)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """A run that has ended."""

    began_at: Instant
    """When it was ordered."""
    ended_at: Instant
    parallel: float = 1.0
    """How many ran during it, with itself, on average."""

    @property
    def took_s(self) -> float:
        """Its duration in seconds."""
        return self.ended_at - self.began_at


AnyRun = TypeVar("AnyRun", bound=Run)


def with_parallel(run: AnyRun, finished: Iterable[Run], running: Iterable[Instant]) -> AnyRun:
    """The run with what ran meanwhile: runs that have `finished`, and those `running` since these times."""
    began_at, ended_at = run.began_at, run.ended_at
    both_s = sum(
        min(other.ended_at, ended_at) - max(other.began_at, began_at)
        for other in finished
        if other.ended_at > began_at and other.began_at < ended_at
    )
    both_s += sum(ended_at - max(at, began_at) for at in running if at < ended_at)
    return replace(run, parallel=1.0 + both_s / run.took_s)


def window(parallel: float, at_full_speed: float, *, waiting: int = WAITING) -> float:
    """Runs at once, after so many `parallel` runs of which the server worked `at_full_speed` on so many."""
    if is_idle(parallel, at_full_speed):
        return max(_MORE * parallel, parallel + waiting)
    return at_full_speed + waiting


def is_idle(parallel: float, at_full_speed: float) -> bool:
    """Whether hardly any run waited."""
    return parallel - at_full_speed < _IDLE


def slowest(of: int, *, spread: float, by: float = 0.5, begun: float = 0.0) -> float:
    """How many times as long as the usual boot the slowest takes of the last among so many that boot at once.

    `begun`: how far they all are, in usual boots; `spread`: σ of the logarithm of a boot's duration; `by`: how likely it takes
    no longer.
    """
    over = _CHANCE.cdf(log(begun) / spread) if begun > 0 else 0.0
    share = 1.0 - (1.0 - over) * (1.0 - by ** (_LAST / max(_LAST, of)))
    return float(max(begun, exp(spread * _CHANCE.inv_cdf(min(share, _SURELY)))))
