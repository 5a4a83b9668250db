"""The gate between planning and acting: cuts a plan that destroys too much, or writes where nothing may be written."""

from collections.abc import Callable, Iterator, Mapping, Set
from dataclasses import dataclass, field, replace
from functools import partial
from types import MappingProxyType
from typing import Any

from provisioner.actions.causes import CommonCause
from provisioner.actions.registry import spec_of
from provisioner.model.actions import Action, Delete, Plan, Stop, seat_at
from provisioner.model.budget import Safety
from provisioner.model.deferrals import Deferral, DeferralGroup
from provisioner.model.demand import Want
from provisioner.model.ids import ClusterId, DesktopName, Instant, Seat
from provisioner.model.intents import IntentKind
from provisioner.model.kept.records import DesktopRecord
from provisioner.model.machines.desktops import Phase, Reservation
from provisioner.model.words import WaitsFor
from provisioner.planning.inputs import Situation
from provisioner.planning.survey.survey import Survey
from provisioner.reasons import targets as reasons
from provisioner.reasons.reason import NONE, Reason
from provisioner.reasons.steps import RETRY

_NONE: Mapping[ClusterId, str] = MappingProxyType({})
_NEVER: Mapping[ClusterId, Instant] = MappingProxyType({})
_SHORT_WAITS = frozenset({WaitsFor.LOCK, WaitsFor.BOOTS, WaitsFor.API})


@dataclass(frozen=True, slots=True, kw_only=True)
class SafetyVerdict:
    """The plan that may run, and what was blocked, with the arithmetic."""

    plan: Plan
    blocked: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Circumstances:
    """The inputs of the gate besides the plan."""

    frozen: bool = False
    held: bool = False
    baseline_accepted: bool = True
    ready: int = 0
    """Desktops that are ready or stopping."""
    stopping: int = 0
    """Stops under way."""
    paused: Mapping[ClusterId, Reason]
    """Clusters on which nothing may be written, and why."""
    until: Mapping[ClusterId, Instant] = field(default_factory=dict)
    """When an order is tried on a paused cluster; without those whose pause an observation ends."""
    clusters: Set[ClusterId] = frozenset()
    """Every cluster that is configured."""
    desktops: Mapping[DesktopName, DesktopRecord] = field(default_factory=dict)
    of_seat: Mapping[Seat, Reservation] = field(default_factory=dict)
    """The desktop of each seat."""
    trials: Mapping[ClusterId, str] = field(default_factory=dict)
    """Clusters that were paused, with the kind of action that was refused: a single action goes first."""
    no_deletes: Reason = NONE
    """Why nothing is deleted at present: a surge says so; empty: it may."""
    quarantined: Set[DesktopName] = frozenset()
    """Desktops that an operator keeps as they are."""
    causes: tuple[tuple[CommonCause, bool], ...] = ()
    """Failures that several desktops share, and whether one desktop may try now."""


def circumstances_of(
    situation: Situation,
    survey: Survey,
    *,
    paused: Mapping[ClusterId, Reason],
    trials: Mapping[ClusterId, str] = _NONE,
    until: Mapping[ClusterId, Instant] = _NEVER,
) -> Circumstances:
    """The inputs of the gate, from the intents and the survey."""
    kinds = {intent.kind for intent in situation.records.intents}
    return Circumstances(
        frozen=IntentKind.FREEZE in kinds,
        held=IntentKind.HOLD in kinds,
        baseline_accepted=situation.records.baseline_accepted or IntentKind.ACCEPT_BASELINE in kinds,
        ready=ready_or_stopping(survey),
        stopping=sum(isinstance(action, Stop) for action in situation.in_flight.values()),
        paused=paused,
        until=until,
        clusters=situation.config.naming.vmids.keys(),
        desktops=situation.records.desktops,
        of_seat=survey.of_seat,
        trials=trials,
        no_deletes=_no_deletes(situation),
        quarantined=survey.quarantined,
        causes=tuple((cause, cause.may_try(situation.now, situation.in_flight.values())) for cause in situation.causes),
    )


def judge_plan(plan: Plan, circumstances: Circumstances, safety: Safety) -> SafetyVerdict:
    """Cut actions that may not run: each becomes a deferral, and each rule adds at most one reason."""
    blocked: list[Reason] = []
    for rule in (_freeze, _quarantine, _pause, _common_causes, _hold, _baseline, _no_deletes_in_a_surge, _deletes, _stops):
        plan, line = rule(plan, circumstances, safety)
        blocked += [line] if line else []
    return SafetyVerdict(plan=plan, blocked=tuple(blocked))


