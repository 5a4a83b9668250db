"""Where desktops are made, and with what: nodes as placing sees them, and the locks of their storages."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from statistics import fmean

from provisioner.model.ids import LockDomain, NodeKey, ProfileName
from provisioner.model.machines.twin_spec import StorageSpec
from provisioner.pacing.clone_limits import OPERATIONS
from provisioner.planning.eta.queue import Site, Yard
from provisioner.planning.inputs import Situation
from provisioner.planning.placement.balance import BootQueues, NodeLoad
from provisioner.planning.placement.resources import FreeResources

_ASSUMED_S = OPERATIONS * StorageSpec(storage="", shared=False).image_operation_s
"""Before a clone was measured: as a forecast assumes."""
_SHORTEST_S = 0.001


def yard_of(situation: Situation, queues: BootQueues, room: FreeResources, waiting: Iterable[ProfileName]) -> Yard:
    """What desktops are made with, as measured; `waiting`: the profile of each who has no place."""
    measured = situation.limits.clone_s
    domains = _nodes_of(situation, room)
    usual_s = fmean(known) if (known := [measured[each] for each in domains if each in measured]) else _ASSUMED_S
    sites = (
        Site(nodes=nodes, clone_s={domain: measured.get(domain, usual_s) for domain in of_nodes})
        for nodes, of_nodes in _joined({domain: nodes & queues.share_s.keys() for domain, nodes in domains.items()})
        if nodes
    )
    left = _room_on(situation, queues, room, Counter(waiting))
    nodes = {
        node: NodeLoad(
            busy_s=queues.remaining_s[node], share_s=max(_SHORTEST_S, share_s), boot_s=queues.boot_s[node], room=left[node]
        )
        for node, share_s in queues.share_s.items()
    }
    return Yard(sites=tuple(sites), nodes=nodes, between_s=2 * situation.config.pace.observe_busy_s)


def _nodes_of(situation: Situation, room: FreeResources) -> Mapping[LockDomain, set[NodeKey]]:
    """The nodes on which each storage's clones may be."""
    found: defaultdict[LockDomain, set[NodeKey]] = defaultdict(set)
    for profile in situation.config.profiles.values():
        for candidate in room.candidates.of(profile):
            if room.candidates.absence(candidate) is None:
                found[candidate.domain].add(candidate.node)
    return found


def _joined(nodes_of: Mapping[LockDomain, set[NodeKey]]) -> list[tuple[frozenset[NodeKey], tuple[LockDomain, ...]]]:
    """Storages that have a node in common belong together."""
    found: list[tuple[frozenset[NodeKey], tuple[LockDomain, ...]]] = []
    for domain, nodes in sorted(nodes_of.items()):
        same = [each for each in found if each[0] & nodes]
        found = [each for each in found if not each[0] & nodes]
        domains = (*(name for _, names in same for name in names), domain)
        found.append((frozenset(nodes).union(*(each for each, _ in same)), domains))
    return found


def _room_on(
    situation: Situation, queues: BootQueues, room: FreeResources, waiting: Counter[ProfileName]
) -> Mapping[NodeKey, float]:
    """Desktops more that each node has room for, of the profile that most wait for."""
    profiles = situation.config.profiles
    if not profiles:
        return dict.fromkeys(queues.share_s, 0.0)
    usual = max(profiles, key=lambda name: (waiting[name], name))
    return {node: float(room.room(profiles[usual], node)) for node in queues.share_s}
