"""How long it takes until a desktop of a pool is ready for the next person, as measured: with the queues before it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from statistics import median

from provisioner.model.ids import Instant, Seat

_LATEST = 20
"""The storage's lock and the nodes' load change within minutes: older steps say little."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LeadTimes:
    """Of steps of one kind and pool: from when one is wanted to when its end is seen."""

    wanted: Mapping[Seat, Instant] = field(default_factory=dict)
    """What is not there yet, and since when it is wanted."""
    took: tuple[float, ...] = ()
    """The latest, in seconds."""

    def looked(self, wanted: Mapping[Seat, bool], now: Instant) -> "LeadTimes":
        """With what is wanted now, and whether it is there. What is not wanted any more has shown nothing."""
        ended = [now - self.wanted[seat] for seat, there in wanted.items() if there and seat in self.wanted]
        since = {seat: self.wanted.get(seat, now) for seat, there in wanted.items() if not there}
        return LeadTimes(wanted=since, took=(*self.took, *ended)[-_LATEST:])

    def seconds(self, otherwise: float) -> float:
        """The median of the latest: a desktop that stuck for an hour says nothing about the next. None yet: `otherwise`."""
        return max(1.0, median(self.took) if self.took else otherwise)


__all__ = ["LeadTimes"]
