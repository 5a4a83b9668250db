"""How far the estimates of a wave are off, as later ones and what came show. Pure."""

from collections import deque
from collections.abc import Hashable
from math import log, sqrt
from statistics import median

from provisioner.model.ids import Instant
from provisioner.pacing.runs import OF_MEDIAN

ASSUMED = 0.2
"""Their spread as a logarithm, before there are any (measured on drawn shapes); no band is narrower."""
_PAST_S = 600.0
"""Estimates of so many seconds before show how far such estimates are off."""
_MOST = 0.6
"""However far they were off: an estimate that has just been corrected is not off by as much again."""
_SOON_S = 30.0
"""What is less than a look away is not a revision."""


class Revisions:
    """The estimates of one wave in the last minutes: when its last desktop is ready."""

    def __init__(self) -> None:
        self._batch: Hashable = None
        self._looks: deque[tuple[Instant, Instant, int]] = deque()

    def add(self, at: Instant, last_at: Instant, *, boots: int, batch: Hashable) -> None:
        """Add an estimate, made of so many measured boots (at least 1); the first one of another batch begins anew."""
        if batch != self._batch:
            self._batch = batch
            self._looks.clear()
        while self._looks and self._looks[0][0] < at - _PAST_S:
            self._looks.popleft()
        self._looks.append((at, last_at, boots))

    @property
    def spread(self) -> float:
        """By which factor the estimates were off, as a logarithm. The assumption counts as one look.

        An estimate that few boots were measured for was off by that, too: by the root of their number.
        """
        if not self._looks:
            return ASSUMED
        _, now, boots = self._looks[-1]
        ratios = (
            min(1.0, sqrt(known / boots)) * abs(log((now - at) / (then - at)))
            for at, then, known in self._looks
            if min(then, now) - at > _SOON_S
        )
        return min(_MOST, OF_MEDIAN * median([ASSUMED / OF_MEDIAN, *ratios]))


__all__ = ["ASSUMED", "Revisions"]
