"""When each wave is ready, in a band, who of it is late, and why."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from math import exp, inf, sqrt

from provisioner.model.etas import WaveEta
from provisioner.model.ids import Instant, WaveName
from provisioner.planning.eta.binding import binding, gains_of, in_short
from provisioner.planning.eta.jobs import Batch, Work
from provisioner.planning.eta.revisions import ASSUMED
from provisioner.planning.eta.schedule import Job, Ready, Yard, ready_times
from provisioner.reasons.etas import NO_TIME
from provisioner.reasons.reason import NONE, Reason
from provisioner.reasons.rehearsal import BOOTING, LOCK_OF
from provisioner.reasons.surge_gates import GATE_READY

ACT_S = 600.0
"""How long somebody who is called needs until a gate is open or a pause is over, at the latest."""
_ONE_IN_TWENTY, _ONE_IN_SIX = 1.645, 1.0
"""The ends of the band, in spreads of a normal value; and how likely it is to be late when that is said."""
_FEW = 1.0
"""How many boots more the first that has ended leaves in doubt; less by the root of their number."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One batch, for `binding`. Times from now."""

    wanted: int
    ready_after_s: Sequence[float]
    last_opens_after_s: float
    lacks: Reason = NONE

    @property
    def last_after_s(self) -> float | None:
        """None: some are never ready."""
        return max(self.ready_after_s, default=0.0) if len(self.ready_after_s) >= self.wanted else None


Spread = Callable[[WaveName], float]
"""By which factor the estimates of a wave are off, as a logarithm."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """Of the batch of a wave that matters."""

    eta: WaveEta
    opens_at: Instant
    coming: Sequence[Instant] = ()
    """When each desktop that is not ready is, in order; without those that never are."""


def etas_of(work: Work, *, now: Instant, spread: Spread) -> tuple[WaveEta, ...]:
    """Each wave's, in their order."""
    return tuple(estimate.eta for estimate in Estimates(work, now).all(spread))


@dataclass(slots=True)
class _Members:
    """The desktops of a batch that are not ready."""

    jobs: list[Job] = field(default_factory=list)
    never: list[Reason] = field(default_factory=list)


