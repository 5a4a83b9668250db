"""The plan of one cycle: a set difference over identities, so that a repeated cycle orders nothing twice."""

from collections.abc import Iterator, Sequence
from heapq import merge
from operator import attrgetter

from provisioner.model.actions import Plan
from provisioner.model.demand import Want
from provisioner.model.desktops import Phase, Reservation
from provisioner.model.ids import DesktopName
from provisioner.model.words import WaitsFor
from provisioner.pacing.api_limits import limit_calls
from provisioner.planning.inputs import Situation
from provisioner.planning.placement.resources import FreeResources
from provisioner.planning.steps.draft import Draft
from provisioner.planning.steps.identify import identify, identify_inherited, identify_sample, why_no_new_desktop
from provisioner.planning.steps.leavers import look_after_leavers
from provisioner.planning.steps.marks import put_marks_back
from provisioner.planning.steps.notes import write_notes_anew
from provisioner.planning.steps.preparation import EarlierAgents
from provisioner.planning.steps.provision import create
from provisioner.planning.steps.replace import instead_of_unseen
from provisioner.planning.steps.start import boots_in_time, read_sessions, say_if_late, sweep
from provisioner.planning.steps.superseded import look_after_doubles, look_after_superseded
from provisioner.planning.steps.table import LOWERING, RAISING
from provisioner.planning.steps.task import LowerTask, RaiseTask
from provisioner.planning.survey.closures import closed_places
from provisioner.planning.survey.queues import Queue, Step, ends_by_itself
from provisioner.planning.survey.survey import Survey, free_resources
from provisioner.planning.survey.surveyor import survey
from provisioner.planning.targets.preparation import PREPARATION
from provisioner.planning.targets.source import Source
from provisioner.planning.targets.sources import SOURCES
from provisioner.planning.targets.target import DOWNWARD, Target
from provisioner.planning.targets.waves import WAVES
from provisioner.reasons.steps import END_UNSEEN, NO_PROFILE, RETRY

_RANK = attrgetter("rank")


def make_plan(situation: Situation, seen: Survey | None = None, room: FreeResources | None = None) -> Plan:
    """What to order now, and what not, with reasons. Each step takes its share of room and budgets before the next.

    1. Read the notes of VMs that are not explained.
    2. Bring the desktops of agents whose batch is open one step on, in order of rank.
    3. Read sessions that are due.
    4. Bring on what is made ahead of need, where that takes no earlier agent's room.
    5. Look after desktops that were given up for another.
    6. Shut down or delete what a source wants off or gone, in the order of the sources.
    7. Keep departures, tags and notes as they are to be.

    The caller may pass the survey and the room it has made already; the placements are taken off the room.
    """
    seen = seen or survey(situation)
    draft = Draft(situation, seen, room or free_resources(situation, seen, closed_places(situation, seen)))
    identify(draft)
    identify_inherited(draft)
    identify_sample(draft)
    draft.no_new = why_no_new_desktop(draft)
    earlier = EarlierAgents(situation, draft.seen, draft.room)
    _raise_open(draft)
    _read_sessions(draft)
    for want in sorted(situation.demand.ahead.values(), key=lambda want: want.rank):
        _prepare(draft, want, earlier)
    look_after_superseded(draft)
    _lower(draft)
    look_after_leavers(draft)
    look_after_doubles(draft)
    sweep(draft)
    put_marks_back(draft)
    write_notes_anew(draft)
    return limit_calls(draft.plan, situation.unanswered, situation.answers_s)


def _read_sessions(draft: Draft) -> None:
    """Of those who have all that is wanted; whoever has not is looked at by `_serve`, as far as that is."""
    situation, seen = draft.situation, draft.seen
    for name in seen.due:
        one = situation.records.desktops[name].reservation
        seat = one.seat
        if seat is None or seat not in situation.demand.wants or seat in seen.unserved:
            continue
        if seen.of_seat.get(seat) is one and one.key not in situation.in_flight:
            read_sessions(draft, one, situation.config.profiles[one.profile])


