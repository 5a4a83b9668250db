"""Where desktops are made, and with what: nodes, the locks of their storages, and how fast both have shown to be."""

from collections import defaultdict
from collections.abc import Sequence
from statistics import fmean

from provisioner.model.ids import LockDomain, NodeKey
from provisioner.model.twin_spec import StorageSpec
from provisioner.pacing.clone_limits import OPERATIONS
from provisioner.planning.eta.schedule import Site, Yard
from provisioner.planning.inputs import Situation
from provisioner.planning.placement.resources import FreeResources

_ASSUMED = StorageSpec(storage="", shared=False)
"""Before a clone was measured: as a forecast assumes."""
Group = tuple[frozenset[NodeKey], frozenset[LockDomain]]
"""Nodes, and the locks under which desktops are cloned there; storages that have a node in common are of one group."""


def groups_of(situation: Situation, room: FreeResources) -> list[Group]:
    """Where desktops can be made, and each other node that may have some."""
    nodes_of: defaultdict[LockDomain, set[NodeKey]] = defaultdict(set)
    for profile in situation.config.profiles.values():
        for candidate in room.candidates.of(profile):
            if room.candidates.absence(candidate) is None:
                nodes_of[candidate.domain].add(candidate.node)
    groups: list[Group] = []
    for domain, nodes in sorted(nodes_of.items()):
        joined = [group for group in groups if group[0] & nodes]
        groups = [group for group in groups if not group[0] & nodes]
        parts = [*joined, (frozenset(nodes), frozenset({domain}))]
        groups.append((frozenset().union(*(part[0] for part in parts)), frozenset().union(*(part[1] for part in parts))))
    known = frozenset().union(*(group[0] for group in groups))
    others = sorted(node.key for view in situation.snapshot.clusters.values() for node in view.nodes.values())
    return [*groups, *((frozenset({node}), frozenset[LockDomain]()) for node in others if node not in known)]


def yard_of(situation: Situation, groups: Sequence[Group]) -> Yard:
    """What desktops are made with, each group one site, in their order."""
    limits = situation.limits
    measured = [limits.clone_s[domain] for _, domains in groups for domain in domains if domain in limits.clone_s]
    usual_s = fmean(measured) if measured else OPERATIONS * _ASSUMED.image_operation_s
    sites = (
        Site(
            clone_s={domain: limits.clone_s.get(domain, usual_s) for domain in sorted(domains)},
            width=sum(limits.boots_on(node, {}, situation.now).pace.width for node in nodes),
            nodes=len(nodes),
        )
        for nodes, domains in groups
    )
    return Yard(sites=tuple(sites), between_s=2 * situation.config.pace.observe_busy_s)
