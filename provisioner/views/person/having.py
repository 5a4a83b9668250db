"""The clause of somebody who has a desktop, by its phase."""

from math import inf

from provisioner.model.demand import Rest
from provisioner.model.ids import Instant
from provisioner.model.intents import Intent, IntentKind
from provisioner.model.machines.desktops import Phase
from provisioner.model.machines.seats import pool_of
from provisioner.model.status import DesktopState
from provisioner.reasons import person
from provisioner.reasons.phases import NODE_UNSEEN
from provisioner.reasons.reason import Reason, as_reason
from provisioner.views.person.clause import Basis, Clause, Standing
from provisioner.views.person.facts import Facts
from provisioner.views.person.sharing import half_day_until
from provisioner.views.person.waiting import soon, until_another, waits_for

_UNMADE = frozenset({Phase.RESERVED, Phase.CLONING, Phase.UNPROVEN, Phase.CLONED})
_SIMPLE = {
    Phase.STOPPING: (Standing.WAITS, person.SHUTS_DOWN),
    Phase.DELETING: (Standing.WAITS, person.GOES),
}


def of_having(facts: Facts, state: DesktopState) -> Clause:
    """What is so of this desktop, which the person uses."""
    name = state.reservation.name
    if state.leaving is not None and facts.lent is None:
        since = facts.in_text(state.leaving.since)
        return Clause(
            Standing.NONE, person.LEFT(desktop=name, since=since, why=state.leaving.reason), Basis.DIRECTORY
        )  # fmt: skip
    if (ordered := _ordered(facts, state)) is not None:
        return ordered
    if state.phase in _SIMPLE:
        standing, kind = _SIMPLE[state.phase]
        return Clause(standing, kind(desktop=name))
    if state.phase in _UNMADE:
        return _unmade(facts, state)
    match state.phase:
        case Phase.READY | Phase.SILENT:
            return _ready(facts, state)
        case Phase.STARTING:
            return _starting(facts, state)
        case Phase.STOPPED:
            return _off(facts, state)
        case Phase.FAILED:
            return Clause(Standing.FAILED, person.FAILED(desktop=name, since=facts.in_text(state.since)))
        case _:
            return _unseen(facts, state)


def _ordered(facts: Facts, state: DesktopState) -> Clause | None:
    """An order that is being carried out, and not one that waits until somebody has logged off."""
    name = state.reservation.name
    if (order := facts.order(IntentKind.REBUILD, state)) is not None and not _waits(order, state):
        return Clause(Standing.SOON, person.MADE_ANEW(desktop=name, at=facts.in_text(order.at)))
    order = facts.order(IntentKind.RESTART, state)
    if order is None or _waits(order, state) or state.late or state.phase in (Phase.FAILED, Phase.UNKNOWN):
        return None
    return Clause(Standing.SOON, person.RESTARTS(desktop=name, at=facts.in_text(order.at)))


def _waits(order: Intent, state: DesktopState) -> bool:
    return bool(state.sessions) and not order.terms.even_with_session


def _unseen(facts: Facts, state: DesktopState) -> Clause:
    name, why = state.reservation.name, as_reason(state.because)
    if why.code != NODE_UNSEEN.code:
        return Clause(Standing.UNKNOWN, person.NOT_KNOWN(desktop=name, why=why))
    since, soon = facts.in_text(state.since), until_another(facts, state)
    return Clause(Standing.UNKNOWN, person.NODE_AWAY(desktop=name, node=state.node, since=since, soon=soon))


def _ready(facts: Facts, state: DesktopState) -> Clause:
    name, where = state.reservation.name, facts.where
    if facts.ages.unseen_since(state.reservation.cluster) is None and state.phase is Phase.SILENT:
        return Clause(Standing.HANGS, person.HANGS(desktop=name, since=facts.in_text(_last_heard(state)), where=where))
    if not facts.connection.ready:
        return Clause(Standing.SOON, person.NOT_HANDED_OVER(desktop=name))
    if state.strangers:
        return Clause(Standing.READY, person.HAS_TAKEN(where=where))
    if (pool := pool_of(state.reservation.seat)) is None:
        return Clause(Standing.READY, person.HAS(where=where))
    if (until := half_day_until(facts)) is not None:
        return Clause(Standing.READY, person.HAS_UNTIL(where=where, until=facts.in_text(until)))
    return Clause(Standing.READY, person.HAS_LENT(pool=pool, where=where))


def _last_heard(state: DesktopState) -> Instant:
    return state.since if state.unknown_since is None else state.unknown_since


def _starting(facts: Facts, state: DesktopState) -> Clause:
    name, began = state.reservation.name, _began(facts, state)
    if state.late:
        return Clause(Standing.HANGS, person.STARTS_LATE(desktop=name, since=facts.in_text(began)))
    within_s = facts.published.ready_within_s.get(state.reservation.profile)
    if within_s is None:
        return Clause(Standing.SOON, person.STARTS(desktop=name, since=facts.in_text(began)))
    return Clause(Standing.SOON, person.STARTS_BY(desktop=name, by=facts.in_text(began + within_s)))


def _began(facts: Facts, state: DesktopState) -> Instant:
    started_at = None if facts.record is None else facts.record.started_at
    return state.since if started_at is None else started_at


def _off(facts: Facts, state: DesktopState) -> Clause:
    name, want = state.reservation.name, facts.want
    if want is not None and facts.lent is None and want.level is not None:
        if want.rest is not None:
            return Clause(Standing.LATER, _rests(facts, name, want.rest))
        says = person.MADE_AHEAD(desktop=name, at=facts.in_text(want.opens_at))
        return Clause(Standing.LATER, says, Basis.PLAN)
    if (why := waits_for(facts, state)) is not None:
        return Clause(Standing.WAITS, person.OFF_WAITS(desktop=name, why=why.says, soon=why.then))
    if want is not None or facts.lent is not None:
        return Clause(Standing.SOON, person.OFF_NEXT(desktop=name, soon=soon(facts)))
    return Clause(Standing.WAITS, person.OFF(desktop=name, why=_why_off(facts, state)))


def _rests(facts: Facts, name: str, rest: Rest) -> Reason:
    if rest.starts_at == inf:
        return person.RESTS_ON(desktop=name, when=rest.when)
    return person.RESTS(desktop=name, when=rest.when, at=facts.in_text(rest.starts_at))


def _why_off(facts: Facts, state: DesktopState) -> Reason:
    entry = facts.not_wanted
    return state.because if entry is None else entry.reason


def _unmade(facts: Facts, state: DesktopState) -> Clause:
    if (why := waits_for(facts, state)) is not None:
        return Clause(Standing.WAITS, person.WAITS(why=why.says, soon=why.then))
    if (want := facts.want) is not None and want.level is not None:
        says = person.MADE_AHEAD(desktop=state.reservation.name, at=facts.in_text(want.opens_at))
        return Clause(Standing.LATER, says, Basis.PLAN)
    return Clause(Standing.SOON, person.MADE(soon=soon(facts)))


__all__ = ["of_having"]