def _raise_open(draft: Draft) -> None:
    """In order of rank, but who has worked on a desktop that is off goes first."""
    for want in draft.seen.queues.get(Queue(Step.RESTART), ()):
        _serve(draft, want, WAVES)
    draft.turn += 1
    queues = (_in_turn(draft, *each) for each in draft.seen.queues.items() if each[0].step not in (Step.RESTART, Step.END))
    for want in merge(*queues, key=_RANK):
        _serve(draft, want, WAVES)
    draft.turn += 1


def _in_turn(draft: Draft, queue: Queue, wants: Sequence[Want]) -> Iterator[Want]:
    """Until one waits for what holds for all that follow it in the queue."""
    if queue.step is Step.BOOT:
        wants = [want for want in wants if not boots_in_time(draft, draft.seen.of_seat[want.seat])]
    for at, want in enumerate(wants):
        yield want
        if draft.is_deferred(want) and _is_common(draft, queue):
            draft.defer_alike(wants[at + 1 :])
            return


def _is_common(draft: Draft, queue: Queue) -> bool:
    if queue.step is Step.CLONE:  # where one cluster has no VMID left, another may be the better place a moment later
        return bool(draft.no_new) or queue.place in draft.full
    return queue.step is Step.START


def _serve(draft: Draft, want: Want, source: Source) -> None:
    """The next step for the desktop of one seat."""
    profiles = draft.situation.config.profiles
    desktop = draft.seen.of_seat.get(want.seat)
    if desktop is not None:
        _advance(draft, want, desktop, source)
    elif draft.no_new:
        draft.defer(want, draft.no_new, binds=WaitsFor.SAFETY)
    elif refusal := create(draft, want, profiles[want.profile]):
        draft.defer(want, refusal.text, binds=refusal.binds)


def _prepare(draft: Draft, want: Want, earlier: EarlierAgents) -> None:
    """The next step ahead of need, where it takes no other agent's room."""
    without = want.seat not in draft.seen.of_seat
    if without and not draft.no_new and (kept := earlier.refusal(want)):
        draft.defer(want, kept.text, binds=kept.binds)
    else:
        _serve(draft, want, PREPARATION)


def _advance(draft: Draft, want: Want, desktop: Reservation, source: Source) -> None:
    phase, why = draft.seen.phases[desktop.name]
    profile = draft.situation.config.profiles.get(desktop.profile)
    if phase is Phase.UNKNOWN:  # whatever was under way there
        instead_of_unseen(draft, want, desktop, why)
        return
    if phase is Phase.STARTING and profile is not None:
        say_if_late(draft, want, desktop, profile)
    if order := draft.situation.in_flight.get(desktop.key):
        if not ends_by_itself(phase, order):
            draft.defer(want, END_UNSEEN(why=why), binds=WaitsFor.RETRY)
        return
    if profile is None:
        if phase is not Phase.READY:
            draft.defer(want, NO_PROFILE(desktop=desktop.name, profile=desktop.profile))
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
    """The next step for each desktop that a source wants off or gone; of several, the first in order of precedence."""
    tasks: dict[DesktopName, LowerTask] = {}
    for source in SOURCES:
        for desktop in source.among(draft.facts):
            target = source.target(draft.facts, desktop)
            if target is not None and target.level in DOWNWARD and desktop.name not in tasks:
                tasks[desktop.name] = _lowering(draft, desktop, target, source)
    for task in tasks.values():
        row = LOWERING.get((draft.facts.phase(task.desktop), task.target.level))
        if row is not None and task.desktop.key not in draft.situation.in_flight:
            row.step(draft, task)


def _lowering(draft: Draft, desktop: Reservation, target: Target, source: Source) -> LowerTask:
    profile, (_, why) = draft.situation.config.profiles.get(desktop.profile), draft.seen.phases[desktop.name]
    return LowerTask(desktop=desktop, profile=profile, target=target, source=source, why=why)
