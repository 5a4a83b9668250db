"""Samples of clones, from which the limits of lock domains are computed."""

from collections.abc import Sequence
from dataclasses import dataclass
from operator import attrgetter
from statistics import fmean

from provisioner.model.ids import Instant
from provisioner.pacing.runs import Run

TOGETHER = 1.5
"""With at least so many in parallel on average it shows how long they wait for each other."""
_IN_A_ROW = 2
"""Clones alone that took long: a single one may be chance."""
FEW = 6
"""The latest few show soon that a storage has become slower."""
LATEST = 24
"""The latest clones, whose mean evens out chance and the observation period."""
_FAR_FASTER = 0.75
"""Chance makes the mean of a few seldom so much less than that of others."""
_TOOK = attrgetter("took_s")


@dataclass(frozen=True, slots=True, kw_only=True)
class CloneRun(Run):
    """A clone, from its order until its end was observed: a success, or a lock time-out."""

    timed_out: bool = False
    """It waited for this lock for too long."""
    copied: bool = False
    """A full clone: it takes as long as it does because it copies, beside the lock."""


def refutes(run: CloneRun) -> bool:
    """Whether it shows that several at once were too many."""
    return run.timed_out and run.parallel >= TOGETHER


@dataclass(frozen=True, slots=True, kw_only=True)
class DomainHistory:
    """The latest measurements of one lock domain."""

    runs: Sequence[CloneRun] = ()
    """The latest, in order."""
    alone_s: float | None = None
    """How long a clone takes that waits for nobody, in seconds: the median of the latest without others, else the fastest;
    None: none has succeeded."""
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
        """Those that ran beside others and show how long they wait for each other.

        Two in a row that took longer alone than those before them beside others end what these show, for good.
        """
        beside: list[CloneRun] = []
        alone: list[CloneRun] = []
        for run in self.runs:
            if run.timed_out:
                continue
            if run.parallel >= TOGETHER:
                beside.append(run)
                alone = []
                continue
            alone = [*alone, run][-_IN_A_ROW:]
            if len(alone) == _IN_A_ROW and beside and min(map(_TOOK, alone)) > fmean(map(_TOOK, beside)):
                beside = []
        return beside

    @property
    def unhindered_s(self) -> float | None:
        """How long a clone takes now that waits for nobody: `alone_s`, unless those beside others are far faster.

        It was measured before the storage became faster then, and what they take would never count as waiting.
        """
        beside = [run.took_s for run in self.together[-LATEST:]]
        if self.alone_s is None or len(beside) < FEW or fmean(beside) > self.alone_s * _FAR_FASTER:
            return self.alone_s
        return min(beside)
