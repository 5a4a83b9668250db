"""What is seen now of nodes and storages, and of the quorum: of a node that is away, the listing has no figures, only zeros."""

from collections.abc import Iterator

from provisioner.model.ids import ClusterId, Instant, NodeName, StorageId
from provisioner.model.machines.cluster import ClusterView, Snapshot, Storage
from provisioner.wrong.entry import OLD_S

StorageKey = tuple[ClusterId, NodeName, StorageId]
"""A shared storage has an empty node."""


def is_seen(storage: Storage, view: ClusterView) -> bool:
    """Whether the node that lists it is there, and says that it can be used."""
    return storage.available and view.complete_on(storage.node.node)


def seen_storages(snapshot: Snapshot) -> Iterator[tuple[StorageKey, Storage]]:
    """Every storage that some node sees; a shared one may come several times."""
    for view in snapshot.clusters.values():
        for storage in view.storages:
            if is_seen(storage, view):
                node = NodeName("") if storage.shared else storage.node.node
                yield (view.cluster, node, storage.storage), storage


def known_quorum(view: ClusterView, now: Instant) -> bool | None:
    """Whether the cluster has its quorum, asked not too long ago; None: not known."""
    asked_at = view.quorum_asked_at
    return view.quorate if asked_at is not None and now - asked_at <= OLD_S else None


__all__ = ["StorageKey", "is_seen", "known_quorum", "seen_storages"]
