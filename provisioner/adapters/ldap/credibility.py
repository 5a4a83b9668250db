"""Refuse a reading that lost an attribute. Pure."""

from collections.abc import Callable, Iterable, Set

from provisioner.adapters.ldap.entries import states_of
from provisioner.errors import DirectoryIncomplete
from provisioner.model.agents import AccountStatus, Agent, Roster
from provisioner.model.ids import AgentId, Instant
from provisioner.reasons import reading as reasons
from provisioner.reasons.reason import ALL, Reason, join_reasons
from provisioner.settings.directory import DirectoryAttributes

MANY = 10
"""So many entries do not all lose an attribute between two readings. A few can: locked accounts that were opened."""
FEW = 3
"""On a small site three entries are enough if they are all; the guard has the same bound for leavers."""
_UNDATED_LOCK = "pwdaccountlockedtime"
"""OpenLDAP's: a read-only replica locks and opens for itself, and changes no date of the entry."""


def check_no_attribute_lost(
    roster: Roster, in_force: Roster | None, names: DirectoryAttributes, changed_since: Callable[[Instant], Set[AgentId]]
) -> None:
    """Raises DirectoryIncomplete if an attribute that many entries had is now in none, and the entries do not say why.

    They say why if they are gone, or were changed since the last full reading: accounts that were opened, people who have
    left. An access rule changes no entry. `changed_since` asks the server, and is called only in doubt. The end of a lock is
    dated, too, except by a read-only replica of OpenLDAP: the reason names that, for an operator alone can tell it.
    """
    if in_force is None:
        return
    before = {name.lower(): count for name, count in in_force.having.items()}
    lost = {name: had for name, has in roster.having.items() if not has and _many(had := before.get(name.lower(), 0), in_force)}
    doubtful = {name: still_listed(name, had, names, roster, in_force) for name, had in lost.items()}
    if not any(doubtful.values()):
        return
    changed = changed_since(in_force.full_at or in_force.read_at)
    hidden = {name: lost[name] for name, agents in doubtful.items() if agents - changed}
    if hidden:
        had_before = (_had_before(name, had, in_force) for name, had in sorted(hidden.items()))
        lacks = reasons.VALUES_LOST(attributes=join_reasons(had_before, ALL))
        raise DirectoryIncomplete(reasons.OF_SOURCE(source=roster.source, why=lacks))


def still_listed(name: str, had: int, names: DirectoryAttributes, roster: Roster, in_force: Roster) -> Set[AgentId]:
    """The agents who had the attribute and are listed without it. Where it is not known who had it: everybody."""
    holders = _holders(name.lower(), names, in_force.agents.values())
    if len(holders) < had:
        holders = {*in_force.agents}
    listed = roster.agents.keys() | {entry.agent_id for entry in roster.rejected}
    return holders & listed


def _had_before(name: str, had: int, in_force: Roster) -> Reason:
    kind = reasons.LOCKED_BEFORE if name.lower() == _UNDATED_LOCK else reasons.HAD_BEFORE
    return kind(name=name, count=had, entries=in_force.entries)


def _holders(name: str, names: DirectoryAttributes, agents: Iterable[Agent]) -> Set[AgentId]:
    """Who had it, as far as an agent shows it: an account's state shows only where it is not active."""
    fields = {names.mail: "mail", names.department: "department", names.site: "site", names.groups: "groups"}
    if field := {given.lower(): field for given, field in fields.items()}.get(name):
        return {agent.agent_id for agent in agents if getattr(agent, field)}
    if name in {extra.lower() for extra in names.extra}:
        return {agent.agent_id for agent in agents if agent.attributes.get(name)}
    barred = name in _states(names)
    return {agent.agent_id for agent in agents if not barred or agent.standing is not AccountStatus.ACTIVE}


def _states(names: DirectoryAttributes) -> Set[str]:
    return {name.lower() for name in (*states_of(names), names.end_date) if name}


def _many(count: int, of: Roster) -> bool:
    return count >= MANY or FEW <= count == of.entries
