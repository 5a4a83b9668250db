"""Numbers: of `status` and the API, and of the metrics, which say the same."""

from collections import Counter
from collections.abc import Iterator

from provisioner.model.machines.desktops import SILENT_S, Phase
from provisioner.model.status import DesktopState
from provisioner.pacing.probe_timing import sessions_known_for_s
from provisioner.sessions.push import SOURCE as PUSH
from provisioner.views.published import last_heard
from tests.chaos.world import CLUSTER
from tests.law.heard import LAG_S, Heard

HANGS_WITHIN_S = SILENT_S + 210.0
"""A desktop that hangs right after a reading is listed so long after it at the latest: a reading each minute, two in vain, and
a cycle; an answer of the cluster may hang for 40 s."""
ASKED_S = 180.0
"""Once the cluster is seen again, each desktop is asked, and in vain for long enough to be called so, within this time."""
_CYCLE_S = 60.0
"""From one cycle to the next, while a look hangs."""
_PUSHED_S = 150.0
"""A desktop says each minute that it is there; one push in ten is lost."""


def untrue_of_figures(heard: Heard) -> Iterator[str]:
    """What of them is not so."""
    if heard.sees:
        yield from _ready(heard)
        yield from _sessions(heard)
    yield from _unheard(heard)
    if heard.metrics is not None:
        yield from _metrics(heard)


def nobody_can_log_on(heard: Heard, state: DesktopState, for_s: float) -> bool:
    """Whether it could not be used for all of that time."""
    vmid = int(state.reservation.vmid)
    return heard.past.always(lambda moment: vmid not in moment.usable, for_s)


def _ready(heard: Heard) -> Iterator[str]:
    status = heard.published.status
    for name, state in status.desktops.items():
        called_ready = state.phase is Phase.READY
        if called_ready and heard.seen_s > ASKED_S and nobody_can_log_on(heard, state, HANGS_WITHIN_S):
            yield f"{name} is called ready, and nobody can log on for {HANGS_WITHIN_S:.0f} s"


def _sessions(heard: Heard) -> Iterator[str]:
    """Of the desktops that have just told."""
    for name, last in heard.published.heard.items():
        state = heard.published.status.desktops.get(name)
        if state is None or state.sessions is None or last.source != PUSH or state.phase is not Phase.READY:
            continue
        vmid, said = int(state.reservation.vmid), len(state.sessions)
        guest = heard.scene.twin.cluster.guests.get(vmid)
        if guest is None or guest.hung or guest.status_file is not None:
            continue
        if not heard.scene.twin.cluster.nodes[guest.node].alive:  # it may have said so in its last moment
            continue
        if not heard.past.ever(lambda moment, vmid=vmid, said=said: moment.sessions.get(vmid, 0) == said, _PUSHED_S):
            yield f"{name} has {said} sessions, it is said, and had never so many for {_PUSHED_S:.0f} s"


def _unheard(heard: Heard) -> Iterator[str]:
    """Whose last document is too old: they have any number."""
    published, known_for_s = heard.published, sessions_known_for_s(heard.scene.world.config.pace)
    for name, state in published.status.desktops.items():
        is_known = state.phase is Phase.READY and state.sessions is not None
        last = last_heard(name, published.records, published.heard) if is_known else None
        if last is not None and (age_s := published.status.at - last.at) > known_for_s + _CYCLE_S:
            yield f"{name} has {len(state.sessions or ())} sessions, it is said, and has told nothing for {age_s:.0f} s"


def _metrics(heard: Heard) -> Iterator[str]:
    figures = heard.document.figures
    for node in heard.scene.twin.cluster.nodes:
        online = heard.gauge("node_online", cluster=CLUSTER, node=node)
        if online == 1.0 and heard.past.always(lambda moment, node=node: not moment.alive[node], LAG_S) and heard.sees:
            yield f"metric: node {node} is online, and dead"
    assert heard.metrics is not None
    listed = Counter((entry.code, entry.about or "") for entry in heard.document.wrong)
    shown = {
        (labels["code"], labels["about"])
        for (name, pairs), value in heard.metrics.items()
        if name == "bascule_wrong" and value and (labels := dict(pairs))
    }
    if shown != set(listed):
        yield f"metric: the list is {sorted(shown)}, and of `status` {sorted(listed)}"
    ready = [
        value
        for (name, pairs), value in heard.metrics.items()
        if name == "bascule_desktops" and dict(pairs).get("phase") == Phase.READY.value
    ]
    if figures is None:
        if ready or heard.published.status.planned_at is not None:
            yield f"before the first cycle nothing is counted: {ready} desktops ready"
    elif sum(ready) != figures.desktops.get(Phase.READY.value, 0):
        yield f"metric: {ready} desktops are ready, and of `status` {figures.desktops}"


__all__ = ["HANGS_WITHIN_S", "nobody_can_log_on", "untrue_of_figures"]
