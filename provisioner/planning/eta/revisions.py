"""How far the estimates of a wave are off, as later ones show, and what came. Pure.

Not of its last desktop alone: a single one that is begun anew at the end is late by times what was left, and says nothing of
how fast the others come. So the n-th ready desktop of each look is compared with the n-th of today, or with when it came.
"""

from collections import deque
from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass
from math import inf, log, sqrt
from statistics import median

from provisioner.model.ids import Instant

ASSUMED = 0.2
"""Their spread as a logarithm, before there are any: that of how many boots a node gets done (`rehearsal/durations`)."""
_POINTS = 20
"""Desktops of a look that are compared: at its twentieths. Before there are any, the assumption counts as one look."""
_PAST_S = 600.0
"""Estimates of so many seconds before show how far such estimates are off."""
_NORMAL = 1.4826
"""The spread of a normal value, by the median distance."""
_SOON_S = 30.0
"""What is less than a look away is no revision."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What was estimated at once."""

    at: Instant
    ready: int
    """Desktops that are ready."""
    coming: Sequence[Instant]
    """When each of the others is expected, in order."""
    boots: int
    """How many measured boots it is made of, at least 1."""


class Revisions:
    """The estimates of one wave in the last minutes."""

    def __init__(self) -> None:
        self._batch: Hashable = None
        self._looks: deque[Look] = deque()
        self._came: list[Instant] = []
        """When the first, second, … was seen to be ready."""

    def add(self, look: Look, *, batch: Hashable) -> None:
        """Add an estimate; the first one of another batch begins anew."""
        if batch != self._batch:
            self._batch, self._came = batch, []
            self._looks.clear()
        while self._looks and self._looks[0].at < look.at - _PAST_S:
            self._looks.popleft()
        del self._came[look.ready :]
        self._came += [look.at] * (look.ready - len(self._came))
        self._looks.append(look)

    @property
    def spread(self) -> float:
        """By which factor the estimates were off, as a logarithm."""
        return _NORMAL * median([*[ASSUMED / _NORMAL] * _POINTS, *self._revisions()])

    def _revisions(self) -> Iterator[float]:
        """An estimate that few boots were measured for was off by that, too: by the root of their number."""
        for look in self._looks:
            known = min(1.0, sqrt(look.boots / self._looks[-1].boots))
            for at in _points(len(look.coming)):
                then, now = look.coming[at], self._time_of(look.ready + at)
                if _SOON_S < min(then, now) - look.at < inf:
                    yield known * abs(log((now - look.at) / (then - look.at)))

    def _time_of(self, number: int) -> Instant:
        """When it came, or comes as of today."""
        last = self._looks[-1]
        if number < last.ready:
            return self._came[number]
        return last.coming[number - last.ready] if number - last.ready < len(last.coming) else inf


def _points(count: int) -> Sequence[int]:
    """The last one, and twentieths before it."""
    if count <= _POINTS:
        return range(count)
    return [(part + 1) * count // _POINTS - 1 for part in range(_POINTS)]


__all__ = ["Look", "Revisions"]
