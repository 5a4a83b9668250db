"""Samples of clones, from which the limits of lock domains are computed."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean

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


def refutes(run: CloneRun) -> bool:
    """Whether it shows that several at once were too many."""
    return run.timed_out and run.parallel >= TOGETHER


@dataclass(frozen=True, slots=True, kw_only=True)
class DomainHistory:
    """The latest measurements of one lock domain."""

    runs: Sequence[CloneRun] = ()
    """The latest, in order."""
    alone_s: float | None = None
    """How long a clone takes that waits for nobody, in seconds: the mean of the latest without others, else the fastest; None:
    none has succeeded."""
    ended: int = 0
    """How many have ended, in all."""
    refuted: int = 0
    """How many of several in parallel timed out, in all."""
    in_flight: int = 0
    """Clones in flight at the last observation."""
    oldest_at: Instant | None = None
    """When the oldest clone in flight was ordered; None: none is in flight."""

    @property
    def together(self) -> Sequence[CloneRun]:
        """Those that ran beside others and show how long they wait for each other; none if the latest took longer alone."""
        successes = [run for run in self.runs if not run.timed_out]
        runs = [run for run in successes if run.parallel >= TOGETHER]
        latest = successes[-_IN_A_ROW:]
        if runs and len(latest) == _IN_A_ROW and all(run.parallel < TOGETHER for run in latest):
            usual_s = fmean(run.took_s for run in runs)
            if min(run.took_s for run in latest) > usual_s:
                return ()
        return runs
