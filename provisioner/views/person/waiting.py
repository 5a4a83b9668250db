"""What somebody waits for, in a few words, and until when."""

from dataclasses import dataclass

from provisioner.model.deferrals import Deferral
from provisioner.model.ids import Instant
from provisioner.model.status import DesktopState
from provisioner.model.words import RESOURCES, TURNS, WaitsFor
from provisioner.reasons import person
from provisioner.reasons.reason import NONE, Reason, as_reason
from provisioner.reasons.steps import ANOTHER_LATER
from provisioner.views.person.facts import Facts
from provisioner.views.why.holds import PAUSE, HoldDocument, deferrals_about, holds_of_seat, tried_again_at

_ROOM = frozenset(RESOURCES) - {WaitsFor.NODES}
_FREEZE, _OF_NODE = "freeze", frozenset({"drain", "cordon", "maintenance"})
"""Sources of what holds it up."""


@dataclass(frozen=True, slots=True)
class Wait:
    """What it waits for."""

    says: Reason
    then: Reason
    """Until when, or what can be done."""


def waits_for(facts: Facts, state: DesktopState | None) -> Wait | None:
    """What the last plan, or a pause, holds it up with; None: nothing, it goes on."""
    seat = facts.seat if state is None else state.reservation.seat
    holds = tuple(holds_of_seat(facts.status, seat, state))
    deferrals = deferrals_about(facts.status, seat, state)
    if not deferrals:
        return Wait(person.HELD_UP(), person.NO_TIME()) if any(hold.source == PAUSE for hold in holds) else None
    return _of_plan(facts, state, deferrals, holds[0])


def soon(facts: Facts) -> Reason:
    """When it is expected, as far as known."""
    at = _expected_at(facts)
    return person.NO_TIME() if at is None else person.BY(by=facts.in_text(at))


def until_another(facts: Facts, state: DesktopState) -> Reason:
    """When another desktop is made instead of one whose node is away, or why not."""
    deferrals = deferrals_about(facts.status, state.reservation.seat, state)
    reason = as_reason(deferrals[0].reason) if deferrals else NONE
    after_s = reason.arguments.get("after_s")
    if reason.code == ANOTHER_LATER.code and isinstance(after_s, int | float):
        return person.OTHER_AT(at=facts.in_text(state.since + after_s))
    outage = reason.arguments.get("outage") or reason.arguments.get("refusal")
    return person.NO_TIME() if outage is None else person.NO_OTHER(why=outage)


def _of_plan(facts: Facts, state: DesktopState | None, deferrals: tuple[Deferral, ...], hold: HoldDocument) -> Wait:
    first = deferrals[0]
    if hold.source == _FREEZE:
        return Wait(person.FROZEN(), person.NOTHING_BEFORE())
    if hold.source in _OF_NODE and state is not None:
        return Wait(person.NODE_CLOSED(node=state.node), person.NO_TIME())
    if first.binds in _ROOM:
        return Wait(person.NO_ROOM(), person.NOTHING_BEFORE())
    if first.binds in TURNS:
        return Wait(_place(hold.before or 0), soon(facts))
    if first.binds is WaitsFor.PAUSED:
        return Wait(person.HELD_UP(), person.NO_TIME())
    if first.binds is WaitsFor.RETRY:
        at = tried_again_at(deferrals)
        return Wait(person.RETRIED(), person.NO_TIME() if at is None else person.AGAIN_AT(at=facts.in_text(at)))
    return Wait(as_reason(first.reason), person.NO_TIME())


def _place(before: int) -> Reason:
    if not before:
        return person.ITS_TURN()
    return person.ONE_FIRST() if before == 1 else person.OTHERS_FIRST(count=before)


def _expected_at(facts: Facts) -> Instant | None:
    """By when the last desktop of the person's batch is expected, if that is the batch that is foreseen."""
    want = facts.want
    eta = None if want is None or want.level is not None else facts.status.etas.get(want.wave)
    if want is None or eta is None or eta.held_by or eta.on_before or eta.never:
        return None
    return eta.late_at if eta.ready_by is None or eta.ready_by == want.due_at else None


__all__ = ["Wait", "soon", "waits_for"]
