"""A model of a node that boots desktops."""

import heapq

from provisioner.pacing.boot_samples import Boot
from tests.builders.cluster import NOW

ALONE_S, WIDTH = 50.0, 10
"""Seconds of a single boot, and the number of boots at full speed; more boots share the node."""
SHARE_S = ALONE_S / WIDTH


def a_node(starts: list[float], *, loss: float = 0.0) -> list[Boot]:
    """Boots started at these seconds on a shared node. Beyond a dozen parallel boots each wastes a part of it."""
    ends: list[tuple[float, float]] = []
    boots: list[Boot] = []
    now = done = 0.0
    for at in [*sorted(starts), float("inf")]:
        while ends:
            rate = _rate(len(ends), loss)
            until = now + (ends[0][0] - done) / rate
            if until > at:
                break
            now, (done, began) = until, heapq.heappop(ends)
            boots.append(Boot(began_at=NOW + began, ready_at=NOW + now))
        if at < float("inf"):
            done += (at - now) * _rate(max(1, len(ends)), loss)
            now = at
            heapq.heappush(ends, (done + 1.0, at))
    return boots


def _rate(boots: int, loss: float) -> float:
    return max(0.2, 1.0 - loss * max(0, boots - 12)) / max(ALONE_S, SHARE_S * boots)
