"""The status at the end of a cycle: all that metrics, `status` and `report plan` show. They compute nothing new from it."""

from collections.abc import Mapping, Set
from dataclasses import dataclass, field
from math import inf

from provisioner.extensions import Part, Parts
from provisioner.model.actions import Plan
from provisioner.model.autoscale import AutoscaleState
from provisioner.model.capacity import Capacity, Outlook
from provisioner.model.certificates import WatchedCertificate
from provisioner.model.cordons import Cordon
from provisioner.model.demand import Demand
from provisioner.model.departures import LeaverState
from provisioner.model.guard import GuardRecord
from provisioner.model.ids import (
    ClusterId,
    DesktopName,
    DesktopPoolName,
    Instant,
    NodeKey,
    NodeName,
    ProfileName,
    StorageId,
    WaveName,
)
from provisioner.model.intents import Intent
from provisioner.model.kept.set_aside import SetAside
from provisioner.model.lending import GrantCounts
from provisioner.model.machines.cluster import Snapshot
from provisioner.model.machines.desktops import Attempts, Phase, Reservation, Session, Unheard, is_same_person
from provisioner.model.machines.drift import Difference, DifferenceKind
from provisioner.model.people.agents import Roster
from provisioner.model.pools import DesktopPool
from provisioner.model.scenario.etas import WaveEta
from provisioner.model.scenario.rotation import RotationState
from provisioner.model.scenario.scenarios import PreparationLevel
from provisioner.model.scenario.surges import SurgeRun
from provisioner.model.session_counts import NO_FIGURES, SessionTotals
from provisioner.model.words import BootLevel
from provisioner.reasons.reason import ALL, NONE, Reason, join_reasons

WORK_FAILING = Part[Mapping[str, str]]("work_failing", {})
"""Work beside the loop whose last round failed of what nobody has foreseen, and of what: how it stands is as before."""
_LETS_IN = frozenset({Phase.READY, Phase.STOPPING})


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
    """Its agent's batch is open, and this is the agent's primary desktop."""
    ahead: PreparationLevel | None = None
    """How far it is made ahead of need; None: not ahead."""
    sessions: tuple[Session, ...] | None = None
    """None: unknown, which is not the same as no session."""
    unknown_since: Instant | None = None
    """When its sessions were last known, or could have been; None: they are known."""
    unheard: Unheard | None = None
    """Why the last question got no report; None: it got one, or the desktop is off."""
    agent_login: str = ""
    """Of its agent, or of the person whom a desktop of a pool is lent to; empty: nobody, or not known."""
    superseded_by: DesktopName | None = None
    """The desktop that its agent has instead; None: it is not superseded."""
    quarantined: bool = False
    """An operator keeps it as it is; its agent gets another."""
    leaving: LeaverState | None = None
    """Its state on the leavers' ladder; None: its agent is entitled."""
    attempts: Attempts = Attempts()
    """Its failures since its last progress."""
    late: bool = False
    """It has been starting for longer than its profile allows, and was asked not long ago."""
    slow: bool = False
    """It has been starting for longer than boots of its image do."""
    levels: frozenset[BootLevel] = frozenset()
    """While it starts: how far it has come."""

    @property
    def unused(self) -> bool:
        """Whether its agent has, or gets, another: it is superseded or in quarantine."""
        return self.superseded_by is not None or self.quarantined

    @property
    def counted(self) -> bool:
        """Whether somebody can be logged on there, and it is known who is: its sessions are in the counts."""
        return bool(self.sessions) or (self.sessions is not None and self.phase in _LETS_IN)

    @property
    def strangers(self) -> tuple[Session, ...]:
        """Sessions of people other than its agent; empty if the agent is unknown."""
        if not self.sessions or not self.agent_login:
            return ()
        own = (self.agent_login, self.reservation.agent_id or self.agent_login)
        return tuple(session for session in self.sessions if not any(is_same_person(session.login, login) for login in own))


