"""The plan of one cycle: the difference between targets and observed state, so a repeated cycle repeats no action."""

from collections.abc import Iterator, Sequence
from heapq import merge
from operator import attrgetter

from provisioner.model.actions import CheckGuest, Plan
from provisioner.model.demand import Want
from provisioner.model.ids import DesktopName
from provisioner.model.machines.desktops import Phase, Reservation
from provisioner.model.words import WaitsFor
from provisioner.pacing.limits import limit_calls
from provisioner.planning.inputs import Situation
from provisioner.planning.placement.resources import FreeResources
from provisioner.planning.steps.draft import Draft
from provisioner.planning.steps.evacuate import evacuate
from provisioner.planning.steps.identify import identify, identify_inherited, identify_sample, why_no_new_desktop
from provisioner.planning.steps.leavers import look_after_leavers
from provisioner.planning.steps.marks import put_marks_back
from provisioner.planning.steps.notes import write_notes_anew
from provisioner.planning.steps.preparation import EarlierAgents
from provisioner.planning.steps.quarantine import look_after_quarantined
from provisioner.planning.steps.reconfigure import reconfigure, reconfigure_by_order
from provisioner.planning.steps.replace import instead_of_unseen
from provisioner.planning.steps.shortage import create_as_stated
from provisioner.planning.steps.start import boots_in_time, read_sessions, say_if_late, sweep
from provisioner.planning.steps.superseded import look_after_doubles, look_after_superseded
from provisioner.planning.steps.surge_return import look_after_returning
from provisioner.planning.steps.table import LOWERING, RAISING
from provisioner.planning.steps.task import LowerTask, RaiseTask
from provisioner.planning.steps.trials import look_after_trials
from provisioner.planning.survey import surveyor
from provisioner.planning.survey.closures import closed_places
from provisioner.planning.survey.queues import Step, StepQueue, ends_by_itself
from provisioner.planning.survey.survey import Survey, free_resources
from provisioner.planning.targets.preparation import PREPARATION
from provisioner.planning.targets.rebuild_orders import rebuilt_wants, waiting_wants
from provisioner.planning.targets.restart_orders import RESTART_ORDERS, restarted_wants
from provisioner.planning.targets.source import Source
from provisioner.planning.targets.sources import SOURCES
from provisioner.planning.targets.target import DOWNWARD, Target
from provisioner.planning.targets.waves import WAVES
from provisioner.reasons.steps import END_UNSEEN, NO_PROFILE, RETRY

_RANK = attrgetter("rank")


def make_plan(situation: Situation, survey: Survey | None = None, resources: FreeResources | None = None) -> Plan:
    """The actions to take now, and the deferrals with their reasons. Each step takes from resources and budgets in turn.

    1. Read the notes of VMs that are not explained.
    2. Take the next step for desktops that an operator restarts or has made anew, then for those of open batches, in
       order of rank.
    3. Read sessions that are due.
    4. Prepare desktops of later batches, where they take no earlier agent's resources.
    5. Configure desktops again by order; those of the steps above come first.
    6. Look after superseded desktops, those in quarantine, those of trials that are over, and those that go back while they
       start.
    7. Shut down or delete desktops that a source wants off or absent, in the order of the sources.
    8. Move desktops away from nodes that are evacuated.
    9. Update departures, tags and notes.

    The caller may pass the survey and the free resources, if it has them; the placements are taken from these resources.
    """
    survey = survey or surveyor.survey(situation)
    draft = Draft(situation, survey, resources or free_resources(situation, survey, closed_places(situation, survey)))
    identify(draft)
    identify_inherited(draft)
    identify_sample(draft)
    draft.no_new = why_no_new_desktop(draft)
    earlier = EarlierAgents(situation, draft.survey, draft.resources)
    _raise_by_order(draft)
    _raise_open(draft)
    _read_sessions(draft)
    for want in sorted(situation.demand.ahead.values(), key=_RANK):
        if want.seat not in draft.by_order:
            _prepare(draft, want, earlier)
    reconfigure_by_order(draft)
    look_after_superseded(draft)
    look_after_quarantined(draft)
    look_after_trials(draft)
    look_after_returning(draft)
    _lower(draft)
    evacuate(draft)
    look_after_leavers(draft)
    look_after_doubles(draft)
    sweep(draft)
    put_marks_back(draft)
    write_notes_anew(draft)
    return limit_calls(draft.plan, situation.unanswered, situation.limits.answers_s)


def _read_sessions(draft: Draft) -> None:
    """Read the sessions of served agents' desktops. For the others `_serve` does it.

    As long as nobody is known, because no roster is in force, people are at work all the same: then of all desktops.
    """
    situation, survey = draft.situation, draft.survey
    wants, nobody_known = situation.demand.wants, situation.records.roster is None
    for name in survey.due:
        desktop = situation.records.desktops[name].reservation
        seat, profile = desktop.seat, situation.config.profiles.get(desktop.profile)
        if seat is None or profile is None or seat in survey.unserved or not (seat in wants or nobody_known):
            continue
        if survey.of_seat.get(seat) is desktop and desktop.key not in situation.in_flight:
            read_sessions(draft, desktop, profile)


def _raise_by_order(draft: Draft) -> None:
    """Take the next step for desktops that an operator restarts or has made anew: the oldest order first.

    Before that they are turned off, or deleted.
    """
    for want, because in waiting_wants(draft.facts):
        draft.by_order.add(want.seat)
        draft.defer(want, because, binds=WaitsFor.OPERATOR)
    for want in rebuilt_wants(draft.facts):
        draft.by_order.add(want.seat)
        _serve(draft, want, WAVES)
    for want in restarted_wants(draft.facts):
        if want.seat in draft.by_order:
            continue
        draft.by_order.add(want.seat)
        if draft.facts.is_to_be_off(draft.survey.of_seat[want.seat]):
            continue
        _serve(draft, want, RESTART_ORDERS)
    draft.turn += 1


