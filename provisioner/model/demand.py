"""Demand: which seats should have a desktop now, ahead of need, or not yet."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import inf

from provisioner.model.ids import AgentId, ClusterId, Instant, ProfileName, Seat, StorageId, WaveName
from provisioner.model.machines.desktops import Phase
from provisioner.model.machines.seats import agent_at
from provisioner.model.scenario.ceilings import CeilingState
from provisioner.model.scenario.scenarios import PreparationLevel
from provisioner.reasons.reason import NONE, Reason
from provisioner.reasons.targets import WANTED, WANTED_AHEAD


@dataclass(frozen=True, slots=True, kw_only=True)
class Rest:
    """Why a desktop is off until somebody needs it: it is shut down once nobody is logged on, and nobody waits for it."""

    because: Reason
    when: Reason = NONE
    """The same in few words, after a verb: `outside the hours`. Empty: of a pool, nobody is told."""
    since: Instant = inf
    """When it began: what is started later stays on. Infinite: nothing does."""
    starts_at: Instant = inf
    """From then on it is started again; infinite: when the rest is over."""
    until: Instant = inf
    """When it is needed again; infinite: nobody knows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Want:
    """A desktop that is wanted for a seat."""

    seat: Seat
    login: str
    """The agent's login; for other seats, the seat's name."""
    profile: ProfileName
    wave: WaveName
    rank: tuple[int, float, str]
    """Priority, when the batch is due or else opens, login: the order in which resources are given."""
    by: Reason = NONE
    """What wants it, if it is not its wave."""
    level: PreparationLevel | None = None
    """How far it is prepared while the agent's batch is closed; None: the batch is open."""
    due_at: Instant | None = None
    """By when the agent is to have it; None: no deadline, as soon as it can be."""
    only_on: tuple[ClusterId, StorageId] | None = None
    """The only storage that its disks may be on; None: any that its profile has. For trials."""
    begins_at: Instant | None = None
    """When a batch with a deadline opens; None: it has none."""
    rest: Rest | None = None
    """Its desktop was given, and nobody needs it now: until `starts_at` it is in `ahead`. None: somebody does."""

    @property
    def agent_id(self) -> AgentId | None:
        """The seat's agent; None: another kind of seat."""
        return agent_at(self.seat)

    @property
    def because(self) -> Reason:
        """Why it is wanted. Made when asked for: kept of each person it takes 350 bytes, and few are asked about."""
        if self.by:
            return self.by
        if self.level is None:
            return WANTED(wave=self.wave, profile=self.profile, login=self.login)
        return WANTED_AHEAD(wave=self.wave, login=self.login, level=self.level.value)

    def is_met_by(self, phase: Phase) -> bool:
        """Whether a desktop in this phase has reached the level: ready is enough for `stopped` too."""
        return phase is Phase.READY or (phase is Phase.STOPPED and self.level is PreparationLevel.STOPPED)

    @property
    def opens_at(self) -> Instant:
        """When the agent's batch opens: from then on the desktop is made ready, and may be used."""
        return self.rank[1] if self.begins_at is None else self.begins_at

    @property
    def next_due_at(self) -> Instant | None:
        """By when the agent is to have the desktop, or to have it again; None: no deadline."""
        if self.due_at is None or self.rest is None:
            return self.due_at
        return None if self.rest.until == inf else max(self.due_at, self.rest.until)


@dataclass(frozen=True, slots=True, kw_only=True)
class NotWanted:
    """An agent who gets no desktop now, and why."""

    agent_id: AgentId
    login: str
    reason: Reason
    opens_at: Instant | None = None
    """When the agent's batch opens; None: not foreseen."""
    begins_at: Instant | None = None
    """When the desktop is begun: ahead of need, or when the batch opens; None: not foreseen."""
    then: Want | None = None
    """The want after the batch opens; None: not foreseen."""
    refused: Want | None = None
    """The want that a ceiling leaves no desktop for; None: it is not a ceiling's."""
    entitled: bool = False
    """Whether the agent is entitled: a desktop that exists already is kept."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GateState:
    """A gate that was asked, because the time of its batch had come."""

    wave: WaveName
    batch: int
    """The batch's number, from 0."""
    shut_by: Reason
    """Empty: it is open."""
    let_go: bool = False
    """Whether an operator's word has opened it: one word, one gate."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchState:
    """One batch of a wave, as it is planned and as it is."""

    wave: WaveName
    number: int
    """The number, from 0."""
    seats: tuple[Seat, ...]
    """Its people; who is refused a desktop counts."""
    opens_at: Instant
    """When it is planned to open; infinite: nobody has started the scenario."""
    due_at: Instant | None = None
    """By when it is to be ready; None: no deadline."""
    is_open: bool = False
    """Its time has come, and no gate holds it back."""


_RESTING = frozenset({Phase.STOPPING, Phase.STOPPED, Phase.STARTING})


@dataclass(frozen=True, slots=True, kw_only=True)
class Demand:
    """All desktops wanted at one moment. An agent's seat is in exactly one of the three."""

    wants: Mapping[Seat, Want] = field(default_factory=dict)
    """Wants whose batch is open."""
    ahead: Mapping[Seat, Want] = field(default_factory=dict)
    """Wants whose batch is closed, and whose desktop is made ahead of need; and those that rest."""
    not_wanted: tuple[NotWanted, ...] = ()
    gates: tuple[GateState, ...] = ()
    """Gates that were asked. As long as one is shut, this demand is valid for one cycle."""
    batches: tuple[BatchState, ...] = ()
    """The batches of all waves, in their order; empty without a roster."""
    ceilings: tuple[CeilingState, ...] = ()
    """The scenario's, as this demand keeps to them."""
    next_change: Instant | None = None
    """When the next batch opens or the next preparation begins: until then this demand is valid."""

    @property
    def shut(self) -> tuple[GateState, ...]:
        """Gates that hold a batch back."""
        return tuple(gate for gate in self.gates if gate.shut_by)

    @property
    def next_opening(self) -> Instant | None:
        """When the next batch opens."""
        later = (agent.opens_at for agent in self.not_wanted if agent.opens_at is not None)
        ahead = (want.opens_at for want in self.ahead.values() if want.agent_id and want.rest is None)
        return min((*later, *ahead), default=None)

    @property
    def resting(self) -> dict[Seat, Rest]:
        """People whose desktop rests, or is started again before its rest is over."""
        wants = (*self.wants.values(), *self.ahead.values())
        return {want.seat: want.rest for want in wants if want.rest is not None and want.agent_id is not None}

    def want_of(self, seat: Seat | None) -> Want | None:
        """What is wanted of a seat, now or ahead of need; None: nothing."""
        return None if seat is None else self.wants.get(seat) or self.ahead.get(seat)

    def rests(self, seat: Seat | None) -> bool:
        """Whether its desktop rests, or is started again before its rest is over: nobody waits for it."""
        want = self.want_of(seat)
        return want is not None and want.rest is not None

    def serves(self, seat: Seat | None, phase: Phase | None) -> bool:
        """Whether its desktop is ready, or was and rests."""
        return phase is Phase.READY or (phase in _RESTING and self.rests(seat))
