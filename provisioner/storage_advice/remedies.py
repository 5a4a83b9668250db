"""Remedies for slow cloning: changes to where images are stored. Pure."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from provisioner.model.machines.twin_spec import StorageSpec
from provisioner.pve.volumes import ImageRole
from provisioner.reasons import storage as words
from provisioner.reasons.reason import ALL, ALSO, Reason, join_reasons
from provisioner.storage_advice.layouts import Drive, Layout, StorageUse

_SHORT_S = 0.3
"""On a polled lock, the pauses between polls outweigh shorter operations (measured on the twin: 26 % off at 0.16 s)."""
_FEW = 2.0
"""With fewer clones in flight the daemon's observation period outweighs the lock (measured on the twin: 22 % off)."""

COPY_GIB_PER_SECOND = StorageSpec(storage="", shared=False).copy_gib_per_second
"""The twin's, with which full clones are tried."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClonePace:
    """How clones are ordered in one lock domain."""

    in_flight: int
    """Maximum."""
    rest_s: float = 0.25
    """Average time from a clone's end to the start of the next."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DomainGroup:
    """Similar lock domains, either current or planned."""

    layout: Layout
    domains: float
    operation_s: float
    pace: ClonePace
    measured: tuple[Layout, float] | None = None
    """The measured layout and its seconds per clone; None: there were never two clones in flight."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RemedyCandidate:
    """A remedy whose effect is not calculated yet."""

    name: Reason
    how: Reason
    groups: tuple[DomainGroup, ...]
    """The lock domains after the change; empty if none is measured."""


def remedy_candidates(uses: Sequence[StorageUse], groups: Sequence[DomainGroup]) -> Iterator[RemedyCandidate]:
    """The possible changes; their groups are empty if none is measured."""
    yield from _drive_elsewhere(uses, groups)
    yield from _fewer_volumes(uses, groups)
    yield from _more_ids(uses, groups)
    yield from _replicas(uses, groups)
    yield from _second_template(uses, groups)
    yield from _other_clones(uses, groups)


def _drive_elsewhere(uses: Sequence[StorageUse], groups: Sequence[DomainGroup]) -> Iterator[RemedyCandidate]:
    beside = [use for use in uses if use.layout.drive is Drive.BESIDE]
    if not beside:
        return
    local = {use.local for use in beside}
    serve_others = any(
        use.layout.shared and set(use.reached) - set(use.nodes) for use in beside
    )  # a local drive would end that
    to_local = not serve_others and (None not in local or not all(use.layout.shared for use in beside))
    drive = Drive.NODE_LOCAL if to_local else Drive.SHARED
    if to_local and None not in local:
        where = words.LOCAL_STORAGES(storages=join_reasons(sorted(map(str, local)), ALSO))
    else:
        where = words.LOCAL_STORAGE() if to_local else words.STORAGE_ID()
    operations = join_reasons(sorted({str(use.layout.operations) for use in beside}), ALSO)
    how = words.DRIVE_ELSEWHERE_HOW(storages=_names(beside), where=where, operations=operations)
    changed = [
        replace(group, layout=replace(group.layout, drive=drive)) if group.layout.drive is Drive.BESIDE else group
        for group in groups
    ]
    if any(_is_rough(use, group) for use, group in zip(uses, groups, strict=False)):
        how = words.ROUGH(how=how)
    yield RemedyCandidate(name=words.DRIVE_ELSEWHERE(), how=how, groups=tuple(changed))


def _is_rough(use: StorageUse, group: DomainGroup) -> bool:
    return use.layout.shared and (group.operation_s < _SHORT_S or (use.hold is not None and use.hold.in_flight < _FEW))


def _fewer_volumes(uses: Sequence[StorageUse], groups: Sequence[DomainGroup]) -> Iterator[RemedyCandidate]:
    can = [use for use in uses if use.unneeded]
    if not can:
        return
    roles = {role for use in can for role in use.unneeded}
    volumes = sorted(_NEEDLESS[role]() for role in roles)
    how = words.FEWER_VOLUMES_HOW(storages=_names(can), volumes=join_reasons(volumes, ALL))
    less = {use.name: len(use.unneeded) for use in uses}
    changed = [
        replace(group, layout=replace(group.layout, disks=group.layout.disks - less[use.name]))
        for use, group in zip(uses, groups, strict=False)
    ]
    yield RemedyCandidate(name=words.FEWER_VOLUMES(), how=how, groups=tuple(changed))


_NEEDLESS = {ImageRole.DISK: words.FURTHER_DISKS, ImageRole.EFI: words.EFI_VOLUME, ImageRole.TPM: words.TPM_VOLUME}


def _more_ids(uses: Sequence[StorageUse], groups: Sequence[DomainGroup]) -> Iterator[RemedyCandidate]:
    shared = [use for use in uses if use.layout.shared]
    count = len(shared)
    if not count:
        how = words.TWICE_IDS_HOW(storages=_names(uses))
        yield RemedyCandidate(name=words.TWICE_IDS(), how=how, groups=_scaled(groups, 2.0))
        return
    for more in sorted({count + 1, 2 * count}):
        how = words.MORE_IDS_HOW(more=more, count=count)
        yield RemedyCandidate(name=words.MORE_IDS(count=more), how=how, groups=_scaled(groups, more / count))


def _scaled(groups: Sequence[DomainGroup], factor: float) -> tuple[DomainGroup, ...]:
    """Multiply the lock domains; node-local domains stay unchanged if there are shared ones."""
    any_shared = any(group.layout.shared for group in groups)
    return tuple(
        replace(group, domains=group.domains * factor) if group.layout.shared or not any_shared else group for group in groups
    )


def _replicas(uses: Sequence[StorageUse], groups: Sequence[DomainGroup]) -> Iterator[RemedyCandidate]:
    shared = [use for use in uses if use.layout.shared]
    if not shared:
        return
    count = _replica_nodes(shared)
    how = words.REPLICAS_HOW if all(use.replica_nodes for use in shared) else words.REPLICAS_NONE_HOW
    yield RemedyCandidate(name=words.REPLICAS(), how=how(count=count), groups=_with_replicas(groups, count))


def _replica_nodes(shared: Sequence[StorageUse]) -> int:
    """Nodes with a local storage; in a cluster without local storages, the nodes of its desktops now."""
    local = {use.cluster: use.replica_nodes for use in shared}
    nodes = {(use.cluster, node) for use in shared for node in (use.reached or use.nodes)}
    return sum(count or sum(cluster == of_node for of_node, _ in nodes) for cluster, count in local.items())


def _with_replicas(groups: Sequence[DomainGroup], count: int) -> tuple[DomainGroup, ...]:
    """Replace all shared groups by node-local replicas; the duration of an operation is the shared groups' average."""
    moved = [group for group in groups if group.layout.shared]
    if not moved:
        return tuple(groups)
    layout = replace(moved[0].layout, shared=False, nodes=1, drive=_beside(moved[0].layout.drive))
    operation_s = sum(group.operation_s for group in moved) / len(moved)
    local = replace(moved[0], domains=count, layout=layout, operation_s=operation_s)
    return (*(group for group in groups if not group.layout.shared), local)


