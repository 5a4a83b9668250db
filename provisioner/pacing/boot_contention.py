"""Contention among the boots of a node: how many ran in parallel, and how much of the node each took. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from statistics import median
from typing import NamedTuple

from provisioner.model.ids import Instant
from provisioner.pacing.boot_samples import Boot

FEW = 8
"""With fewer parallel boots a node is partly idle: a boot's share is computed as if there were this many."""
_LATEST = 16
"""The latest boots of a node, which show its current speed."""
_STEP = 2
"""Width of the groups of parallel boots that are compared."""
_ENOUGH = 16
"""Boots needed in a group: at σ = 0.15 their median is right within 5 %."""
_SLOWER = 1.15
"""A group in which a boot takes this many times its share in the best smaller group is too large; chance alone makes 1.1."""
_VERY_MANY = 1000


class BootShare(NamedTuple):
    """How much of its node an ended boot took."""

    parallel: float
    """Average number of parallel boots during it."""
    share_s: float
    """Seconds of the whole node."""
    latest: bool
    """Whether it is among the latest boots of its node."""


def boot_shares(finished: Sequence[Boot], running: Iterable[Instant]) -> Iterator[BootShare]:
    """The share of each finished boot of a node; `running` are the start times of the boots in progress."""
    since = sorted(boot.ready_at for boot in finished)[-_LATEST:][:1]
    moves = [(boot.began_at, 1, index) for index, boot in enumerate(finished)]
    moves += [(boot.ready_at, -1, index) for index, boot in enumerate(finished)]
    moves += [(at, 1, -1) for at in running]
    count, total_share_s, last = 0, 0.0, 0.0
    began: dict[int, float] = {}
    for at, change, index in sorted(moves):
        total_share_s += (at - last) / max(count, FEW)
        count, last = count + change, at
        if change > 0:
            began[index] = total_share_s
        elif total_share_s > began[index]:
            share_s = total_share_s - began[index]
            yield BootShare(finished[index].took_s / share_s, share_s, at >= since[0])


def contention_limit(boots: Iterable[BootShare]) -> int:
    """The most parallel boots at which a boot takes no larger share than with fewer; very many if no limit was measured."""
    shares: defaultdict[int, list[float]] = defaultdict(list)
    for boot in boots:
        shares[int(boot.parallel) // _STEP * _STEP].append(boot.share_s)
    medians = {parallel: median(group) for parallel, group in shares.items() if len(group) >= _ENOUGH}
    best = min(medians, key=lambda parallel: (medians[parallel], parallel), default=0)
    too_large = (parallel for parallel in medians if parallel > best and medians[parallel] > _SLOWER * medians[best])
    return min(too_large, default=_VERY_MANY) - _STEP