def ready_or_stopping(survey: Survey) -> int:
    """The number of desktops that the share of stops refers to."""
    return survey.ready + len(survey.not_ready.get(Phase.STOPPING, ()))


def stops_at_once(ready: int, max_stops_percent: float) -> int:
    """Stops that may be under way together: the share of the ready desktops, but at least 1 unless the share is 0."""
    return max(int(ready * max_stops_percent / 100), int(max_stops_percent > 0))


def is_write(action: Action) -> bool:
    """Whether an action changes the cluster or takes a desktop away; readings, proofs and assignments go on under a freeze."""
    return spec_of(action).writes


def _freeze(plan: Plan, facts: Circumstances, _: Safety) -> tuple[Plan, Reason]:
    if not facts.frozen:
        return plan, NONE
    return _cut(plan, is_write, reasons.FREEZE(), binds=WaitsFor.OPERATOR), NONE


def _quarantine(plan: Plan, facts: Circumstances, _: Safety) -> tuple[Plan, Reason]:
    """Whatever step orders it: nothing is written to a desktop that is kept as it is."""
    if not facts.quarantined:
        return plan, NONE

    def on_kept(action: Action) -> bool:
        return is_write(action) and action.desktop in facts.quarantined

    return _cut(plan, on_kept, reasons.QUARANTINE(), binds=WaitsFor.OPERATOR), NONE


def _pause(plan: Plan, facts: Circumstances, _: Safety) -> tuple[Plan, Reason]:
    for cluster, reason in sorted(facts.paused.items()):
        why, until = reasons.PAUSED(cluster=cluster, why=reason), facts.until.get(cluster)
        plan = _cut(plan, partial(_writes_on, cluster), why, binds=WaitsFor.PAUSED, retry_at=until)
    if facts.paused:
        plan = replace(
            plan,
            groups=tuple(part for group in plan.groups for part in _group_said(group, facts)),
            singles=tuple(_said(single, facts) for single in plan.singles),
        )
    for cluster, tripped_by in sorted(facts.trials.items()):
        first = _first_to_try(plan, cluster, tripped_by)
        others = partial(_writes_besides, first, cluster)
        plan = _cut(plan, others, reasons.ONE_FIRST(cluster=cluster), binds=WaitsFor.PAUSED)
    return plan, NONE


def _group_said(group: DeferralGroup, facts: Circumstances) -> Iterator[DeferralGroup]:
    """The group by what each of its wants waits for, in the order of the wants."""
    if not _is_short(group):
        yield group
        return
    parts: dict[ClusterId | None, list[Want]] = {}
    for want in group.wants:
        parts.setdefault(_pause_of(want.seat, None, facts), []).append(want)
    for cluster, wants in parts.items():
        yield replace(group, wants=wants, **_pause_said(cluster, facts))


def _said(single: Deferral, facts: Circumstances) -> Deferral:
    cluster = _pause_of(single.seat, single.what, facts) if _is_short(single) else None
    return replace(single, **_pause_said(cluster, facts))


def _is_short(deferral: Deferral | DeferralGroup) -> bool:
    """Whether it would be written in a moment: then it waits for nothing but the pause."""
    return deferral.retry_at is not None or deferral.reason.code == RETRY.code or deferral.binds in _SHORT_WAITS


def _pause_of(seat: Seat | None, what: str | None, facts: Circumstances) -> ClusterId | None:
    """The paused cluster of a desktop; of one that is not made yet, if it can be made nowhere. None: it waits for no pause."""
    record = facts.desktops.get(DesktopName(what)) if what is not None else None
    desktop = record.reservation if record is not None else facts.of_seat.get(seat) if seat is not None else None
    if desktop is not None:
        return desktop.cluster if desktop.cluster in facts.paused else None
    return min(facts.paused) if facts.clusters <= facts.paused.keys() else None


def _pause_said(cluster: ClusterId | None, facts: Circumstances) -> dict[str, Any]:
    if cluster is None:
        return {}
    why = reasons.PAUSED(cluster=cluster, why=facts.paused[cluster])
    return {"reason": why, "binds": WaitsFor.PAUSED, "retry_at": facts.until.get(cluster)}


