"""Storages: what is on them, and what is left."""

from dataclasses import dataclass

from provisioner.model.machines.cluster import Storage
from provisioner.model.status import Status
from provisioner.views.times import stamp
from provisioner.wrong.seen import seen_storages


@dataclass(frozen=True, slots=True, kw_only=True)
class StorageDocument:
    """One storage: a node's own, or one that the nodes of a cluster share."""

    cluster: str
    node: str | None
    """None: shared."""
    storage: str
    kind: str | None
    """Proxmox VE's type, such as `lvmthin`; None: unknown."""
    available: bool
    total_gib: float
    used_gib: float
    left_gib: float | None
    """Of the share that may be filled, after what is reserved; negative: exceeded. None: unknown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoragesDocument:
    """Every storage that was observed; a shared storage comes once."""

    at: str
    storages: tuple[StorageDocument, ...]


def storages_document(status: Status) -> StoragesDocument:
    """Every storage, by cluster, name and node."""
    readable = {key for key, _ in seen_storages(status.snapshot)}
    keys = (((storage.cluster, storage.node, storage.storage), storage.gib) for storage in status.headroom.storages)
    left = {key: gib for key, gib in keys if key in readable}
    found: dict[tuple[str, str, str], StorageDocument] = {}
    for view in status.snapshot.clusters.values():
        for storage in view.storages:
            node = "" if storage.shared else storage.node.node
            key = (view.cluster, node, storage.storage)
            if key not in found or not found[key].available:
                found[key] = _document(storage, left.get((view.cluster, type(storage.node.node)(node), storage.storage)))
    ordered = sorted(found.values(), key=lambda entry: (entry.cluster, entry.storage, entry.node or ""))
    return StoragesDocument(at=stamp(status.at), storages=tuple(ordered))


def _document(storage: Storage, left_gib: float | None) -> StorageDocument:
    return StorageDocument(
        cluster=storage.node.cluster,
        node=None if storage.shared else storage.node.node,
        storage=storage.storage,
        kind=storage.kind or None,
        available=storage.available,
        total_gib=storage.total_gib,
        used_gib=storage.used_gib,
        left_gib=left_gib,
    )
