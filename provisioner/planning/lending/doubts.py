"""Leases in doubt, after a backup was restored: the desktops say who has them, or a person does. Pure.

A desktop on which somebody is logged on is that person's. If it is known that nobody is, it is reset before anybody gets it. A
desktop that its pool keeps for its person is neither: what is on it may be the only copy, so a person has to say whose it is.
"""

from dataclasses import replace

from provisioner.model.desktops import Phase, is_same_person
from provisioner.model.ids import AgentId, DesktopName
from provisioner.model.lending import Lease, LeaseState
from provisioner.model.pools import AfterPerson, DesktopPool
from provisioner.planning.lending.facts import LendFacts
from provisioner.reasons.pools import DOUBT_NEW, DOUBT_RESET, DOUBT_SESSION
from provisioner.reasons.reason import Reason

_NO_VM_YET = frozenset({Phase.RESERVED, Phase.CLONING, Phase.CLONED})
_OFF = frozenset({Phase.STOPPED, Phase.FAILED})


def resolved(
    name: DesktopName, lease: Lease, pool: DesktopPool | None, facts: LendFacts
) -> tuple[Lease | None, Reason] | None:  # fmt: skip
    """What the lease is, and from what this follows; None: it stays in doubt."""
    user = _user(name, facts) if is_heard(name, lease, facts) else None
    if user is not None:
        agent_id, login = user
        if facts.situation.records.leased.get(agent_id, name) != name:
            return None
        return Lease(state=LeaseState.LENT, since=facts.now, agent_id=agent_id), DOUBT_SESSION(login=login)
    if pool is None or pool.after_person is AfterPerson.KEPT:
        return None
    phase = facts.phase(name)
    if phase in _NO_VM_YET and not facts.record(name).has_served:
        return None, DOUBT_NEW()
    if phase in _OFF or (is_heard(name, lease, facts) and facts.is_empty(name)):
        return replace(lease, state=LeaseState.TO_RESET, since=facts.now, agent_id=None), DOUBT_RESET()
    return None


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
