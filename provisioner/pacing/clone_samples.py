"""What is measured of a lock domain: the stuff that limits are made from."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from provisioner.model.ids import Instant


@dataclass(frozen=True, slots=True, kw_only=True)
class LockSample:
    """What became of a domain's clones between two observations. Times in seconds since the epoch."""

    began_at: Instant
    """When it had clones in flight: the last observation, or the order that followed it."""
    seen_at: Instant
    ended: int
    """Clones that came out."""
    timeouts: int = 0
    """Clones that ended because the lock was not got in time."""
    lost_s: float = 0.0
    """What those time-outs took of all the places there were, from their orders on: of five places one for 10 s is 2 s."""

    at_once: int = 0
    """Clones that were under way in it."""

    @property
    def is_empty(self) -> bool:
        """Whether nothing ended in it."""
        return not self.ended and not self.timeouts

    def after(self, empty: "LockSample") -> "LockSample":
        """The two as one: on a slow storage many observations see nothing end, and a few ends take long."""
        return replace(self, began_at=min(empty.began_at, self.began_at))


@dataclass(frozen=True, slots=True, kw_only=True)
class DomainHistory:
    """What is known of one lock domain."""

    spells: Sequence[LockSample] = ()
    in_flight: int = 0
    """Clones of ours under way at the last observation."""
    oldest_at: Instant | None = None
    """When the oldest of them was ordered."""
    rivals: int = 0
    """Foreign tasks that ran lately on its nodes and take the same lock."""
