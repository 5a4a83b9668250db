"""Who may have which desktop, at any time of day: used by the demand and by the directory's guard. Pure."""

from collections.abc import Iterable, Sequence, Set

from provisioner.model.ids import AgentId, ProfileName
from provisioner.model.people.agents import Agent
from provisioner.model.people.profiles import Entitlement
from provisioner.model.rules import Rules
from provisioner.model.scenario.scenarios import NOBODY_NEW
from provisioner.reasons.reason import NONE, Reason
from provisioner.reasons.targets import ACCOUNT, BY_HALF_DAYS, NO_ENTITLEMENT, NO_SCENARIO, NO_WAVE


class AgentPlace:
    """An agent's profile and wave, or the reason why there is none."""

    __slots__ = ("agent", "by_half_days", "profile", "reason", "served", "wave_index")

    def __init__(self, agent: Agent, *, profile: ProfileName | None, wave_index: int, reason: Reason, served: bool) -> None:
        self.agent = agent
        self.profile = profile
        self.wave_index = wave_index
        self.reason = reason
        self.served = served
        """Whether the agent has been given a desktop: an edit of the scenario never takes it back."""
        self.by_half_days = reason.code == BY_HALF_DAYS.code
        """Whether the agent shares the desktops of a pool."""

    @classmethod
    def of(cls, agent: Agent, rules: Rules, served: Set[AgentId] = frozenset()) -> "AgentPlace":
        """The first matching entitlement and the first matching wave."""
        has = agent.agent_id in served
        if not agent.enabled:
            return cls(agent, profile=None, wave_index=-1, reason=ACCOUNT(standing=agent.standing.value), served=has)
        position = entitling(agent, rules.entitlements)
        if position < 0:
            reason = _half_days(agent, rules) or NO_ENTITLEMENT()
            return cls(agent, profile=None, wave_index=-1, reason=reason, served=has)
        profile = rules.entitlements[position].profile
        index = next((i for i, wave in enumerate(rules.scenario.waves) if wave.selects(agent)), -1)
        reason = NONE if index >= 0 else _half_days(agent, rules) or _left_out(rules)
        return cls(agent, profile=profile, wave_index=index, reason=reason, served=has)

    @property
    def entitled(self) -> bool:
        """Whether a desktop is wanted for the agent, now or once the batch opens."""
        return self.wave_index >= 0 or (self.served and self.profile is not None)

    @property
    def takes_part(self) -> bool:
        """Whether the agent is to have a desktop at any time: one of their own, or of a pool by half-days."""
        return self.entitled or self.by_half_days

    def rank(self) -> tuple[int, str, str]:
        """By wave, then by login."""
        return (self.wave_index, self.agent.login, self.agent.agent_id)


def entitling(agent: Agent, entitlements: Sequence[Entitlement]) -> int:
    """The position of the entitlement that decides: the first that matches; -1: none does."""
    return next((position for position, entry in enumerate(entitlements) if entry.who.matches(agent)), -1)


def _half_days(agent: Agent, rules: Rules) -> Reason:
    """Empty: the agent has none."""
    pool = rules.scenario.shared_pool
    return BY_HALF_DAYS(pool=pool) if pool is not None and rules.scenario.rotates(agent) else NONE


def _left_out(rules: Rules) -> Reason:
    return NO_SCENARIO() if rules.scenario == NOBODY_NEW else NO_WAVE(scenario=rules.scenario.name)


def places_of(agents: Iterable[Agent], rules: Rules, served: Set[AgentId] = frozenset()) -> dict[AgentId, AgentPlace]:
    """Each agent's profile and wave."""
    return {agent.agent_id: AgentPlace.of(agent, rules, served) for agent in agents}
