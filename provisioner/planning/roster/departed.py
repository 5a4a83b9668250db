"""Names of agents who are no longer listed, kept as long as their desktops: operators do not know people by id. Pure."""

from collections.abc import Mapping, Set
from dataclasses import replace

from provisioner.model.ids import AgentId
from provisioner.model.people.agents import Agent, Roster


def with_departed(roster: Roster, accepted: Roster | None, owners: Set[AgentId]) -> Roster:
    """The roster, with unlisted agents who own a desktop as last accepted; unlisted agents without a desktop are dropped."""
    known = known_in(accepted)
    listed = roster.agents.keys() | {entry.agent_id for entry in roster.rejected if not entry.is_other_person}
    departed = {key: known[key] for key in sorted(owners & known.keys() - listed)}
    return roster if departed == roster.departed else replace(roster, departed=departed)


def known_in(accepted: Roster | None) -> Mapping[AgentId, Agent]:
    """Agents of whom more than the id is known."""
    return {**accepted.departed, **accepted.agents} if accepted is not None else {}
