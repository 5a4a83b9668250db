"""How long it takes until a desktop of a pool is ready for the next person, as measured: with the queues before it."""

from collections import deque
from collections.abc import Mapping
from statistics import median

from provisioner.model.ids import Instant, Seat

_LATEST = 20
"""The storage's lock and the nodes' load change within minutes: older ones say little."""


class LeadTimes:
    """Of steps of one kind and pool: from when one is wanted to when its end is seen."""

    def __init__(self) -> None:
        self._wanted: dict[Seat, Instant] = {}
        self._took: deque[float] = deque(maxlen=_LATEST)

    def look(self, wanted: Mapping[Seat, bool], now: Instant) -> None:
        """What is wanted now, and whether it is there. What is not wanted any more has shown nothing."""
        self._wanted = {name: at for name, at in self._wanted.items() if name in wanted}
        for name, there in wanted.items():
            if not there:
                self._wanted.setdefault(name, now)
            elif (since := self._wanted.pop(name, None)) is not None:
                self._took.append(now - since)

    def seconds(self, otherwise: float) -> float:
        """The median of the latest: a desktop that stuck for an hour says nothing about the next. None yet: `otherwise`."""
        return max(1.0, median(self._took) if self._took else otherwise)
