"""Down the leavers' ladder and up again: suspended, stopped, recycled, deleted, each step in its time and with its reason.

A suspended desktop needs no order: whoever is not wanted is not started. Every step before the last is undone by the agent's
coming back: the departure is struck out, and the desktop is theirs again with its name and address.
"""

from provisioner.model.actions import Deferral, Delete, Release
from provisioner.model.cluster import Guest, Power
from provisioner.model.departures import Departure, departure_tags, tags_of
from provisioner.model.desktops import Phase, Reservation
from provisioner.model.ids import GuestKey
from provisioner.model.words import WaitsFor
from provisioner.planning.inputs import where
from provisioner.planning.steps.draft import Draft
from provisioner.planning.steps.marks import order_tags
from provisioner.planning.steps.start import lock_of
from provisioner.planning.steps.stop import Cause, shut_down, stops_left, tried_lately
from provisioner.planning.steps.superseded import look
from provisioner.planning.survey.leaver_ladder import (
    delete_at,
    deleted_lately,
    departure_of,
    is_out_of_the_way,
    listed_in,
    recycle_at,
    return_of,
    stop_at,
)

_OFF = frozenset({Phase.RESERVED, Phase.CLONED, Phase.STOPPED, Phase.FAILED})
_CONFIGURED = frozenset({Phase.STOPPED, Phase.STARTING, Phase.READY})
_DEADLINE_S = 60.0
_DELETE_DEADLINE_S = 600.0
"""A disk of 32 GiB is gone within seconds, on a busy shared storage within minutes; the lock is waited for before."""


def look_after_leavers(draft: Draft) -> None:
    """The next step of each desktop whose agent is not wanted any more, the longest gone first; undo it for who is back.

    Before a roster was accepted nobody is known to have left, or to be back: what the desktops tell of themselves stays. So it
    is with somebody whom an older roster does not list.
    """
    roster = draft.situation.memory.roster
    if roster is None or draft.situation.memory.provisional:
        return
    reasons, kept = draft.seen.leavers, draft.situation.memory.departures
    if not reasons and not kept and not draft.seen.tagged:
        return
    busy = {one.key for one in draft.actions} | draft.situation.in_flight.keys()
    reservations = draft.situation.memory.reservations
    listed = listed_in(roster)
    for name in sorted((kept.keys() | draft.seen.tagged) - reasons.keys()):
        if reservations[name].agent_id is None or reservations[name].agent_id in listed:
            _come_back(draft, reservations[name], busy)
    departures = {name: _departure(draft, reservations[name]) for name in reasons}
    for name in sorted(reasons, key=lambda name: (departures[name].since, name)):
        _go(draft, reservations[name], departures[name], f"its agent is not wanted any more: {reasons[name]}", busy)


def _departure(draft: Draft, one: Reservation) -> Departure:
    kept = draft.situation.memory.departures.get(one.name)
    departure = departure_of(kept, _own(draft, one), draft.now)
    if departure != kept:
        draft.departures[one.name] = departure
    return departure


def _come_back(draft: Draft, one: Reservation, busy: set[GuestKey]) -> None:
    kept = draft.situation.memory.departures.get(one.name)
    departure = return_of(kept, _own(draft, one))
    if departure != kept:
        draft.departures[one.name] = departure
    if one.key not in busy:
        _tag(draft, one, departure, "its agent is wanted again")


def _go(draft: Draft, one: Reservation, departure: Departure, why: str, busy: set[GuestKey]) -> None:
    if one.key in busy:
        return
    assert one.agent_id is not None  # a leaver's
    before = len(draft.actions)
    if draft.seen.of_agent.get(one.agent_id) is one:
        look(draft, one)
    if len(draft.actions) == before:
        _step(draft, one, departure, why)
    if len(draft.actions) == before:
        _tag(draft, one, departure, why)


