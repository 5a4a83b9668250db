"""The boots that come before a desktop that is placed now, on each node: what decides where it is ready first."""

from collections import Counter
from collections.abc import Mapping
from statistics import median

from provisioner.model.desktops import Phase
from provisioner.model.ids import NodeKey
from provisioner.pacing.boot_limits import GENERATION
from provisioner.pacing.boot_progress import NodeBoots
from provisioner.pacing.boot_samples import beyond_chance
from provisioner.planning.inputs import Situation, where
from provisioner.planning.placement.balance import BootQueues
from provisioner.planning.survey.survey import Survey

_TO_START = (Phase.RESERVED, Phase.CLONING, Phase.UNPROVEN, Phase.CLONED, Phase.STOPPED)


def boot_queues(situation: Situation, survey: Survey, boots: Mapping[NodeKey, NodeBoots]) -> BootQueues:
    """The boots on each node that come before a desktop that is placed there now."""
    wants, of_seat = situation.demand.wants, survey.of_seat
    to_start = (desktop for phase in _TO_START for desktop in survey.not_ready.get(phase, {}).values())
    waiting = Counter(
        where(situation, desktop)
        for desktop in to_start
        if desktop.seat is not None and desktop.seat in wants and of_seat.get(desktop.seat) is desktop
    )
    nodes = [node.key for view in situation.snapshot.clusters.values() for node in view.nodes.values()]
    on = {node: boots.get(node) or situation.limits.boots_on(node, {}, situation.now) for node in nodes}
    boot_s = {node: _boot_s(situation, node) * of_node.behind for node, of_node in on.items()}
    return BootQueues(
        waiting=waiting,
        remaining_s={node: of_node.remaining_s * of_node.behind for node, of_node in on.items()},
        share_s=_shares({node: boot_s[node] / of_node.pace.width for node, of_node in on.items()}),
        boot_s=boot_s,
        unknown=frozenset(node for node, of_node in on.items() if not of_node.pace.own),
    )


def _shares(seconds: Mapping[NodeKey, float]) -> dict[NodeKey, float]:
    """Alike where only chance tells them apart: else each would end a little earlier or later than the others."""
    usual = median(seconds.values()) if seconds else 0.0
    return {node: usual * beyond_chance(each / usual, of=GENERATION) if usual else each for node, each in seconds.items()}


def _boot_s(situation: Situation, node: NodeKey) -> float:
    """Of the profile whose boots take longest there."""
    profiles = situation.config.profiles.values()
    return max((situation.limits.boot_alone_s(profile, node) for profile in profiles), default=0.0)
