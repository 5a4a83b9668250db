"""Who is there but unusable has not left, and each login is one agent's: a reading is settled with what was known. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace

from provisioner.model.agents import Agent, Rejected, Roster
from provisioner.model.distinguished_names import dn_key
from provisioner.model.ids import AgentId
from provisioner.reasons.directory import LOGIN_TAKEN, NEWCOMER_LOGIN_TAKEN, STAYS

_KEPT = STAYS(why="")
"""How such a reason ends, in older stores too."""


def merge_reading(reading: Roster, accepted: Roster | None) -> Roster:
    """The reading as it may be put in force.

    An agent accepted before whose entry is unusable now stays as last accepted. Where the entry no longer says whose it is, its
    login tells, or where it lies. Of two with one login the one who had it keeps it; who had another stays as last
    accepted, and a newcomer is rejected.
    """
    known = accepted.agents if accepted is not None else {}
    rejected = tuple(_owned(reading, known))
    unusable = {one.agent_id for one in rejected if one.agent_id is not None}
    kept = {key: known[key] for key in unusable if key in known and key not in reading.agents}
    agents, refused = _one_login_each({**reading.agents, **kept}, known)
    if not kept and not refused and agents == reading.agents:
        return reading
    return replace(reading, agents=agents, rejected=(*(_told(one, kept) for one in rejected), *refused))


def unknown_entries(reading: Roster, accepted: Roster | None) -> tuple[Rejected, ...]:
    """Entries that have come up since, and of which nobody can tell whose they are."""
    before = {dn_key(one.entry) for one in accepted.rejected} if accepted is not None else set()
    return tuple(one for one in reading.rejected if one.agent_id is None and dn_key(one.entry) not in before)


def _owned(reading: Roster, known: Mapping[AgentId, Agent]) -> Iterable[Rejected]:
    """Each with the agent whose it is, as far as anything tells."""
    nameless = any(one.agent_id is None for one in reading.rejected)
    missing = [one for key, one in known.items() if key not in reading.agents] if nameless else []
    if not missing:
        return reading.rejected
    by_login = {one.login.casefold(): one.agent_id for one in missing}
    by_entry = {dn_key(one.entry): one.agent_id for one in missing if one.entry}
    return (
        one
        if one.agent_id is not None
        else replace(one, agent_id=by_entry.get(dn_key(one.entry)) or by_login.get(one.login.casefold()))
        for one in reading.rejected
    )


def _told(one: Rejected, kept: Mapping[AgentId, Agent]) -> Rejected:
    """A reading that goes on from an earlier one may say it already."""
    if one.agent_id not in kept or one.reason.endswith(_KEPT):
        return one
    return replace(one, reason=STAYS(why=one.reason))


def _one_login_each(
    agents: dict[AgentId, Agent], known: Mapping[AgentId, Agent]
) -> tuple[dict[AgentId, Agent], tuple[Rejected, ...]]:
    """Who is taken back to what was accepted may meet another there: again, until nobody is left to be taken back or out."""
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
    """Those who share a login that they did not have before; large and small letters are the same to every directory."""
    of_login: defaultdict[str, list[AgentId]] = defaultdict(list)
    for key, agent in agents.items():
        of_login[agent.login.casefold()].append(key)
    shared = (key for keys in of_login.values() if len(keys) > 1 for key in keys)
    return sorted(key for key in shared if key not in known or known[key].login.casefold() != agents[key].login.casefold())
