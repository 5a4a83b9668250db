"""Put our own tags back where somebody has removed them: nothing else is changed, since the desktop is in use."""

from collections.abc import Set

from provisioner.model.actions import Tag
from provisioner.model.departures import departure_tags
from provisioner.model.machines.desktops import Reservation
from provisioner.model.vm_marks import marks_of
from provisioner.planning.inputs import where
from provisioner.planning.steps.draft import Draft, slot
from provisioner.planning.steps.obstacles import tried_lately
from provisioner.reasons.reason import Reason
from provisioner.reasons.steps import TAG_LOST

_DEADLINE_S = 60.0


def put_marks_back(draft: Draft) -> None:
    """For all wanted desktops without another action; a leaver's tags are written together with its departure."""
    if not draft.survey.unmarked:
        return
    busy = {action.key for action in draft.actions} | draft.situation.in_flight.keys()
    for name in sorted(draft.survey.unmarked):
        desktop = draft.situation.records.desktops[name].reservation
        if _is_wanted(draft, desktop) and desktop.key not in busy and not tried_lately(draft, desktop):
            put_back(draft, desktop)


def _is_wanted(draft: Draft, desktop: Reservation) -> bool:
    demand, seat = draft.situation.demand, desktop.seat
    if seat is None or draft.survey.of_seat.get(seat) is not desktop:
        return False
    return seat in demand.wants or seat in demand.ahead


def put_back(draft: Draft, desktop: Reservation) -> bool:
    """Order the tags unless the VM is locked or its node is busy; return whether they were ordered."""
    guest = draft.situation.snapshot.guest(desktop.key)
    if guest is None or guest.lock is not None:
        return False
    return order_tags(draft, desktop, departure_tags(guest.tags), TAG_LOST())


def order_tags(draft: Draft, desktop: Reservation, departure: Set[str], why: Reason) -> bool:
    """Order the departure's tags, and ours where they are missing; False: its node has no slot left."""
    node = where(draft.situation, desktop)
    if not slot(draft.configuring, node, draft.situation.config.budget.configures_per_node):
        return False
    lost = desktop.name in draft.survey.unmarked
    marks = marks_of(desktop.profile, draft.situation.config.installation) if lost else frozenset()
    deadline = draft.now + _DEADLINE_S
    draft.order(Tag(reservation=desktop, because=why, deadline=deadline, node=node, tags=frozenset(departure), marks=marks))
    return True
