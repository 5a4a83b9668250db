"""The table of all exported metrics. Units are in the names.

No label names an agent or a desktop, so the number of series does not grow with them.
"""

from monitors.gauges import (
    api,
    autoscale,
    capacity,
    ceilings,
    config,
    cycle,
    daemon,
    desktops,
    directory,
    leavers,
    locks,
    nodes,
    operators,
    pools,
    rotation,
    sessions,
    waves,
    work,
    wrong,
)
from monitors.metric import Metric, Room
from provisioner.extensions import Point, with_added

CORE: tuple[Room, ...] = (
    wrong.ROOM,
    desktops.ROOM, waves.ROOM, sessions.ROOM, leavers.ROOM, capacity.ROOM, ceilings.ROOM, nodes.ROOM, locks.ROOM, work.ROOM,
    api.ROOM, directory.ROOM, cycle.ROOM, operators.ROOM, config.ROOM, daemon.ROOM,
    pools.ROOM, autoscale.ROOM, rotation.ROOM,
)  # fmt: skip
ADDED = Point("gauges", "ROOM", Room)
"""The groups of capabilities."""


def _rooms() -> tuple[Room, ...]:
    added = ((room.after, room.title, room) for room in ADDED.found())
    return tuple(with_added({room.title: room for room in CORE}, added).values())


ROOMS = _rooms()
TABLE: tuple[Metric, ...] = tuple(row for room in ROOMS for row in room.rows)
"""In the order of the page."""


def named(name: str) -> Metric:
    """The metric of this name; KeyError if there is none."""
    return _NAMES[name]


_NAMES = {row.name: row for row in TABLE}
