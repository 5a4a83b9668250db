"""Ceilings of the scenario: for how many people each leaves a desktop."""

from monitors.metric import Room, Rows, View

ROOM = Room("Ceilings", of_cycle=True)


@ROOM.gauge(
    "ceiling_limit_desktops",
    "ceiling",
    help="The most desktops that a ceiling of the scenario allows, everybody's included.",
)
def limit(view: View) -> Rows:
    return {(state.ceiling.name,): state.ceiling.limit for state in view.status.demand.ceilings}


@ROOM.gauge(
    "ceiling_room_desktops",
    "ceiling",
    help="For how many people a ceiling leaves a desktop, those who have one included: its limit without what others use.",
    query="bascule_ceiling_room_desktops - on () group_left () sum(bascule_desktops_planned)",
)
def room(view: View) -> Rows:
    return {(state.ceiling.name,): state.room for state in view.status.demand.ceilings}


@ROOM.gauge(
    "ceiling_unread",
    "ceiling",
    help="1 while it is not known how many of a ceiling are in use, though its source is asked: its limit counts as it stands.",
    query="bascule_ceiling_unread == 1",
)
def unread(view: View) -> Rows:
    return {(state.ceiling.name,): int(bool(state.unread)) for state in view.status.demand.ceilings}
