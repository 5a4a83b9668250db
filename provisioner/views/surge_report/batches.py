"""Plan against actual: each batch, and the ready desktops over time."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from math import ceil, inf

from provisioner.model.ids import Instant, WaveName
from provisioner.model.progress import BatchProgress, Progress
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
    """From 1."""
    planned: int
    """Its people, when it was noted last."""
    opens_at: str | None
    """As planned; None: at the start of the surge, which was not foreseen."""
    opened_at: str | None
    """None: it has not opened."""
    due_at: str | None
    """None: it has no deadline."""
    ready: int
    """The most that were ready at once."""
    most_ready_at: str | None
    """When 95 % of them were ready; None: never."""
    ready_at: str | None
    """When all were ready for the first time; None: never."""
    late_s: float | None
    """How long after its deadline all were ready, or since when it waits for the last; 0: in time. None: no deadline."""
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
    sessions: int


def batch_reports(noted: Sequence[Progress], *, now: Instant) -> tuple[BatchReport, ...]:
    """Every batch that was ever planned, in the order of the waves. `now`: the end of the run, or the present."""
    order = dict.fromkeys((batch.wave, batch.number) for progress in noted for batch in progress.batches)
    return tuple(_report(key, noted, now) for key in sorted(order, key=_rank(list(order))))


def curve(noted: Sequence[Progress]) -> tuple[PointReport, ...]:
    """Thinned out; the first and the last stay."""
    step = max(1, ceil(len(noted) / _POINTS))
    chosen = [progress for index, progress in enumerate(noted) if index % step == 0 or index == len(noted) - 1]
    return tuple(
        PointReport(
            at=stamp(progress.at),
            wanted=sum(batch.planned for batch in progress.batches if batch.is_open),
            ready=progress.ready,
            sessions=progress.sessions,
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


def _report(key: Key, noted: Sequence[Progress], now: Instant) -> BatchReport:
    states = list(history(key, noted))
    last = states[-1][1]
    ready_at, due_at = first_at(states, is_ready), last.due_at
    return BatchReport(
        wave=last.wave,
        batch=last.number + 1,
        planned=last.planned,
        opens_at=stamp_or_none(None if last.opens_at == inf else last.opens_at),
        opened_at=stamp_or_none(first_at(states, lambda batch: batch.is_open)),
        due_at=stamp_or_none(due_at),
        ready=max(batch.ready for _, batch in states),
        most_ready_at=stamp_or_none(first_at(states, _is_mostly_ready)),
        ready_at=stamp_or_none(ready_at),
        late_s=None if due_at is None else max(0.0, (now if ready_at is None else ready_at) - due_at),
        missing_when_due=None if due_at is None or due_at > now else _missing_at(due_at, states),
        failed=last.failed,
    )


def _is_mostly_ready(batch: BatchProgress) -> bool:
    return batch.is_open and batch.ready >= ceil(_MOST * batch.planned - 1e-9)


def _missing_at(due_at: Instant, states: Sequence[tuple[Instant, BatchProgress]]) -> int:
    """By what was noted last before."""
    before = [batch for at, batch in states if at <= due_at] or [states[0][1]]
    return max(0, before[-1].planned - before[-1].ready)


__all__ = ["BatchReport", "PointReport", "batch_reports", "curve", "first_at", "history", "is_ready"]
