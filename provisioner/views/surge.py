"""The surge: its run, how far each wave is, what it waits for, and what goes back."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain, repeat

from provisioner.model.machines.desktops import ON
from provisioner.model.scenario.ceilings import CeilingState
from provisioner.model.scenario.scenarios import Scenario
from provisioner.model.scenario.surges import SurgeEvent, SurgeRun, SurgeState, WaveMove, next_state, not_startable
from provisioner.model.shortages import short_of
from provisioner.model.status import DesktopState, Status
from provisioner.reasons.reason import Reason
from provisioner.reasons.surges import STORE_WAS_LOST, SURGE_ABORTED, SURGE_OVER, SURGE_PAUSED, SURGE_PAUSED_WHY
from provisioner.reasons.targets import NOT_STARTED
from provisioner.views.published import Published
from provisioner.views.reasons import ReasonCount, ReasonDocument, reason_counts, reason_document
from provisioner.views.resting import RestDocument, rest_document
from provisioner.views.times import stamp, stamp_or_none, zone_of
from provisioner.views.waves import WaveDocument, waves_document

_WAITING = {each.code for each in (NOT_STARTED, SURGE_OVER, SURGE_PAUSED, SURGE_PAUSED_WHY, SURGE_ABORTED)}
_NAMED = 5
"""Of the reasons why desktops wait, the most frequent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunDocument:
    """One run of a scenario."""

    number: int
    scenario: str
    state: str
    """`pending`, `running`, `gated`, `paused`, `aborting`, `returning` or `ended`."""
    since: str
    """When it came into this state."""
    by: str
    """Who brought it there."""
    reason: str | None
    """Why, in the operator's words."""
    started_at: str
    """What its time is counted from; may be in the future."""
    first_day: str | None
    """The first day of the scenario, if it was ordered."""
    ends_at: str | None
    """When the return begins by itself; None: when it is ordered."""
    released: tuple[str, ...]
    """Waves whose gates no longer wait, by an operator's order."""
    then_returns: bool
    """Whether the return follows, once an abort is done."""
    returned_at: str | None
    """When the return began; None: none has begun."""
    kept_until: str | None
    """When the leavers' ladder has the desktops that went back."""
    zone: str | None
    """Where people are shown its times: the zone of its scenario's calendar; None: on their own machine's clock."""
    from_notes: bool
    """Whether it is known from its desktops' notes alone, because the store was lost: an operator says whether it goes on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CeilingDocument:
    """A ceiling of the scenario, and what is left of it."""

    name: str
    limit: int
    counts: str
    """`desktops` or `sessions`: what of ours is in `in_use`."""
    in_use: int | None
    """By everybody, as the source says; None: not known, or nobody is asked."""
    others: int
    """In use, and not by people of ours."""
    room: int
    """For how many people it leaves a desktop; who has one counts."""
    read_at: str | None
    unread: ReasonDocument | None
    """Why it is not known how many are in use: then the limit counts as it stands."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShareDocument:
    """So many half-days of a week that has `of`."""

    slots: int
    of: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ShortageDocument:
    """What the scenario says for people for whom no desktop of their profile fits, or whose half-days do not suffice, and how
    many that concerns now."""

    profiles: tuple[str, ...]
    """What people of a wave get instead, the first that fits."""
    shares: tuple[ShareDocument, ...]
    """What people of the rotation are planned with instead, the first that suffices for all."""
    refuses: bool
    """Whether they get none, where none of these fits; otherwise they wait."""
    waves: bool
    """Whether the scenario has waves."""
    lesser: int
    """People who have a desktop of another profile than their own."""
    refused: int
    """People who get none, as long as none fits."""
    fewer: int
    """People of the rotation with fewer half-days than its share."""
    left_out: int
    """People of the rotation who get no half-days, as long as these do not suffice."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MadeDocument:
    """The desktops that go back with the run."""

    desktops: int
    on: int
    in_use: int
    """On, with an open session."""
    unknown: int
    """On, and whether anybody is logged on is not known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveDocument:
    """What the configured scenario would change for one wave, once it is accepted."""

    wave: str
    before: int
    after: int
    joining: int
    """Who would come into it."""
    leaving: int
    """Who would belong to another wave, or to none. Who has a desktop keeps it."""
    unselected: int
    """Of them, who would be in no wave and have no half-days, and have no desktop."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EditDocument:
    """Something that the configured scenario does otherwise than the one in force."""

    wave: str | None
    """None: it concerns all."""
    sign: int
    """1: more of something, or later; -1: less, or earlier; 0: neither can be said."""
    what: ReasonDocument


@dataclass(frozen=True, slots=True, kw_only=True)
class SurgeDocument:
    """The newest run of a scenario, and the waves of the scenario in force."""

    at: str
    planned_at: str | None
    """When the last cycle ended that has decided anything: what an order changes is seen from the next on. None: none has."""
    scenario: str
    """The scenario in force."""
    configured: str
    """The scenario that a start is of."""
    by_hand: bool
    """Whether it begins only when an operator starts it."""
    zone: str | None
    """The zone of its calendar: times of an order are meant, and shown, by its clock; None: it has no calendar."""
    run: RunDocument | None
    """None: there was none."""
    start_refused: ReasonDocument | None
    """Why a start would be refused now; None: it would not."""
    waves: tuple[WaveDocument, ...]
    """Empty before a cycle has ended."""
    resting: RestDocument | None
    """None: no desktop rests."""
    waiting: int | None
    """None: no cycle has ended yet. People who are entitled, and get a desktop only if the surge is started, or goes on."""
    halted: ReasonDocument | None
    """Why nothing new is begun, or which gate holds a batch back; None: neither."""
    waits: tuple[ReasonCount, ...]
    """What desktops wait for: the kinds of reasons, the most frequent first."""
    ceilings: tuple[CeilingDocument, ...]
    """The most people who may have a desktop, because of something outside the cluster; the one that leaves least binds."""
    shortage: ShortageDocument | None
    """None: everybody waits."""
    made: MadeDocument | None
    """None: no cycle has ended yet."""
    changed: bool
    """Whether the configured scenario is another than that of the run: `accept` takes it up."""
    moves: tuple[MoveDocument, ...]
    """Whom that would move, by wave; empty also if it changes only times or sizes."""
    edits: tuple[EditDocument, ...]
    """What it does otherwise, in the order of the waves, then what concerns all."""


def surge_document(published: Published) -> SurgeDocument:
    """The document of the last cycle."""
    status = published.status
    looked = status.planned_at is not None
    configured = published.configured or published.scenario
    return SurgeDocument(
        at=stamp(status.at),
        planned_at=stamp_or_none(status.planned_at),
        scenario=published.scenario.name,
        configured=configured.name,
        by_hand=published.scenario.by_hand,
        zone=zone_of(None, published.scenario),
        run=run_document(published.status, published.scenario),
        start_refused=_start_refused(status.surge, configured),
        waves=waves_document(published).waves if looked else (),
        resting=rest_document(status),
        waiting=_waiting(status) if looked else None,
        halted=halted_document(status),
        waits=_waits(status),
        ceilings=tuple(map(_ceiling, status.demand.ceilings)),
        shortage=_shortage(published),
        made=_made(status) if looked else None,
        changed=published.moves is not None,
        moves=tuple(map(_move, published.moves or ())),
        edits=tuple(EditDocument(wave=each.wave, sign=each.sign, what=reason_document(each.what)) for each in published.edits),
    )


def run_document(status: Status, scenario: Scenario | None = None) -> RunDocument | None:
    """The newest run; None: there was none. `scenario`: the one in force."""
    run = status.surge
    return None if run is None else _run(run, zone_of(run, scenario))


def _start_refused(run: SurgeRun | None, configured: Scenario) -> ReasonDocument | None:
    answer = not_startable(configured) or next_state(run, SurgeEvent.START)
    return reason_document(answer) if isinstance(answer, Reason) else None


def halted_document(status: Status) -> ReasonDocument | None:
    """Why nothing new is begun, or which gate holds a batch back; None: neither."""
    return next(map(reason_document, _halted(status)), None)


def _run(run: SurgeRun, zone: str | None) -> RunDocument:
    return RunDocument(
        number=run.number,
        scenario=run.scenario,
        state=run.state.value,
        since=stamp(run.since),
        by=run.by,
        reason=run.reason or None,
        started_at=stamp(run.started_at),
        first_day=None if run.day_1 is None else run.day_1.isoformat(),
        ends_at=stamp_or_none(run.ends_at),
        released=tuple(sorted(run.released)),
        then_returns=run.then_returns,
        returned_at=stamp_or_none(run.returned_at),
        kept_until=stamp_or_none(run.kept_until),
        zone=zone,
        from_notes=run.rebuilt,
    )


def _halted(status: Status) -> Iterator[Reason]:
    run = status.surge
    if run is None:
        return
    yield from (gate.shut_by for gate in status.demand.shut)
    if run.rebuilt:
        yield STORE_WAS_LOST()
    elif run.state is SurgeState.PAUSED:
        yield SURGE_PAUSED_WHY(by=run.by, why=run.reason) if run.reason else SURGE_PAUSED(by=run.by)
    elif run.state is SurgeState.ABORTING:
        yield SURGE_ABORTED(by=run.by)


def _waits(status: Status) -> tuple[ReasonCount, ...]:
    each = (repeat(reason, count) for reason, _, count in status.plan.waits)
    return reason_counts(chain.from_iterable(each))[:_NAMED]


def _waiting(status: Status) -> int:
    return sum(entry.entitled and entry.reason.code in _WAITING for entry in status.demand.not_wanted)


def _ceiling(state: CeilingState) -> CeilingDocument:
    return CeilingDocument(
        name=state.ceiling.name,
        limit=state.ceiling.limit,
        counts=state.ceiling.counts.value,
        in_use=state.in_use,
        others=state.others,
        room=state.room,
        read_at=stamp_or_none(state.read_at),
        unread=reason_document(state.unread) if state.unread else None,
    )


def _shortage(published: Published) -> ShortageDocument | None:
    stated = published.scenario.shortage
    if not stated:
        return None
    counts = short_of(published.status, stated)
    return ShortageDocument(
        profiles=stated.profiles,
        shares=tuple(ShareDocument(slots=share.slots, of=share.of) for share in stated.shares),
        refuses=stated.refuses,
        waves=bool(published.scenario.waves),
        lesser=counts.lesser,
        refused=counts.refused,
        fewer=counts.fewer,
        left_out=counts.left_out,
    )


def _made(status: Status) -> MadeDocument:
    takes_back = status.surge.takes_back if status.surge is not None else frozenset[int]()
    made = [state for state in status.desktops.values() if state.reservation.run in takes_back]
    on = [state for state in made if state.phase in ON]
    return MadeDocument(
        desktops=len(made),
        on=len(on),
        in_use=sum(bool(state.sessions) for state in on),
        unknown=sum(_is_unknown(state) for state in on),
    )


def _is_unknown(state: DesktopState) -> bool:
    return state.sessions is None


def _move(move: WaveMove) -> MoveDocument:
    return MoveDocument(
        wave=move.wave,
        before=move.before,
        after=move.after,
        joining=move.joining,
        leaving=move.leaving,
        unselected=move.unselected,
    )


__all__ = ["RunDocument", "SurgeDocument", "halted_document", "run_document", "surge_document"]
