"""Who is there but unusable has not left, and each login is one agent's: a reading is settled with what was known. Pure."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace

from provisioner.model.agents import Agent, Rejected, Roster
from provisioner.model.ids import AgentId

_KEPT = "; the agent stays as last accepted"


def settled(reading: Roster, accepted: Roster | None) -> Roster:
    """The reading as it may be put in force.

    An agent accepted before whose entry is unusable now stays as last accepted. Of two with one login the one who had it keeps
    it; who had another stays as last accepted, and a newcomer is rejected.
    """
    known = accepted.agents if accepted is not None else {}
    unusable = {one.agent_id for one in reading.rejected if one.agent_id is not None}
    kept = {key: known[key] for key in unusable if key in known and key not in reading.agents}
    agents, refused = _one_login_each({**reading.agents, **kept}, known)
    if not kept and not refused and agents == reading.agents:
        return reading
    return replace(reading, agents=agents, rejected=(*(_told(one, kept) for one in reading.rejected), *refused))


def _told(one: Rejected, kept: Mapping[AgentId, Agent]) -> Rejected:
    """A reading that goes on from an earlier one may say it already."""
    if one.agent_id not in kept or one.reason.endswith(_KEPT):
        return one
    return replace(one, reason=one.reason + _KEPT)


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
                reason = f"its new login '{login}' is another agent's{_KEPT}"
            else:
                del agents[key]
                reason = f"its login '{login}' is another agent's: give one of them another"
            refused.append(Rejected(entry=key, reason=reason, agent_id=key))
    return agents, tuple(refused)


def _yielding(agents: Mapping[AgentId, Agent], known: Mapping[AgentId, Agent]) -> list[AgentId]:
    """Those who share a login that they did not have before; large and small letters are the same to every directory."""
    of_login: defaultdict[str, list[AgentId]] = defaultdict(list)
    for key, agent in agents.items():
        of_login[agent.login.casefold()].append(key)
    shared = (key for keys in of_login.values() if len(keys) > 1 for key in keys)
    return sorted(key for key in shared if key not in known or known[key].login.casefold() != agents[key].login.casefold())
