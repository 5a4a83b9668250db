"""The status at the end of a cycle, for people: the survey and the plan, put in words once for metrics and commands alike."""

from collections import Counter
from collections.abc import Mapping, Set
from dataclasses import dataclass, field
from itertools import chain

from provisioner.model.actions import Plan
from provisioner.model.cordons import cordons_of
from provisioner.model.desktops import Phase
from provisioner.model.drift import DifferenceKind
from provisioner.model.ids import ClusterId, DesktopName, Instant, NodeKey, ProfileName
from provisioner.model.status import Capacity, Headroom, NodeHeadroom, Status, StorageHeadroom
from provisioner.planning.inputs import Situation
from provisioner.planning.placement.capacity import capacity_of
from provisioner.planning.placement.resources import FreeResources
from provisioner.planning.report.desktop_states import DesktopStates
from provisioner.planning.report.drift import differences_of
from provisioner.planning.report.preparations import preparations
from provisioner.planning.survey.survey import Survey
from provisioner.reasons.reason import NONE, Reason

_COMPARE_EVERY_S = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusInputs:
    """What the reconciler adds to what planning knows."""

    paused: Mapping[ClusterId, Reason] = field(default_factory=dict)
    blocked: tuple[Reason, ...] = ()
    directory_error: Reason = NONE
    directory_disagreements: int = 0
    directory_failing_servers: tuple[str, ...] = ()
    directory_alternations: int = 0
    cycle_seconds: float = 0.0


def build_status(
    situation: Situation,
    seen: Survey,
    plan: Plan,
    told: StatusInputs,
    *,
    room: FreeResources,
    before: Status | None,
    changed: Set[DesktopName] | None = None,
) -> Status:
    """Everything at one moment. `room` is what the plan left; `before` gives each desktop the time its phase was first seen.

    `changed` are desktops looked at anew since then; None: any may be other than it was.
    """
    demand = situation.demand
    states = DesktopStates(situation, seen, before)
    states.follow(changed)
    at_rest = not states.on_the_way or (before is not None and not before.on_the_way)
    anew = changed is None or (at_rest and _is_news(situation, before))
    differences, compared_at = _differences(situation, seen, before, anew=anew)
    return Status(
        at=situation.now,
        snapshot=situation.snapshot,
        roster=situation.records.roster,
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
        in_flight=Counter(action.word for action in situation.in_flight.values()),
        queued=_queued(plan),
        oldest_queued_at=_oldest_queued(situation, plan),
        paused=told.paused,
        cordons=cordons_of(situation.records.intents, situation.snapshot),
        differences=differences,
        compared_at=compared_at,
        blocked=told.blocked,
        intents=situation.records.intents,
        directory_error=told.directory_error,
        directory_disagreements=told.directory_disagreements,
        directory_failing_servers=told.directory_failing_servers,
        directory_alternations=told.directory_alternations,
        guard=situation.records.guard,
        baseline_accepted=situation.records.baseline_accepted,
        cycle_seconds=told.cycle_seconds,
    )


def _is_news(situation: Situation, before: Status | None) -> bool:
    """Whether a listing that has come since shows any VM otherwise than the one before it."""
    known = before.snapshot.clusters if before is not None else {}
    views = situation.snapshot.clusters.items()
    return any(cluster not in known or view.guests is not known[cluster].guests for cluster, view in views)


def _differences(
    situation: Situation, seen: Survey, before: Status | None, *, anew: bool
) -> tuple[Mapping[DifferenceKind, int], Instant]:
    """Every desktop is looked at for them, which a cycle in a switch has no time for: 11 ms at 1,700."""
    if not anew and before is not None and situation.now - before.compared_at < _COMPARE_EVERY_S:
        return before.differences, before.compared_at
    return Counter(one.kind for one in differences_of(situation, seen)), situation.now


def _count(seen: Survey, phase: Phase) -> int:
    return seen.ready if phase is Phase.READY else len(seen.not_ready.get(phase, ()))


def _capacity(situation: Situation, seen: Survey, room: FreeResources) -> dict[ProfileName, Capacity]:
    return {
        name: capacity_of(profile, room, naming=situation.config.naming, used=seen.used)
        for name, profile in situation.config.profiles.items()
    }


def _headroom(situation: Situation, room: FreeResources) -> Headroom:
    strictest = min(situation.config.profiles.values(), key=lambda one: one.cpu_ratio, default=None)
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
    wants = situation.demand.wants
    waiting = (want for group in plan.groups for want in group.wants if want.level is None)
    others = (wants[one.seat] for one in plan.singles if one.seat is not None and one.seat in wants)
    return min((want.opens_at for want in chain(waiting, others)), default=None)


def _queued(plan: Plan) -> Counter[str]:
    counted = Counter[str]()
    for _, binds, count in plan.reasons:
        counted[binds or "other"] += count
    return counted
