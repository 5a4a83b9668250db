"""Nodes: their desktops, how many sessions those have, and whether a node takes new ones."""

from collections.abc import Iterator
from dataclasses import dataclass

from provisioner.model.cordons import Cordon
from provisioner.model.ids import NodeKey
from provisioner.model.machines.cluster import Node
from provisioner.model.machines.desktops import ON
from provisioner.model.status import DesktopState, Status
from provisioner.reasons.steps import AFTER_OTHERS
from provisioner.views.reasons import ReasonCount, ReasonDocument, deferral_counts, reason_or_none
from provisioner.views.times import stamp


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeStanding:
    """One node, and what is on it."""

    node: Node
    cordon: Cordon | None
    """None: it takes new desktops, if it is online."""
    desktops: int
    running: int
    sessions: int
    """Open, as far as they are known."""
    unknown: int
    """Desktops whose sessions are unknown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeDocument:
    """One node."""

    cluster: str
    node: str
    online: bool
    maintenance: bool
    """In Proxmox VE's own maintenance mode."""
    cordoned: bool
    """It takes no new desktops."""
    drained: bool
    """Its desktops are shut down too, once nobody is logged on."""
    evacuated: bool
    """Its desktops are moved to other nodes, running ones with their sessions."""
    because: ReasonDocument | None
    """Who or what closed it; None: it is open."""
    stay: tuple[ReasonCount, ...]
    """Why desktops are still on it, if it is drained or evacuated."""
    cores: int
    memory_mib: int
    memory_used_mib: int
    memory_left_mib: float | None
    """Of the share that desktops and foreign guests may use; negative: exceeded. None: unknown."""
    vcpus_left: float | None
    """At the strictest ratio of all profiles. None: unknown."""
    desktops: int
    running: int
    sessions: int
    """Open sessions, as far as they are known."""
    sessions_unknown: int
    """Desktops whose sessions are unknown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NodesDocument:
    """Every node that was observed, by cluster and name."""

    at: str
    nodes: tuple[NodeDocument, ...]


def nodes_document(status: Status) -> NodesDocument:
    """Every node, by cluster and name."""
    return NodesDocument(at=stamp(status.at), nodes=tuple(_document(status, standing) for standing in nodes_in(status)))


def nodes_in(status: Status) -> Iterator[NodeStanding]:
    """Every node, by cluster and name."""
    on_node: dict[NodeKey, list[DesktopState]] = {}
    for state in status.desktops.values():
        on_node.setdefault(NodeKey(state.reservation.cluster, state.node), []).append(state)
    for view in status.snapshot.clusters.values():
        for node in sorted(view.nodes.values(), key=lambda node: node.key):
            yield _standing(node, status.cordons.get(node.key), on_node.get(node.key, []))


def _standing(node: Node, cordon: Cordon | None, desktops: list[DesktopState]) -> NodeStanding:
    return NodeStanding(
        node=node,
        cordon=cordon,
        desktops=len(desktops),
        running=sum(state.phase in ON for state in desktops),
        sessions=sum(len(state.sessions or ()) for state in desktops),
        unknown=sum(state.sessions is None for state in desktops),
    )


def _document(status: Status, standing: NodeStanding) -> NodeDocument:
    node, cordon = standing.node, standing.cordon
    left = status.headroom.nodes.get(node.key) if node.online else None  # of a node that is away nothing is known
    return NodeDocument(
        cluster=node.key.cluster,
        node=node.key.node,
        online=node.online,
        maintenance=node.maintenance,
        cordoned=cordon is not None,
        drained=cordon is not None and cordon.drained,
        evacuated=cordon is not None and cordon.evacuated,
        because=reason_or_none(cordon.reason) if cordon is not None else None,
        stay=_stay(status, standing),
        cores=node.cores,
        memory_mib=node.memory_mib,
        memory_used_mib=node.memory_used_mib,
        memory_left_mib=left.memory_mib if left is not None else None,
        vcpus_left=left.vcpus if left is not None else None,
        desktops=standing.desktops,
        running=standing.running,
        sessions=standing.sessions,
        sessions_unknown=standing.unknown,
    )


def _stay(status: Status, standing: NodeStanding) -> tuple[ReasonCount, ...]:
    cordon = standing.cordon
    if cordon is None or not (cordon.drained or cordon.evacuated):
        return ()
    node, desktops = standing.node.key, status.desktops
    there = {name for name, state in desktops.items() if (state.reservation.cluster, state.node) == node}
    counts = deferral_counts(deferral for deferral in status.plan.deferred if deferral.what in there)
    # Whoever waits for others waits for what these wait for, and they are few: a pause would be below it.
    return tuple(sorted(counts, key=lambda count: count.example.code == AFTER_OTHERS.code))
