"""Who should have which desktop now, who ahead of need, and who not yet."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from provisioner.model.desktops import Phase
from provisioner.model.ids import AgentId, Instant, ProfileName, Seat, WaveName
from provisioner.model.scenarios import PreparationLevel
from provisioner.model.seats import agent_at
from provisioner.reasons.reason import Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Want:
    """One desktop wanted for one seat."""

    seat: Seat
    login: str
    """The agent's; the name of a seat that is no agent's."""
    profile: ProfileName
    wave: WaveName
    rank: tuple[int, float, str]
    """Priority, opening of the batch, login: the order in which room is given."""
    because: Reason
    level: PreparationLevel | None = None
    """How far it is made while the agent's batch is closed; None: the batch is open, and everything is due."""

    @property
    def agent_id(self) -> AgentId | None:
        """The agent it is for; None: no single agent's."""
        return agent_at(self.seat)

    def is_met_by(self, phase: Phase) -> bool:
        """Whether a desktop in this phase is as far as is wanted. What runs is more than what is stopped."""
        return phase is Phase.READY or (phase is Phase.STOPPED and self.level is PreparationLevel.STOPPED)

    @property
    def opens_at(self) -> Instant:
        """When the agent's batch opens."""
        return self.rank[1]


@dataclass(frozen=True, slots=True, kw_only=True)
class NotWanted:
    """An agent who gets no desktop now, and why."""

    agent_id: AgentId
    login: str
    reason: Reason
    opens_at: Instant | None = None
    """When the agent's batch opens; None: not foreseen."""
    then: Want | None = None
    """What is wanted once the batch opens; None: nothing is foreseen."""
    entitled: bool = False
    """Whether a desktop is theirs by right, though none is wanted for now: what there is of it is kept as it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Demand:
    """All desktops wanted at one moment. An agent's seat is in exactly one of the three."""

    wants: Mapping[Seat, Want] = field(default_factory=dict)
    """Those whose batch is open."""
    ahead: Mapping[Seat, Want] = field(default_factory=dict)
    """Those whose batch is closed, and whose desktop is made ahead of need."""
    not_wanted: tuple[NotWanted, ...] = ()
    next_change: Instant | None = None
    """When the next batch opens or the next preparation begins: until then this demand holds."""

    @property
    def next_opening(self) -> Instant | None:
        """When the next batch opens."""
        later = (one.opens_at for one in self.not_wanted if one.opens_at is not None)
        return min((*later, *(one.opens_at for one in self.ahead.values())), default=None)