def _step(draft: Draft, one: Reservation, departure: Departure, why: str) -> None:
    leavers, (phase, _) = draft.situation.config.leavers, draft.seen.phases[one.name]
    deleted_at = delete_at(departure, leavers)
    if phase not in _OFF:
        if draft.now >= stop_at(departure, leavers):
            _stop(draft, one, phase, why)
    elif deleted_at is None:
        if draft.now >= recycle_at(departure, leavers):
            draft.order(Release(reservation=one, because=why, deadline=draft.now + _DEADLINE_S))
    elif draft.now >= deleted_at:
        _end(draft, one, departure, why)


def _stop(draft: Draft, one: Reservation, phase: Phase, why: str) -> None:
    profile = draft.situation.config.profiles.get(one.profile)
    if one.name in draft.ordered:
        return
    if phase is Phase.UNKNOWN:
        _wait(draft, one, f"not shut down, {draft.seen.phases[one.name][1]}: {why}")
    elif profile is None:
        _wait(draft, one, f"not shut down, its profile {one.profile} is not configured any more: {why}")
    else:
        shut_down(draft, one, profile, Cause(left=why, binds=WaitsFor.SAFETY), may_stop=stops_left(draft) > 0)


def _end(draft: Draft, one: Reservation, departure: Departure, why: str) -> None:
    """Destroy the VM; where there is none any more, or never was one, the reservation goes by itself."""
    guest = draft.situation.snapshot.guest(one.key)
    if guest is None:
        if is_out_of_the_way(one, departure, draft.now):
            draft.given_back.append(one.name)
    elif refusal := _not_deleted(draft, one, guest):
        _wait(draft, one, f"its deletion is due, {refusal}: {why}")
    else:
        node, deadline = where(draft.situation, one), draft.now + _DELETE_DEADLINE_S
        draft.order(Delete(reservation=one, because=why, deadline=deadline, node=node))


def _not_deleted(draft: Draft, one: Reservation, guest: Guest) -> str:
    if draft.situation.config.safety.max_deletes <= 0:
        return "and safety.max_deletes allows none: set it to 1 or more to let deletions run"
    if guest.power is not Power.STOPPED:
        return f"and Proxmox VE reports its power as '{guest.power}'"
    tried = tried_lately(draft, one)
    return lock_of(draft, one) or tried or _after_others(draft, one)


def _after_others(draft: Draft, one: Reservation) -> str:
    planned = [other for other in draft.actions if isinstance(other, Delete)]
    flying = [other for other in draft.situation.in_flight.values() if isinstance(other, Delete)]
    first = next((other for other in (*flying, *planned) if other.key.cluster == one.cluster), None)
    if first is not None:
        return f"after that of {first.desktop}: cluster {one.cluster} deletes one at a time"
    if len(planned) >= draft.situation.config.safety.max_deletes:
        return f"after that of {planned[0].desktop}: a plan deletes {len(planned)} (safety.max_deletes)"
    lately = deleted_lately(draft.situation.memory.deletions, draft.now)
    limit, mine = draft.situation.config.leavers.deletes_a_day, (one.name, one.reserved_at)
    if mine not in lately and len(lately) + len(planned) >= limit:
        return f"and {len(lately) + len(planned)} of {limit} were deleted within 24 hours (leavers.deletes_a_day)"
    return ""


def _tag(draft: Draft, one: Reservation, departure: Departure | None, why: str) -> None:
    """Have the desktop tell by itself what is kept of it: a store may be lost."""
    guest, wanted = _own(draft, one), tags_of(departure)
    as_it_is_to_be = guest is not None and departure_tags(guest.tags) == wanted and one.name not in draft.seen.unmarked
    if guest is None or as_it_is_to_be or draft.seen.phases[one.name][0] not in _CONFIGURED:
        return
    if guest.lock is None and not tried_lately(draft, one):  # no step depends on it
        order_tags(draft, one, wanted, why)


def _own(draft: Draft, one: Reservation) -> Guest | None:
    return draft.situation.snapshot.guest(one.key) if one.proven else None


def _wait(draft: Draft, one: Reservation, reason: str) -> None:
    draft.deferred.append(Deferral(what=one.name, agent_id=None, reason=reason, binds=WaitsFor.SAFETY))
