"""Entries become a roster. Pure. Entries that share an id or a login get no desktop until an administrator corrects them."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from provisioner.adapters.ldap.entries import agent_id_of, agent_of, asked_of, login_or_none, not_a_person
from provisioner.adapters.ldap.nested_groups import GroupTree
from provisioner.adapters.ldap.values import Entry
from provisioner.model.agents import Agent, NoPerson, Rejected, Roster
from provisioner.model.distinguished_names import dn_key
from provisioner.model.ids import AgentId, Instant
from provisioner.reasons.directory import AND_OTHERS, ID_SHARED, LOGIN_SHARED
from provisioner.reasons.reason import ALL, Reason, ReasonKind, join_reasons, reason_of
from provisioner.settings.directory import DirectoryAttributes

Found = tuple[Agent, str]
"""An agent, and the DN of its entry."""
_MOST_NAMED = 3
"""DNs that a reason names; a mistake in a filter can make hundreds alike."""


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
