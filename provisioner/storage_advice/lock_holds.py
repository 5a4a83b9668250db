"""How long a storage's lock is held for one clone, from the clone tasks that have ended. Pure.

A task says when it began and ended, to the second, and not when it held the lock. While two or more were in flight one of
them waited for it, so that time divided by the clones that came out of it is the lock's. A clone alone also spends time
outside the lock: its duration is an upper bound.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate

from provisioner.errors import LockBusy
from provisioner.model.cluster import Task
from provisioner.model.ids import Instant
from provisioner.pve.faults import kind_of

ENOUGH = 20
"""Clones that a measurement rests on: with ends known to the second, 5 % of a clone that takes one second."""
_BUSY = 1.5
"""Clones in flight on average from which on a lock counts as never idle: two without the seconds until the next order."""
_RARELY = 0.02
"""Share of the time that is passed over: times to the second make a clone or two seem to overlap that did not."""
_LATEST = 400
"""Tasks looked at, the latest: what a storage took a week ago says less."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LockHold:
    """What the finished clones of some lock domains of one kind say."""

    each_s: float
    """Seconds of one lock for each clone, the lock's own pauses between two holders included."""
    clones: int
    """That came out well, and that `each_s` rests on."""
    in_flight: float
    """On average, in one lock domain, while any was."""
    peak: int
    """So many at once, or fewer, nearly all that time."""
    together: bool
    """Whether two or more were in flight; otherwise `each_s` is an upper bound."""
    timeouts: int = 0
    """Clones of these that gave up waiting for the lock."""

    @property
    def sure(self) -> bool:
        """Whether it is a measurement, and no bound."""
        return self.together and self.clones >= ENOUGH


@dataclass(frozen=True, slots=True, kw_only=True)
class _Run:
    """Clones each of which began before all those before it had ended."""

    took_s: float
    flown_s: float
    """Durations of its clones, summed."""
    clones: int
    timeouts: int
    tasks: int
    peak: int


def lock_hold_of(domains: Iterable[Sequence[Task]]) -> LockHold | None:
    """Of the clone tasks of lock domains that are alike, each domain's by itself; None: no clone has come out yet."""
    runs = [run for tasks in domains for run in _runs(tasks)]
    busy = _sum([run for run in runs if run.tasks > 1])
    # One after the other, or hardly more: then no clone is left out, and the time in which any was in flight is the bound.
    return busy if busy is not None and busy.together else _sum(runs)


def _sum(runs: Sequence[_Run]) -> LockHold | None:
    took, clones = sum(run.took_s for run in runs), sum(run.clones for run in runs)
    if not clones or not took:
        return None
    in_flight = sum(run.flown_s for run in runs) / took
    timeouts = sum(run.timeouts for run in runs)
    return LockHold(
        each_s=took / clones,
        clones=clones,
        in_flight=in_flight,
        peak=max(run.peak for run in runs),
        together=in_flight >= _BUSY,
        timeouts=timeouts,
    )


def _runs(tasks: Iterable[Task]) -> Iterator[_Run]:
    ended = [(task.started_at, task.ended_at, task) for task in tasks if task.kind == "qmclone" and task.ended_at is not None]
    latest = sorted(sorted(ended, key=lambda one: one[1])[-_LATEST:], key=lambda one: one[:2])
    run: list[tuple[Instant, Instant, Task]] = []
    over = 0.0
    for one in latest:
        if run and one[0] >= over:
            yield _run_of(run)
            run = []
        over = max(over, one[1]) if run else one[1]
        run.append(one)
    if run:
        yield _run_of(run)


def _run_of(run: Sequence[tuple[Instant, Instant, Task]]) -> _Run:
    tasks = [task for _, _, task in run]
    return _Run(
        took_s=max(ended for _, ended, _ in run) - run[0][0],
        flown_s=sum(ended - began for began, ended, _ in run),
        clones=sum(task.succeeded for task in tasks),
        timeouts=sum(_gave_up(task) for task in tasks),
        tasks=len(tasks),
        peak=_peak(run),
    )


def _peak(run: Sequence[tuple[Instant, Instant, Task]]) -> int:
    changes = sorted([(began, 1) for began, _, _ in run] + [(ended, -1) for _, ended, _ in run])
    levels = accumulate(change for _, change in changes)
    spans = [(level, later - at) for level, (at, _), (later, _) in zip(levels, changes, changes[1:], strict=False)]
    rare = _RARELY * sum(span for _, span in spans)
    for level in sorted({level for level, _ in spans}):
        if sum(span for above, span in spans if above > level) <= rare:
            return level
    return 0


def _gave_up(task: Task) -> bool:
    return not task.succeeded and kind_of(task.status or "") is LockBusy
