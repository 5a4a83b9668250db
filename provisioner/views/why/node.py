"""A node: whether it takes desktops, what is on it, and what is short there."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from provisioner.model.ids import NodeKey
from provisioner.model.status import DesktopState, Status
from provisioner.model.words import WaitsFor
from provisioner.reasons.placement import MEMORY, STORAGE
from provisioner.reasons.reason import Reason, ReasonKind
from provisioner.views.clusters import ClusterDocument, cluster_documents
from provisioner.views.desktops import remark_on
from provisioner.views.journal import JournalLine
from provisioner.views.nodes import NodeDocument, nodes_document
from provisioner.views.orders import OrderDocument
from provisioner.views.reasons import ReasonCount, deferral_counts, reason_counts
from provisioner.views.storages import StorageDocument, storages_document
from provisioner.views.why.holds import intents_about
from provisioner.views.why.past import Journal, line_documents, lines_of


@dataclass(frozen=True, slots=True, kw_only=True)
class ShortDocument:
    """A resource of which a node has too little."""

    resource: str
    """`memory`, `cores` or `storage`."""
    storage: str | None
    """Which storage; None: another resource."""
    left: float
    """MiB, vCPUs or GiB."""
    needed: float | None
    """What a desktop that waits needs; None: nobody waits for it, and less than nothing is left."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeWhy:
    """A node."""

    cluster: str
    name: str
    node: NodeDocument | None
    """None: the daemon was not asked."""
    observed: ClusterDocument | None
    """Its cluster: when it was observed, and whether it is paused. None: the daemon was not asked."""
    storages: tuple[StorageDocument, ...]
    """Its own, and the shared ones that it sees."""
    short: tuple[ShortDocument, ...]
    """Of what it has too little."""
    phases: Mapping[str, int]
    """Desktops on it, by phase."""
    kept: int | None
    """Desktops that the store keeps for it, if the daemon was not asked; None: it was."""
    troubles: tuple[ReasonCount, ...]
    """What people should know of the desktops on it."""
    waiting: tuple[ReasonCount, ...]
    """Why desktops wait, as far as the reason names the node; of a node that is drained or evacuated: why desktops stay."""
    intents: tuple[OrderDocument, ...]
    """Orders in force for everything, and for it."""
    journal: tuple[JournalLine, ...]
    """The last day's orders for it, newest first."""


def node_why(status: Status, key: NodeKey, journal: Journal) -> NodeWhy:
    """A node that was observed."""
    node = next(entry for entry in nodes_document(status).nodes if (entry.cluster, entry.node) == key)
    storages, on_node = tuple(_storages(status, key)), tuple(_desktops(status, key))
    return NodeWhy(
        cluster=key.cluster,
        name=key.node,
        node=node,
        observed=next(entry for entry in cluster_documents(status) if entry.cluster == key.cluster),
        storages=storages,
        short=tuple(_short(status, node, storages)),
        phases=dict(sorted(Counter(state.phase.value for state in on_node).items())),
        kept=None,
        troubles=reason_counts(filter(None, map(remark_on, on_node))),
        waiting=node.stay or deferral_counts(entry for entry in status.plan.deferred if _names_node(entry.reason, key)),
        intents=intents_about(status.intents, str(key)),
        journal=line_documents(lines_of((str(key),), journal, now=status.at)),
    )


def _desktops(status: Status, key: NodeKey) -> Iterator[DesktopState]:
    for state in status.desktops.values():
        if NodeKey(state.reservation.cluster, state.node) == key:
            yield state


def _storages(status: Status, key: NodeKey) -> Iterator[StorageDocument]:
    visible = {storage.storage for storage in status.snapshot.clusters[key.cluster].storages if storage.node == key}
    for entry in storages_document(status).storages:
        if entry.cluster == key.cluster and entry.storage in visible and entry.node in (None, key.node):
            yield entry


def _short(status: Status, node: NodeDocument, storages: tuple[StorageDocument, ...]) -> Iterator[ShortDocument]:
    reasons = [reason for reason, _, _ in status.plan.reasons]
    memory = _most(reasons, MEMORY, "memory_mib")
    if _too_little(node.memory_left_mib, memory):
        yield ShortDocument(resource=WaitsFor.MEMORY.value, storage=None, left=node.memory_left_mib or 0.0, needed=memory)
    if _too_little(node.vcpus_left, None):
        yield ShortDocument(resource=WaitsFor.CORES.value, storage=None, left=node.vcpus_left or 0.0, needed=None)
    for entry in storages:
        needed = _most(reasons, STORAGE, "disk_gib", storage=entry.storage)
        if _too_little(entry.left_gib, needed):
            yield ShortDocument(
                resource=WaitsFor.STORAGE.value, storage=entry.storage, left=entry.left_gib or 0.0, needed=needed
            )


def _too_little(left: float | None, needed: float | None) -> bool:
    return left is not None and (left < 0 if needed is None else left < needed)


def _most(reasons: list[Reason], kind: ReasonKind, argument: str, **others: str) -> float | None:
    """The largest need that the plan's reasons of this kind name."""
    found = (inner for reason in reasons for inner in _inside(reason) if inner.code == kind.code)
    needs = (inner.arguments[argument] for inner in found if others.items() <= inner.arguments.items())
    return max((float(need) for need in needs), default=None)


def _names_node(reason: Reason, key: NodeKey) -> bool:
    """By the node's name alone, unless the reason says the cluster too."""
    named = (inner.arguments for inner in _inside(reason) if inner.arguments.get("node") == key.node)
    return any(arguments.get("cluster", key.cluster) == key.cluster for arguments in named)


def _inside(reason: Reason) -> Iterator[Reason]:
    """The reason, and all reasons in it."""
    yield reason
    for value in reason.arguments.values():
        if isinstance(value, Reason):
            yield from _inside(value)
