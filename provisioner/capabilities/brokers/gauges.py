"""Brokers that connections to people's desktops are kept up at."""

from monitors.metric import Instants, Labels, Room, Rows, View
from provisioner.capabilities.brokers.model import STATES

ROOM = Room("Brokers", after="The daemon's API, journal, certificates and forecasts")


@ROOM.gauge(
    "broker_connections",
    "broker state",
    help="Connections that are to stand at a broker: published, foreign (the name is somebody else's), or waiting.",
    query='bascule_broker_connections{state!="published"} > 0',
)
def connections(view: View) -> Rows:
    rows: dict[Labels, float] = {}
    for state in view.status.parts[STATES]:
        foreign = len(state.foreign)
        states = {
            "published": state.published,
            "foreign": foreign,
            "waiting": max(0, state.wanted - state.published - foreign),
        }
        rows |= {(state.broker, word): count for word, count in states.items()}
    return rows


@ROOM.gauge("broker_unknown_people", "broker", help="People with a desktop of their own whom a broker does not know.")
def unknown(view: View) -> Rows:
    return {(state.broker,): state.unknown_people for state in view.status.parts[STATES]}


@ROOM.gauge("broker_connected", "broker", help="People who are connected to their own desktops through a broker.")
def connected(view: View) -> Rows:
    return {(state.broker,): len(state.uses) for state in view.status.parts[STATES] if state.uses_at is not None}


@ROOM.gauge(
    "broker_disagreements",
    "broker",
    help="Desktops that say that nobody is logged on, while somebody has been connected through a broker for two minutes.",
)
def disagreeing(view: View) -> Rows:
    return {(state.broker,): state.disagreements for state in view.status.parts[STATES] if state.uses_at is not None}


@ROOM.gauge("broker_failing", "broker", help="1 when the last round of a broker failed.")
def failing(view: View) -> Rows:
    return {(state.broker,): int(bool(state.failing)) for state in view.status.parts[STATES]}


@ROOM.age(
    "broker",
    "broker",
    help="Time since a broker was last read as a whole; before the first time, since the start of the daemon.",
)
def read_at(view: View) -> Instants:
    return {(state.broker,): view.started_at if state.read_at is None else state.read_at for state in view.status.parts[STATES]}