def _common_causes(plan: Plan, facts: Circumstances, _: Safety) -> tuple[Plan, Reason]:
    for cause, may_try in facts.causes:
        alike = [action for action in plan.actions if cause.applies_to(action)]
        # A different desktop tries each time, so that one desktop's own failure does not hold up the others.
        others = [action for action in alike if action.desktop != cause.desktops[-1]]
        trial = next(iter(others or alike), None) if may_try else None
        plan = _cut(
            plan,
            partial(_waits_for_trial, cause, trial),
            cause.reason,
            binds=WaitsFor.PAUSED,
            retry_at=None if may_try else cause.until,
        )
    return plan, NONE


def _waits_for_trial(cause: CommonCause, trial: Action | None, action: Action) -> bool:
    return cause.applies_to(action) and action is not trial


def _first_to_try(plan: Plan, cluster: ClusterId, tripped_by: str) -> Action | None:
    """The action that may go first: of the kind that was refused, if there is one, since others would prove nothing."""
    writes = [action for action in plan.actions if _writes_on(cluster, action)]
    return next((action for action in writes if action.word == tripped_by), writes[0] if writes else None)


def _writes_besides(first: Action | None, cluster: ClusterId, action: Action) -> bool:
    return _writes_on(cluster, action) and action is not first


def _writes_on(cluster: ClusterId, action: Action) -> bool:
    return is_write(action) and action.key.cluster == cluster


def _hold(plan: Plan, facts: Circumstances, _: Safety) -> tuple[Plan, Reason]:
    if not facts.held:
        return plan, NONE
    return _cut(plan, _destroys, reasons.HOLD(), binds=WaitsFor.OPERATOR), NONE


def _baseline(plan: Plan, facts: Circumstances, _: Safety) -> tuple[Plan, Reason]:
    count = sum(_destroys(action) for action in plan.actions)
    if facts.baseline_accepted or not count:
        return plan, NONE
    reason = reasons.BASELINE()
    return _cut(plan, _destroys, reason), reasons.BASELINE_COUNT(count=count, why=reason)


def _no_deletes(situation: Situation) -> Reason:
    run, scenario = situation.records.surge, situation.config.scenario
    return reasons.SURGE_KEEPS(scenario=scenario.name) if run is not None and not run.is_over and not scenario.deletes else NONE


def _no_deletes_in_a_surge(plan: Plan, facts: Circumstances, _: Safety) -> tuple[Plan, Reason]:
    """It is as somebody has ordered: no fault to report."""
    if not facts.no_deletes:
        return plan, NONE
    return _cut(plan, lambda action: isinstance(action, Delete), facts.no_deletes), NONE


def _deletes(plan: Plan, _: Circumstances, safety: Safety) -> tuple[Plan, Reason]:
    count = sum(_counts_as_delete(action) for action in plan.actions)
    if count <= safety.max_deletes:
        return plan, NONE
    line = reasons.DELETES(count=count, allowed=safety.max_deletes)
    return _cut(plan, _counts_as_delete, line), line


def _counts_as_delete(action: Action) -> bool:
    """A pool's own limit holds for its resets (`steps.delete`); a trial deletes what it has made itself."""
    return isinstance(action, Delete) and action.is_limited


def _stops(plan: Plan, facts: Circumstances, safety: Safety) -> tuple[Plan, Reason]:
    count = sum(isinstance(action, Stop) for action in plan.actions)
    allowed = stops_at_once(facts.ready, safety.max_stops_percent)
    if not count or count + facts.stopping <= allowed:
        return plan, NONE
    percent = safety.max_stops_percent
    line = reasons.STOPS(count=count, stopping=facts.stopping, allowed=allowed, percent=percent, ready=facts.ready)
    return _cut(plan, lambda action: isinstance(action, Stop), line), line


def _destroys(action: Action) -> bool:
    return spec_of(action).destroys


def _cut(
    plan: Plan,
    which: Callable[[Action], bool],
    reason: Reason,
    *,
    binds: WaitsFor = WaitsFor.SAFETY,
    retry_at: Instant | None = None,
) -> Plan:
    cut = tuple(action for action in plan.actions if which(action))
    if not cut:
        return plan
    deferred = tuple(
        Deferral(
            what=action.desktop,
            seat=seat_at(action),
            reason=reasons.CUT(order=action.word, why=reason),
            binds=binds,
            retry_at=retry_at,
        )
        for action in cut
    )
    return replace(plan, actions=tuple(action for action in plan.actions if not which(action)), singles=plan.singles + deferred)
