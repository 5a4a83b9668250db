"""Clusters, nodes and storages."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from provisioner.model.ids import ClusterId, Instant, NodeKey, NodeName, StorageId
from provisioner.model.kept.absence import Absent, absences
from provisioner.model.machines.cluster import ClusterView, Storage
from provisioner.model.status import DesktopState, Status
from provisioner.reasons.phases import ABSENT_MANY, HIDDEN
from provisioner.reasons.reason import Reason, as_reason
from provisioner.reasons.wrong import (
    CLUSTER_OLD,
    CLUSTER_PAUSED,
    CLUSTER_UNSEEN,
    CLUSTER_UNSEEN_WHY,
    DESKTOP_UNLISTED,
    DESKTOPS_UNLISTED,
    LEFT_BEHIND,
    LISTING_DOUBTED,
    NODE_AWAY,
    QUORUM_UNKNOWN,
    STORAGE_FILLED,
    STORAGE_FULL,
)
from provisioner.wrong.entry import NAMES, OLD_S, Wrong
from provisioner.wrong.naming import shown
from provisioner.wrong.seen import is_seen, known_quorum

_FULL = 0.98
"""From this share on a storage is called full: what is left is gone within minutes when hundreds of desktops write."""
_DISKS = frozenset({"images", "rootdir"})
_ABSENT = frozenset({ABSENT_MANY.code, HIDDEN.code})


def of_clusters(
    status: Status, configured: Iterable[ClusterId], notable: Sequence[DesktopState]
) -> Iterator[Wrong]:  # fmt: skip
    """Clusters that are paused, were never observed, or not for too long; nodes that are away; storages that are full."""
    views, over = status.snapshot.clusters, _overfull(status)
    for cluster in sorted({*configured, *views, *status.paused}):
        view = views.get(cluster)
        if entry := _entry(status, cluster, view):
            yield entry
        elif view is not None and known_quorum(view, status.at) is None:
            yield Wrong(says=QUORUM_UNKNOWN(cluster=cluster), about=cluster, seen_at=view.quorum_asked_at)
        if view is not None:
            yield from _nodes(status, view)
            yield from _storages(over[cluster], view)
    yield from _doubted(status, notable)
    yield from _left_behind(status)


def _entry(status: Status, cluster: ClusterId, view: ClusterView | None) -> Wrong | None:
    why, seen_at = status.paused.get(cluster), _seen_at(status, cluster)
    if view is None:
        says = CLUSTER_UNSEEN_WHY(cluster=cluster, why=why) if why else CLUSTER_UNSEEN(cluster=cluster)
    elif why:
        says = CLUSTER_PAUSED(cluster=cluster, why=why)
    elif status.at - view.taken_at > OLD_S:
        says = CLUSTER_OLD(cluster=cluster)
    else:
        return None
    return Wrong(says=says, about=cluster, seen_at=seen_at)


def _nodes(status: Status, view: ClusterView) -> Iterator[Wrong]:
    away = [node.key for node in view.nodes.values() if not node.online]
    on_node = (
        Counter(NodeKey(state.reservation.cluster, state.node) for state in status.desktops.values()) if away else Counter()
    )
    for node in sorted(away):
        says = NODE_AWAY(node=f"{node.cluster}/{node.node}", desktops=on_node[node])
        yield Wrong(says=says, about=f"{node.cluster}/{node.node}", seen_at=view.taken_at, concerns=on_node[node])


def _overfull(status: Status) -> Mapping[ClusterId, list[tuple[NodeName, StorageId]]]:
    found: defaultdict[ClusterId, list[tuple[NodeName, StorageId]]] = defaultdict(list)
    for each in status.headroom.storages:
        if each.gib < 0:
            found[each.cluster].append((each.node, each.storage))
    return found


def _storages(over: Iterable[tuple[NodeName, StorageId]], view: ClusterView) -> Iterator[Wrong]:
    """Of a node that is away nothing is known: its storages are not called full."""
    for node, storage in sorted(over):
        there = [each for each in view.storages if each.storage == storage and node in ("", each.node.node)]
        if read := [each for each in there if is_seen(each, view)]:
            place = f"{view.cluster}/{node}/{storage}" if node else f"{view.cluster}/{storage}"
            says = STORAGE_FULL if any(map(_is_full, read)) else STORAGE_FILLED
            yield Wrong(says=says(storage=place), about=place, seen_at=view.taken_at)


def _is_full(storage: Storage) -> bool:
    """A full storage of backups or installation images stops no guest."""
    holds_disks = not storage.content or not _DISKS.isdisjoint(storage.content)
    return holds_disks and 0 < _FULL * storage.total_gib <= storage.used_gib


def _doubted(status: Status, notable: Sequence[DesktopState]) -> Iterator[Wrong]:
    """Clusters whose list lacks desktops: perhaps the token does not see them. If it lacks many, nothing is cloned there."""
    absent = [state for state in notable if as_reason(state.because).code in _ABSENT]
    for cluster in sorted({state.reservation.cluster for state in absent}):
        here = [state for state in absent if state.reservation.cluster == cluster]
        names = tuple(sorted(state.reservation.name for state in here))
        says = _unlisted(status, cluster, here, names)
        yield Wrong(says=says, about=cluster, concerns=len(here), names=names[:NAMES], seen_at=_seen_at(status, cluster))


def _left_behind(status: Status) -> Iterator[Wrong]:
    if status.left_behind:
        names = tuple(str(entry.key) for entry in status.left_behind)
        says = LEFT_BEHIND(count=len(names), names=shown(names))
        yield Wrong(says=says, concerns=len(names), names=names[:NAMES])


def _unlisted(status: Status, cluster: ClusterId, here: list[DesktopState], names: tuple[str, ...]) -> Reason:
    of = sum(state.reservation.cluster == cluster for state in status.desktops.values())
    there = {state.reservation.vmid: as_reason(state.because).code == HIDDEN.code for state in here}
    absent = [Absent(state.reservation, state.attempts, state.superseded_by is not None) for state in here]
    waits = any(as_reason(state.because).code == ABSENT_MANY.code for state in here)
    if waits or absences(absent, there, of=of).closes:
        return LISTING_DOUBTED(cluster=cluster, count=len(here), why=here[0].because)
    return (DESKTOP_UNLISTED if len(here) == 1 else DESKTOPS_UNLISTED)(count=len(here), names=shown(names), place=_place(here))


def _place(here: list[DesktopState]) -> str:
    """Where the right is to be given: on the cluster's pool, or on all VMs."""
    place = str(as_reason(here[0].because).arguments.get("place", ""))
    return place if place.startswith("/pool/") else "/vms"


def _seen_at(status: Status, cluster: ClusterId) -> Instant | None:
    view = status.snapshot.clusters.get(cluster)
    return None if view is None else view.taken_at


__all__ = ["of_clusters"]
