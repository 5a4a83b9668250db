"""Who boots where, and how far each is."""

from collections import defaultdict
from collections.abc import Iterable, Mapping

from provisioner.model.desktops import Reservation
from provisioner.model.ids import DesktopName, Instant, NodeKey
from provisioner.pacing.boot_limits import NodeBoots, boots_on, pace_of
from provisioner.planning.inputs import Situation, started_at, where


def booting_on(situation: Situation, starting: Iterable[Reservation]) -> dict[NodeKey, NodeBoots]:
    """Of each node with desktops on their way to ready. One that has not come up within its time gives its place back."""
    running: defaultdict[NodeKey, dict[DesktopName, Instant]] = defaultdict(dict)
    for reservation in starting:
        profile = situation.config.profiles.get(reservation.profile)
        began = started_at(situation, reservation)
        if situation.now - began <= (profile.ready_timeout_s if profile else 0.0):
            running[where(situation, reservation)][reservation.name] = began
    return _booting(situation, running) if running else {}


def _booting(situation: Situation, running: Mapping[NodeKey, Mapping[DesktopName, Instant]]) -> dict[NodeKey, NodeBoots]:
    """Nodes are taken to be alike: what all of them have shown is known sooner than what each has."""
    finished = situation.booted.of_node
    unmeasured_s = max((one.expected_ready_s for one in situation.config.profiles.values()), default=0.0)

    told = ((finished.get(node, ()), started.values()) for node, started in running.items())
    pace = pace_of(told, situation.booted.durations, unmeasured_s=unmeasured_s)
    return {node: boots_on(started, finished.get(node, ()), pace, situation.now) for node, started in running.items()}
