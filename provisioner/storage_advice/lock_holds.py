"""How long a storage's lock is held for one clone, from ended clone tasks. Pure.

A task shows when it began and ended, in whole seconds, but not when it held the lock. While two or more are in flight, one of
them waits for the lock, so this time divided by the successful clones is the lock's hold per clone. A single clone also spends
time outside the lock: its duration is an upper bound.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate

from provisioner.errors import LockBusy
from provisioner.model.ids import Instant
from provisioner.model.machines.cluster import Task
from provisioner.pve.faults import kind_of

ENOUGH = 20
"""Clones needed for a measurement: with times in whole seconds, the error is 5 % for clones of one second."""
_BUSY = 1.5
"""Average number in flight from which a lock counts as never idle: two, minus the seconds until the next order."""
_RARELY = 0.02
"""Share of the time to ignore: with times in whole seconds, clones may seem to overlap that did not."""
_LATEST = 400
"""Use only the latest tasks: durations of a week ago say less."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LockHold:
    """How long a lock is held for a clone, measured over lock domains of the same kind."""

    each_s: float
    """Seconds one lock is held for each clone, with the pauses between two holders."""
    clones: int
    """Successful clones used for `each_s`."""
    in_flight: float
    """Average number in one lock domain, while there was at least one."""
    peak: int
    """The most in flight, without rare exceptions."""
    together: bool
    """Whether two or more were in flight; otherwise `each_s` is an upper bound."""
    timeouts: int = 0
    """Clones that timed out on the lock."""

    @property
    def sure(self) -> bool:
        """Whether it is a measurement instead of an upper bound."""
        return self.together and self.clones >= ENOUGH


@dataclass(frozen=True, slots=True, kw_only=True)
class _Run:
    """A series of overlapping clones."""

    took_s: float
    flown_s: float
    """Sum of its clones' durations."""
    clones: int
    timeouts: int
    tasks: int
    peak: int


def lock_hold_of(domains: Iterable[Sequence[Task]]) -> LockHold | None:
    """The hold of similar lock domains; `domains` has the clone tasks of each. None: no clone has succeeded yet."""
    runs = [run for tasks in domains for run in _runs(tasks)]
    busy = _sum([run for run in runs if run.tasks > 1])
    # Clones ran one after another, or almost: then use all clones; the time with any clone in flight is the upper bound.
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
    latest = sorted(sorted(ended, key=lambda clone: clone[1])[-_LATEST:], key=lambda clone: clone[:2])
    run: list[tuple[Instant, Instant, Task]] = []
    run_end = 0.0
    for clone in latest:
        began_at, ended_at, _ = clone
        if run and began_at >= run_end:
            yield _run_of(run)
            run = []
        run_end = max(run_end, ended_at) if run else ended_at
        run.append(clone)
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
