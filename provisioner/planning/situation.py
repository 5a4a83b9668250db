"""What a plan is made from, and the survey of it: each desktop's phase, who boots where, which VMs are still unidentified."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from math import inf

from provisioner.model.actions import Action
from provisioner.model.boots import BootHistory
from provisioner.model.budget import Budget, Naming, Pace
from provisioner.model.cluster import ClusterView, Guest, Snapshot
from provisioner.model.cordons import cordons_of
from provisioner.model.demand import Demand
from provisioner.model.departures import Leavers
from provisioner.model.desktops import Attempts, Phase, Reservation
from provisioner.model.ids import AgentId, DesktopName, GuestKey, Instant, LockDomain, NodeKey, ProfileName
from provisioner.model.marks import is_configured
from provisioner.model.memory import Memory
from provisioner.model.profiles import Profile
from provisioner.planning.boots import NodeBoots, Queues, boots_on, pace_of
from provisioner.planning.lifecycle import Facts, phase_of
from provisioner.planning.numbering import in_range, reserved_vmids
from provisioner.planning.owning import owners, superseded_of
from provisioner.planning.placement import Room, node_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """What is configured, as far as planning needs it."""

    installation: str
    profiles: Mapping[ProfileName, Profile]
    naming: Naming
    budget: Budget = field(default_factory=Budget)
    pace: Pace = field(default_factory=Pace)


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """Everything a plan is made from."""

    now: Instant
    policy: Policy
    snapshot: Snapshot
    memory: Memory
    demand: Demand
    in_flight: Mapping[GuestKey, Action] = field(default_factory=dict)
    limits: Mapping[LockDomain, int] = field(default_factory=dict)
    """Clones at once by lock domain, where it has been measured."""
    full: Mapping[LockDomain, str] = field(default_factory=dict)
    """Storages that said of themselves that they are full, a moment ago, in their own words."""
    clone_s: Mapping[LockDomain, float] = field(default_factory=dict)
    """What a clone takes of each lock domain's time, where it has been measured."""
    booted: BootHistory = BootHistory()
    unanswered: Mapping[NodeKey, int] = field(default_factory=dict)
    """Calls that each node has to answer still."""
    answers_s: Mapping[NodeKey, float] = field(default_factory=dict)
    """What a node takes for a call, where it has been measured."""
    settle_s: float = 0.0
    """Safety.rebuild_settle_s."""
    max_stops_percent: float = 5.0
    """Safety.max_stops_percent."""
    max_deletes: int = 0
    """Safety.max_deletes."""
    leavers: Leavers = Leavers()
    offline_since: Mapping[NodeKey, Instant] = field(default_factory=dict)
    """When each node that is away now was first seen so, in this life of the daemon."""
    replace_after_s: float = inf
    """Safety.replace_after_s."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Survey:
    """What the situation is, desktop by desktop."""

    phases: Mapping[DesktopName, tuple[Phase, str]]
    not_ready: Mapping[Phase, Sequence[Reservation]]
    """Those in each other phase, of which most sites have few: nobody needs to go over all desktops to find them."""
    of_agent: Mapping[AgentId, Reservation]
    """The one desktop that counts for each agent; a second one is kept, reported and not planned for."""
    doubled: tuple[Reservation, ...]
    superseded: Mapping[DesktopName, DesktopName]
    """Desktops given up for another, and the one that counts instead."""
    unfit: Set[tuple[NodeKey, ProfileName]]
    """Where desktops of a profile fail and none is ready: no place for another."""
    boots: Mapping[NodeKey, NodeBoots]
    """Of each node with desktops between start order and ready. One that has not come up within its time is left out."""
    unidentified: tuple[Guest, ...]
    """VMs in our VMID range that no reservation and no retirement explains."""

    def superseded_by(self, name: DesktopName) -> list[DesktopName]:
        """The desktops that this one counts instead of, by name."""
        return sorted(one for one, other in self.superseded.items() if other == name)


def survey(situation: Situation) -> Survey:
    """Look once at every desktop."""
    reservations = situation.memory.reservations
    phases = {facts.reservation.name: phase_of(facts) for facts in _facts(situation, reservations.values())}
    not_ready = _not_ready(reservations, phases)
    of_agent, others = owners(situation.memory, phases)
    superseded = superseded_of(situation.memory, of_agent, others)
    return Survey(
        phases=phases,
        not_ready=not_ready,
        of_agent=of_agent,
        doubled=tuple(one for one in others if one.name not in superseded),
        superseded=superseded,
        unfit=_unfit(situation, not_ready.get(Phase.FAILED, ()), phases),
        boots=_boots(situation, not_ready.get(Phase.STARTING, ())),
        unidentified=tuple(_unidentified(situation)),
    )


_TO_START = (Phase.RESERVED, Phase.CLONING, Phase.UNPROVEN, Phase.CLONED, Phase.STOPPED)


def queues_of(situation: Situation, seen: Survey) -> Queues:
    """What is to be booted on each node before a desktop that is placed there now."""
    wants, of_agent = situation.demand.wants, seen.of_agent
    to_start = (one for phase in _TO_START for one in seen.not_ready.get(phase, ()))
    waiting = Counter(
        where(situation, one)
        for one in to_start
        if one.agent_id is not None and one.agent_id in wants and of_agent[one.agent_id] is one
    )
    shares = [one.pace.share_s for one in seen.boots.values()]
    return Queues(
        waiting=waiting,
        remaining_s={node: one.remaining_s for node, one in seen.boots.items()},
        share_s=max(shares, default=0.0) or _SHARE_S,
    )


_SHARE_S = 5.0
"""Of a node for one boot, before any was begun: only a balance between nodes comes of it."""


def room_of(situation: Situation) -> Room:
    """What is free; the plan takes its placements off it."""
    return Room.of(
        snapshot=situation.snapshot,
        reservations=situation.memory.reservations.values(),
        profiles=situation.policy.profiles,
        in_flight=situation.in_flight,
        budget=situation.policy.budget,
        limits=situation.limits,
        full=situation.full,
        cordons=cordons_of(situation.memory.intents, situation.snapshot),
    )


def where(situation: Situation, reservation: Reservation) -> NodeKey:
    """The node a desktop lies on now, as last seen."""
    return node_of(reservation, situation.snapshot)


def resurvey(seen: Survey, situation: Situation, names: Iterable[DesktopName]) -> Survey:
    """The survey with the phases of some desktops looked at again: those just ordered something."""
    reservations = situation.memory.reservations
    ordered = (reservations[name] for name in names if name in reservations)
    fresh = {facts.reservation.name: phase_of(facts) for facts in _facts(situation, ordered)}
    if not fresh:
        return seen
    phases = {**seen.phases, **fresh}
    return replace(seen, phases=phases, not_ready=_not_ready(reservations, phases))


def _not_ready(
    reservations: Mapping[DesktopName, Reservation], phases: Mapping[DesktopName, tuple[Phase, str]]
) -> dict[Phase, list[Reservation]]:
    found: defaultdict[Phase, list[Reservation]] = defaultdict(list)
    for name, (phase, _) in phases.items():
        if phase is not Phase.READY and name in reservations:  # a leftover's goes in the very cycle that reports it
            found[phase].append(reservations[name])
    return dict(found)


def _facts(situation: Situation, reservations: Iterable[Reservation]) -> Iterator[Facts]:
    memory, clusters, in_flight = situation.memory, situation.snapshot.clusters, situation.in_flight
    reports, started, attempts = memory.reports, memory.started, memory.attempts
    for one in reservations:
        yield Facts(
            one,
            clusters.get(one.cluster),
            situation.policy.installation,
            in_flight.get(one.key) if in_flight else None,
            reports.get(one.name),
            started.get(one.name),
            attempts.get(one.name, _NO_ATTEMPTS) if attempts else _NO_ATTEMPTS,
        )


_NO_ATTEMPTS = Attempts()


def _unfit(
    situation: Situation, gave_up: Iterable[Reservation], phases: Mapping[DesktopName, tuple[Phase, str]]
) -> frozenset[tuple[NodeKey, ProfileName]]:
    snapshot = situation.snapshot
    failed = {(where(situation, one), one.profile) for one in gave_up if snapshot.guest(one.key) is not None}
    if not failed:
        return frozenset()
    reservations = situation.memory.reservations
    ready = (reservations[name] for name, (phase, _) in phases.items() if phase is Phase.READY)
    return frozenset(failed - {(where(situation, one), one.profile) for one in ready})


def _boots(situation: Situation, starting: Iterable[Reservation]) -> dict[NodeKey, NodeBoots]:
    """One that has not come up within its time gives its place back."""
    running: defaultdict[NodeKey, dict[DesktopName, Instant]] = defaultdict(dict)
    for reservation in starting:
        profile = situation.policy.profiles.get(reservation.profile)
        began = started_at(situation, reservation)
        if situation.now - began <= (profile.ready_timeout_s if profile else 0.0):
            running[where(situation, reservation)][reservation.name] = began
    return _booting(situation, running) if running else {}


def _booting(situation: Situation, running: Mapping[NodeKey, Mapping[DesktopName, Instant]]) -> dict[NodeKey, NodeBoots]:
    """Nodes are taken to be alike: what all of them have shown is known sooner than what each has."""
    finished = situation.booted.of_node
    unmeasured_s = max((one.expected_ready_s for one in situation.policy.profiles.values()), default=0.0)

    told = ((finished.get(node, ()), started.values()) for node, started in running.items())
    pace = pace_of(told, situation.booted.durations, unmeasured_s=unmeasured_s)
    return {node: boots_on(started, finished.get(node, ()), pace, situation.now) for node, started in running.items()}


def started_at(situation: Situation, reservation: Reservation) -> Instant:
    """When the present boot began: our own start order, or what its uptime says; now, where neither is known."""
    ordered = situation.memory.started.get(reservation.name)
    if ordered is not None and ordered <= situation.now:  # else the clock was put back since
        return ordered
    view = situation.snapshot.clusters.get(reservation.cluster)
    return view.booted_at(reservation.vmid) if view and reservation.vmid in view.guests else situation.now


def _unidentified(situation: Situation) -> Iterator[Guest]:
    memory = situation.memory
    known = reserved_vmids(memory)
    templates = {
        (template.cluster, template.vmid) for profile in situation.policy.profiles.values() for template in profile.templates
    }
    for view in situation.snapshot.clusters.values():
        for vmid in sorted(view.guests.keys() - known.get(view.cluster, frozenset())):
            guest = view.guests[vmid]
            ours = in_range(view.cluster, vmid, situation.policy.naming.vmids)
            if not ours or guest.container or tuple(guest.key) in templates:
                continue
            if guest.key not in memory.retired or _may_be_ours(guest, situation):
                yield guest


def _may_be_ours(guest: Guest, situation: Situation) -> bool:
    """A store older than its loss may have retired what has become a desktop since: its note is read once in each life."""
    asked = situation.memory.checked.get(DesktopName(f"vm-{guest.key.vmid}"))
    return asked is None and is_configured(guest, situation.policy.installation)


def is_leftover(guest: Guest, view: ClusterView) -> bool:
    """Locked 'clone', and no clone task on its node runs or has just ended: half-made, and nobody is at it any more.

    The task list is read after the listing: a clone that ended in between still shows its lock there.
    """
    if guest.lock != "clone" or guest.node not in view.tasks_of:
        return False
    clones = (task for task in view.tasks if task.kind == "qmclone" and task.node == guest.node_key)
    return all(task.ended_at is not None and task.ended_at < view.taken_at - _JUST_ENDED_S for task in clones)


_JUST_ENDED_S = 60.0
