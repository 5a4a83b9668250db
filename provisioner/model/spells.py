"""What is measured of a lock domain: the stuff that limits are made from."""

from dataclasses import dataclass

from provisioner.model.ids import Instant


@dataclass(frozen=True, slots=True, kw_only=True)
class Spell:
    """What became of a domain's clones between two observations. Times in seconds since the epoch."""

    began_at: Instant
    """When it had clones in flight: the last observation, or the order that followed it."""
    seen_at: Instant
    ended: int
    """Clones that came out."""
    timeouts: int = 0
    """Clones that ended because the lock was not got in time."""
