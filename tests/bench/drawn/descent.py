"""The best pair of fixed limits, by going down from a guess: one limit is changed while that helps, then the other, and so on.

A grid would cost ten times as many runs. What is found may be a little worse than the best of all, never better.
"""

import math
from collections.abc import Callable, Sequence

CLONES = (1, 2, 3, 5, 8, 14, 24)
BOOTS = (2, 3, 4, 6, 9, 13, 20, 30, 45)
Pair = tuple[int, int]
Rank = tuple[float, float]
"""Percent of the clones that timed out, 0 if few did, and the makespan: less is better."""
NEVER: Rank = (math.inf, math.inf)
Try = Callable[[Pair, Rank], Rank]
"""A run with these limits; it may be cut as soon as it is worse than the best so far."""


def descend(start: Pair, run: Try) -> tuple[Pair, Rank]:
    """The best pair, and its rank."""
    found = _Found(start, run)
    before: Pair | None = None
    while before != found.best:
        before = found.best
        for at, limits in ((1, BOOTS), (0, CLONES)):
            for step in (1, -1):
                while found.helps(_moved(found.best, at, limits, step)):
                    pass
    return found.best, found.ranks[found.best]


def nearest(limits: Sequence[int], wanted: float) -> int:
    """The smallest limit that is not less, or else the largest."""
    return next((limit for limit in limits if limit >= wanted), limits[-1])


def _moved(pair: Pair, at: int, limits: Sequence[int], step: int) -> Pair:
    """The neighbour; the pair itself at the end."""
    place = min(max(limits.index(pair[at]) + step, 0), len(limits) - 1)
    return (limits[place], pair[1]) if at == 0 else (pair[0], limits[place])


class _Found:
    """The pairs that were tried."""

    def __init__(self, start: Pair, run: Try) -> None:
        self._run = run
        self.best = start
        self.ranks = {start: run(start, NEVER)}

    def helps(self, pair: Pair) -> bool:
        """Whether it is better than the best so far, which it then is."""
        if pair in self.ranks:
            return False
        best = self.ranks[self.best]
        self.ranks[pair] = self._run(pair, best)
        if self.ranks[pair] < best:
            self.best = pair
        return self.best == pair
