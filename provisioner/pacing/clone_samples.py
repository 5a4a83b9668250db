"""Samples of clones, from which the limits of lock domains are computed."""

from collections.abc import Sequence
from dataclasses import dataclass

from provisioner.model.ids import Instant
from provisioner.pacing.runs import Run

TOGETHER = 1.5
"""With at least so many in parallel on average it shows how long they wait for each other."""
_IN_A_ROW = 2
"""Clones alone that took long: a single one may be chance."""


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

    @property
    def slower_alone_s(self) -> float:
        """How many seconds longer than the fastest the latest took, if they ran alone; 0: they did not, or were as fast."""
        latest = [run for run in self.runs if not run.timed_out][-_IN_A_ROW:]
        ran_alone = len(latest) == _IN_A_ROW and all(run.parallel < TOGETHER for run in latest)
        return min(run.took_s for run in latest) - (self.alone_s or 0.0) if ran_alone else 0.0
