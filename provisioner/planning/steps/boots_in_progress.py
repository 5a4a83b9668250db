"""The boots in progress on each node, and their progress."""

from collections import defaultdict
from collections.abc import Iterable, Mapping

from provisioner.model.desktops import Reservation
from provisioner.model.ids import DesktopName, Instant, NodeKey
from provisioner.pacing.boot_limits import NodeBoots, boots_on, pace_of
from provisioner.planning.inputs import Situation, started_at, where
from provisioner.planning.survey.lifecycle import first_boot_failed


def booting_on(situation: Situation, starting: Iterable[Reservation]) -> dict[NodeKey, NodeBoots]:
    """The boots of each node with starting desktops. A late boot is left out, and one that has failed: it takes no slot."""
    running: defaultdict[NodeKey, dict[DesktopName, Instant]] = defaultdict(dict)
    for reservation in starting:
        profile = situation.config.profiles.get(reservation.profile)
        began = started_at(situation, reservation)
        record, view = situation.records.desktops[reservation.name], situation.snapshot.clusters.get(reservation.cluster)
        in_time = situation.now - began <= (profile.ready_timeout_s if profile else 0.0)
        if in_time and not first_boot_failed(record, view):
            running[where(situation, reservation)][reservation.name] = began
    return _booting(situation, running) if running else {}


def _booting(situation: Situation, running: Mapping[NodeKey, Mapping[DesktopName, Instant]]) -> dict[NodeKey, NodeBoots]:
    """One pace for all nodes: measured together, it is known sooner than the pace of each node."""
    finished = situation.booted.of_node
    unmeasured_s = max((profile.expected_ready_s for profile in situation.config.profiles.values()), default=0.0)
    nodes = ((finished.get(node, ()), started.values()) for node, started in running.items())
    pace = pace_of(nodes, situation.booted.durations, unmeasured_s=unmeasured_s)
    return {node: boots_on(started, finished.get(node, ()), pace, situation.now) for node, started in running.items()}
