"""Who should have which desktop now, and who not yet."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from provisioner.model.ids import AgentId, Instant, ProfileName, WaveName


@dataclass(frozen=True, slots=True, kw_only=True)
class Want:
    """One desktop wanted for one agent."""

    agent_id: AgentId
    login: str
    profile: ProfileName
    wave: WaveName
    rank: tuple[int, float, str]
    """Priority, opening of the batch, login: the order in which room is given."""
    because: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NotWanted:
    """An agent who gets no desktop now, and why."""

    agent_id: AgentId
    login: str
    reason: str
    opens_at: Instant | None = None
    """When the agent's batch opens; None: not foreseen."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Demand:
    """All desktops wanted at one moment."""

    wants: Mapping[AgentId, Want] = field(default_factory=dict)
    not_wanted: tuple[NotWanted, ...] = ()

    @property
    def next_opening(self) -> Instant | None:
        """When the next batch opens."""
        return min((one.opens_at for one in self.not_wanted if one.opens_at is not None), default=None)
