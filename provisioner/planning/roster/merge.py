"""Merge a reading with the last accepted roster: an entry that became invalid keeps its accepted value. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace

from provisioner.model.ids import AgentId
from provisioner.model.people.agents import Agent, Rejected, Roster
from provisioner.model.people.distinguished_names import dn_key
from provisioner.reasons.directory import LOGIN_TAKEN, NEWCOMER_LOGIN_TAKEN, STAYS

_STAYS = STAYS(why="")
"""The end of such a reason."""


def merge_reading(reading: Roster, accepted: Roster | None) -> Roster:
    """The reading, ready to be put in force.

    An accepted agent whose entry is now unusable stays as last accepted; an entry without an id is recognised by its DN or
    login. A login belongs to one agent: of several, the agent who had it keeps it, an accepted agent who had another login
    stays as last accepted, and a newcomer is rejected.
    """
    known = accepted.agents if accepted is not None else {}
    rejected = tuple(_with_owners(reading, known))
    unusable = {entry.agent_id for entry in rejected if entry.agent_id is not None}
    staying = {key: known[key] for key in unusable if key in known and key not in reading.agents}
    agents, refused = _one_login_each({**reading.agents, **staying}, known)
    if not staying and not refused and agents == reading.agents:
        return reading
    return replace(reading, agents=agents, rejected=(*(_with_outcome(entry, staying) for entry in rejected), *refused))


def unknown_entries(reading: Roster, accepted: Roster | None) -> tuple[Rejected, ...]:
    """New rejected entries that cannot be attributed to an agent."""
    before = {dn_key(entry.entry) for entry in accepted.rejected} if accepted is not None else set()
    return tuple(entry for entry in reading.rejected if entry.agent_id is None and dn_key(entry.entry) not in before)


def _with_owners(reading: Roster, known: Mapping[AgentId, Agent]) -> Iterable[Rejected]:
    """The rejected entries, each with its agent's id where its DN or login is known."""
    nameless = any(entry.agent_id is None for entry in reading.rejected)
    missing = [agent for key, agent in known.items() if key not in reading.agents] if nameless else []
    if not missing:
        return reading.rejected
    by_login = {agent.login.casefold(): agent.agent_id for agent in missing}
    by_entry = {dn_key(agent.entry): agent.agent_id for agent in missing if agent.entry}
    return (
        entry
        if entry.agent_id is not None
        else replace(entry, agent_id=by_entry.get(dn_key(entry.entry)) or by_login.get(entry.login.casefold()))
        for entry in reading.rejected
    )


def _with_outcome(entry: Rejected, staying: Mapping[AgentId, Agent]) -> Rejected:
    """The entry, saying that its agent stays; a reading that continues an earlier one may say so already."""
    if entry.agent_id not in staying or entry.reason.endswith(_STAYS):
        return entry
    return replace(entry, reason=STAYS(why=entry.reason))


def _one_login_each(
    agents: dict[AgentId, Agent], known: Mapping[AgentId, Agent]
) -> tuple[dict[AgentId, Agent], tuple[Rejected, ...]]:
    """An agent who gets the accepted login back may conflict with another agent, so this repeats until no login is shared."""
    refused: list[Rejected] = []
    while yielding := _yielding(agents, known):
        for key in yielding:
            login = agents[key].login
            if key in known:
                agents[key] = known[key]
                reason = STAYS(why=LOGIN_TAKEN(login=login))
            else:
                del agents[key]
                reason = NEWCOMER_LOGIN_TAKEN(login=login)
            refused.append(Rejected(entry=key, reason=reason, agent_id=key))
    return agents, tuple(refused)


def _yielding(agents: Mapping[AgentId, Agent], known: Mapping[AgentId, Agent]) -> list[AgentId]:
    """Agents who share a login that they did not have before; no directory distinguishes upper and lower case."""
    of_login: defaultdict[str, list[AgentId]] = defaultdict(list)
    for key, agent in agents.items():
        of_login[agent.login.casefold()].append(key)
    shared = (key for keys in of_login.values() if len(keys) > 1 for key in keys)
    return sorted(key for key in shared if key not in known or known[key].login.casefold() != agents[key].login.casefold())