@dataclass(frozen=True, slots=True, kw_only=True)
class Preparation:
    """How far the desktops of one wave and profile are prepared, for agents whose batch is closed."""

    wave: WaveName
    profile: ProfileName
    level: PreparationLevel
    """The level to reach: stopped or running."""
    wanted: int
    stopped: int
    """Made, not started: complete if the level is `stopped`."""
    running: int
    """Ready."""
    missing: int
    """Desktops that have not reached the level."""
    opens_at: Instant
    """When the first of these batches opens."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeHeadroom:
    """What is left on a node of the share that desktops and foreign guests may use; negative: exceeded."""

    memory_mib: float
    vcpus: float
    """At the strictest ratio of all profiles."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StorageHeadroom:
    """What is left on a storage of the share that may be filled; a shared storage appears once, with an empty node."""

    cluster: ClusterId
    node: NodeName
    storage: StorageId
    gib: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Headroom:
    """What is left on nodes and storages, as planning counts it."""

    nodes: Mapping[NodeKey, NodeHeadroom] = field(default_factory=dict)
    storages: tuple[StorageHeadroom, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class LockState:
    """A storage's lock, as planning counts it; a shared storage appears once, with an empty node."""

    cluster: ClusterId
    node: NodeName
    storage: StorageId
    limit: int
    """Clones that may be in flight at once: as measured, and within the budget."""
    in_flight: int
    hold_s: float | None
    """How long one clone holds it; None: not measured."""
    timeouts: int
    """Clones that have waited for it in vain, since the daemon's start."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PoolState:
    """A pool of desktops, in numbers. Each desktop is in one of them."""

    pool: DesktopPool
    ready: int
    """Free, and on."""
    off: int
    """Free, and off."""
    coming: int
    """Free, and being made or booted."""
    lent: int
    """Somebody has it, and it is ready."""
    waiting: int
    """Somebody has it, and waits until it is ready."""
    kept: int
    """It waits for the person who had it last."""
    to_reset: int
    """It is being reset after a person."""
    failed: int
    """Free, and given up or out of sight."""
    surplus: int
    """More than the pool has use for."""
    in_doubt: int = 0
    """A backup was restored, and who has had it since is not known."""
    lendable: int = 0
    """Of those that are `ready`: who asks gets one of them at once. Of the others it is not known that nobody is logged on, or
    their node is being emptied."""

    @property
    def made(self) -> int:
        """All of them."""
        return (
            self.ready
            + self.off
            + self.coming
            + self.lent
            + self.waiting
            + self.kept
            + self.to_reset
            + self.failed
            + self.surplus
            + self.in_doubt
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfigState:
    """The configuration in force, and what a reload has not taken up."""

    read_at: Instant | None = None
    """When it was read; None: unknown, no daemon says it."""
    rejected: Reason = NONE
    """Why the last reload was refused: the problems of the files, each on a line. Empty: it was not."""
    rejected_at: Instant | None = None
    """When a reload was first refused; None: the last was not."""
    waits_for_restart: tuple[str, ...] = ()
    """Keys of bascule.yaml whose change only a restart takes up."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Resting:
    """People's own desktops that rest."""

    off: int
    """Shut down."""
    on: int
    """Still on: somebody is logged on there or may be, or its turn has not come."""
    until: Instant
    """When the first of them are needed again; infinite: nobody knows."""
    when: Reason
    """Of each rest: `outside the hours`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FailingAlike:
    """Orders that fail with one error for several desktops, or all orders of a node: one is tried from time to time."""

    cluster: ClusterId
    node: NodeName | None
    """The node that refuses all orders; None: the fault is not a node's."""
    profile: ProfileName | None
    """Of the desktops; None: of several, or the fault is a node's."""
    desktops: tuple[DesktopName, ...]
    """Those that have failed since the last success."""
    said: Reason
    """The error."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """Everything that is known at one moment."""

    at: Instant
    planned_at: Instant | None = None
    """When the plan was made: earlier if nothing could be observed since. None: no plan was made yet."""
    snapshot: Snapshot = Snapshot()
    roster: Roster | None = None
    demand: Demand = Demand()
    plan: Plan = Plan()
    desktops: Mapping[DesktopName, DesktopState] = field(default_factory=dict)
    moved: Set[DesktopName] | None = None
    """Desktops that are new, gone or changed since the last status; None: unknown, all have to be compared."""
    phases: Mapping[Phase, int] = field(default_factory=dict)
    """Desktops by phase, without phases that have none."""
    on_the_way: int = 0
    """Desktops, wanted now or ahead, that will change soon by themselves: a reason to observe often."""
    session_figures: SessionTotals = NO_FIGURES
    cut: tuple[DesktopName, ...] = ()
    """Desktops that have said, or asked, more than a desktop has to, within the last hour; in order."""
    sessions_known_until: Instant = inf
    """When the first desktop's sessions become unknown, unless they are read before."""
    preparations: tuple[Preparation, ...] = ()
    """By wave and profile; empty: nothing is made ahead of need."""
    capacity: Mapping[ProfileName, Capacity] = field(default_factory=dict)
    """For each profile alone. Profiles compete: do not add them up."""
    outlook: Mapping[ProfileName, Outlook] = field(default_factory=dict)
    """Its capacity after the loss of a node, and what would add to it. While resources change it may be a minute old."""
    headroom: Headroom = Headroom()
    locks: tuple[LockState, ...] = ()
    """Of the storages that desktops can be cloned on."""
    in_flight: Mapping[str, int] = field(default_factory=dict)
    """Actions under way, by kind."""
    queued: Mapping[str, int] = field(default_factory=dict)
    """Wants, now or ahead, without an order yet, by what they wait for: a word of WaitsFor, or `other`."""
    oldest_queued_at: Instant | None = None
    """Since when the longest waiting agent has been waiting; None: no agent waits."""
    paused: Mapping[ClusterId, Reason] = field(default_factory=dict)
    """Clusters on which nothing is written now, and why."""
    alike: tuple[FailingAlike, ...] = ()
    """What fails alike for several desktops."""
    cordons: Mapping[NodeKey, Cordon] = field(default_factory=dict)
    """Nodes where nothing new is placed, and why."""
    differences: Mapping[DifferenceKind, int] = field(default_factory=dict)
    """Drift by kind. Counted when a listing has changed and nothing is in flight, and once a minute."""
    left_behind: tuple[Difference, ...] = ()
    """Of the drift, VMs that hold a number of ours, or may, and that no listing shows: with the commands that remove them."""
    compared_at: Instant = 0.0
    """When drift was counted."""
    blocked: tuple[Reason, ...] = ()
    """What the safety gate stopped, with the arithmetic."""
    surge: SurgeRun | None = None
    """The newest run of a scenario; None: there was none."""
    etas: Mapping[WaveName, WaveEta] = field(default_factory=dict)
    """When each wave will be ready, in their order; at most half a minute old. Empty: no surge is under way."""
    intents: tuple[Intent, ...] = ()
    set_aside: tuple[SetAside, ...] = ()
    """Orders that cannot be read or carried out, oldest first."""
    people_known: bool = False
    """Before the first cycle: whether a roster is in force, which this status does not show."""
    directory_error: Reason = NONE
    """Why the last reading of the directory failed; empty: it did not."""
    directory_tried_at: Instant = 0.0
    """When the reading that failed began; 0: it did not fail."""
    directory_disagreements: int = 0
    """Agents that the last full reading of the directory showed differently from the readings of changes before it."""
    directory_failing_servers: tuple[str, ...] = ()
    """Servers of the directory without a complete answer when they were last asked, with the reasons; another one had it."""
    directory_alternations: int = 0
    """How often within the guard's window servers of the directory with different contents have taken turns."""
    guard: GuardRecord = GuardRecord()
    """The guard's quarantine, and recent departures and arrivals."""
    baseline_accepted: bool = True
    config: ConfigState = ConfigState()
    disk_free_mib: float | None = None
    """Free on the disk of the daemon's store; None: not known, or it is a database elsewhere."""
    store_away: Reason = NONE
    """Why the store cannot be written to, for which the daemon waits: nothing is ordered meanwhile. Empty: it can."""
    store_away_since: Instant | None = None
    """Since when; None: it can."""
    callers: tuple[Reason, ...] = ()
    """Why some who ask the API are not known, or not by all that they are."""
    certificates: tuple[WatchedCertificate, ...] = ()
    """Those that the site serves with, or trusts; at most a minute old."""
    parts: Parts = Parts()
    """What capabilities say of themselves, as their own threads last knew it."""
    pools: tuple[PoolState, ...] = ()
    """Pools of desktops, by name."""
    autoscale: Mapping[DesktopPoolName, AutoscaleState] = field(default_factory=dict)
    """What was decided last about pools with rules to follow their people, in force or in shadow."""
    rotation: RotationState | None = None
    """Who has which half-days, and who waits; None: no scenario with a rotation is in force."""
    lends_refused: Mapping[str, int] = field(default_factory=dict)
    """Lends that were refused since the daemon started, by the code of the reason."""
    unprofiled: Mapping[ProfileName, int] = field(default_factory=dict)
    """Desktops whose profile is not configured any more, by it: none is asked who is logged on, or brought up again."""
    grants: GrantCounts = GrantCounts()
    """Grants that open lent desktops."""
    cycle_seconds: float = 0.0
    """Duration of the last cycle, by the clock."""

    @property
    def resting(self) -> Resting | None:
        """Desktops that rest, and are not started again yet; None: no policy lets any rest now."""
        resting = {seat: rest for seat, rest in self.demand.resting.items() if seat in self.demand.ahead}
        phases = [
            state.phase for state in self.desktops.values() if state.reservation.seat in resting and not state.superseded_by
        ]
        if not phases:
            return None
        off, when = phases.count(Phase.STOPPED), sorted({rest.when for rest in resting.values()})
        return Resting(
            off=off,
            on=len(phases) - off,
            until=min(rest.until for rest in resting.values()),
            when=join_reasons(when, ALL) if len(when) > 1 else when[0],
        )
