"""The clause of somebody who shares desktops: half-days of a rotation, and what is left of a lease."""

from provisioner.model.lending import LeaseState
from provisioner.reasons import person
from provisioner.reasons import rotation as reasons
from provisioner.reasons.reason import Reason
from provisioner.views.lent import LentDocument
from provisioner.views.person.clause import Basis, Clause, Standing
from provisioner.views.person.facts import Facts
from provisioner.views.rotation import HalfDayDocument, PersonRotationDocument, WaitingDocument
from provisioner.views.times import stamp


def half_day_until(facts: Facts) -> str | None:
    """When the half-day that goes on ends; None: none of the person's does."""
    half_day = _next(facts.half_days)
    return half_day.ends if half_day is not None and half_day.begins <= stamp(facts.status.at) else None


def of_lease(lease: LentDocument) -> Clause | None:
    """A desktop of a pool that is the person's, and not lent now; None: it is lent, or is nobody's."""
    if lease.lease == LeaseState.KEPT.value:
        return Clause(Standing.WAITS, person.LEASE_KEPT(desktop=lease.desktop, pool=lease.pool), Basis.PLAN)
    if lease.lease == LeaseState.IN_DOUBT.value:
        return Clause(Standing.UNKNOWN, person.LEASE_IN_DOUBT(desktop=lease.desktop))
    return None


def of_half_days(facts: Facts, part: PersonRotationDocument) -> Clause:
    """When the person comes, or why not."""
    if part.refused is not None:
        return Clause(Standing.NONE, person.NO_HALF_DAYS(why=_refused(facts)), Basis.PLAN)
    if part.waiting is not None:
        says = person.HALF_DAY_WAITS(why=_why(facts, part.waiting), by=facts.in_text(part.waiting.expected_at))
        return Clause(Standing.WAITS, says)
    if (half_day := _next(part)) is None:
        return Clause(Standing.LATER, person.HALF_DAYS_OVER(), Basis.PLAN)
    if half_day.begins <= stamp(facts.status.at):
        return Clause(Standing.SOON, person.HALF_DAY_COMES(at=facts.in_text(half_day.begins)))
    return Clause(Standing.LATER, person.NEXT_HALF_DAY(at=facts.in_text(half_day.begins)), Basis.PLAN)


def _next(part: PersonRotationDocument | None) -> HalfDayDocument | None:
    return None if part is None or not part.next else part.next[0]


def _refused(facts: Facts) -> Reason:
    assert facts.status.rotation is not None, "a part of a rotation is of one"
    return facts.status.rotation.refused_because


def _why(facts: Facts, waiting: WaitingDocument) -> Reason:
    if waiting.because.code == reasons.NO_DESKTOP_LEFT.code or facts.status.rotation is None:
        return person.NONE_FREE()
    waits = {each.agent_id: each.why for each in facts.status.rotation.waiting}
    return waits[facts.standing.agent.agent_id]


__all__ = ["half_day_until", "of_half_days", "of_lease"]
