"""The boots that come before a desktop that is placed now, on each node: what decides where it is ready first."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import chain
from statistics import median

from provisioner.model.ids import NodeKey
from provisioner.model.machines.desktops import Phase, Reservation
from provisioner.model.people.profiles import Profile
from provisioner.pacing.boot_limits import GENERATION, beyond_chance
from provisioner.pacing.boot_progress import NodeBoots
from provisioner.planning.inputs import Situation, where
from provisioner.planning.placement.balance import BootQueues
from provisioner.planning.survey.survey import Survey

_AHEAD = 5
"""Enough that a node has always one to start."""
_SLOWER = 4.0
"""How many times as long boots may take on the slowest node as on others (assumed)."""
_TO_START = (Phase.RESERVED, Phase.CLONING, Phase.UNPROVEN, Phase.CLONED, Phase.STOPPED)


def boot_queues(situation: Situation, survey: Survey, boots: Mapping[NodeKey, NodeBoots]) -> BootQueues:
    """The boots on each node that come before a desktop that is placed there now."""
    to_start = [(where(situation, desktop), desktop) for desktop in _to_start(situation, survey)]
    nodes = [node.key for view in situation.snapshot.clusters.values() for node in view.nodes.values()]
    on = {node: boots.get(node) or situation.limits.boots_on(node, {}, situation.now) for node in nodes}
    profiles = _awaited(situation, survey)
    share = len(survey.unserved) / max(1, len(nodes))  # with those whose desktop is cloned, or boots
    boot_s = {node: _boot_s(situation, node, profiles) * of_node.behind for node, of_node in on.items()}
    return BootQueues(
        waiting=Counter(node for node, _ in to_start),
        unstarted=Counter((node, desktop.profile) for node, desktop in to_start if _is_under_way(situation, desktop)),
        remaining_s={node: of_node.remaining_s * of_node.behind for node, of_node in on.items()},
        share_s=_shares({node: boot_s[node] / of_node.pace.width for node, of_node in on.items()}),
        boot_s=boot_s,
        unknown={node: _may_wait(situation, of_node, share) for node, of_node in on.items() if not of_node.pace.own},
    )


def _to_start(situation: Situation, survey: Survey) -> Iterator[Reservation]:
    wants, of_seat = situation.demand.wants, survey.of_seat
    for desktop in chain.from_iterable(survey.not_ready.get(phase, {}).values() for phase in _TO_START):
        if desktop.seat is not None and desktop.seat in wants and of_seat.get(desktop.seat) is desktop:
            yield desktop


def _may_wait(situation: Situation, boots: NodeBoots, share: float) -> int:
    """Desktops on a node of which nobody knows how fast it is: as many as it may boot now, and a few that follow at once.

    Not those if a slow node had more than its `share` of all with them: they would be ready long after all others. Boots
    that are late may never end, and keep nobody out.
    """
    limit = boots.limit(situation.config.budget.boots_per_node)
    return max(0, limit - boots.in_time) + max(0, min(_AHEAD, int(share / _SLOWER) - limit))


def _is_under_way(situation: Situation, desktop: Reservation) -> bool:
    """Whether its boot can be expected soon: one that something holds up shows of no node how fast it is."""
    profile = situation.config.profiles.get(desktop.profile)
    if profile is None or situation.records.desktops[desktop.name].attempts:
        return False
    held = any((cause.cluster, cause.profile) == (desktop.cluster, desktop.profile) for cause in situation.causes)
    return not held and situation.now - desktop.reserved_at <= profile.ready_timeout_s


def _shares(seconds: Mapping[NodeKey, float]) -> dict[NodeKey, float]:
    """Alike where only chance tells them apart: else each would end a little earlier or later than the others."""
    usual = median(seconds.values()) if seconds else 0.0
    return {node: usual * beyond_chance(each / usual, of=GENERATION) if usual else each for node, each in seconds.items()}


def _awaited(situation: Situation, survey: Survey) -> Collection[Profile]:
    """Those that somebody waits for: how long others boot makes no difference; all, if nobody waits."""
    wants = chain(survey.unserved.values(), situation.demand.ahead.values())
    profiles, names = situation.config.profiles, {want.profile for want in wants}
    return [profiles[name] for name in names if name in profiles] or profiles.values()


def _boot_s(situation: Situation, node: NodeKey, profiles: Iterable[Profile]) -> float:
    """Of the profile whose boots take longest there."""
    return max((situation.limits.boot_alone_s(profile, node) for profile in profiles), default=0.0)
