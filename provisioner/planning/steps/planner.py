"""The plan of one cycle: a set difference over identities, so that a repeated cycle orders nothing twice."""

from provisioner.model.actions import Configure, Plan
from provisioner.model.demand import Want
from provisioner.model.desktops import Phase, Reservation
from provisioner.model.profiles import Profile
from provisioner.model.scenarios import Level
from provisioner.model.words import WaitsFor
from provisioner.pacing.api_limits import within_api
from provisioner.planning.demand.levels import is_prepared
from provisioner.planning.inputs import Situation
from provisioner.planning.placement.resources import Room
from provisioner.planning.steps.draft import Draft
from provisioner.planning.steps.drain import drain
from provisioner.planning.steps.identify import (
    asked_lately,
    identify,
    identify_inherited,
    identify_sample,
    verify,
    why_no_new_desktop,
)
from provisioner.planning.steps.leavers import look_after_leavers
from provisioner.planning.steps.marks import put_back, put_marks_back
from provisioner.planning.steps.notes import write_notes_anew
from provisioner.planning.steps.ordered_stops import stop_as_ordered
from provisioner.planning.steps.preparation import Earlier
from provisioner.planning.steps.provision import create, wait_for_clone
from provisioner.planning.steps.replace import clone_or_move, instead_of_failed, instead_of_unseen
from provisioner.planning.steps.start import check, configure, keep_ready, read_sessions, say_if_late, start, sweep
from provisioner.planning.steps.superseded import look_after_doubles, look_after_superseded
from provisioner.planning.survey.closures import closed_places
from provisioner.planning.survey.survey import Survey, room_of
from provisioner.planning.survey.surveyor import survey

_SAYS_ITSELF = frozenset({Phase.CLONING, Phase.UNPROVEN, Phase.STARTING, Phase.READY, Phase.STOPPING, Phase.DELETING})
"""Phases that say what an agent waits for while an action is in flight."""


def make_plan(situation: Situation, seen: Survey | None = None, room: Room | None = None) -> Plan:
    """What to order now, in order of rank, and what not, with reasons; what is made ahead of need comes last.

    The caller may pass the survey and the room it has made already; the placements are taken off the room.
    """
    seen = seen or survey(situation)
    draft = Draft(situation, seen, room or room_of(situation, seen, closed_places(situation, seen)))
    identify(draft)
    identify_inherited(draft)
    identify_sample(draft)
    draft.no_new = why_no_new_desktop(draft)
    earlier = Earlier(situation, draft.seen, draft.room)
    for want in sorted(seen.unserved.values(), key=lambda want: (want.agent_id not in draft.own, want.rank)):
        _serve(draft, want)
    _read_sessions(draft)
    for want in sorted(situation.demand.ahead.values(), key=lambda want: want.rank):
        _prepare(draft, want, earlier)
    look_after_superseded(draft)
    stop_as_ordered(draft)
    drain(draft)
    look_after_leavers(draft)
    look_after_doubles(draft)
    sweep(draft)
    put_marks_back(draft)
    write_notes_anew(draft)
    return within_api(draft.plan, situation.unanswered, situation.answers_s)


def _read_sessions(draft: Draft) -> None:
    """Of those who have all that is wanted; whoever has not is looked at by `_serve`, as far as that is."""
    situation, seen = draft.situation, draft.seen
    for name in seen.due:
        one = situation.memory.reservations[name]
        agent = one.agent_id
        if agent is None or agent not in situation.demand.wants or agent in seen.unserved:
            continue
        if seen.of_agent.get(agent) is one and one.key not in situation.in_flight:
            read_sessions(draft, one, situation.config.profiles[one.profile])


def _serve(draft: Draft, want: Want) -> None:
    """The next step for one agent's desktop."""
    profiles = draft.situation.config.profiles
    reservation = draft.seen.of_agent.get(want.agent_id)
    if reservation is not None:
        # What it was made of counts, whatever its agent would get today.
        _advance(draft, want, reservation, profiles.get(reservation.profile))
    elif draft.no_new:
        draft.defer(want, draft.no_new, binds=WaitsFor.SAFETY)
    elif refusal := create(draft, want, profiles[want.profile]):
        draft.defer(want, refusal.text, binds=refusal.binds)


def _prepare(draft: Draft, want: Want, earlier: Earlier) -> None:
    """The next step ahead of need, where it takes nobody's room."""
    without = want.agent_id not in draft.seen.of_agent
    if without and not draft.no_new and (kept := earlier.refusal(want)):
        draft.defer(want, kept.text, binds=kept.binds)
    else:
        _serve(draft, want)


def _advance(draft: Draft, want: Want, reservation: Reservation, profile: Profile | None) -> None:
    phase, why = draft.seen.phases[reservation.name]
    if phase is Phase.UNKNOWN:  # whatever was under way there
        instead_of_unseen(draft, want, reservation, why)
        return
    if phase is Phase.STARTING and profile is not None:
        say_if_late(draft, want, reservation, profile)
    if order := draft.situation.in_flight.get(reservation.key):
        if phase not in _SAYS_ITSELF and not (phase is Phase.CLONED and isinstance(order, Configure)):
            draft.defer(want, f"an order's end has not been seen yet: {why}", binds=WaitsFor.RETRY)
        return
    if profile is None:
        if phase is not Phase.READY:
            draft.defer(want, f"{reservation.name} is of profile {reservation.profile}, which is not configured any more")
        return
    attempts = draft.situation.memory.attempts.get(reservation.name)
    waits = phase not in (Phase.STARTING, Phase.FAILED) and not is_prepared(want, phase)
    if attempts and waits and draft.now < attempts.retry_at:
        draft.defer(want, f"{attempts.reason} (try {attempts.tries})", binds=WaitsFor.RETRY, retry_at=attempts.retry_at)
        return
    _step(draft, want, reservation, profile)


def _step(draft: Draft, want: Want, reservation: Reservation, profile: Profile) -> None:
    phase, why = draft.seen.phases[reservation.name]
    match phase:
        case Phase.RESERVED if draft.no_new:  # an older store may know its agent's desktop under another name
            draft.defer(want, draft.no_new, binds=WaitsFor.SAFETY)
        case Phase.RESERVED:
            clone_or_move(draft, want, reservation, profile)
        case Phase.UNPROVEN if (other := draft.situation.memory.other_key.get(reservation.name)) and asked_lately(
            draft, reservation.name
        ):
            draft.defer(want, other, binds=WaitsFor.SAFETY)
        case Phase.UNPROVEN:
            verify(draft, reservation, why)
        case Phase.CLONED:
            configure(draft, want, reservation, profile)
        case Phase.STOPPED if want.level is Level.STOPPED:
            pass  # it is as far as it is to be made ahead
        case Phase.STOPPED if _is_unmarked(draft, reservation) and put_back(draft, reservation):
            pass  # nothing is started without its tags, unless they cannot be put back
        case Phase.STOPPED:
            start(draft, want, reservation, profile)
        case Phase.STARTING:
            check(draft, reservation, profile)
        case Phase.READY:
            keep_ready(draft, want, reservation, profile)
        case Phase.CLONING:
            wait_for_clone(draft, want, reservation)
        case _:  # failed: what is stopping or being deleted is in flight
            instead_of_failed(draft, want, reservation, why)


def _is_unmarked(draft: Draft, desktop: Reservation) -> bool:
    return desktop.name in draft.seen.unmarked and desktop.name not in draft.situation.memory.attempts
