"""What Bascule knows at the end of a cycle: all that metrics, `status` and `plan` show. They compute nothing new from it."""

from collections.abc import Mapping, Set
from dataclasses import dataclass, field
from math import inf

from provisioner.model.actions import Plan
from provisioner.model.agents import Roster
from provisioner.model.cluster import Snapshot
from provisioner.model.cordons import Cordon
from provisioner.model.demand import Demand
from provisioner.model.departures import LeaverState
from provisioner.model.desktops import Phase, Reservation, Session, Unheard, is_same_person
from provisioner.model.drift import DifferenceKind
from provisioner.model.guard import GuardRecord
from provisioner.model.ids import ClusterId, DesktopName, Instant, NodeKey, NodeName, ProfileName, StorageId, WaveName
from provisioner.model.intents import Intent
from provisioner.model.scenarios import PreparationLevel
from provisioner.model.words import WaitsFor
from provisioner.reasons.reason import NONE, Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class DesktopState:
    """One desktop, in words."""

    reservation: Reservation
    phase: Phase
    because: Reason
    node: NodeName
    since: Instant
    """When this phase was first seen."""
    wanted: bool
    """Its agent's batch is open, and this is the desktop that counts."""
    ahead: PreparationLevel | None = None
    """How far it is made ahead of need; None: it is not."""
    sessions: tuple[Session, ...] | None = None
    """None: unknown, never 'none'."""
    unknown_since: Instant | None = None
    """When its sessions were known last, or might have been; None: they are known."""
    unheard: Unheard | None = None
    """Why it gave no report when it was asked last; None: it did, or is off."""
    agent_login: str = ""
    superseded_by: DesktopName | None = None
    """The desktop that its agent has instead; None: this one counts."""
    leaving: LeaverState | None = None
    """Where it is on the leavers' ladder; None: its agent is wanted, or will be."""

    @property
    def strangers(self) -> tuple[Session, ...]:
        """Sessions of others than its agent; none where nobody knows who that is."""
        if not self.sessions or not self.agent_login:
            return ()
        own = (self.agent_login, self.reservation.agent_id or self.agent_login)
        return tuple(session for session in self.sessions if not any(is_same_person(session.login, login) for login in own))


@dataclass(frozen=True, slots=True, kw_only=True)
class Preparation:
    """How far the desktops of one wave and profile are that are made ahead of need: of agents whose batch is closed."""

    wave: WaveName
    profile: ProfileName
    level: PreparationLevel
    """What they are to be: stopped or running."""
    wanted: int
    stopped: int
    """Made, and not started: a boot is missing, which is as it should be where the level is stopped."""
    running: int
    """Ready."""
    missing: int
    """Not as far as the level says."""
    opens_at: Instant
    """When the first of their batches opens."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Capacity:
    """How many more desktops of a profile there is room for, and what runs out first."""

    free: int
    binds: WaitsFor
    """A resource (words.RESOURCES); empty: nothing to clone from was found."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeHeadroom:
    """What is left on a node of the share that desktops and foreign guests may take; negative: over it."""

    memory_mib: float
    vcpus: float
    """At the strictest ratio of all profiles."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StorageHeadroom:
    """What is left on a storage of the share that may be filled; a shared one once, with an empty node."""

    cluster: ClusterId
    node: NodeName
    storage: StorageId
    gib: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Headroom:
    """What is left everywhere, as planning counts it."""

    nodes: Mapping[NodeKey, NodeHeadroom] = field(default_factory=dict)
    storages: tuple[StorageHeadroom, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """Everything at one moment."""

    at: Instant
    snapshot: Snapshot = Snapshot()
    roster: Roster | None = None
    demand: Demand = Demand()
    plan: Plan = Plan()
    desktops: Mapping[DesktopName, DesktopState] = field(default_factory=dict)
    moved: Set[DesktopName] | None = None
    """Desktops that are new, gone or other than in the status before this one; None: whoever compares has to look at all."""
    phases: Mapping[Phase, int] = field(default_factory=dict)
    """Desktops in each phase in which there are any."""
    on_the_way: int = 0
    """Desktops, wanted now or ahead, that change by themselves soon: to be looked at often."""
    sessions_known_until: Instant = inf
    """When the first desktop's sessions become unknown, unless they are read before."""
    preparations: tuple[Preparation, ...] = ()
    """By wave and profile; none where nothing is made ahead."""
    capacity: Mapping[ProfileName, Capacity] = field(default_factory=dict)
    headroom: Headroom = Headroom()
    in_flight: Mapping[str, int] = field(default_factory=dict)
    """Actions under way, by kind."""
    queued: Mapping[str, int] = field(default_factory=dict)
    """What is wanted, now or ahead, and not ordered yet, by what it waits for: a word of WaitsFor, or `other`."""
    oldest_queued_at: Instant | None = None
    """Since when the longest waiting agent has been wanted; None: nobody waits."""
    paused: Mapping[ClusterId, Reason] = field(default_factory=dict)
    """Clusters on which nothing is written now, and why."""
    cordons: Mapping[NodeKey, Cordon] = field(default_factory=dict)
    """Nodes that nothing new is placed on, and why."""
    differences: Mapping[DifferenceKind, int] = field(default_factory=dict)
    """What a listing shows to be otherwise than the store has it, by kind; counted anew when a listing has news
    and nothing is on its way, and once a minute."""
    compared_at: Instant = 0.0
    """When they were counted."""
    blocked: tuple[Reason, ...] = ()
    """What the safety gate stopped, with the arithmetic."""
    intents: tuple[Intent, ...] = ()
    directory_error: Reason = NONE
    """Why the directory could not be read last time; empty: it could."""
    directory_disagreements: int = 0
    """Agents of whom the last full reading of the directory showed something else than the readings of changes before it."""
    directory_failing_servers: tuple[str, ...] = ()
    """Servers of the directory that gave no whole answer when they were last asked, though another did; with the reasons."""
    directory_alternations: int = 0
    """How often within the guard's window servers of the directory have taken turns that do not say the same."""
    guard: GuardRecord = GuardRecord()
    """What the guard over the directory holds back, and who has left and joined lately."""
    baseline_accepted: bool = True
    cycle_seconds: float = 0.0
    """CPU-side length of the last cycle, by the clock."""
