"""Entries become a roster, and a roster that lost an attribute is refused. Pure.

Entries that share an id or a login get no desktop until an administrator corrects them.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Set
from dataclasses import replace

from provisioner.adapters.ldap.entries import GroupTree, agent_id_of, agent_of, asked_of, login_or_none, not_a_person, states_of
from provisioner.adapters.ldap.values import Entry
from provisioner.errors import DirectoryIncomplete
from provisioner.model.ids import AgentId, Instant
from provisioner.model.people.agents import AccountStatus, Agent, NoPerson, Rejected, Roster
from provisioner.model.people.distinguished_names import dn_key
from provisioner.reasons import reading as reasons
from provisioner.reasons.directory import AND_OTHERS, ID_SHARED, LOGIN_SHARED
from provisioner.reasons.reason import ALL, Reason, ReasonKind, join_reasons, reason_of
from provisioner.settings.directory import DirectoryAttributes

Found = tuple[Agent, str]
"""An agent, and the DN of its entry."""
_MOST_NAMED = 3
"""DNs that a reason names; a mistake in a filter can make hundreds alike."""
MANY = 10
"""So many entries do not all lose an attribute between two readings. A few can: locked accounts that were opened."""
FEW = 3
"""On a small site three entries are enough if they are all; the guard has the same bound for leavers."""
_UNDATED_LOCK = "pwdaccountlockedtime"
"""OpenLDAP's: a read-only replica locks and opens for itself, and changes no date of the entry."""


def roster_of(
    entries: Iterable[Entry], names: DirectoryAttributes, *, read_at: Instant, tree: GroupTree | None = None, source: str = ""
) -> Roster:
    """The agents, and all rejected entries with the reason. Entries are consumed one by one, to save memory.

    All entries that share an id or a login are rejected: a program cannot guess which entry is the person's. An entry that
    is found twice, below two bases, counts once.
    """
    rejected: list[Rejected] = []
    found: list[Found] = []
    left_out: Counter[NoPerson] = Counter()
    having: Counter[str] = Counter()
    asked = {name: name.lower() for name in asked_of(names)}
    for entry in _once(entries):
        if kind := not_a_person(entry):
            left_out[kind] += 1
            continue
        having.update(name for name, lower in asked.items() if entry.attributes.get(lower))
        try:
            found.append((agent_of(entry, names, now=read_at, tree=tree), entry.dn))
        except ValueError as error:
            rejected.append(_rejected(entry, names, reason_of(error)))
    alike = _alike(found)
    agents: dict[AgentId, Agent] = {}
    for agent, dn in sorted(found, key=lambda pair: (pair[0].agent_id, pair[1])):
        if dn in alike:
            rejected.append(Rejected(entry=dn, reason=alike[dn], agent_id=agent.agent_id, login=agent.login))
        else:
            agents[agent.agent_id] = agent
    in_order = tuple(sorted(rejected, key=lambda rejection: rejection.entry))
    return Roster(
        read_at=read_at,
        agents=agents,
        rejected=in_order,
        left_out=dict(left_out),
        source=source,
        entries=len(agents) + len(rejected),
        having={name: having[name] for name in asked},
        full_at=read_at,
    )


def merge_changes(since: Roster, changed: Roster) -> Roster | None:
    """`since` with changed and new agents; None: something unusual, a full reading is needed.

    A reading of changes does not show deleted entries: their agents stay.
    """
    rejected_before = {entry.agent_id for entry in since.rejected}
    if changed.rejected or not rejected_before.isdisjoint(changed.agents):
        return None
    agents = {**since.agents, **changed.agents}
    if len({agent.login.casefold() for agent in agents.values()}) < len(agents):
        return None
    in_order = {agent_id: agents[agent_id] for agent_id in sorted(agents)}
    return replace(since, read_at=changed.read_at, agents=in_order, source=changed.source)


def _once(entries: Iterable[Entry]) -> Iterator[Entry]:
    keys: set[str] = set()
    for entry in entries:
        if (key := dn_key(entry.dn)) not in keys:
            keys.add(key)
            yield entry


def _rejected(entry: Entry, names: DirectoryAttributes, reason: Reason) -> Rejected:
    return Rejected(
        entry=entry.dn, reason=reason, agent_id=id_or_none(entry, names.agent_id), login=login_or_none(entry, names)
    )


def id_or_none(entry: Entry, name: str) -> AgentId | None:
    """The agent of an entry; None: it does not say."""
    try:
        return agent_id_of(entry, name)
    except ValueError:
        return None


def _alike(found: Iterable[Found]) -> Mapping[str, Reason]:
    """By DN, the reason for each entry that shares its id or login with another entry."""
    holders: dict[tuple[ReasonKind, str], list[str]] = defaultdict(list)
    for agent, dn in found:
        holders[ID_SHARED, agent.agent_id].append(dn)
        holders[LOGIN_SHARED, agent.login.casefold()].append(dn)
    reasons: dict[str, Reason] = {}
    for (kind, value), dns in holders.items():
        if len(dns) > 1:
            reasons |= {dn: kind(value=value, others=_others(dn, dns)) for dn in dns if dn not in reasons}
    return reasons


def _others(own: str, dns: Iterable[str]) -> Reason:
    others = sorted(dn for dn in dns if dn != own)
    names = join_reasons(others[:_MOST_NAMED], ALL)
    return AND_OTHERS(names=names, count=len(others) - _MOST_NAMED) if len(others) > _MOST_NAMED else names


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
