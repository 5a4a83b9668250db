"""Who may have which desktop, whatever the hour: said once, for the demand and for the guard over the directory. Pure."""

from collections.abc import Iterable, Set

from provisioner.model.agents import Agent
from provisioner.model.ids import AgentId, ProfileName
from provisioner.model.rules import Rules
from provisioner.reasons.reason import NONE, Reason
from provisioner.reasons.targets import ACCOUNT, NO_ENTITLEMENT, NO_WAVE


class AgentPlace:
    """Where an agent stands: a profile and a wave, or the reason for neither."""

    __slots__ = ("agent", "profile", "reason", "served", "wave_index")

    def __init__(self, agent: Agent, *, profile: ProfileName | None, wave_index: int, reason: Reason, served: bool) -> None:
        self.agent = agent
        self.profile = profile
        self.wave_index = wave_index
        self.reason = reason
        self.served = served
        """Whether the agent has been given a desktop: no edit of the scenario takes that back."""

    @classmethod
    def of(cls, agent: Agent, rules: Rules, served: Set[AgentId] = frozenset()) -> "AgentPlace":
        """The first entitlement that matches, and the first wave."""
        has = agent.agent_id in served
        if not agent.enabled:
            return cls(agent, profile=None, wave_index=-1, reason=ACCOUNT(standing=agent.standing.value), served=has)
        profile = next((one.profile for one in rules.entitlements if one.who.matches(agent)), None)
        if profile is None:
            reason = NO_ENTITLEMENT()
            return cls(agent, profile=None, wave_index=-1, reason=reason, served=has)
        index = next((i for i, wave in enumerate(rules.scenario.waves) if wave.who.matches(agent)), -1)
        reason = NONE if index >= 0 else NO_WAVE(scenario=rules.scenario.name)
        return cls(agent, profile=profile, wave_index=index, reason=reason, served=has)

    @property
    def entitled(self) -> bool:
        """Whether a desktop is wanted for the agent, now or once the batch opens."""
        return self.wave_index >= 0 or (self.served and self.profile is not None)

    def order(self) -> tuple[int, str, str]:
        """By wave, then by login."""
        return (self.wave_index, self.agent.login, self.agent.agent_id)


def places_of(agents: Iterable[Agent], rules: Rules, served: Set[AgentId] = frozenset()) -> dict[AgentId, AgentPlace]:
    """Where everybody stands."""
    return {one.agent_id: AgentPlace.of(one, rules, served) for one in agents}
