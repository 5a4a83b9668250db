"""A model of a node that boots desktops."""

import heapq
from math import inf

from provisioner.model.ids import ProfileName
from provisioner.pacing.boot_limits import Boot
from provisioner.pacing.runs import with_parallel
from tests.builders.cluster import NOW

PROFILE = ProfileName("standard")
ALONE_S = 50.0
"""Seconds of a boot at full speed."""


def a_node(starts: list[float], *, width: float, loss: float = 0.0) -> list[Boot]:
    """Boots started at these seconds: `width` go on at full speed, more share the node, and each wastes a part of it."""
    ends: list[tuple[float, float]] = []
    boots: list[Boot] = []
    now = done = 0.0
    for at in [*sorted(starts), inf]:
        while ends:
            rate = _rate(len(ends), width, loss)
            until = now + (ends[0][0] - done) / rate
            if until > at:
                break
            now, (done, began) = until, heapq.heappop(ends)
            boots.append(Boot(profile=PROFILE, began_at=NOW + began, ended_at=NOW + now))
        if at < inf:
            done += (at - now) * _rate(max(1, len(ends)), width, loss)
            now = at
            heapq.heappush(ends, (done + 1.0, at))
    return [with_parallel(boot, [other for other in boots if other is not boot], ()) for boot in boots]


def a_full_node(parallel: int, *, width: float, loss: float = 0.0, boots: int = 90) -> list[Boot]:
    """So many in parallel at any time: each end is followed by a start. Without the last ones, which have no followers."""
    starts = [float(at) for at in range(parallel)]
    for _ in range(boots - parallel):
        ended = sorted(boot.ended_at - NOW for boot in a_node(starts, width=width, loss=loss))
        starts.append(ended[len(starts) - parallel])
    return a_node(starts, width=width, loss=loss)[:-parallel]


def _rate(boots: int, width: float, loss: float) -> float:
    return max(0.2, 1.0 - loss * max(0.0, boots - width)) * min(1.0, width / boots) / ALONE_S
