"""Probes: whether people can reach their desktops, tried from the daemon's machine."""

from monitors.metric import Instants, Labels, Room, Rows, View
from provisioner.capabilities.probes.model import STATE

ROOM = Room("Probes", after="Rotation")
_EVERYWHERE = ("everywhere", "")


@ROOM.gauge("probes", "result", help="Desktops by their last probe within the window: passed, failed.")
def results(view: View) -> Rows:
    state = view.status.parts[STATE]
    return {} if state is None else {("passed",): state.probed - state.failed, ("failed",): state.failed}


@ROOM.gauge(
    "probe_causes",
    "kind name",
    help="1 for what failed probes have in common: a node, a storage, an image, …; everywhere: most fail, wherever they are.",
    query="bascule_probe_causes == 1",
)
def causes(view: View) -> Rows:
    state = view.status.parts[STATE]
    rows: dict[Labels, float] = {}
    if state is not None:
        rows |= {(factor.kind.value, factor.value): 1 for factors in state.causes for factor in factors}
        rows |= {_EVERYWHERE: int(state.everywhere)}
    return rows


@ROOM.age("probe", help="Time since the last probe; before the first, since the start of the daemon.")
def probed_at(view: View) -> Instants:
    state = view.status.parts[STATE]
    return {} if state is None else {(): state.at or view.started_at}
