"""Half-days in turn: who is in, who waits, who stays, and what is left for them."""

from monitors.metric import Instants, Room, Rows, View
from provisioner.model.scenario.rotation import RotationState

ROOM = Room("Rotation")


@ROOM.gauge(
    "rotation_people",
    "state",
    help="People of the half-day that goes on or comes at once: with_desktop, or waiting; and staying: people whose half-day "
    "is over and who keep their desktop.",
    query='bascule_rotation_people{state="waiting"} > 0',
)
def people(view: View) -> Rows:
    rotation = view.status.rotation
    if rotation is None:
        return {}
    return {("with_desktop",): rotation.has, ("waiting",): len(rotation.waiting), ("staying",): rotation.staying}


@ROOM.age(
    "rotation_waiting_oldest",
    help="How long the half-day has gone on of which somebody waits for a desktop, of the longest; 0: nobody waits.",
    query="bascule_rotation_waiting_oldest_age_seconds > 900",
)
def waiting_oldest(view: View) -> Instants:
    rotation = view.status.rotation
    if rotation is None:
        return {}
    begun = (each.slot.begins for each in rotation.waiting if each.slot.begins <= view.status.at)
    return {(): min(begun, default=None)}


@ROOM.gauge(
    "rotation_reserve",
    help="Desktops of the pool that no week counts on: for people who come while others stay.",
)
def reserve(view: View) -> Rows:
    rotation = view.status.rotation
    return {} if rotation is None else {(): rotation.reserve}


@ROOM.gauge(
    "rotation_reserve_left",
    help="Of these, desktops that are free: ready, off or coming.",
    query="bascule_rotation_reserve_left == 0 and bascule_rotation_reserve > 0",
)
def reserve_left(view: View) -> Rows:
    rotation = view.status.rotation
    return {} if rotation is None else {(): min(rotation.reserve, _free(view, rotation))}


@ROOM.timestamp(
    "rotation_published_until",
    help="Unix time when the last published half-day ends; 0: none is published.",
    query="(bascule_rotation_published_until_timestamp_seconds > 0) - time()",
)
def published_until(view: View) -> Instants:
    rotation = view.status.rotation
    return {} if rotation is None else {(): rotation.published_until}


def _free(view: View, rotation: RotationState) -> int:
    return sum(pool.ready + pool.off + pool.coming for pool in view.status.pools if pool.pool.name == rotation.pool)
