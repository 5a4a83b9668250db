"""When each wave is ready, in a band, who of it is late, and why."""

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from math import exp, inf, sqrt

from provisioner.model.ids import Instant, WaveName
from provisioner.model.scenario.etas import WaveEta
from provisioner.pacing.runs import slowest
from provisioner.planning.eta.queue import Batch, Queue
from provisioner.planning.eta.revisions import ASSUMED
from provisioner.planning.eta.work import WorkLeft
from provisioner.reasons.reason import Reason
from provisioner.reasons.rehearsal import BOOTING, LOCK_OF
from provisioner.reasons.surges import NO_TIME

ACT_S = 600.0
"""How long somebody who is called needs until a gate is open or a pause is over, at the latest."""
_ONE_IN_TWENTY = 1.645
"""The ends of the band, in spreads of a normal value."""
_DOUBT, _MORE, _FEW = 0.5, 0.25, 1.0
"""Of a boot: how much of it is left nobody sees; any may begin anew, and none that has ended shows it; and what the first that
has ended leaves in doubt, less by the root of their number (measured on drawn shapes)."""

LEAST = 0.02
"""Part of the time since the last opening that a doubled resource must save to count as what binds: less is chance."""

Spread = Callable[[WaveName], float]
"""By which factor the estimates of a wave are off, as a logarithm."""


