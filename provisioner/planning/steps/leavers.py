"""The leavers' ladder, down and up: store departures, recycle desktops, write tags.

A suspended desktop needs no action: without a want it is not started. `targets/leavers` shuts down and deletes. If the agent
returns before the deletion, every step is undone: the departure ends, and the agent gets the desktop back with its name and
address.
"""

from provisioner.model.actions import Release
from provisioner.model.departures import Departure, departure_tags, tags_of
from provisioner.model.ids import GuestKey
from provisioner.model.machines.desktops import CONFIGURED, Reservation
from provisioner.planning.steps.draft import Draft
from provisioner.planning.steps.marks import order_tags
from provisioner.planning.steps.obstacles import tried_lately
from provisioner.planning.steps.superseded import look
from provisioner.planning.survey.leaver_ladder import delete_at, listed_in, recycle_at, return_of
from provisioner.planning.targets.leavers import LEAVERS, NOT_RUNNING, why
from provisioner.reasons.reason import Reason
from provisioner.reasons.targets import BACK

_DEADLINE_S = 60.0


def look_after_leavers(draft: Draft) -> None:
    """The next step for each desktop whose agent has left, longest gone first; undo the steps for agents who are back.

    Before a roster was accepted, no agent is known to have left or returned, so the VMs' tags stay. The same holds for an
    agent who is not listed in an older roster.
    """
    records, reasons, departed = draft.situation.records, draft.survey.leavers, draft.survey.departed
    roster, desktops = records.roster, records.desktops
    if roster is None or records.provisional or not (reasons or departed):
        return
    busy = {action.key for action in draft.actions} | draft.situation.in_flight.keys()
    listed = listed_in(roster)
    for name in sorted(departed - reasons.keys()):
        desktop = desktops[name].reservation
        if desktop.agent_id is None or desktop.agent_id in listed:
            _come_back(draft, desktop, busy)
    for desktop in LEAVERS.among(draft.facts):
        departure = draft.facts.departures[desktop.name]
        if departure != desktops[desktop.name].departure:
            draft.departures[desktop.name] = departure
        if desktop.key not in busy:
            _go(draft, desktop, departure)


def _come_back(draft: Draft, desktop: Reservation, busy: set[GuestKey]) -> None:
    stored = draft.situation.records.desktops[desktop.name].departure
    departure = return_of(stored, draft.facts.own_guest(desktop))
    if departure != stored:
        draft.departures[desktop.name] = departure
    if desktop.key not in busy:
        _tag(draft, desktop, departure, BACK())


def _go(draft: Draft, desktop: Reservation, departure: Departure) -> None:
    """One action at most: read it, recycle it, or write its tags."""
    before, because = len(draft.actions), why(draft.facts, desktop)
    if desktop.seat is not None and draft.survey.of_seat.get(desktop.seat) is desktop:
        look(draft, desktop)
    if len(draft.actions) == before and _is_to_be_recycled(draft, desktop, departure):
        draft.order(Release(reservation=desktop, because=because, deadline=draft.now + _DEADLINE_S))
    if len(draft.actions) == before:
        _tag(draft, desktop, departure, because)


def _is_to_be_recycled(draft: Draft, desktop: Reservation, departure: Departure) -> bool:
    ladder = draft.situation.config.leavers
    is_due = delete_at(departure, ladder) is None and draft.now >= recycle_at(departure, ladder)
    return is_due and draft.facts.phase(desktop) in NOT_RUNNING


def _tag(draft: Draft, desktop: Reservation, departure: Departure | None, why: Reason) -> None:
    """Write the departure to the VM's tags, too: the store may be lost."""
    guest, wanted = draft.facts.own_guest(desktop), tags_of(departure)
    up_to_date = guest is not None and departure_tags(guest.tags) == wanted and desktop.name not in draft.survey.unmarked
    if guest is None or up_to_date or draft.survey.phases[desktop.name][0] not in CONFIGURED:
        return
    if guest.lock is None and not tried_lately(draft, desktop):  # not urgent: no step depends on it
        order_tags(draft, desktop, wanted, why)
