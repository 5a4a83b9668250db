"""What stands against a desktop, as the last cycle found it."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

from provisioner.model.actions import Plan
from provisioner.model.deferrals import Deferral
from provisioner.model.demand import NotWanted
from provisioner.model.ids import DesktopName, Instant, Seat
from provisioner.model.intents import Intent, IntentKind
from provisioner.model.machines.desktops import Phase
from provisioner.model.machines.seats import agent_at
from provisioner.model.status import DesktopState, Status
from provisioner.model.words import RESOURCES, WaitsFor
from provisioner.reasons import phases, steps, targets
from provisioner.reasons.grouping import codes_of
from provisioner.reasons.reason import Reason, ReasonKind, act_of, as_reason
from provisioner.sessions.evidence import EVIDENCE
from provisioner.views.desktops import leaving_remark, remark_on
from provisioner.views.orders import OrderDocument, order_documents
from provisioner.views.reasons import ReasonDocument, reason_document, reason_or_none
from provisioner.views.times import stamp_or_none

LEAVER, SUPERSEDED, PAUSE = "leaver", "superseded", "pause"
_SOURCES: Mapping[str, tuple[ReasonKind, ...]] = {
    "freeze": (targets.FROZEN, targets.FREEZE),
    PAUSE: (targets.PAUSED, targets.ONE_FIRST),
    "session": (
        targets.SESSIONS_OPEN,
        targets.SESSIONS_UNKNOWN,
        targets.SESSIONS_DOUBTFUL,
        *(each.because for each in EVIDENCE.found()),
    ),
    "hold": (targets.HELD, targets.HOLD),
    "baseline": (targets.BASELINE,),
    "safety": (targets.DELETES, targets.STOPS),
    "stop_order": (targets.STOP_ORDERED, targets.STOP_ORDERED_WHY),
    "restart_order": (targets.RESTART_ORDERED, targets.RESTART_ORDERED_WHY),
    "rebuild_order": (targets.REBUILD_ORDERED, targets.REBUILD_ORDERED_WHY),
    "quarantine": (targets.QUARANTINED, targets.QUARANTINED_WHY, targets.QUARANTINE),
    "drain": (targets.DRAINED, targets.DRAINED_WHY),
    "cordon": (targets.CORDONED, targets.CORDONED_WHY),
    "maintenance": (targets.MAINTENANCE,),
    "ha": (phases.HA_RECOVERS, phases.HA_GAVE_UP, steps.HA_LATE),
}
"""The source of each kind of reason. Of a reason with several, the first here: as in `planning/targets/sources`."""
_NOT_WANTED: Mapping[str, tuple[ReasonKind, ...]] = {
    "rotation": (targets.BY_HALF_DAYS,),
    "wave": (targets.NOT_YET, targets.NO_WAVE),
    "entitlement": (targets.NO_ENTITLEMENT,),
    "directory": (targets.ACCOUNT, targets.GONE),
}
"""The same for agents who are to have no desktop now."""
_QUEUES = frozenset({*RESOURCES, WaitsFor.LOCK, WaitsFor.BOOTS, WaitsFor.API})
"""What is given to one desktop after the other. For everything else all wait alike."""
_SHORT = _QUEUES - {WaitsFor.NODES}
_STUCK = frozenset({Phase.FAILED, Phase.UNKNOWN})
_FOR_ALL = frozenset({IntentKind.FREEZE, IntentKind.HOLD})


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldDocument:
    """Something that stands against what is wanted."""

    source: str | None
    """`freeze`, `pause`, `session`, `hold`, `drain`, `cordon`, `wave`, `leaver`, …; or what it waits for, as `binds` says.
    None: none of them."""
    because: ReasonDocument
    act: ReasonDocument | None
    """What an operator can do; None: nothing, or `because` says it."""
    binds: str | None
    """What it waits for, in one word."""
    retry_at: str | None
    """When it is tried again, or when an agent's desktop is begun; None: in each cycle, or not foreseen."""
    before: int | None
    """How many that wait for the same cause come first; None: nobody comes first, all wait alike."""
    alike: int | None
    """How many wait for the same cause, itself included; None: it is not a cause that others have."""


def holds_of_seat(status: Status, seat: Seat | None, state: DesktopState | None) -> Iterator[HoldDocument]:
    """What stands against an agent's desktop, or against a desktop; `state`: None, there is no desktop yet."""
    others = tuple(_holds_beside_its_phase(status, seat, state))
    yield from others
    if state is not None and (state.phase in _STUCK or (not others and act_of(as_reason(state.because)))):
        yield _hold(state.because, source=source_of(state.because) or state.phase.value)


