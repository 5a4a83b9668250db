"""The gauges of one capability, as the daemon exports them."""

from typing import TypeVar

from monitors.metric import Room
from provisioner.extensions import Part, Parts
from provisioner.model.status import Status
from tests.builders.monitors import MONDAY, a_recorder
from tests.monitors.scraping import labels_in

T = TypeVar("T")


def labels_with(room: Room, part: Part[T], state: T) -> dict[str, set[frozenset[str]]]:
    """The labels of the room's metrics once a status has this state in it."""
    recorder = a_recorder()
    recorder.status(Status(at=MONDAY, parts=Parts().having(part, state)))
    return {name: labels for name, labels in labels_in(recorder).items() if name in {row.name for row in room.rows}}


def labels_of(room: Room) -> dict[str, set[frozenset[str]]]:
    """As declared."""
    return {row.name: {frozenset(row.labels)} for row in room.rows}
