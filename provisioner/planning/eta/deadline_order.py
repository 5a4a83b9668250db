"""Whether the batch that is due first goes first, instead of the most important: only where both are in time then.

The order of the waves is their importance, and decides who gets what is short. But where a wave with a late deadline stands
before one with an early deadline, that order makes the second late for nothing. So, at each look, the queue is played in both
orders:

* By deadline it goes if in the order of importance a wave is late, and by deadline all are in time. Two looks in a row
  begin it.
* And only as long as the waves that stand before the late ones stay in time if everything becomes three times slower this
  moment, and they go first from then on. So none becomes late for a less important one, as long as nothing worse happens. The
  first look that finds otherwise ends it.
* Once begun it goes on as long as the important waves are safe in this way, also if the urgent one turns out late: estimates of
  one wave come and go, and plans would swing with them.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from math import inf

from provisioner.model.etas import WaveEta
from provisioner.model.ids import Instant, WaveName
from provisioner.planning.eta.jobs import Work
from provisioner.planning.eta.schedule import Job, Rank
from provisioner.planning.eta.waves import Spread, etas_of

_SLOWER = 3.0
"""The worst that late warnings are tried with (tests/bench/late.py): storage three times slower."""
_LOOKS = 2
"""A single look may be chance."""

Places = Mapping[WaveName, int]
"""The importance of each wave: 0 is the first."""


class DeadlineOrder:
    """The order in force. Lives as long as the daemon."""

    def __init__(self) -> None:
        self.in_force = False
        self._looks = 0

    def end(self) -> None:
        """There is nothing to order: no surge goes on, or nothing was measured."""
        self.in_force, self._looks = False, 0

    def look(self, work: Work, places: Places, *, now: Instant, spread: Spread) -> None:
        """Decide anew."""
        if not work.measured or work.never or not _differ(work):
            self.end()
            return
        trial = _Trial(work, places, now, spread)
        helps = trial.helps_still() if self.in_force else trial.helps()
        self._looks = self._looks + 1 if helps else 0
        self.in_force = self._looks >= _LOOKS


def _differ(work: Work) -> bool:
    """Whether a batch is due after one that stands behind it. Who is to come as soon as may be does not wait for others."""
    dues = [inf if batch.due_at is None else batch.due_at for batch in work.batches if batch.ready < batch.people]
    dated = [due for due in dues if due < inf]
    return dues[: len(dated)] == dated != sorted(dated)


class _Trial:
    """The queue in both orders."""

    def __init__(self, work: Work, places: Places, now: Instant, spread: Spread) -> None:
        self._work, self._places, self._now, self._spread = work, places, now, spread

    def helps(self) -> bool:
        """Whether somebody is late by importance, and nobody by deadline."""
        late = [eta.wave for eta in self._etas(self._by_importance()) if eta.late]
        return bool(late) and self._all_in_time() and self._may_wait(late)

    def helps_still(self) -> bool:
        """Whether the waves before the one that is due first could still be in time."""
        batches = (batch for batch in self._work.batches if batch.ready < batch.people)
        dues = [(batch.due_at, batch.wave) for batch in batches if batch.due_at is not None]
        return self._may_wait([min(dues)[1]])

    def _all_in_time(self) -> bool:
        return not any(eta.late for eta in self._etas(self._by_deadline()))

    def _may_wait(self, first: Iterable[WaveName]) -> bool:
        """Whether the waves before these would be in time, if they went first from now on and everything was slower."""
        until = max(self._place(wave) for wave in first)
        jobs = [job for job in self._by_importance() if self._place(self._wave(job)) < until]
        slow = replace(self._work, jobs=tuple(jobs), yard=self._work.yard.scaled(clones=_SLOWER, boots=1 / _SLOWER))
        return not any(eta.late for eta in etas_of(slow, now=self._now, spread=self._spread))

    def _by_importance(self) -> Sequence[Job]:
        return [replace(job, rank=(self._place(self._wave(job)), *job.rank[1:])) for job in self._work.jobs]

    def _by_deadline(self) -> Sequence[Job]:
        return [replace(job, rank=self._due_rank(job)) for job in self._work.jobs]

    def _due_rank(self, job: Job) -> Rank:
        due, place = self._work.batches[job.batch].due_at, self._place(self._wave(job))
        return (1 + place, *job.rank[1:]) if due is None else (0, due, job.rank[2])

    def _etas(self, jobs: Iterable[Job]) -> Sequence[WaveEta]:
        return etas_of(replace(self._work, jobs=tuple(jobs)), now=self._now, spread=self._spread)

    def _wave(self, job: Job) -> WaveName:
        return self._work.batches[job.batch].wave

    def _place(self, wave: WaveName) -> int:
        return self._places.get(wave, len(self._places))


__all__ = ["DeadlineOrder"]