def _holds_beside_its_phase(status: Status, seat: Seat | None, state: DesktopState | None) -> Iterator[HoldDocument]:
    deferred = tuple(_deferred(status.plan, deferral) for deferral in deferrals_about(status, seat, state))
    yield from deferred
    if not any(hold.source == PAUSE for hold in deferred):
        yield from _pauses(status, seat, state)
    if state is not None and state.quarantined:
        return  # the plan says who keeps it
    if state is not None and state.superseded_by is not None:
        yield _hold(remark_on(state), source=SUPERSEDED)
    elif state is not None and state.leaving is not None:
        yield _hold(leaving_remark(state.leaving), source=LEAVER)
    elif seat is not None:
        yield from _not_wanted(status, seat)


def deferrals_about(status: Status, seat: Seat | None, state: DesktopState | None) -> tuple[Deferral, ...]:
    """What the plan deferred of it. A desktop that its agent does not use shares the seat: then only its name counts."""
    name = None if state is None else state.reservation.name
    of_seat = None if state is not None and state.unused else seat
    return tuple(
        deferral for deferral in status.plan.deferred if _is_about(deferral, name=name, seat=of_seat, names=status.desktops)
    )


def intents_about(intents: Iterable[Intent], *names: str | None) -> tuple[OrderDocument, ...]:
    """Those in force for everything, and for what has one of these names."""
    known = set(filter(None, names))
    return order_documents(intent for intent in intents if intent.kind in _FOR_ALL or intent.target in known)


def source_of(reason: Reason, sources: Mapping[str, tuple[ReasonKind, ...]] = _SOURCES) -> str | None:
    """Who or what a reason comes from; None: it does not say."""
    codes = set(codes_of(reason))
    return next((source for source, kinds in sources.items() if any(kind.code in codes for kind in kinds)), None)


def tried_again_at(deferrals: tuple[Deferral, ...]) -> Instant | None:
    """The first time at which one of them is tried again; None: in each cycle."""
    return min((deferral.retry_at for deferral in deferrals if deferral.retry_at is not None), default=None)


def _is_about(
    deferral: Deferral, *, name: DesktopName | None, seat: Seat | None, names: Collection[DesktopName]
) -> bool:  # fmt: skip
    if deferral.what == name:
        return True
    return seat is not None and deferral.seat == seat and deferral.what not in names


def _deferred(plan: Plan, deferral: Deferral) -> HoldDocument:
    alike = [other for other in plan.deferred if other.reason == deferral.reason]
    before = next(place for place, other in enumerate(alike) if other is deferral)
    return _hold(
        deferral.reason,
        source=_source(deferral),
        binds=deferral.binds.value or None,
        retry_at=deferral.retry_at,
        before=before if deferral.binds in _QUEUES else None,
        alike=len(alike),
    )


def _pauses(status: Status, seat: Seat | None, state: DesktopState | None) -> Iterator[HoldDocument]:
    """The plan names a pause only for what it would have done now. It stands against the next steps, too.

    Without a desktop: only if it can be made nowhere.
    """
    want = status.demand.want_of(seat)
    if want is None or (state is not None and (state.superseded_by is not None or want.is_met_by(state.phase))):
        return
    clusters = {*status.snapshot.clusters, *status.paused} if state is None else {state.reservation.cluster}
    if clusters <= status.paused.keys():
        for cluster in sorted(clusters):
            reason = targets.PAUSED(cluster=cluster, why=status.paused[cluster])
            yield _hold(reason, source=PAUSE, binds=WaitsFor.PAUSED.value)


def _source(deferral: Deferral) -> str | None:
    """What is in short supply, even if some places are closed besides: it does not wait for those."""
    binds = deferral.binds.value or None
    return binds if deferral.binds in _SHORT else source_of(deferral.reason) or binds


def _not_wanted(status: Status, seat: Seat) -> Iterator[HoldDocument]:
    agent_id = agent_at(seat)
    for entry in status.demand.not_wanted:
        if entry.agent_id == agent_id and not _comes_by_plan(status, entry):
            alike = sum(other.reason == entry.reason for other in status.demand.not_wanted)
            yield _hold(entry.reason, source=source_of(entry.reason, _NOT_WANTED), retry_at=entry.begins_at, alike=alike)


def _comes_by_plan(status: Status, entry: NotWanted) -> bool:
    """Whether it has half-days: it waits for nothing, and when it comes is said by itself."""
    weeks = () if status.rotation is None else status.rotation.weeks
    return entry.reason.code == targets.BY_HALF_DAYS.code and any(week.agent_id == entry.agent_id for week in weeks)


def _hold(
    reason: Reason,
    *,
    source: str | None,
    binds: str | None = None,
    retry_at: Instant | None = None,
    before: int | None = None,
    alike: int | None = None,
) -> HoldDocument:
    known = as_reason(reason)
    return HoldDocument(
        source=source,
        because=reason_document(known),
        act=reason_or_none(act_of(known)),
        binds=binds,
        retry_at=stamp_or_none(retry_at),
        before=before,
        alike=alike,
    )