class Estimates:
    """The queue, played once, in bands of any spread."""

    def __init__(self, work: Work, now: Instant) -> None:
        self._work, self._now = work, now
        self._spread: Spread = lambda _: 0.0
        self._ready = ready_times(work.jobs, work.yard, work.gates, now=now)
        self._members: defaultdict[int, _Members] = defaultdict(_Members)
        for job in work.jobs:
            self._members[job.batch].jobs.append(job)
        for batch, why in work.never.values():
            self._members[batch].never.append(why)
        self._again: list[tuple[Reason, Ready]] | None = None

    def all(self, spread: Spread) -> tuple[Estimate, ...]:
        """One for each wave, in their order."""
        self._spread = spread
        of_wave: defaultdict[WaveName, list[Estimate]] = defaultdict(list)
        for at, batch in enumerate(self._work.batches):
            of_wave[batch.wave].append(self._estimate(at, batch))
        return tuple(map(self._of_wave, of_wave.values()))

    def _of_wave(self, batches: Sequence[Estimate]) -> Estimate:
        found = _that_matters(batches)
        return replace(found, eta=replace(found.eta, overdue=sum(_overdue(each.eta, self._now) for each in batches)))

    def _estimate(self, at: int, batch: Batch) -> Estimate:
        members, due = self._members[at], batch.due_at
        middle = {job.seat: self._ready.get(job.seat, inf) for job in members.jobs}
        late = [self._late_end(batch, job, middle[job.seat]) for job in members.jobs]
        coming = sorted(time for time in middle.values() if time < inf)
        overdue = [job for job in members.jobs if due is not None and self._warned(batch, job, middle[job.seat]) > due]
        lateness = len(overdue) + len(members.never) * (due is not None)
        eta = WaveEta(
            wave=batch.wave,
            ready_by=due,
            people=batch.people,
            ready=batch.ready,
            early_at=self._early_end(batch, members.jobs, coming[-1]) if coming else None,
            middle_at=coming[-1] if coming else None,
            late_at=max((time for time in late if time < inf), default=None),
            late=lateness,
            never=len(members.never),
            held_by=self._held_by(at),
            opened=at not in self._work.shut and at not in self._work.gates and batch.opens_at <= self._now,
        )
        eta = replace(eta, because=self._why(at, batch, overdue, members.never)) if lateness else eta
        return Estimate(eta=eta, opens_at=batch.opens_at, coming=coming)

    def _held_by(self, at: int) -> Reason:
        """A gate that waits for enough desktops opens in the queue."""
        why = self._work.shut.get(at, NONE)
        return NONE if why.code == GATE_READY.code else why

    def _scaled(self, batch: Batch, time: Instant, by: float) -> Instant:
        """Later than estimated by a factor, as a logarithm; it does not open sooner or later for that."""
        if time == inf:
            return inf
        base = self._base(batch, time)
        return base + (time - base) * exp(by)

    def _base(self, batch: Batch, time: Instant) -> Instant:
        return min(time, max(self._now, batch.opens_at))

    def _unearned(self, batch: Batch) -> float:
        """An end of the band, as a logarithm. That estimates agree with later ones proves nothing of the last desktop."""
        return _ONE_IN_TWENTY * max(ASSUMED, self._spread(batch.wave))

    def _early_end(self, batch: Batch, jobs: Sequence[Job], time: Instant) -> Instant:
        """How much of a boot is left nobody sees: half of one is left in doubt."""
        sooner_s = max(job.alone_s for job in jobs) / 2
        return max(self._base(batch, time), self._scaled(batch, time, -self._unearned(batch)) - sooner_s)

    def _late_end(self, batch: Batch, job: Job, time: Instant) -> Instant:
        """The slowest boots end last, and any may begin anew: none that has ended shows it. So one more boot may come.

        And more than one as long as few have ended: these are the shortest.
        """
        more = 1.0 + _FEW / sqrt(self._work.boots)
        return self._scaled(batch, time, self._unearned(batch)) + more * job.alone_s + self._called(job)

    def _warned(self, batch: Batch, job: Job, time: Instant) -> Instant:
        """By when it is ready, five times in six."""
        return self._scaled(batch, time, _ONE_IN_SIX * self._spread(batch.wave)) + self._called(job)

    def _called(self, job: Job) -> float:
        return ACT_S if job.seat in self._work.held else 0.0

    def _why(self, at: int, batch: Batch, overdue: Sequence[Job], never: Sequence[Reason]) -> Reason:
        """What most of them wait for, if it has a name; else what binds."""
        reasons = Counter([*never, *(self._work.held[job.seat] for job in overdue if job.seat in self._work.held)])
        reasons += Counter(self._work.away[job.seat] for job in overdue if job.seat in self._work.away)
        if reasons:
            why, count = reasons.most_common(1)[0]
            if 2 * count >= len(overdue) + len(never):
                return why
        return self._binds(at, batch)

    def _binds(self, at: int, batch: Batch) -> Reason:
        again = self._doubled()
        ends_s = [self._part(at, batch, ready).last_after_s for _, ready in again]
        gains = gains_of([resource for resource, _ in again], ends_s)
        binds = in_short(binding(self._part(at, batch, self._ready), gains))
        return binds if binds.code in (LOCK_OF.code, BOOTING.code) else NO_TIME()

    def _part(self, at: int, batch: Batch, ready: Ready) -> Part:
        jobs = self._members[at].jobs
        times = (ready.get(job.seat, inf) for job in jobs)
        after_s = [time - self._now for time in times if time < inf]
        return Part(wanted=len(jobs), ready_after_s=after_s, last_opens_after_s=batch.opens_at - self._now)

    def _doubled(self) -> Sequence[tuple[Reason, Ready]]:
        """The times with twice as much of each resource."""
        if self._again is None:
            self._again = [
                (resource, ready_times(self._work.jobs, yard, self._work.gates, now=self._now))
                for resource, yard in _with_double(self._work.yard)
            ]
        return self._again


def _with_double(yard: Yard) -> Iterator[tuple[Reason, Yard]]:
    storages = sorted({domain.rpartition("/")[2] for domain in yard.domains})
    if storages:
        yield LOCK_OF(domain=", ".join(storages)), yard.scaled(clones=0.5)
    yield BOOTING(width=round(yard.width_of_node)), yard.scaled(boots=2.0)


def _that_matters(batches: Sequence[Estimate]) -> Estimate:
    """The batch that is latest, else the next that is due and not ready, else the last."""
    late = [batch for batch in batches if batch.eta.late]
    if late:
        return max(late, key=lambda batch: (batch.eta.late_by_s or 0.0, batch.eta.late))
    left = (batch for batch in batches if batch.eta.ready < batch.eta.people and batch.eta.ready_by is not None)
    return next(left, batches[-1])


def _overdue(eta: WaveEta, now: Instant) -> int:
    return eta.people - eta.ready if eta.ready_by is not None and eta.ready_by < now else 0
