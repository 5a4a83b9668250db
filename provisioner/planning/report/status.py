"""The status at the end of a cycle: the survey and the plan in words, the same for metrics and commands."""

from collections import Counter
from collections.abc import Mapping, Set
from dataclasses import dataclass, field, replace
from itertools import chain

from provisioner.actions.causes import CommonCause
from provisioner.extensions import Parts
from provisioner.model.actions import Plan, is_routine
from provisioner.model.certificates import WatchedCertificate
from provisioner.model.cordons import cordons_of
from provisioner.model.ids import ClusterId, DesktopName, Instant, NodeKey, ProfileName
from provisioner.model.intents import Intent
from provisioner.model.kept.records import Records
from provisioner.model.kept.set_aside import SetAside
from provisioner.model.machines.desktops import Phase
from provisioner.model.machines.drift import DifferenceKind
from provisioner.model.status import ConfigState, FailingAlike, Headroom, NodeHeadroom, Status, StorageHeadroom
from provisioner.planning.inputs import Situation
from provisioner.planning.placement.resources import FreeResources
from provisioner.planning.report.capacities import Capacities
from provisioner.planning.report.desktop_states import DesktopStates
from provisioner.planning.report.drift import differences_of
from provisioner.planning.report.left_behind import left_behind_of
from provisioner.planning.report.locks import lock_states
from provisioner.planning.report.pools import pool_states
from provisioner.planning.report.preparations import preparations
from provisioner.planning.survey.survey import Survey
from provisioner.reasons.reason import NONE, Reason, as_reason

_COMPARE_EVERY_S = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusInputs:
    """What the reconciler adds: planning does not know it."""

    paused: Mapping[ClusterId, Reason] = field(default_factory=dict)
    blocked: tuple[Reason, ...] = ()
    directory_error: Reason = NONE
    directory_tried_at: Instant = 0.0
    directory_disagreements: int = 0
    directory_failing_servers: tuple[str, ...] = ()
    directory_alternations: int = 0
    config: ConfigState = ConfigState()
    disk_free_mib: float | None = None
    callers: tuple[Reason, ...] = ()
    certificates: tuple[WatchedCertificate, ...] = ()
    parts: Parts = Parts()
    set_aside: tuple[SetAside, ...] = ()
    cycle_seconds: float = 0.0
    planned_at: Instant | None = None
    """When the plan was made; None: now."""


def build_status(
    situation: Situation,
    survey: Survey,
    plan: Plan,
    inputs: StatusInputs,
    *,
    room: FreeResources,
    before: Status | None,
    changed: Set[DesktopName] | None = None,
    capacities: Capacities | None = None,
) -> Status:
    """The status. `room`: the resources that the plan left; `before`: the previous status, which dates the phases.

    `changed`: desktops surveyed again since then; None: any may have changed. `capacities`: what was computed for it.
    """
    demand = situation.demand
    states = DesktopStates(situation, survey, before)
    states.follow(changed)
    at_rest = not states.on_the_way or (before is not None and not before.on_the_way)
    anew = changed is None or (at_rest and _is_news(situation, before))
    capacities = capacities or Capacities()
    capacities.look(situation, survey, room, at_rest=at_rest)
    differences, compared_at = _differences(situation, survey, before, anew=anew)
    left_behind = tuple(left_behind_of(situation, survey))
    return Status(
        at=situation.now,
        planned_at=situation.now if inputs.planned_at is None else inputs.planned_at,
        snapshot=situation.snapshot,
        roster=situation.records.roster,
        demand=demand,
        plan=plan,
        desktops=states.desktops,
        moved=states.moved,
        phases={phase: count for phase in Phase if (count := _count(survey, phase))},
        on_the_way=states.on_the_way,
        sessions_known_until=states.known_until,
        preparations=preparations(situation, survey),
        capacity=capacities.now,
        outlook=capacities.outlook,
        headroom=_headroom(situation, room),
        locks=lock_states(situation, room),
        in_flight=Counter(action.word for action in situation.in_flight.values() if not is_routine(action)),
        queued=_queued(plan),
        oldest_queued_at=_oldest_queued(situation, plan),
        paused=inputs.paused,
        alike=tuple(map(_alike, situation.causes)),
        cordons=cordons_of(situation.records.intents, situation.snapshot),
        differences=differences,
        left_behind=left_behind,
        compared_at=compared_at,
        blocked=inputs.blocked,
        surge=situation.records.surge,
        intents=situation.records.intents,
        set_aside=inputs.set_aside,
        directory_error=inputs.directory_error,
        directory_tried_at=inputs.directory_tried_at,
        directory_disagreements=inputs.directory_disagreements,
        directory_failing_servers=inputs.directory_failing_servers,
        directory_alternations=inputs.directory_alternations,
        guard=situation.records.guard,
        baseline_accepted=situation.records.baseline_accepted,
        config=inputs.config,
        disk_free_mib=inputs.disk_free_mib,
        callers=inputs.callers,
        certificates=inputs.certificates,
        parts=inputs.parts,
        pools=pool_states(situation, survey),
        unprofiled=_unprofiled(situation, survey),
        cycle_seconds=inputs.cycle_seconds,
    )


