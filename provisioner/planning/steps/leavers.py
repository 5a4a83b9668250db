"""Down the leavers' ladder and up again: departures kept, desktops recycled, tags written, each with its reason.

A suspended desktop needs no order: without a want it is not started. What is shut down and deleted: `targets/leavers`. Every
step before the last is undone by the agent's coming back: the departure is struck out, and the desktop is theirs again with its
name and address.
"""

from provisioner.model.actions import Release
from provisioner.model.departures import Departure, departure_tags, tags_of
from provisioner.model.desktops import Phase, Reservation
from provisioner.model.ids import GuestKey
from provisioner.planning.steps.draft import Draft
from provisioner.planning.steps.marks import order_tags
from provisioner.planning.steps.obstacles import tried_lately
from provisioner.planning.steps.superseded import look
from provisioner.planning.survey.leaver_ladder import delete_at, listed_in, recycle_at, return_of
from provisioner.planning.targets.leavers import LEAVERS, NOT_RUNNING, why
from provisioner.reasons.reason import Reason
from provisioner.reasons.targets import BACK

_CONFIGURED = frozenset({Phase.STOPPED, Phase.STARTING, Phase.READY})
_DEADLINE_S = 60.0


def look_after_leavers(draft: Draft) -> None:
    """The next step of each desktop whose agent is not wanted any more, the longest gone first; undo it for who is back.

    Before a roster was accepted no agent is known to have left, or to be back: what the desktops tell of themselves stays. The
    same holds for an agent whom an older roster does not list.
    """
    records, reasons, departed = draft.situation.records, draft.seen.leavers, draft.seen.departed
    roster, desktops = records.roster, records.desktops
    if roster is None or records.provisional or not (reasons or departed):
        return
    busy = {one.key for one in draft.actions} | draft.situation.in_flight.keys()
    listed = listed_in(roster)
    for name in sorted(departed - reasons.keys()):
        desktop = desktops[name].reservation
        if desktop.agent_id is None or desktop.agent_id in listed:
            _come_back(draft, desktop, busy)
    for one in LEAVERS.among(draft.facts):
        departure = draft.facts.departures[one.name]
        if departure != desktops[one.name].departure:
            draft.departures[one.name] = departure
        if one.key not in busy:
            _go(draft, one, departure)


def _come_back(draft: Draft, one: Reservation, busy: set[GuestKey]) -> None:
    kept = draft.situation.records.desktops[one.name].departure
    departure = return_of(kept, draft.facts.own_guest(one))
    if departure != kept:
        draft.departures[one.name] = departure
    if one.key not in busy:
        _tag(draft, one, departure, BACK())


def _go(draft: Draft, one: Reservation, departure: Departure) -> None:
    before, because = len(draft.actions), why(draft.facts, one)
    if one.seat is not None and draft.seen.of_seat.get(one.seat) is one:
        look(draft, one)
    if len(draft.actions) == before and _is_to_be_recycled(draft, one, departure):
        draft.order(Release(reservation=one, because=because, deadline=draft.now + _DEADLINE_S))
    if len(draft.actions) == before:
        _tag(draft, one, departure, because)


def _is_to_be_recycled(draft: Draft, one: Reservation, departure: Departure) -> bool:
    ladder = draft.situation.config.leavers
    due = delete_at(departure, ladder) is None and draft.now >= recycle_at(departure, ladder)
    return due and draft.facts.phase(one) in NOT_RUNNING


def _tag(draft: Draft, one: Reservation, departure: Departure | None, why: Reason) -> None:
    """Have the desktop tell by itself what is kept of it: a store may be lost."""
    guest, wanted = draft.facts.own_guest(one), tags_of(departure)
    as_it_is_to_be = guest is not None and departure_tags(guest.tags) == wanted and one.name not in draft.seen.unmarked
    if guest is None or as_it_is_to_be or draft.seen.phases[one.name][0] not in _CONFIGURED:
        return
    if guest.lock is None and not tried_lately(draft, one):  # no step depends on it
        order_tags(draft, one, wanted, why)
