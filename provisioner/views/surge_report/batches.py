"""Plan against actual: each batch, and the ready desktops over time."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from math import ceil, inf

from provisioner.model.ids import Instant, WaveName
from provisioner.model.scenario.progress import BatchProgress, Progress
from provisioner.views.times import stamp, stamp_or_none

_MOST = 0.95
_POINTS = 300
"""Of a curve: more than a screen shows."""
Key = tuple[WaveName, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchReport:
    """One batch. Times are those at which it was noted: some seconds late."""

    wave: str
    batch: int
    """From 1. A half-day of a rotation is a batch, and the wave is its pool."""
    planned: int
    """Its people, when it was noted last."""
    opens_at: str | None
    """As planned; None: at the start of the surge, which was not foreseen."""
    opened_at: str | None
    """None: it has not opened."""
    due_at: str | None
    """None: it has no deadline."""
    ready: int
    """The most of them that were ready at once: people who have left since do not count."""
    most_ready_at: str | None
    """When 95 % of them were ready; None: never."""
    ready_at: str | None
    """When all were ready for the first time; None: never."""
    late_s: float | None
    """How long after its deadline all were ready, or since when it waits for the last; 0: in time. None: no deadline."""
    lost_s: float | None
    """For how long, after it had been ready, somebody had no ready desktop again after its deadline. None: no deadline."""
    missing_when_due: int | None
    """Who was not ready at the deadline; None: no deadline, or it has not come."""
    failed: int
    """Desktops that had failed, when it was noted last."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PointReport:
    """One moment of the curve."""

    at: str
    wanted: int
    """People whose batch was open."""
    ready: int
    """Desktops that were ready, whoever's."""
    served: int
    """Of the people who were wanted, those whose desktop was ready."""
    sessions: int
    unknown: int | None
    """Desktops whose sessions were unknown: they may have had any. None: an earlier version has not noted it."""


def batch_reports(noted: Sequence[Progress], *, now: Instant) -> tuple[BatchReport, ...]:
    """Every batch that was ever planned, in the order of the waves. `now`: the end of the run, or the present."""
    order = dict.fromkeys((batch.wave, batch.number) for progress in noted for batch in progress.batches)
    keys, places = sorted(order, key=_rank(list(order))), Counter[WaveName]()
    reports = []
    for key in keys:
        places[key[0]] += 1  # half-days are numbered by the hour
        reports.append(_report(key, places[key[0]], noted, now))
    return tuple(reports)


def curve(noted: Sequence[Progress]) -> tuple[PointReport, ...]:
    """Thinned out; the first and the last stay."""
    step = max(1, ceil(len(noted) / _POINTS))
    chosen = [progress for index, progress in enumerate(noted) if index % step == 0 or index == len(noted) - 1]
    return tuple(
        PointReport(
            at=stamp(progress.at),
            wanted=sum(batch.planned for batch in progress.batches if batch.is_open),
            ready=progress.ready,
            served=sum(batch.ready for batch in progress.batches if batch.is_open),
            sessions=progress.sessions,
            unknown=progress.unknown,
        )
        for progress in chosen
    )


def history(key: Key, noted: Sequence[Progress]) -> Iterator[tuple[Instant, BatchProgress]]:
    """One batch at each moment."""
    for progress in noted:
        for batch in progress.batches:
            if (batch.wave, batch.number) == key:
                yield progress.at, batch


def first_at(states: Sequence[tuple[Instant, BatchProgress]], holds: Callable[[BatchProgress], bool]) -> Instant | None:
    """When it was so for the first time."""
    return next((at for at, batch in states if holds(batch)), None)


def is_ready(batch: BatchProgress) -> bool:
    """All of an open batch."""
    return batch.is_open and batch.ready >= batch.planned


def _rank(order: list[Key]) -> Callable[[Key], tuple[int, int]]:
    waves = list(dict.fromkeys(wave for wave, _ in order))
    return lambda key: (waves.index(key[0]), key[1])


def _report(key: Key, place: int, noted: Sequence[Progress], now: Instant) -> BatchReport:
    states = list(history(key, noted))
    last = states[-1][1]
    due_at, end = last.due_at, _end(states, noted, now)
    in_time_at = None if due_at is None or due_at > now else _ready_after(due_at, states)
    return BatchReport(
        wave=last.wave,
        batch=place,
        planned=last.planned,
        opens_at=stamp_or_none(None if last.opens_at == inf else last.opens_at),
        opened_at=stamp_or_none(first_at(states, lambda batch: batch.is_open)),
        due_at=stamp_or_none(due_at),
        ready=max(_ready_of(last.planned, batch) for _, batch in states),
        most_ready_at=stamp_or_none(first_at(states, _is_mostly_ready)),
        ready_at=stamp_or_none(first_at(states, is_ready)),
        late_s=None if due_at is None else max(0.0, (now if in_time_at is None else in_time_at) - due_at),
        lost_s=None if due_at is None else 0.0 if in_time_at is None else _lost_s(in_time_at, states, end),
        missing_when_due=None if due_at is None or due_at > now else missing_at(due_at, states),
        failed=last.failed,
    )


def _is_mostly_ready(batch: BatchProgress) -> bool:
    return batch.is_open and batch.ready >= ceil(_MOST * batch.planned - 1e-9)


def missing_at(due_at: Instant, states: Sequence[tuple[Instant, BatchProgress]]) -> int:
    """How many were not ready at this time, by what was noted last before."""
    before = [batch for at, batch in states if at <= due_at] or [states[0][1]]
    return max(0, before[-1].planned - before[-1].ready)


def _ready_of(planned: int, batch: BatchProgress) -> int:
    """How many of those who are in it at the end were ready for sure: of people who have left since, all may have been."""
    return max(0, batch.ready - max(0, batch.planned - planned))


def _ready_after(due_at: Instant, states: Sequence[tuple[Instant, BatchProgress]]) -> Instant | None:
    """When all were ready for the first time since the deadline; None: never. In time is the deadline itself."""
    if not missing_at(due_at, states):
        return due_at
    return first_at([(at, batch) for at, batch in states if at >= due_at], is_ready)


def _lost_s(since: Instant, states: Sequence[tuple[Instant, BatchProgress]], end: Instant) -> float:
    """For how long somebody had none again."""
    after = [(max(at, since), batch) for at, batch in states if at >= since]
    ends = [*(at for at, _ in after[1:]), end]
    return sum(max(0.0, until - at) for (at, batch), until in zip(after, ends, strict=False) if not is_ready(batch))


def _end(states: Sequence[tuple[Instant, BatchProgress]], noted: Sequence[Progress], now: Instant) -> Instant:
    """Until when its last state counts: then the desktops go back, or nothing more was noted."""
    return next((progress.at for progress in noted if progress.at > states[-1][0]), now)


__all__ = ["BatchReport", "PointReport", "batch_reports", "curve", "first_at", "history", "is_ready", "missing_at"]
