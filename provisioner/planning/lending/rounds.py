"""Each cycle: leases that nobody uses end, doubts are resolved, what was reset is free again, and overnight what was used is
made anew. Pure.

Leases are in doubt after a backup was restored: the desktops say who has them, or a person does. A desktop on which somebody is
logged on is that person's. If it is known that nobody is, it is reset before anybody gets it. A desktop that its pool keeps for
its person is neither: what is on it may be the only copy, so a person has to say whose it is.
"""

from collections.abc import Mapping, Set
from dataclasses import replace

from provisioner.model.ids import AgentId, DesktopName, Instant
from provisioner.model.lending import Lease, LeaseState, unknown_past
from provisioner.model.machines.desktops import Phase, is_same_person
from provisioner.model.pools import AfterPerson
from provisioner.planning.lending.choice import to_make_anew
from provisioner.planning.lending.draft import LeaseDraft
from provisioner.planning.lending.facts import LendFacts
from provisioner.reasons import pools as reasons

_NO_VM_YET = frozenset({Phase.RESERVED, Phase.CLONING, Phase.CLONED})
_OFF = frozenset({Phase.STOPPED, Phase.FAILED})
EmptySince = Mapping[DesktopName, Instant]
"""Lent desktops on which nobody is logged on, as they say, and since when."""


def lend_round(draft: LeaseDraft, empty_since: EmptySince, held: Set[AgentId] = frozenset()) -> EmptySince:
    """Add what ends to the draft; returns what the next round is told. `held`: who keeps an unused desktop."""
    facts, records = draft.facts, draft.facts.situation.records.desktops
    leases = {name: record.lease for name, record in records.items()}
    # What was read before this lease is of the person before.
    empty = {name: at for name, at in empty_since.items() if (lease := leases.get(name)) is not None and at >= lease.since}
    for name, lease in [(name, lease) for name, lease in leases.items() if lease is not None]:
        if lease.state is LeaseState.LENT and lease.agent_id not in held:
            _end_if_unused(name, lease, draft, empty)
        elif lease.state is LeaseState.IN_DOUBT:
            _resolve(name, lease, draft)
        elif lease.state is LeaseState.TO_RESET and _is_reset(facts, name, lease):
            draft.free(name, reasons.FREE_AGAIN())
    _overnight(draft)
    return empty


def _end_if_unused(name: DesktopName, lease: Lease, draft: LeaseDraft, empty: dict[DesktopName, Instant]) -> None:
    """Two readings so far apart have to show nobody: one may be from before a person came."""
    facts = draft.facts
    report, pool = facts.reports.get(name), facts.pool(facts.record(name))
    if report is None or facts.phase(name) is not Phase.READY or not facts.is_empty(name) or report.read_at < lease.since:
        empty.pop(name, None)
        return
    since = empty.setdefault(name, report.read_at)
    if pool is not None and report.read_at - since >= pool.unused_after_s:
        draft.end(name, reasons.UNUSED(minutes=round(pool.unused_after_s / 60)))
        del empty[name]


def _resolve(name: DesktopName, lease: Lease, draft: LeaseDraft) -> None:
    """A lease in doubt stays so as long as nothing says whose it is."""
    facts, heard = draft.facts, is_heard(name, lease, draft.facts)
    record, phase, user = facts.record(name), facts.phase(name), _user(name, facts) if heard else None
    pool = facts.pool(record)
    if user is not None:
        agent_id, login = user
        if facts.situation.records.leased.get(agent_id, name) == name:
            lent = Lease(state=LeaseState.LENT, since=facts.now, agent_id=agent_id)
            draft.change(name, lent, reasons.DOUBT_SESSION(login=login))
    elif pool is None or pool.after_person is AfterPerson.KEPT:
        return
    elif phase in _NO_VM_YET and not record.has_served:
        draft.change(name, None, reasons.DOUBT_NEW())
    elif phase in _OFF or (heard and facts.is_empty(name)):
        reset = replace(lease, state=LeaseState.TO_RESET, since=facts.now, agent_id=None)
        draft.change(name, reset, reasons.DOUBT_RESET())


def _is_reset(facts: LendFacts, name: DesktopName, lease: Lease) -> bool:
    """Whether it was seen off after its person gave it back, and its pool asks no more. A deleted one has no lease any more."""
    record = facts.record(name)
    pool, view = facts.pool(record), facts.situation.snapshot.clusters.get(record.reservation.cluster)
    if pool is None or pool.after(facts.now) is not AfterPerson.RESTART or view is None:
        return False
    return facts.phase(name) is Phase.STOPPED and view.taken_at > lease.since and facts.now >= facts.held_until(lease)


def _overnight(draft: LeaseDraft) -> None:
    """Desktops that were only restarted after somebody are made anew, some at a time: nobody gets them before."""
    for _, pool in sorted(draft.facts.situation.config.desktop_pools.items()):
        for name in list(to_make_anew(pool, draft.facts)):
            draft.change(name, unknown_past(draft.facts.now), reasons.ANEW_OVERNIGHT())


def is_heard(name: DesktopName, lease: Lease, facts: LendFacts) -> bool:
    """Whether it has reported since the backup was restored: the copy's own report says who was there before."""
    report = facts.reports.get(name)
    return report is not None and report.read_at >= lease.since


def _user(name: DesktopName, facts: LendFacts) -> tuple[AgentId, str] | None:
    """The only agent who is logged on there, with the login."""
    report, roster = facts.reports.get(name), facts.situation.records.roster
    if report is None or roster is None or facts.phase(name) is not Phase.READY:
        return None
    logins = {session.login for session in report.sessions}
    found = {agent.agent_id: agent.login for agent in roster.agents.values() if _is_any(agent.login, logins)}
    return next(iter(found.items())) if len(found) == 1 else None


def _is_any(login: str, logins: set[str]) -> bool:
    return any(is_same_person(login, other) for other in logins)


__all__ = ["EmptySince", "is_heard", "lend_round"]
