"""What can be done about slow cloning, as changes to where images lie. Pure."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from provisioner.pve.volumes import ImageRole
from provisioner.reasons import storage as words
from provisioner.reasons.reason import ALL, ALSO, Reason, join_reasons
from provisioner.storage_advice.layouts import Drive, Layout, StorageUse

_SHORT_S = 0.3
"""On a polled lock, shorter operations are outweighed by the poll's pauses: found on the twin (26 % off at 0.16 s)."""
_FEW = 2.0
"""Clones in flight below which the daemon's own looking counts for more than the lock: found on the twin (22 % off)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClonePace:
    """How clones are ordered in one lock domain."""

    in_flight: int
    """At most."""
    rest_s: float = 0.25
    """From a clone's end to the beginning of the next, on average."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DomainGroup:
    """Lock domains that are alike, as they are or would be."""

    layout: Layout
    domains: float
    operation_s: float
    tempo: ClonePace
    measured: tuple[Layout, float] | None = None
    """The layout that was measured, and seconds a clone; None: no two were in flight there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RemedyCandidate:
    """A remedy before its gain is known."""

    name: Reason
    how: Reason
    lots: tuple[DomainGroup, ...]
    """Empty where nothing is measured."""


def remedy_candidates(uses: Sequence[StorageUse], lots: Sequence[DomainGroup]) -> Iterator[RemedyCandidate]:
    """What could be changed; the lots are empty where nothing is measured."""
    yield from _drive_elsewhere(uses, lots)
    yield from _fewer_volumes(uses, lots)
    yield from _more_ids(uses, lots)
    yield from _replicas(uses, lots)


def _drive_elsewhere(uses: Sequence[StorageUse], lots: Sequence[DomainGroup]) -> Iterator[RemedyCandidate]:
    beside = [use for use in uses if use.layout.drive is Drive.BESIDE]
    if not beside:
        return
    local = {use.local for use in beside}
    to_local = None not in local or not all(use.layout.shared for use in beside)
    drive = Drive.NODE_LOCAL if to_local else Drive.SHARED
    if None not in local:
        where = words.LOCAL_STORAGES(storages=join_reasons(sorted(str(one) for one in local), ALSO))
    else:
        where = words.LOCAL_STORAGE() if to_local else words.STORAGE_ID()
    operations = join_reasons(sorted({str(use.layout.operations) for use in beside}), ALSO)
    how = words.DRIVE_ELSEWHERE_HOW(storages=_names(beside), where=where, operations=operations)
    changed = [
        replace(lot, layout=replace(lot.layout, drive=drive)) if lot.layout.drive is Drive.BESIDE else lot for lot in lots
    ]
    if any(_is_rough(use, lot) for use, lot in zip(uses, lots, strict=False)):
        how = words.ROUGH(how=how)
    yield RemedyCandidate(name=words.DRIVE_ELSEWHERE(), how=how, lots=tuple(changed))


def _is_rough(use: StorageUse, lot: DomainGroup) -> bool:
    return use.layout.shared and (lot.operation_s < _SHORT_S or (use.hold is not None and use.hold.in_flight < _FEW))


def _fewer_volumes(uses: Sequence[StorageUse], lots: Sequence[DomainGroup]) -> Iterator[RemedyCandidate]:
    can = [use for use in uses if use.needless]
    if not can:
        return
    roles = {role for use in can for role in use.needless}
    volumes = sorted(_NEEDLESS[role]() for role in roles)
    how = words.FEWER_VOLUMES_HOW(storages=_names(can), volumes=join_reasons(volumes, ALL))
    less = {use.name: len(use.needless) for use in uses}
    changed = [
        replace(lot, layout=replace(lot.layout, disks=lot.layout.disks - less[use.name]))
        for use, lot in zip(uses, lots, strict=False)
    ]
    yield RemedyCandidate(name=words.FEWER_VOLUMES(), how=how, lots=tuple(changed))


_NEEDLESS = {ImageRole.DISK: words.FURTHER_DISKS, ImageRole.EFI: words.EFI_VOLUME, ImageRole.TPM: words.TPM_VOLUME}


def _more_ids(uses: Sequence[StorageUse], lots: Sequence[DomainGroup]) -> Iterator[RemedyCandidate]:
    shared = [use for use in uses if use.layout.shared]
    count = len(shared)
    if not count:
        how = words.TWICE_IDS_HOW(storages=_names(uses))
        yield RemedyCandidate(name=words.TWICE_IDS(), how=how, lots=_scaled(lots, 2.0))
        return
    for more in sorted({count + 1, 2 * count}):
        how = words.MORE_IDS_HOW(more=more, count=count)
        yield RemedyCandidate(name=words.MORE_IDS(count=more), how=how, lots=_scaled(lots, more / count))


def _scaled(lots: Sequence[DomainGroup], factor: float) -> tuple[DomainGroup, ...]:
    """Node-local locks beside shared ones stay as they are."""
    any_shared = any(lot.layout.shared for lot in lots)
    return tuple(replace(lot, domains=lot.domains * factor) if lot.layout.shared or not any_shared else lot for lot in lots)


def _replicas(uses: Sequence[StorageUse], lots: Sequence[DomainGroup]) -> Iterator[RemedyCandidate]:
    shared = [use for use in uses if use.layout.shared]
    if not shared:
        return
    count = _replica_nodes(shared)
    how = words.REPLICAS_HOW if all(use.replica_nodes for use in shared) else words.REPLICAS_NONE_HOW
    yield RemedyCandidate(name=words.REPLICAS(), how=how(count=count), lots=_with_replicas(lots, count))


def _replica_nodes(shared: Sequence[StorageUse]) -> int:
    """Those with a local storage; where no node has one, those with a template today."""
    nodes = {use.cluster: use.replica_nodes for use in shared}
    today = {(use.cluster, node) for use in shared for node in use.nodes}
    return sum(count or sum(cluster == where for where, _ in today) for cluster, count in nodes.items())


def _with_replicas(lots: Sequence[DomainGroup], count: int) -> tuple[DomainGroup, ...]:
    """Instead of all shared lots; an operation is taken to last as long as on them on average."""
    moved = [lot for lot in lots if lot.layout.shared]
    if not moved:
        return tuple(lots)
    layout = replace(moved[0].layout, shared=False, nodes=1, drive=_beside(moved[0].layout.drive))
    operation_s = sum(lot.operation_s for lot in moved) / len(moved)
    local = replace(moved[0], domains=count, layout=layout, operation_s=operation_s)
    return (*(lot for lot in lots if not lot.layout.shared), local)


def _beside(drive: Drive) -> Drive:
    return Drive.NONE if drive is Drive.NONE else Drive.BESIDE


def _names(uses: Iterable[StorageUse]) -> Reason:
    return join_reasons(sorted(use.name for use in uses), ALSO)