def _unprofiled(situation: Situation, survey: Survey) -> Mapping[ProfileName, int]:
    profiles = situation.config.profiles
    if not survey.unprofiled:  # nearly always, and there may be 100,000 reservations
        return {}
    return Counter(each.profile for each in situation.records.reservations if each.profile not in profiles)


def status_without_cycle(records: Records, inputs: StatusInputs, *, at: Instant, people_known: bool) -> Status:
    """No cluster was observed yet: what rests on none is known. It has no roster: people would seem to have no desktops."""
    return Status(
        at=at,
        people_known=people_known,
        surge=records.surge,
        intents=records.intents,
        set_aside=inputs.set_aside,
        guard=records.guard,
        baseline_accepted=records.baseline_accepted,
        paused=inputs.paused,
        directory_error=inputs.directory_error,
        directory_tried_at=inputs.directory_tried_at,
        directory_disagreements=inputs.directory_disagreements,
        directory_failing_servers=inputs.directory_failing_servers,
        directory_alternations=inputs.directory_alternations,
        config=inputs.config,
        disk_free_mib=inputs.disk_free_mib,
        callers=inputs.callers,
        certificates=inputs.certificates,
        parts=inputs.parts,
    )


def with_intents(status: Status, intents: tuple[Intent, ...]) -> Status:
    """The status with these intents in force: until the next cycle, its plan is still the plan under the earlier ones."""
    return replace(status, intents=intents, cordons=cordons_of(intents, status.snapshot))


def _alike(cause: CommonCause) -> FailingAlike:
    return FailingAlike(
        cluster=cause.cluster, node=cause.node, profile=cause.profile, desktops=cause.desktops, said=as_reason(cause.text)
    )


def _is_news(situation: Situation, before: Status | None) -> bool:
    """Whether any VM has changed in the listings since the previous status."""
    known = before.snapshot.clusters if before is not None else {}
    views = situation.snapshot.clusters.items()
    return any(cluster not in known or view.guests is not known[cluster].guests for cluster, view in views)


def _differences(
    situation: Situation, survey: Survey, before: Status | None, *, anew: bool
) -> tuple[Mapping[DifferenceKind, int], Instant]:
    """Differences between cluster and store. They need every desktop (11 ms at 1,700): too slow for each cycle of a switch."""
    if not anew and before is not None and situation.now - before.compared_at < _COMPARE_EVERY_S:
        return before.differences, before.compared_at
    return Counter(difference.kind for difference in differences_of(situation, survey)), situation.now


def _count(survey: Survey, phase: Phase) -> int:
    return survey.ready if phase is Phase.READY else len(survey.not_ready.get(phase, ()))


def _headroom(situation: Situation, room: FreeResources) -> Headroom:
    strictest = min(situation.config.profiles.values(), key=lambda profile: profile.cpu_ratio, default=None)
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
    """When the batch of the agent opened who has waited longest. Who is to have it again after a rest does not wait."""
    wants = situation.demand.wants
    waiting = (want for group in plan.groups for want in group.wants if want.level is None)
    others = (wants[deferral.seat] for deferral in plan.singles if deferral.seat is not None and deferral.seat in wants)
    return min((want.opens_at for want in chain(waiting, others) if want.rest is None), default=None)


def _queued(plan: Plan) -> Counter[str]:
    """By what it waits for."""
    counted = Counter[str]()
    for _, binds, count in plan.waits:
        counted[binds or "other"] += count
    return counted
