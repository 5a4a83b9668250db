"""The picture at the end of a cycle, for people: the survey and the plan, put in words once for metrics and commands alike."""

from collections import Counter
from collections.abc import Mapping, Set
from dataclasses import dataclass, field
from math import inf

from provisioner.model.actions import Plan, kind
from provisioner.model.cluster import Power
from provisioner.model.cordons import cordons_of
from provisioner.model.demand import Demand
from provisioner.model.departures import Leaving
from provisioner.model.desktops import Phase, Reservation, Session
from provisioner.model.differences import DifferenceKind
from provisioner.model.ids import AgentId, ClusterId, DesktopName, Instant, NodeKey, ProfileName
from provisioner.model.picture import (
    Capacity,
    DesktopState,
    Headroom,
    NodeHeadroom,
    Picture,
    StorageHeadroom,
)
from provisioner.model.scenarios import Level
from provisioner.planning.ahead import preparations
from provisioner.planning.capacity import capacity_of
from provisioner.planning.differences import differences_of
from provisioner.planning.ladder import leaving_of
from provisioner.planning.placement import Room
from provisioner.planning.situation import Situation, started_at, where
from provisioner.planning.survey import Survey

_SESSIONS_KNOWN_FOR = 2.0
"""In session intervals: after this long without an answer a desktop's sessions are unknown."""
_COMPARE_EVERY_S = 60.0
_MOVING = frozenset({Phase.RESERVED, Phase.CLONING, Phase.UNPROVEN, Phase.CLONED, Phase.STARTING, Phase.STOPPING})
_OFF = frozenset({Phase.RESERVED, Phase.CLONING, Phase.CLONED, Phase.STOPPED, Phase.DELETING})


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What the reconciler adds to what planning knows."""

    paused: Mapping[ClusterId, str] = field(default_factory=dict)
    blocked: tuple[str, ...] = ()
    directory_error: str = ""
    directory_disagreements: int = 0
    cycle_seconds: float = 0.0


def picture_of(
    situation: Situation,
    seen: Survey,
    plan: Plan,
    told: Told,
    *,
    room: Room,
    before: Picture | None,
    changed: Set[DesktopName] | None = None,
) -> Picture:
    """Everything at one moment. `room` is what the plan left; `before` gives each desktop the time its phase was first seen.

    `changed` are desktops looked at anew since then; None: any may be other than it was.
    """
    demand = situation.demand
    states = _States(situation, seen, before)
    states.follow(changed)
    differences, compared_at = _differences(situation, seen, before)
    return Picture(
        at=situation.now,
        snapshot=situation.snapshot,
        roster=situation.memory.roster,
        demand=demand,
        plan=plan,
        desktops=states.desktops,
        moved=states.moved,
        phases={phase: count for phase in Phase if (count := _count(seen, phase))},
        on_the_way=states.on_the_way,
        sessions_known_until=states.known_until,
        preparations=preparations(situation, seen),
        capacity=_capacity(situation, seen, room),
        headroom=_headroom(situation, room),
        in_flight=Counter(kind(action) for action in situation.in_flight.values()),
        queued=Counter(one.binds or "other" for one in plan.deferred),
        oldest_queued_at=_oldest_queued(situation, plan),
        paused=told.paused,
        cordons=cordons_of(situation.memory.intents, situation.snapshot),
        differences=differences,
        compared_at=compared_at,
        blocked=told.blocked,
        intents=situation.memory.intents,
        directory_error=told.directory_error,
        directory_disagreements=told.directory_disagreements,
        guard=situation.memory.guard,
        baseline_accepted=situation.memory.baseline_accepted,
        cycle_seconds=told.cycle_seconds,
    )


def _differences(situation: Situation, seen: Survey, before: Picture | None) -> tuple[Mapping[DifferenceKind, int], Instant]:
    """Every desktop is looked at for them, which a cycle in a switch has no time for."""
    if before is not None and 0 <= situation.now - before.compared_at < _COMPARE_EVERY_S:
        return before.differences, before.compared_at
    return Counter(one.kind for one in differences_of(situation, seen)), situation.now


def _count(seen: Survey, phase: Phase) -> int:
    return seen.ready if phase is Phase.READY else len(seen.not_ready.get(phase, ()))


class _States:
    """Each desktop's state: taken over from the picture before where nothing can have changed, which is nearly everywhere."""

    def __init__(self, situation: Situation, seen: Survey, before: Picture | None) -> None:
        self._situation, self._seen, self._before = situation, seen, before
        self._owned = _Owned(situation.demand, since=before.demand if before else None)
        self._leaving = _leaving(situation, seen)
        self.desktops: Mapping[DesktopName, DesktopState] = before.desktops if before else {}
        self.moved: Set[DesktopName] | None = None
        self.known_until: Instant = before.sessions_known_until if before else inf

    def follow(self, changed: Set[DesktopName] | None) -> None:
        """Look at those that may be other than they were: what is ready stays ready, and read, for minutes."""
        now, earlier = self._situation.now, self.desktops
        reservations = self._situation.memory.reservations
        if changed is None or self._before is None or not self._owned.unchanged or now >= self.known_until:
            self.known_until = inf
            self.desktops = {name: self._state(one) for name, one in reservations.items()}
            self.moved = None if self._before is None else _moved(earlier, self.desktops)
            return
        dated = (those for phase, those in self._seen.not_ready.items() if phase not in _OFF)
        names = {*changed, *self._leaving}.union(*dated)
        fresh = {name: self._state(reservations[name]) for name in names if name in reservations}
        gone = {name for name in names if name not in reservations and name in earlier}
        moved = {name: one for name, one in fresh.items() if earlier.get(name) is not one}
        if moved or gone:
            desktops = {**earlier, **moved}
            for name in gone:
                del desktops[name]
            self.desktops = desktops
        self.moved = moved.keys() | gone

    def _state(self, one: Reservation) -> DesktopState:
        leaving, before = self._leaving.get(one.name), self._before.desktops.get(one.name) if self._before else None
        state = _state(self._situation, self._seen, one, self._owned, leaving=leaving, before=before)
        known = state.sessions is not None and state.phase not in _OFF
        if known and (report := self._situation.memory.reports.get(one.name)):
            self.known_until = min(self.known_until, report.read_at + _known_for_s(self._situation))
        return state

    @property
    def on_the_way(self) -> int:
        """Of those that change by themselves."""
        moving = (self.desktops[name] for phase in _MOVING for name in self._seen.not_ready.get(phase, ()))
        return sum(one.wanted or one.ahead is not None for one in moving)


