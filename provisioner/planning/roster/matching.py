"""Who is whom under another id, by what an operator names: the login, the mail address, or any attribute. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Set

from provisioner.model.agents import Agent, Roster
from provisioner.model.ids import AgentId
from provisioner.model.intents import Rekey
from provisioner.planning.roster.departed import known_in
from provisioner.planning.roster.recreated import Recreated, Recreations, compared, told_apart

LOGIN, MAIL = "login", "mail"


def matched(reading: Roster, accepted: Roster | None, owners: Set[AgentId], *, by: str) -> Recreations:
    """Everybody in force, or with a desktop, who is not listed, and who has the same `by` as somebody without a desktop.

    Another attribute than login and mail: as it was when last accepted, or an old id that the entries carry there, as they
    do after `agent_id` was changed. So people are found again of whom a lost store left nothing but the id.
    """
    of_value = defaultdict[str, list[Agent]](list)
    for agent in gone_from(reading, accepted, owners):
        for value in {*_values(agent, by), *(() if by in (LOGIN, MAIL) else (agent.agent_id,))}:
            of_value[value.casefold()].append(agent)
    free = (agent for key, agent in reading.agents.items() if key not in owners)
    return told_apart(
        _by(by, old, new) for new in free for value in _values(new, by) for old in of_value.get(value.casefold(), ())
    )


def listed_as(pairs: Iterable[Rekey], reading: Roster, accepted: Roster | None, owners: Set[AgentId]) -> Recreations:
    """Pairs that an operator has written down, as far as the old one is gone and the new one there; those are carried."""
    gone = {agent.agent_id: agent for agent in gone_from(reading, accepted, owners)}
    known = ((gone[one.old], reading.agents[one.new]) for one in pairs if one.old in gone and one.new in reading.agents)
    return told_apart(_by("as listed", old, new) for old, new in known if new.agent_id not in owners)


def gone_from(reading: Roster, accepted: Roster | None, owners: Set[AgentId]) -> Iterator[Agent]:
    """Whoever is in force or has a desktop and is not listed; of whom nothing is known, the id alone."""
    known: Mapping[AgentId, Agent] = known_in(accepted)
    listed = reading.agents.keys() | {one.agent_id for one in reading.rejected}
    in_force = accepted.agents.keys() if accepted is not None else set[AgentId]()
    for key in sorted((owners | in_force) - listed):
        yield known.get(key) or Agent(agent_id=key, login="", display_name="")


def _values(agent: Agent, by: str) -> Iterable[str]:
    if by in (LOGIN, MAIL):
        return [value for value in (agent.login if by == LOGIN else agent.mail,) if value]
    return agent.attributes.get(by.lower(), ())


def _by(what: str, old: Agent, new: Agent) -> Recreated:
    pair = compared(old, new)
    return Recreated(old=old, new=new, same=(what, *(one for one in pair.same if one != what)), differs=pair.differs)
