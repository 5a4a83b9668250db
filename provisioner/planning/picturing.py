"""The picture at the end of a cycle, for people: the survey and the plan, put in words once for metrics and commands alike."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

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
from provisioner.planning.ladder import leavers_of, leaving_of
from provisioner.planning.numbering import used_in
from provisioner.planning.placement import Room
from provisioner.planning.situation import Situation, Survey, started_at, where

_SESSIONS_KNOWN_FOR = 2.0
"""In session intervals: after this long without an answer a desktop's sessions are unknown."""
_COMPARE_EVERY_S = 60.0
_OFF = frozenset({Phase.RESERVED, Phase.CLONING, Phase.CLONED, Phase.STOPPED, Phase.DELETING})


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What the reconciler adds to what planning knows."""

    paused: Mapping[ClusterId, str] = field(default_factory=dict)
    blocked: tuple[str, ...] = ()
    directory_error: str = ""
    directory_disagreements: int = 0
    cycle_seconds: float = 0.0


def picture_of(situation: Situation, seen: Survey, plan: Plan, told: Told, *, room: Room, before: Picture | None) -> Picture:
    """Everything at one moment. `room` is what the plan left; `before` gives each desktop the time its phase was first seen."""
    demand = situation.demand
    earlier = before.desktops if before else {}
    leaving, owned = _leaving(situation, seen), _Owned(demand, since=before.demand if before else None)
    desktops = {
        name: _state(situation, seen, reservation, owned, leaving=leaving.get(name), before=earlier.get(name))
        for name, reservation in situation.memory.reservations.items()
    }
    differences, compared_at = _differences(situation, seen, before)
    return Picture(
        at=situation.now,
        snapshot=situation.snapshot,
        roster=situation.memory.roster,
        demand=demand,
        plan=plan,
        desktops=desktops,
        preparations=preparations(situation, seen),
        capacity=_capacity(situation, room),
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
        for name, reason in leavers_of(situation).items()
        if name in departures and not departures[name].ended
    }


def _sessions(situation: Situation, reservation: Reservation, phase: Phase) -> tuple[Session, ...] | None:
    """None where nobody can say: the node is gone, or the guest has not answered for long."""
    if phase in _OFF:
        return ()
    report = situation.memory.reports.get(reservation.name)
    if report is None and phase in (Phase.STARTING, Phase.FAILED) and not _up_for_long(situation, reservation):
        return ()  # it has let nobody in yet
    oldest = situation.now - _SESSIONS_KNOWN_FOR * situation.policy.pace.session_interval_s
    if report is None or report.read_at < oldest or phase is Phase.UNKNOWN:
        return None
    return report.sessions


def _up_for_long(situation: Situation, reservation: Reservation) -> bool:
    """Running for longer than it may take to be ready: its guest agent may be what does not work, and people be at it."""
    guest = situation.snapshot.guest(reservation.key)
    profile = situation.policy.profiles.get(reservation.profile)
    limit = profile.ready_timeout_s if profile else 0.0
    running = guest is not None and guest.power is Power.RUNNING
    return running and situation.now - started_at(situation, reservation) > limit


def _capacity(situation: Situation, room: Room) -> dict[ProfileName, Capacity]:
    used = used_in(situation.memory, situation.snapshot)
    return {
        name: capacity_of(profile, room, naming=situation.policy.naming, used=used)
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
    return min((want.rank[1] for key, want in situation.demand.wants.items() if key in waiting), default=None)
