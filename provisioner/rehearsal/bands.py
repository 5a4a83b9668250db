"""From several rehearsals to a band: how early, how late, and how likely by a deadline. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, log, sqrt
from statistics import NormalDist, fmean, stdev

DRAWS = 8
"""Rehearsals with other durations. More would narrow the band by a few percent: measurements make it as wide as it is."""
_STUDENT = 1.895
"""Student's t at 95 % with seven degrees of freedom: the spread of eight values is itself not well known."""
_NORMAL = NormalDist().inv_cdf(0.95)
UNEXPLAINED = 0.07
"""Spread of the logarithm of a time, which no guess explains: of 20 drawn clusters as much as made their bands hold."""
_UNLIKE = 1.25
"""Power of a band: guesses are more alike than clusters are. Without it 64 of 82 bands held on drawn shapes (`python -m
tests.bench questions`, from seed 1796226541), with it nine of ten, on either half of them."""
_SOONEST_S = 1.0
"""Times of less than a second count as one: a band is a matter of factors."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Band:
    """Seconds from the start. One in twenty times should be sooner than `early_s`, and one in twenty later than `late_s`."""

    early_s: float
    middle_s: float
    late_s: float

    def chance_by(self, seconds: float) -> float:
        """The probability that it is not later than this."""
        if self.late_s <= self.early_s:
            return 1.0 if seconds >= self.middle_s else 0.0
        spread = log(self.late_s / self.middle_s) / _NORMAL
        return NormalDist().cdf(log(max(seconds, _SOONEST_S) / self.middle_s) / spread)

    def widened(self, factor: float) -> "Band":
        """The same band, on both sides by this power of its width."""
        return Band(
            early_s=self.middle_s * (self.early_s / self.middle_s) ** factor,
            middle_s=self.middle_s,
            late_s=self.middle_s * (self.late_s / self.middle_s) ** factor,
        )


def band_of(times_s: Sequence[float], *, unexplained: float = UNEXPLAINED) -> Band:
    """The band in which the next value should be: prediction of a log-normal value from `DRAWS` of them. Where all agree, such
    as on when a gate opens, nothing is left to explain."""
    logs = [log(max(seconds, _SOONEST_S)) for seconds in times_s]
    middle, spread = fmean(logs), stdev(logs)
    half = sqrt((_STUDENT * spread) ** 2 * (1 + 1 / len(logs)) + (_NORMAL * unexplained) ** 2) if spread else 0.0
    half *= _UNLIKE if unexplained else 1.0
    return Band(early_s=exp(middle - half), middle_s=exp(middle), late_s=exp(middle + half))


__all__ = ["DRAWS", "UNEXPLAINED", "Band", "band_of"]
