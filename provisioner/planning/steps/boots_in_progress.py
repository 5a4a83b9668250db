"""The boots in progress on each node, and their progress."""

from collections import defaultdict
from collections.abc import Iterable

from provisioner.model.ids import DesktopName, Instant, NodeKey
from provisioner.model.machines.desktops import FirstBoot, Reservation
from provisioner.pacing.boot_progress import NodeBoots, Started
from provisioner.planning.inputs import Situation, started_at, where
from provisioner.planning.survey.lifecycle import first_boot_of


def booting_on(situation: Situation, starting: Iterable[Reservation]) -> dict[NodeKey, NodeBoots]:
    """The boots of each node with starting desktops.

    Left out is one whose guest has answered that its first boot has failed, or that it sets itself up: its node has booted it.
    """
    running: defaultdict[NodeKey, dict[DesktopName, Started]] = defaultdict(dict)
    for desktop in starting:
        began = started_at(situation, desktop)
        node = where(situation, desktop)
        if (boot := _boot(situation, desktop, began, node)) is not None:
            running[node][desktop.name] = boot
    return {node: situation.limits.boots_on(node, started, situation.now) for node, started in running.items()}


def _boot(situation: Situation, desktop: Reservation, began: Instant, node: NodeKey) -> Started | None:
    profile, records = situation.config.profiles.get(desktop.profile), situation.records
    if profile is None:
        return None
    record = records.desktops[desktop.name]
    said = first_boot_of(record, situation.snapshot.clusters.get(desktop.cluster))
    left_at = record.report.read_at if record.report and said in (FirstBoot.FAILED, FirstBoot.RUNNING) else None
    asked_at = records.checked.get(desktop.name, began - 1.0)
    return Started(
        at=began,
        alone_s=situation.limits.boot_alone_s(profile, node),
        measured=situation.limits.boots_measured(profile, node),
        asked_at=asked_at if asked_at >= began else None,
        left_at=left_at,
        late=situation.now - began > profile.ready_timeout_s,
    )
