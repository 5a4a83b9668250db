"""Who may have which desktop, whatever the hour: said once, for the demand and for the guard over the directory. Pure."""

from collections.abc import Iterable, Sequence

from provisioner.model.agents import Agent
from provisioner.model.ids import AgentId, ProfileName
from provisioner.model.profiles import Entitlement
from provisioner.model.scenarios import Scenario


class Place:
    """Where an agent stands: a profile and a wave, or the reason for neither."""

    __slots__ = ("agent", "profile", "reason", "wave_index")

    def __init__(self, agent: Agent, *, profile: ProfileName | None, wave_index: int, reason: str) -> None:
        self.agent = agent
        self.profile = profile
        self.wave_index = wave_index
        self.reason = reason

    @classmethod
    def of(cls, agent: Agent, entitlements: Sequence[Entitlement], scenario: Scenario) -> "Place":
        """The first entitlement that matches, and the first wave."""
        if not agent.enabled:
            return cls(agent, profile=None, wave_index=-1, reason=f"the account is {agent.standing}")
        profile = next((one.profile for one in entitlements if one.who.matches(agent)), None)
        if profile is None:
            return cls(agent, profile=None, wave_index=-1, reason="no entitlement matches: check department, site and groups")
        index = next((i for i, wave in enumerate(scenario.waves) if wave.who.matches(agent)), -1)
        reason = "" if index >= 0 else f"no wave of scenario '{scenario.name}' selects this agent"
        return cls(agent, profile=profile, wave_index=index, reason=reason)

    @property
    def entitled(self) -> bool:
        """Whether a desktop is wanted for the agent, now or once the batch opens."""
        return self.wave_index >= 0

    def order(self) -> tuple[int, str, str]:
        """By wave, then by login."""
        return (self.wave_index, self.agent.login, self.agent.agent_id)


def places_of(agents: Iterable[Agent], entitlements: Sequence[Entitlement], scenario: Scenario) -> dict[AgentId, Place]:
    """Where everybody stands."""
    return {one.agent_id: Place.of(one, entitlements, scenario) for one in agents}