def _moved(
    earlier: Mapping[DesktopName, DesktopState], now: Mapping[DesktopName, DesktopState]
) -> frozenset[DesktopName]:  # fmt: skip
    other = (name for name, one in now.items() if earlier.get(name) is not one)
    return frozenset((*other, *(earlier.keys() - now.keys())))


class _Owned:
    """Whose a desktop is, and how far it is wanted."""

    def __init__(self, demand: Demand, *, since: Demand | None) -> None:
        self._demand = demand
        self._not_wanted = {one.agent_id: one.login for one in demand.not_wanted}
        self.unchanged = demand is since

    def of(self, agent_id: AgentId | None, *, superseded: bool) -> tuple[str, bool, Level | None]:
        """Login; whether the batch is open; the level where it is made ahead. Nobody wants a superseded one."""
        if agent_id is None:
            return "", False, None
        if want := self._demand.wants.get(agent_id):
            return want.login, not superseded, None
        if early := self._demand.ahead.get(agent_id):
            return early.login, False, None if superseded else early.level
        return self._not_wanted.get(agent_id, ""), False, None


def _state(
    situation: Situation,
    seen: Survey,
    reservation: Reservation,
    owned: _Owned,
    *,
    leaving: Leaving | None,
    before: DesktopState | None,
) -> DesktopState:
    """The state `before` where nothing has changed: of most desktops, in most cycles."""
    phase, because = seen.phases[reservation.name]
    sessions = _sessions(situation, reservation, phase)
    node = where(situation, reservation).node
    superseded_by = situation.memory.superseded.get(reservation.name)
    same = before is not None and (
        before.phase is phase
        and before.because == because
        and before.sessions == sessions
        and before.node == node
        and before.superseded_by == superseded_by
        and before.leaving == leaving
        and (before.reservation is reservation or before.reservation == reservation)
    )
    if before is not None and same and owned.unchanged:
        return before
    login, wanted, ahead = owned.of(reservation.agent_id, superseded=superseded_by is not None)
    if before is not None and same and (before.agent_login, before.wanted, before.ahead) == (login, wanted, ahead):
        return before
    return DesktopState(
        reservation=reservation,
        phase=phase,
        because=because,
        node=node,
        since=before.since if before is not None and before.phase is phase else situation.now,
        wanted=wanted,
        ahead=ahead,
        sessions=sessions,
        agent_login=login,
        superseded_by=superseded_by,
        leaving=leaving,
    )


