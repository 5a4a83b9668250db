"""By how much the slowest of several boots is later than the usual one: their durations differ by chance. Pure."""

from math import exp, log
from statistics import NormalDist

_CHANCE = NormalDist()
_SURELY = 1.0 - 1e-9
OF_MEDIAN = 1.4826
"""σ of a normal value ÷ the median of the distances from its middle."""
_LAST = 3
"""One in so many of those that boot at once has begun late enough to be the last (starts are spread over a boot's time)."""


def slowest(of: int, *, spread: float, by: float = 0.5, begun: float = 0.0) -> float:
    """How many times as long as the usual boot the slowest takes of the last among so many that boot at once.

    `begun`: how far they all are, in usual boots; `spread`: σ of the logarithm of a boot's duration; `by`: how likely it takes
    no longer.
    """
    over = _CHANCE.cdf(log(begun) / spread) if begun > 0 else 0.0
    share = 1.0 - (1.0 - over) * (1.0 - by ** (_LAST / max(_LAST, of)))
    return float(max(begun, exp(spread * _CHANCE.inv_cdf(min(share, _SURELY)))))


__all__ = ["OF_MEDIAN", "slowest"]
