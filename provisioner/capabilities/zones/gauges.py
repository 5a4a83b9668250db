"""DNS zones that the desktops' names are published in."""

from monitors.metric import Instants, Labels, Room, Rows, View
from provisioner.capabilities.zones.model import STATES

ROOM = Room("DNS", after="The daemon's API, journal, certificates and forecasts")


@ROOM.gauge(
    "dns_records",
    "zone state",
    help="Records that are to stand in a DNS zone: published, foreign (the name is somebody else's), or waiting.",
    query='bascule_dns_records{state!="published"} > 0',
)
def records(view: View) -> Rows:
    rows: dict[Labels, float] = {}
    for zone in view.status.parts[STATES]:
        waiting = zone.wanted - zone.published - len(zone.foreign)
        states = {"published": zone.published, "foreign": len(zone.foreign), "waiting": waiting}
        rows |= {(zone.zone, state): count for state, count in states.items()}
    return rows


@ROOM.gauge("dns_zone_failing", "zone", help="1 when the last round of a DNS zone failed.")
def failing(view: View) -> Rows:
    return {(zone.zone,): int(bool(zone.failing)) for zone in view.status.parts[STATES]}


@ROOM.age(
    "dns_zone",
    "zone",
    help="Time since a DNS zone was last read as a whole; before the first time, since the start of the daemon.",
)
def read_at(view: View) -> Instants:
    return {(zone.zone,): view.started_at if zone.read_at is None else zone.read_at for zone in view.status.parts[STATES]}
