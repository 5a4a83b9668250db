"""The boots in progress on each node, and their progress."""

from collections import defaultdict
from collections.abc import Iterable

from provisioner.model.desktops import Reservation
from provisioner.model.ids import DesktopName, NodeKey
from provisioner.pacing.boot_progress import NodeBoots, Started
from provisioner.planning.inputs import Situation, started_at, where


def booting_on(situation: Situation, starting: Iterable[Reservation]) -> dict[NodeKey, NodeBoots]:
    """The boots of each node with starting desktops. A late boot is left out: it no longer takes a slot."""
    running: defaultdict[NodeKey, dict[DesktopName, Started]] = defaultdict(dict)
    checked, limits = situation.records.checked, situation.limits
    for desktop in starting:
        profile, began = situation.config.profiles.get(desktop.profile), started_at(situation, desktop)
        if profile is not None and situation.now - began <= profile.ready_timeout_s:
            asked_at = checked.get(desktop.name)
            asked_at = asked_at if asked_at is not None and asked_at >= began else None
            boot = Started(at=began, alone_s=limits.boot_alone_s(profile), asked_at=asked_at)
            running[where(situation, desktop)][desktop.name] = boot
    return {node: limits.boots_on(node, started, situation.now) for node, started in running.items()}
