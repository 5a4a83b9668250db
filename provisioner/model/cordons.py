"""Nodes that nothing new is placed on: by an operator's order, or in Proxmox VE's own maintenance mode. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from provisioner.model.cluster import ClusterView, Snapshot
from provisioner.model.ids import NodeKey
from provisioner.model.intents import Intent, IntentKind

_DONE = {IntentKind.CORDON: "cordoned", IntentKind.DRAIN: "being drained"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Cordon:
    """Why nothing new is placed on a node, and whether it is emptied too."""

    reason: str
    """Who or what closed it, and how it is opened again."""
    drained: bool = False


def cordons_of(intents: Iterable[Intent], snapshot: Snapshot) -> dict[NodeKey, Cordon]:
    """Every closed node, also one not seen. A drain goes before a cordon, an order before the maintenance mode."""
    found = {
        node.key: Cordon(reason=_in_maintenance(node.key))
        for view in snapshot.clusters.values()
        for node in view.nodes.values()
        if node.maintenance
    }
    orders = [one for one in intents if one.kind in _DONE]
    for one in sorted(orders, key=lambda one: one.kind is IntentKind.DRAIN):
        found[one.node] = Cordon(reason=_in_words(one), drained=one.kind is IntentKind.DRAIN)
    return found


def with_closed(view: ClusterView, cordons: Mapping[NodeKey, Cordon]) -> ClusterView:
    """The view with every closed node in maintenance mode: for a rehearsal, which knows no orders."""
    nodes = {name: replace(node, maintenance=node.maintenance or node.key in cordons) for name, node in view.nodes.items()}
    return replace(view, nodes=nodes)


def _in_maintenance(key: NodeKey) -> str:
    return (
        f"node {key.node} is in Proxmox VE's maintenance mode: "
        f"`ha-manager crm-command node-maintenance disable {key.node}` ends it"
    )


def _in_words(order: Intent) -> str:
    why = f" ({order.reason})" if order.reason else ""
    key = order.node
    return f"node {key.node} is {_DONE[order.kind]} by {order.by}{why}: `bascule node uncordon {key}` ends it"


__all__ = ["Cordon", "cordons_of", "with_closed"]
