"""What a switch, or a wave of it, waits for: the resource whose doubling shortens it most. Pure. The only definition of that.

A resource that is busy all the time need not be the one that others wait for, and a lock whose waiters poll is idle although it
binds. So each resource is doubled, and the switch played once more: in a rehearsal for a forecast (`rehearsal/binding`), by
`schedule` during a surge. Who gets no desktop at all waits for what is missing.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from provisioner.reasons import rehearsal as reasons
from provisioner.reasons.reason import Reason

LEAST = 0.02
"""Part of the time since the last opening that a doubled resource must save to count as what binds: less is chance."""


class Part(Protocol):
    """A switch, or a part of it. Times in seconds from one beginning."""

    @property
    def wanted(self) -> int:
        """Desktops."""

    @property
    def ready_after_s(self) -> Sequence[float]:
        """When each was ready."""

    @property
    def last_opens_after_s(self) -> float:
        """When its last batch opens."""

    @property
    def last_after_s(self) -> float | None:
        """When the last desktop was ready; None: never."""

    @property
    def lacks(self) -> Reason:
        """What most of those wait for who have no desktop at the end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gain:
    """What twice as much of a resource would bring."""

    resource: Reason
    after_s: float
    """When the last desktop would be ready."""


def gains_of(resources: Iterable[Reason], ends_s: Iterable[float | None]) -> tuple[Gain, ...]:
    """The best first; each resource with when the last desktop was ready with twice as much of it, None: never."""
    found = (Gain(resource=each, after_s=end_s) for each, end_s in zip(resources, ends_s, strict=True) if end_s is not None)
    return tuple(sorted(found, key=lambda gain: (gain.after_s, gain.resource)))


def helping(part: Part, gains: Iterable[Gain]) -> tuple[Gain, ...]:
    """Those that shorten it by more than chance."""
    end_s = part.last_after_s
    if end_s is None:
        return ()
    return tuple(gain for gain in gains if end_s - gain.after_s >= LEAST * (end_s - max(0.0, part.last_opens_after_s)) > 0)


def binding(part: Part, gains: Sequence[Gain]) -> Reason:
    """What the whole switch, or one wave, waits for, from the gains of all resources, the best first."""
    end_s = part.last_after_s
    if not part.wanted:
        return reasons.NONE_WANTED()
    if part.lacks or not part.ready_after_s:
        return part.lacks or reasons.NONE_READY()
    if end_s is None:
        return reasons.NEVER_READY(count=part.wanted - len(part.ready_after_s))
    if end_s <= max(0.0, part.last_opens_after_s):
        return reasons.READY_BEFORE()
    best = next(iter(helping(part, gains)), None)
    if best is None:
        return reasons.TIMETABLE()
    return reasons.BINDS_MOST(resource=best.resource, before_s=round(end_s), after_s=round(best.after_s))


def in_short(binds: Reason) -> Reason:
    """The resource alone, without what its doubling would bring."""
    resource = binds.arguments.get("resource")
    return resource if isinstance(resource, Reason) else binds


__all__ = ["LEAST", "Gain", "Part", "binding", "gains_of", "helping", "in_short"]
