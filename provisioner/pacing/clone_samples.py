"""Samples of clones, from which the limits of lock domains are computed."""

from collections.abc import Sequence
from dataclasses import dataclass

from provisioner.model.ids import Instant
from provisioner.pacing.runs import Run


@dataclass(frozen=True, slots=True, kw_only=True)
class CloneRun(Run):
    """A clone, from its order until its end was observed: a success, or a lock time-out."""

    timed_out: bool = False
    """It waited for this lock for too long."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DomainHistory:
    """The latest measurements of one lock domain."""

    runs: Sequence[CloneRun] = ()
    """The latest, in order."""
    alone_s: float | None = None
    """The fastest clone's duration in seconds; None: none has succeeded."""
    ended: int = 0
    """How many have ended, in all."""
    in_flight: int = 0
    """Clones in flight at the last observation."""
    oldest_at: Instant | None = None
    """When the oldest clone in flight was ordered; None: none is in flight."""
