"""The nodes that a profile's desktops can be made for, and what keeps them from others."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from provisioner.doctor.findings import Finding, doubtful, good
from provisioner.model.ids import ClusterId, GuestKey, NodeName, StorageId, Vmid
from provisioner.model.machines.cluster import ClusterView, Snapshot
from provisioner.model.people.profiles import Profile, Template
from provisioner.planning.placement.candidates import Candidate, Candidates, Closures
from provisioner.pve.volumes import Image
from provisioner.reasons import storage as words
from provisioner.reasons import subjects
from provisioner.reasons.grouping import list_some
from provisioner.reasons.reason import ALSO, Reason, join_reasons
from provisioner.storage_advice.layouts import tied_by, ties_of

NAMED = 8
"""Nodes named in one line; others are counted."""
Configs = Mapping[Vmid, Mapping[str, object]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """Of one profile on one cluster."""

    profile: Profile
    cluster: ClusterId
    nodes: tuple[NodeName, ...]
    """Where its desktops can be made."""
    by_storage: Mapping[StorageId, tuple[NodeName, ...]]
    """The same, by the storage of the desktops' disks."""
    kept_from: tuple[NodeName, ...]
    """Where they could be made, if all drives of the templates were on shared storage."""
    beyond: tuple[NodeName, ...]
    """Living nodes that do not see `shared`."""
    shared: tuple[StorageId, ...]
    """The shared ones of these storages."""
    ties: tuple[tuple[Template, Image], ...]
    """Drives that are not on shared storage."""

    def templates_on(self, storage: StorageId) -> tuple[Template, ...]:
        """The templates whose clones have their disks on this storage."""
        profile, here = self.profile, self.cluster
        return tuple(
            template
            for template in profile.templates
            if template.cluster == here and (profile.storage or template.storage) == storage
        )


def reach_of(view: ClusterView, profile: Profile, configs: Configs) -> Reach:
    """From a listing and the templates' configurations."""
    ties = tuple(_ties(view, profile, configs))
    now = _usable(view, profile, {template for template, _ in ties})
    untied = places_of(view, profile)
    nodes = {candidate.node.node for candidate in now}
    shared = {candidate.storage for candidate in now if candidate.shared}
    living = {node for node in view.nodes if view.complete_on(node)}
    return Reach(
        profile=profile,
        cluster=view.cluster,
        nodes=tuple(sorted(nodes)),
        by_storage={
            storage: tuple(sorted(candidate.node.node for candidate in now if candidate.storage == storage))
            for storage in sorted({candidate.storage for candidate in now})
        },
        kept_from=tuple(sorted(untied - nodes)),
        beyond=tuple(sorted(living - untied)) if shared else (),
        shared=tuple(sorted(shared)),
        ties=ties,
    )


def places_of(view: ClusterView, profile: Profile) -> frozenset[NodeName]:
    """The nodes where its desktops could be made, if all drives of the templates were where they should be."""
    return frozenset(candidate.node.node for candidate in _usable(view, profile, ()))


def findings_of(reach: Reach) -> Iterator[Finding]:
    """With shared storage: the nodes; each drive that costs some, and those that do not see the storage."""
    subject = subjects.PROFILE(profile=reach.profile.name)
    if reach.shared:
        yield good(subject, words.REACHED(nodes=some_nodes(reach.nodes)))
    if reach.kept_from:
        for template, tie in reach.ties:
            yield doubtful(subject, tied_by(template, tie))
    if reach.beyond:
        storages = join_reasons(reach.shared, ALSO)
        yield doubtful(subject, words.NOT_REACHED(nodes=some_nodes(reach.beyond), storages=storages))


def some_nodes(nodes: Iterable[NodeName]) -> Reason:
    """Their names, as far as they fit in a line."""
    return list_some([Reason(node) for node in nodes], NAMED)


def _ties(view: ClusterView, profile: Profile, configs: Configs) -> Iterator[tuple[Template, Image]]:
    for template in profile.templates:
        if template.cluster == view.cluster and template.vmid in configs:
            for tie in ties_of(view, template, configs[template.vmid]):
                yield template, tie


def _usable(view: ClusterView, profile: Profile, tied: Iterable[Template]) -> list[Candidate]:
    """The places that the daemon would use, whatever is free there."""
    closures = Closures(tied={GuestKey(view.cluster, template.vmid): Reason("") for template in tied})
    found = Candidates(Snapshot(clusters={view.cluster: view}), closures)
    here = (candidate for candidate in found.of(profile) if candidate.node.cluster == view.cluster)
    return [candidate for candidate in here if found.absence(candidate) is None]
