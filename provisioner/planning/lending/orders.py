"""What comes of an order to lend a desktop, or to take it back. Pure."""

from dataclasses import dataclass, replace

from provisioner.model.ids import AgentId, DesktopName, DesktopPoolName
from provisioner.model.lending import GiveBackOrder, Lease, LeaseState, LendingAnswer, LendingOrder, LendOrder
from provisioner.model.machines.desktops import MAYBE_ON, Phase
from provisioner.model.machines.seats import pool_of
from provisioner.model.pools import AfterPerson
from provisioner.planning.lending.choice import chosen, grant_terms, none_free, person_of, pools_meant, why_not_lent
from provisioner.planning.lending.draft import LeaseDraft, LeaseProposal
from provisioner.planning.lending.facts import LendFacts
from provisioner.planning.lending.rounds import is_heard
from provisioner.reasons import pools as reasons
from provisioner.reasons.reason import NONE, Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Came:
    """A person has asked for a desktop of a pool, and not only for the one they have."""

    pool: DesktopPoolName
    agent_id: AgentId
    ready: bool
    lent: bool
    """Whether there was any."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """The answer to an order, and what it changes."""

    answer: LendingAnswer
    proposal: LeaseProposal = LeaseProposal()
    came: Came | None = None


def answered(order: LendingOrder, facts: LendFacts) -> Answered:
    """The answer, with what a grant may allow if one is wanted."""
    draft, agent_id = LeaseDraft(facts), person_of(order.who, facts)
    if isinstance(agent_id, Reason):
        return Answered(answer=LendingAnswer(login=order.who, refused=agent_id))
    if isinstance(order, GiveBackOrder):
        return Answered(answer=_given_back(order, agent_id, draft), proposal=draft.proposal())
    answer, came = _lent(order, agent_id, draft)
    if order.grant and not answer.refused:
        answer = replace(answer, grant=grant_terms(answer, draft.facts))
        if answer.grant is not None and answer.desktop is not None:
            draft.say(f"desktop {answer.desktop}", reasons.GRANTED(login=answer.login, by=order.by))
    return Answered(answer=answer, proposal=draft.proposal(), came=came)


def _lent(order: LendOrder, agent_id: AgentId, draft: LeaseDraft) -> tuple[LendingAnswer, Came | None]:
    """1. the desktop that the person has; 2. a ready one; 3. one that will be ready soonest; 4. none, and why."""
    login = draft.facts.login(agent_id)
    if refused := why_not_lent(order, agent_id, draft.facts):
        return LendingAnswer(login=login, refused=refused), None
    if order.desktop is not None:
        return _confirmed(order, order.desktop, agent_id, draft), None
    name = draft.facts.situation.records.leased.get(agent_id)
    if name is not None and (answer := _existing(order, name, login, draft)) is not None:
        return answer, None
    name = chosen(order, draft.facts)
    if name is None:
        reason, expected_s = none_free(order, draft.facts)
        pool: DesktopPoolName | None = pools_meant(order, draft.facts)[0].name
        answer = LendingAnswer(login=login, refused=reason, expected_s=expected_s, for_now=True)
    else:
        answer = _given(order, agent_id, name, login, draft)
        pool = answer.pool
    return answer, None if pool is None else Came(pool=pool, agent_id=agent_id, ready=answer.ready, lent=name is not None)


def _confirmed(order: LendOrder, name: DesktopName, agent_id: AgentId, draft: LeaseDraft) -> LendingAnswer:
    """A person says whose a desktop in doubt is."""
    facts, login = draft.facts, draft.facts.login(agent_id)
    if facts.state(name) is not LeaseState.IN_DOUBT:
        return LendingAnswer(login=login, refused=reasons.NOT_IN_DOUBT(desktop=name, login=login))
    has = facts.situation.records.leased.get(agent_id, name)
    if has != name:
        pool = pool_of(facts.record(has).reservation.seat) or ""
        return LendingAnswer(login=login, refused=reasons.OF_OTHER_POOL(login=login, desktop=has, pool=pool))
    return replace(_given(order, agent_id, name, login, draft), existing=True)


def _existing(order: LendOrder, name: DesktopName, login: str, draft: LeaseDraft) -> LendingAnswer | None:
    """The answer about the desktop that the person has; None: it cannot be used any more, and the lease has ended."""
    facts = draft.facts
    record, (phase, why) = facts.record(name), facts.survey.phases.get(name, (Phase.RESERVED, NONE))
    pool = pool_of(record.reservation.seat)
    if order.pool is not None and pool != order.pool:
        return LendingAnswer(login=login, refused=reasons.OF_OTHER_POOL(login=login, desktop=name, pool=pool or ""))
    if record.lease is not None and record.lease.state is LeaseState.IN_DOUBT:
        return _doubtful(name, record.lease, login, draft)
    if not facts.is_usable(name):
        why = facts.out_of_use(name)
        if facts.is_kept(record):  # it may have the only copy, and a second one would not be theirs
            refused = reasons.KEPT_OUT_OF_USE(desktop=name, login=login, why=why)
            return LendingAnswer(login=login, refused=refused, for_now=record.hangs)
        draft.end(name, reasons.UNUSABLE(why=why))
        return None
    if phase is Phase.UNKNOWN:
        return LendingAnswer(login=login, refused=reasons.OUT_OF_SIGHT(desktop=name, login=login, why=why), for_now=True)
    if record.lease is not None and record.lease.state is not LeaseState.LENT:
        return replace(_given(order, record.lease.agent_id, name, login, draft), existing=True)
    return replace(_answer(login, name, facts), existing=True)


def _doubtful(name: DesktopName, lease: Lease, login: str, draft: LeaseDraft) -> LendingAnswer | None:
    """A pool that keeps nothing resets it once it is known that nobody is there, and the person gets another."""
    facts = draft.facts
    pool = facts.pool(facts.record(name))
    keeps = pool is None or pool.after_person is AfterPerson.KEPT
    is_empty = is_heard(name, lease, facts) and facts.is_empty(name)
    if not keeps and (facts.phase(name) not in MAYBE_ON or is_empty):
        draft.end(name, reasons.DOUBT_RESET())
        return None
    return LendingAnswer(login=login, refused=reasons.IN_DOUBT(desktop=name, login=login), for_now=not keeps)


def _given(order: LendOrder, agent_id: AgentId | None, name: DesktopName, login: str, draft: LeaseDraft) -> LendingAnswer:
    words = {"login": login, "by": order.by}
    reason = reasons.LENT_WHY(**words, why=order.reason) if order.reason else reasons.LENT(**words)
    draft.change(name, Lease(state=LeaseState.LENT, since=draft.facts.now, agent_id=agent_id, key=order.key), reason)
    return _answer(login, name, draft.facts)


def _given_back(order: GiveBackOrder, agent_id: AgentId, draft: LeaseDraft) -> LendingAnswer:
    login, name = draft.facts.login(agent_id), draft.facts.situation.records.leased.get(agent_id)
    if name is None or draft.facts.state(name) is not LeaseState.LENT:
        return LendingAnswer(login=login)
    words = {"login": login, "by": order.by}
    draft.end(name, reasons.RETURNED_WHY(**words, why=order.reason) if order.reason else reasons.RETURNED(**words))
    return LendingAnswer(login=login, desktop=name, pool=pool_of(draft.facts.record(name).reservation.seat))


def _answer(login: str, name: DesktopName, facts: LendFacts) -> LendingAnswer:
    reservation, ready_in_s = facts.record(name).reservation, facts.ready_in_s(name)
    return LendingAnswer(
        login=login,
        desktop=name,
        pool=pool_of(reservation.seat),
        address=reservation.address,
        ready=ready_in_s == 0.0,
        expected_s=ready_in_s or None,
    )


__all__ = ["Answered", "Came", "answered"]
