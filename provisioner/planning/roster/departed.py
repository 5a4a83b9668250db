"""The names of those who are not listed any more, kept as long as their desktops: an operator knows nobody by an id. Pure."""

from collections.abc import Mapping, Set
from dataclasses import replace

from provisioner.model.agents import Agent, Roster
from provisioner.model.ids import AgentId


def with_departed(roster: Roster, accepted: Roster | None, owners: Set[AgentId]) -> Roster:
    """The roster with whoever it does not list and has a desktop, as last accepted. Who has none any more is dropped."""
    known = known_in(accepted)
    listed = roster.agents.keys() | {one.agent_id for one in roster.rejected}
    departed = {key: known[key] for key in sorted(owners & known.keys() - listed)}
    return roster if departed == roster.departed else replace(roster, departed=departed)


def known_in(accepted: Roster | None) -> Mapping[AgentId, Agent]:
    """Everybody of whom more is known than an id."""
    return {**accepted.departed, **accepted.agents} if accepted is not None else {}