def _second_template(uses: Sequence[StorageUse], groups: Sequence[DomainGroup]) -> Iterator[RemedyCandidate]:
    """Where one template serves several nodes."""
    alone = {use.name for use in uses if use.layout.shared and len(use.nodes) == 1 and len(use.reached) > 1}
    if not alone:
        return
    how = words.SECOND_TEMPLATE_HOW(storages=join_reasons(sorted(alone), ALSO))
    changed = [
        replace(group, layout=replace(group.layout, nodes=2)) if use.name in alone else group
        for use, group in zip(uses, groups, strict=False)
    ]
    yield RemedyCandidate(name=words.SECOND_TEMPLATE(), how=how, groups=tuple(changed))


def _other_clones(uses: Sequence[StorageUse], groups: Sequence[DomainGroup]) -> Iterator[RemedyCandidate]:
    """Linked ones instead of full ones, or the reverse: no remedy, but its price is asked for."""
    if any(use.layout.copies_gib for use in uses):
        yield RemedyCandidate(name=words.LINKED_CLONES(), how=words.LINKED_CLONES_HOW(), groups=())
        return
    sizes = [use.size_gib for use in uses]
    if not all(sizes):
        return
    how = words.FULL_CLONES_HOW(size_gib=max(sizes), speed=COPY_GIB_PER_SECOND)
    changed = [
        replace(group, layout=replace(group.layout, copies_gib=use.size_gib)) for use, group in zip(uses, groups, strict=False)
    ]
    yield RemedyCandidate(name=words.FULL_CLONES(), how=how, groups=tuple(changed))


def _beside(drive: Drive) -> Drive:
    return Drive.NONE if drive is Drive.NONE else Drive.BESIDE


def _names(uses: Iterable[StorageUse]) -> Reason:
    return join_reasons(sorted(use.name for use in uses), ALSO)
