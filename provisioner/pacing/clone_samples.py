"""Samples of a lock domain, from which clone limits are computed."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from provisioner.model.ids import Instant


@dataclass(frozen=True, slots=True, kw_only=True)
class LockSample:
    """A lock domain's clones between two observations. Times in seconds since the epoch."""

    began_at: Instant
    """The last observation, or the first order after it: since then clones were in flight."""
    seen_at: Instant
    ended: int
    """Clones that succeeded."""
    timeouts: int = 0
    """Clones that failed on a lock time-out."""
    lost_s: float = 0.0
    """Time lost to those time-outs since their orders, as a part of all slots: one of five slots for 10 s is 2 s."""

    at_once: int = 0
    """Clones that were in flight."""

    @property
    def is_empty(self) -> bool:
        """Whether no clone ended."""
        return not self.ended and not self.timeouts

    def after(self, empty: "LockSample") -> "LockSample":
        """Merge with the empty sample before it: on a slow storage no clone ends during many observations."""
        return replace(self, began_at=min(empty.began_at, self.began_at))


@dataclass(frozen=True, slots=True, kw_only=True)
class DomainHistory:
    """The latest measurements of one lock domain."""

    samples: Sequence[LockSample] = ()
    in_flight: int = 0
    """Our clones in flight at the last observation."""
    oldest_at: Instant | None = None
    """When the oldest of them was ordered."""
    rivals: int = 0
    """Recent tasks of other clients on its nodes that take the same lock."""