def _raise_open(draft: Draft) -> None:
    """Take the next step for open batches, in order of rank. Agents who have used their desktop come first."""
    for want in _others(draft, draft.survey.queues.get(StepQueue(Step.RESTART), ())):
        _serve(draft, want, WAVES)
    draft.turn += 1
    queues = (_in_turn(draft, *each) for each in draft.survey.queues.items() if each[0].step not in (Step.RESTART, Step.END))
    for want in merge(*queues, key=_RANK):
        _serve(draft, want, WAVES)
    draft.turn += 1


def _others(draft: Draft, wants: Sequence[Want]) -> Sequence[Want]:
    """The wants that were not served by order."""
    return [want for want in wants if want.seat not in draft.by_order] if draft.by_order else wants


def _in_turn(draft: Draft, queue: StepQueue, wants: Sequence[Want]) -> Iterator[Want]:
    """The wants of a queue, until one has to wait for something that the rest of the queue waits for, too."""
    wants = _others(draft, wants)
    if queue.step is Step.BOOT:
        wants = [want for want in wants if not boots_in_time(draft, draft.survey.of_seat[want.seat])]
    for at, want in enumerate(wants):
        yield want
        if draft.is_deferred(want) and _is_common(draft, queue):
            draft.defer_alike(wants[at + 1 :])
            return


def _is_common(draft: Draft, queue: StepQueue) -> bool:
    if queue.step is Step.CLONE:  # no: one cluster has no free VMID, and a later want may be placed on another cluster
        # nor where the scenario says what comes of a shortage: that depends on the person
        return bool(draft.no_new) or ((queue.place, True) in draft.full and not draft.situation.config.scenario.shortage)
    return queue.step is Step.START


def _serve(draft: Draft, want: Want, source: Source) -> None:
    """Take the next step for the desktop of this seat."""
    desktop = draft.survey.of_seat.get(want.seat)
    if desktop is not None:
        _advance(draft, want, desktop, source)
    elif draft.no_new:
        draft.defer(want, draft.no_new, binds=WaitsFor.SAFETY)
    elif refusal := create_as_stated(draft, want):
        draft.defer(want, refusal.text, binds=refusal.binds)


def _prepare(draft: Draft, want: Want, earlier: EarlierAgents) -> None:
    """Take the next step of a preparation, where it takes no other agent's resources."""
    is_new = want.seat not in draft.survey.of_seat
    if is_new and not draft.no_new and (refusal := earlier.refusal(want)):
        draft.defer(want, refusal.text, binds=refusal.binds)
    else:
        _serve(draft, want, PREPARATION)


def _advance(draft: Draft, want: Want, desktop: Reservation, source: Source) -> None:
    phase, why = draft.survey.phases[desktop.name]
    profile = draft.situation.config.profiles.get(desktop.profile)
    if phase is Phase.UNKNOWN:  # whatever action is in flight
        instead_of_unseen(draft, want, desktop, why)
        return
    if phase is Phase.STARTING and profile is not None:
        say_if_late(draft, want, desktop, profile)
    if action := draft.situation.in_flight.get(desktop.key):
        if not ends_by_itself(phase, action):
            draft.defer(want, END_UNSEEN(why=why), binds=WaitsFor.RETRY)
        return
    if profile is None:
        if phase is not Phase.READY:
            draft.defer(want, NO_PROFILE(desktop=desktop.name, profile=desktop.profile), binds=WaitsFor.OPERATOR)
        return
    if reconfigure(draft, want, desktop, profile):
        return
    attempts = draft.situation.records.desktops[desktop.name].attempts
    waits = phase not in (Phase.STARTING, Phase.FAILED) and not want.is_met_by(phase)
    if attempts and waits and draft.now < attempts.retry_at:
        draft.defer(want, RETRY(why=attempts.reason, tries=attempts.tries), binds=WaitsFor.RETRY, retry_at=attempts.retry_at)
        return
    target = source.target(draft.facts, desktop)
    row = RAISING.get((phase, target.level)) if target is not None else None
    if target is not None and row is not None:
        row.step(draft, RaiseTask(want=want, desktop=desktop, profile=profile, target=target, source=source, why=why))


def _lower(draft: Draft) -> None:
    """Take the next step for each desktop that a source wants off or absent. The first source in order of precedence counts."""
    tasks: dict[DesktopName, LowerTask] = {}
    for source in SOURCES:
        for desktop in source.among(draft.facts):
            target = source.target(draft.facts, desktop)
            if target is not None and target.level in DOWNWARD and desktop.name not in tasks:
                tasks[desktop.name] = _lowering(draft, desktop, target, source)
    for task in tasks.values():
        row = LOWERING.get((draft.facts.phase(task.desktop), task.target.level))
        action = draft.situation.in_flight.get(task.desktop.key)
        # The same stands against it while it is read.
        is_free = action is None or isinstance(action, CheckGuest)
        if row is not None and is_free and task.desktop.name not in draft.survey.quarantined:
            row.step(draft, task)


def _lowering(draft: Draft, desktop: Reservation, target: Target, source: Source) -> LowerTask:
    profile, (_, why) = draft.situation.config.profiles.get(desktop.profile), draft.survey.phases[desktop.name]
    return LowerTask(desktop=desktop, profile=profile, target=target, source=source, why=why)
