"""The clause of somebody who has no desktop."""

from provisioner.model.demand import NotWanted
from provisioner.reasons import person, targets
from provisioner.reasons.reason import Reason, as_reason
from provisioner.reasons.views import LENT_NOT_SEEN
from provisioner.views.person.clause import Basis, Clause, Standing
from provisioner.views.person.facts import Facts
from provisioner.views.person.sharing import of_half_days, of_lease
from provisioner.views.person.waiting import soon, waits_for

_OF_DIRECTORY = frozenset({targets.NO_ENTITLEMENT.code, targets.ACCOUNT.code, targets.GONE.code})

_NOT_BEGUN = frozenset({targets.NOT_STARTED.code})
_OF_NOBODY = frozenset({targets.NO_WAVE.code, targets.NO_SCENARIO.code})


def of_lacking(facts: Facts) -> Clause:
    """Why there is none, and when one comes."""
    if facts.lent is not None:
        why = LENT_NOT_SEEN(desktop=facts.lent.desktop, pool=facts.lent.pool)
        return Clause(Standing.UNKNOWN, person.NOT_KNOWN(desktop=facts.lent.desktop, why=why))
    if facts.lease is not None and (clause := of_lease(facts.lease)) is not None:
        return clause
    if (entry := facts.not_wanted) is not None and as_reason(entry.reason).code in _OF_DIRECTORY:
        return _by_directory(entry)
    if (part := facts.half_days) is not None:
        return of_half_days(facts, part)
    if entry is not None and entry.opens_at is not None:
        return _later(facts, entry)
    if entry is not None:
        return _not_foreseen(facts, as_reason(entry.reason))
    return _coming(facts)


def _by_directory(entry: NotWanted) -> Clause:
    reason = as_reason(entry.reason)
    says = {
        targets.NO_ENTITLEMENT.code: person.NOT_ENTITLED,
        targets.ACCOUNT.code: person.ACCOUNT,
        targets.GONE.code: person.GONE,
    }[reason.code](**reason.arguments)
    return Clause(Standing.NONE, says, Basis.DIRECTORY)


def _not_foreseen(facts: Facts, why: Reason) -> Clause:
    """Nobody knows when, or whether: a scenario that was not started, no wave, a gate, a ceiling."""
    if facts.lends_on_request and why.code in _OF_NOBODY | _NOT_BEGUN:
        says = person.CAN_BORROW(free=facts.free) if facts.free else person.CANNOT_BORROW()
        return Clause(Standing.NONE, says, Basis.PLAN)
    standing = Standing.LATER if why.code in _NOT_BEGUN else Standing.NONE if why.code in _OF_NOBODY else Standing.WAITS
    return Clause(standing, person.NONE_NOW(why=why), Basis.PLAN)


def _later(facts: Facts, entry: NotWanted) -> Clause:
    assert entry.opens_at is not None, "its wave has a time"
    wave = "" if entry.then is None else entry.then.wave
    begins = facts.in_text(entry.opens_at if entry.begins_at is None else entry.begins_at)
    due_at = None if entry.then is None else entry.then.due_at
    if due_at is not None:
        return Clause(Standing.LATER, person.LATER_BY(by=facts.in_text(due_at), wave=wave, at=begins), Basis.PLAN)
    return Clause(Standing.LATER, person.LATER(wave=wave, at=facts.in_text(entry.opens_at)), Basis.PLAN)


def _coming(facts: Facts) -> Clause:
    if (wait := waits_for(facts, None)) is not None:
        return Clause(Standing.WAITS, person.WAITS(why=wait.says, soon=wait.then))
    if facts.want is None:
        return Clause(Standing.NONE, person.NONE_NOW(why=person.NO_TIME()), Basis.PLAN)
    return Clause(Standing.SOON, person.MADE(soon=soon(facts)))


__all__ = ["of_lacking"]