class Estimates:
    """What the queue says, in bands of any spread."""

    def __init__(self, work: WorkLeft, now: Instant) -> None:
        self._work, self._now = work, now
        self._queue = Queue(work.batches, work.yard, now)

    def all(self, spread: Spread) -> tuple[WaveEta, ...]:
        """One for each wave, in their order: that of the batch that matters."""
        of_wave: defaultdict[WaveName, list[WaveEta]] = defaultdict(list)
        for at, batch in enumerate(self._work.batches):
            of_wave[batch.wave].append(self._estimate(at, batch, spread(batch.wave)))
        overdue = {wave: sum(_overdue(each, self._now) for each in etas) for wave, etas in of_wave.items()}
        return tuple(replace(_that_matters(etas), overdue=overdue[wave]) for wave, etas in of_wave.items())

    def _estimate(self, at: int, batch: Batch, spread: float) -> WaveEta:
        coming = batch.left - batch.waiting
        last = self._ready_at(at, coming) if coming else inf
        comes, late = last < inf, self._late(at, batch)
        lateness = late + len(batch.never) * (batch.due_at is not None)
        eta = WaveEta(
            wave=batch.wave,
            ready_by=batch.due_at,
            people=batch.people,
            ready=batch.ready,
            early_at=self._early_end(at, batch, last, spread) if comes else None,
            middle_at=last if comes else None,
            late_at=self._late_end(at, batch, last, spread) if comes else None,
            late=lateness,
            never=len(batch.never),
            held=batch.waiting,
            held_by=batch.shut_by,
            on_before=batch.on_before,
            opened=not batch.shut_by and batch.gate is None and batch.opens_at <= self._now,
        )
        return replace(eta, because=self._why(at, batch, late)) if lateness else eta

    def _ready_at(self, at: int, number: int) -> Instant:
        batch = self._work.batches[at]
        return self._queue.ready_at(at, number) + (self._slowest(at, 0.5) - 1.0) * batch.boot_s * (number > batch.booting)

    def _slowest(self, at: int, by: float) -> float:
        """Of the boots that end last, in usual boots."""
        batch, width = self._work.batches[at], sum(node.boot_s / node.share_s for node in self._work.yard.nodes.values())
        return slowest(round(min(batch.left, max(1.0, width))), spread=self._work.spread, by=by)

    def _late(self, at: int, batch: Batch) -> int:
        """Desktops that are more likely later than their deadline than not: those that wait for somebody are the last.

        A band that is wide makes nobody late: each third wave that was in time would have been warned of. What is assumed
        before anything was measured may be twice what it is.
        """
        due = batch.due_at
        if due is not None and not self._work.measured:
            due += max(0.0, due - self._now)
        called_s = ACT_S if batch.held else 0.0
        if due is None or not batch.left or self._ready_at(at, batch.left) + called_s <= due:
            return 0
        numbers, ready_at = range(1, batch.left + 1), partial(self._ready_at, at)
        in_time, if_called = (bisect_right(numbers, due - more_s, key=ready_at) for more_s in (0.0, ACT_S))
        return max(batch.left - in_time, min(len(batch.held), batch.left - if_called))

    def _scaled(self, batch: Batch, time: Instant, by: float) -> Instant:
        """Later than estimated by a factor, as a logarithm; it does not open sooner or later for that."""
        if time == inf:
            return inf
        base = self._base(batch, time)
        return base + (time - base) * exp(by)

    def _base(self, batch: Batch, time: Instant) -> Instant:
        return min(time, max(self._now, batch.opens_at))

    def _early_end(self, at: int, batch: Batch, time: Instant, spread: float) -> Instant:
        """How much of a boot is left nobody sees."""
        scaled = self._scaled(batch, time, -_unearned(spread))
        sooner = self._slowest(at, 0.5) - self._slowest(at, 0.05)
        return max(self._base(batch, time), scaled - (_DOUBT + sooner) * batch.boot_s)

    def _late_end(self, at: int, batch: Batch, time: Instant, spread: float) -> Instant:
        """One more boot may begin anew, and as long as few have ended, these are the shortest."""
        by = _unearned(spread) + _FEW / sqrt(self._work.boots)
        called_s = ACT_S if batch.shut_by else 0.0
        later = self._slowest(at, 0.95) - self._slowest(at, 0.5)
        return self._scaled(batch, time, by) + (_MORE + later) * batch.boot_s + called_s

    def _why(self, at: int, batch: Batch, late: int) -> Reason:
        """What most of them wait for, if it has a name; else what binds."""
        reasons = Counter([*batch.never, *batch.held, *batch.away])
        if reasons:
            why, count = reasons.most_common(1)[0]
            if 2 * count >= late + len(batch.never):
                return why
        return self._binds(at, batch)

    def _binds(self, at: int, batch: Batch) -> Reason:
        """That of locks and nodes of which twice as much would help most."""
        yard = self._work.yard
        storages = sorted({domain.rpartition("/")[2] for site in yard.sites for domain in site.clone_s})
        width = round(sum(node.boot_s / node.share_s for node in yard.nodes.values()) / max(1, len(yard.nodes)))
        doubled = [(BOOTING(width=width), yard.scaled(boots=2.0))]
        if storages:
            doubled.append((LOCK_OF(domain=", ".join(storages)), yard.scaled(clones=0.5)))
        ends = [(Queue(self._work.batches, each, self._now).ready_at(at, batch.left), resource) for resource, each in doubled]
        sooner, binds = min(ends)
        last = self._queue.ready_at(at, batch.left)
        return binds if last - sooner >= LEAST * (last - self._base(batch, last)) > 0 else NO_TIME()


def _unearned(spread: float) -> float:
    """An end of the band, as a logarithm. That estimates agree with later ones proves nothing of the last desktop."""
    return _ONE_IN_TWENTY * max(ASSUMED, spread)


def _that_matters(batches: Sequence[WaveEta]) -> WaveEta:
    """The batch that is latest, else the next that is due and not ready, else the last."""
    late = [eta for eta in batches if eta.late]
    if late:
        return max(late, key=lambda eta: (eta.late_by_s or 0.0, eta.late))
    return next((eta for eta in batches if eta.ready < eta.people and eta.ready_by is not None), batches[-1])


def _overdue(eta: WaveEta, now: Instant) -> int:
    return eta.people - eta.ready if eta.ready_by is not None and eta.ready_by < now else 0
