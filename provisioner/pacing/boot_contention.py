"""What boots take from each other: how many there were at once, and what each took of its node. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from statistics import median
from typing import NamedTuple

from provisioner.model.ids import Instant
from provisioner.pacing.boot_samples import Boot

FEW = 8
"""So few boots leave a node idle at times: what goes by with fewer is no more to each."""
_LATEST = 16
"""Of a node's boots: those that tell what a boot takes now."""
_STEP = 2
"""Crowds are told apart by so many boots."""
_ENOUGH = 16
"""Boots that show what a crowd costs: at σ = 0.15 their median is right within 5 %."""
_DEARER = 1.15
"""A crowd in which each boot costs so much more than in a smaller one is too large: chance alone makes a tenth."""
_VERY_MANY = 1000


class BootShare(NamedTuple):
    """A boot that has ended."""

    crowd: float
    """How many there were meanwhile, on average."""
    share_s: float
    """What it took of an undivided node."""
    latest: bool
    """Whether it is one of the latest of its node."""


def boot_shares(finished: Sequence[Boot], running: Iterable[Instant]) -> Iterator[BootShare]:
    """Of each of a node's finished boots, what it took; `running` are the beginnings of those under way."""
    since = sorted(one.ready_at for one in finished)[-_LATEST:][:1]
    moves = [(one.began_at, 1, index) for index, one in enumerate(finished)]
    moves += [(one.ready_at, -1, index) for index, one in enumerate(finished)]
    moves += [(at, 1, -1) for at in running]
    count, undivided, last = 0, 0.0, 0.0
    began: dict[int, float] = {}
    for at, change, index in sorted(moves):
        undivided += (at - last) / max(count, FEW)
        count, last = count + change, at
        if change > 0:
            began[index] = undivided
        elif undivided > began[index]:
            share_s = undivided - began[index]
            yield BootShare(finished[index].took_s / share_s, share_s, at >= since[0])


def contention_limit(seen: Iterable[BootShare]) -> int:
    """The most boots at once among which none was seen to cost more than among fewer; very many while no crowd is too large."""
    by_crowd: defaultdict[int, list[float]] = defaultdict(list)
    for one in seen:
        by_crowd[int(one.crowd) // _STEP * _STEP].append(one.share_s)
    costs = {crowd: median(shares) for crowd, shares in by_crowd.items() if len(shares) >= _ENOUGH}
    best = min(costs, key=lambda crowd: (costs[crowd], crowd), default=0)
    too_large = (crowd for crowd in costs if crowd > best and costs[crowd] > _DEARER * costs[best])
    return min(too_large, default=_VERY_MANY) - _STEP