def _leaving(situation: Situation, seen: Survey) -> dict[DesktopName, Leaving]:
    """Nobody's, nearly always."""
    departures = situation.memory.departures
    if not departures:
        return {}
    return {
        name: leaving_of(departures[name], reason, situation.leavers, situation.now, off=seen.phases[name][0] in _OFF)
        for name, reason in seen.leavers.items()
        if name in departures and not departures[name].ended
    }


def _sessions(situation: Situation, reservation: Reservation, phase: Phase) -> tuple[Session, ...] | None:
    """None where nobody can say: the node is gone, or the guest has not answered for long."""
    if phase in _OFF:
        return ()
    report = situation.memory.reports.get(reservation.name)
    if report is None and phase in (Phase.STARTING, Phase.FAILED) and not _up_for_long(situation, reservation):
        return ()  # it has let nobody in yet
    oldest = situation.now - _known_for_s(situation)
    if report is None or report.read_at < oldest or phase is Phase.UNKNOWN:
        return None
    return report.sessions


def _known_for_s(situation: Situation) -> float:
    return _SESSIONS_KNOWN_FOR * situation.policy.pace.session_interval_s


def _up_for_long(situation: Situation, reservation: Reservation) -> bool:
    """Running for longer than it may take to be ready: its guest agent may be what does not work, and people be at it."""
    guest = situation.snapshot.guest(reservation.key)
    profile = situation.policy.profiles.get(reservation.profile)
    limit = profile.ready_timeout_s if profile else 0.0
    running = guest is not None and guest.power is Power.RUNNING
    return running and situation.now - started_at(situation, reservation) > limit


def _capacity(situation: Situation, seen: Survey, room: Room) -> dict[ProfileName, Capacity]:
    return {
        name: capacity_of(profile, room, naming=situation.policy.naming, used=seen.used)
        for name, profile in situation.policy.profiles.items()
    }


def _headroom(situation: Situation, room: Room) -> Headroom:
    strictest = min(situation.policy.profiles.values(), key=lambda one: one.cpu_ratio, default=None)
    nodes: dict[NodeKey, NodeHeadroom] = {}
    storages: dict[str, StorageHeadroom] = {}
    for view in situation.snapshot.clusters.values():
        for node in view.nodes.values():
            vcpus = room.vcpus_left(node.key, strictest) if strictest else 0.0
            nodes[node.key] = NodeHeadroom(memory_mib=room.memory_left(node.key), vcpus=vcpus)
        for storage in view.storages:
            storages[storage.lock_domain] = StorageHeadroom(
                cluster=view.cluster,
                node=storage.node.node if not storage.shared else type(storage.node.node)(""),
                storage=storage.storage,
                gib=room.disk_left(storage.lock_domain),
            )
    return Headroom(nodes=nodes, storages=tuple(storages[key] for key in sorted(storages)))


def _oldest_queued(situation: Situation, plan: Plan) -> Instant | None:
    """Since when the longest waiting agent has been wanted: its batch's opening."""
    waiting = {one.agent_id for one in plan.deferred}
    wants = situation.demand.wants
    return min((wants[one].opens_at for one in waiting if one is not None and one in wants), default=None)
