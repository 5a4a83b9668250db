"""How far the run of a scenario is, from the status: what is kept for the report of a surge."""

from collections import Counter
from collections.abc import Iterator

from provisioner.model.demand import BatchState
from provisioner.model.ids import Seat, WaveName
from provisioner.model.machines.desktops import Phase
from provisioner.model.scenario.progress import BatchProgress, Binding, Progress
from provisioner.model.scenario.surges import SurgeRun, SurgeState
from provisioner.model.status import Status
from provisioner.reasons.grouping import sort_of
from provisioner.reasons.hiding import without_names
from provisioner.reasons.reason import Reason

_OPENING = (SurgeState.PENDING, SurgeState.RUNNING, SurgeState.GATED, SurgeState.PAUSED, SurgeState.ABORTING)
"""While waves open, or may."""
_BINDS = 5
_HOUR_S = 3600.0
"""No two half-days begin within one: it numbers them, from the start of the run on."""


def progress_of(status: Status) -> Progress | None:
    """Of the newest run; None: there is none, or it is over."""
    run = status.surge
    if run is None or run.is_over:
        return None
    return Progress(
        run=run.number,
        at=status.at,
        state=run.state,
        ready=status.phases.get(Phase.READY, 0),
        sessions=status.session_figures.all_open,
        counted=sum(state.counted for state in status.desktops.values()),
        unknown=sum(state.sessions is None for state in status.desktops.values()),
        oldest_s=_age_s(status),
        batches=(*_batches(status), *_half_day(status, run)) if run.state in _OPENING else (),
        binds=_binds(status),
    )


def _age_s(status: Status) -> float | None:
    oldest_at = status.session_figures.oldest_at
    return None if oldest_at is None else round(max(0.0, status.at - oldest_at), 1)


def _batches(status: Status) -> tuple[BatchProgress, ...]:
    states, demand = status.desktops.values(), status.demand
    phases = {
        state.reservation.seat: Phase.READY if demand.serves(state.reservation.seat, state.phase) else state.phase
        for state in states
        if state.superseded_by is None
    }
    return tuple(_batch(batch, phases) for batch in demand.batches)


def _batch(batch: BatchState, phases: dict[Seat | None, Phase]) -> BatchProgress:
    counts = Counter(phases.get(seat) for seat in batch.seats)
    return BatchProgress(
        wave=batch.wave,
        number=batch.number,
        planned=len(batch.seats),
        opens_at=batch.opens_at,
        due_at=batch.due_at,
        is_open=batch.is_open,
        ready=counts[Phase.READY],
        failed=counts[Phase.FAILED],
    )


def _half_day(status: Status, run: SurgeRun) -> Iterator[BatchProgress]:
    """Of a rotation, the half-day that goes on: its people are a batch, due as it begins. Who is away is not planned."""
    state = status.rotation
    if state is None or state.pool is None:
        return
    slots = [slot for week in state.weeks if (slot := week.slot_at(status.at)) is not None]
    if not slots:
        return
    begins = max(slot.begins for slot in slots)
    planned = min(state.due, sum(slot.begins == begins for slot in slots))
    waiting = sum(each.slot.begins == begins for each in state.waiting)
    yield BatchProgress(
        wave=WaveName(state.pool),
        number=max(0, int((begins - run.started_at) // _HOUR_S)),
        planned=planned,
        opens_at=begins,
        due_at=begins,
        is_open=True,
        ready=max(0, planned - waiting),
        failed=0,
    )


def _binds(status: Status) -> tuple[Binding, ...]:
    counts, first = Counter[str](), dict[str, Reason]()
    for reason, _, count in status.plan.waits:
        sort = sort_of(reason)
        counts[sort] += count
        first.setdefault(sort, reason)
    if not counts:
        return ()
    names = frozenset(status.desktops) | {state.agent_login for state in status.desktops.values()}
    names |= {want.login for want in (*status.demand.wants.values(), *status.demand.ahead.values())}
    often = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))[:_BINDS]
    return tuple(Binding(reason=without_names(first[sort], names), count=count) for sort, count in often)


__all__ = ["progress_of"]
