"""Check readings of changes against the full reading after them. Pure."""

from provisioner.model.ids import AgentId
from provisioner.model.people.agents import Roster


def disagreements(led_to: Roster, full: Roster) -> tuple[AgentId, ...]:
    """Agents who differ between the roster built from changes (`led_to`) and the full reading, sorted by id.

    An agent who is gone or not enabled does not count: only a full reading can show an absence, and an account expires
    without a change to its entry. An entry that was changed between the two readings is listed, too.
    """
    return tuple(
        agent_id for agent_id, agent in sorted(full.agents.items()) if agent.enabled and led_to.agents.get(agent_id) != agent
    )
