"""A full reading as the proof of the readings of changes before it: pure."""

from provisioner.model.agents import Roster
from provisioner.model.ids import AgentId


def disagreements(led_to: Roster, full: Roster) -> tuple[AgentId, ...]:
    """Agents of whom the readings of changes had led to something else than the full reading found, in order.

    Whoever is gone, or no longer enabled, is none: only a full reading finds that somebody is not there, and an account expires
    without any change to it. What is changed between the two readings shows here too.
    """
    return tuple(
        agent_id for agent_id, agent in sorted(full.agents.items()) if agent.enabled and led_to.agents.get(agent_id) != agent
    )
