"""One person's history: who it is about, and what is left of a text or a roster without it."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from provisioner.model.agents import Agent, Rejected, Roster
from provisioner.model.ids import AgentId, Instant
from provisioner.model.names import NameTable, folded


@dataclass(frozen=True, slots=True, kw_only=True)
class Forgetting:
    """An order to erase whom it names from what is kept. It says nothing itself of who that is."""

    pseudonym: str
    """What stands in the person's place from now on."""
    agent_id: AgentId | None
    names: NameTable
    """Every name of the person."""
    by: str
    at: Instant
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Forgotten:
    """How much was found and erased."""

    lines: int = 0
    """Of the journal."""
    rosters: int = 0
    orders: int = 0
    """Standing orders whose words named the person."""

    def __bool__(self) -> bool:
        return self != Forgotten()


def people_called(who: str, rosters: Iterable[Roster]) -> tuple[Agent, ...]:
    """Everyone in these rosters with that id or login, as found first; the same login may have been several people's."""
    found: dict[AgentId, Agent] = {}
    for roster in rosters:
        for agent in roster.agents.values():
            if folded(who) in (folded(agent.agent_id), folded(agent.login)):
                found.setdefault(agent.agent_id, agent)
    return tuple(found.values())


def names_of(agent: Agent) -> tuple[str, ...]:
    """All that an agent is called by."""
    return (agent.agent_id, agent.login, agent.display_name, agent.mail)


def without(roster: Roster, order: Forgetting) -> Roster:
    """The roster as if the person had never been in it; it is the same one if so."""
    agents = {key: one for key, one in roster.agents.items() if key != order.agent_id}
    rejected = tuple(_reworded(one, order) for one in roster.rejected if not _is_about(one, order))
    if len(agents) == len(roster.agents) and rejected == roster.rejected:
        return roster
    return replace(roster, agents=agents, rejected=rejected)


def _is_about(one: Rejected, order: Forgetting) -> bool:
    return (one.agent_id is not None and one.agent_id == order.agent_id) or order.names.replace(one.entry) != one.entry


def _reworded(one: Rejected, order: Forgetting) -> Rejected:
    return replace(one, reason=order.names.replace(one.reason))
