"""Nodes that nothing new is placed on: by an operator's order, or in Proxmox VE's own maintenance mode. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from provisioner.model.cluster import ClusterView, Snapshot
from provisioner.model.ids import NodeKey
from provisioner.model.intents import Intent, IntentKind
from provisioner.reasons.reason import Reason
from provisioner.reasons.targets import CORDONED, CORDONED_WHY, DRAINED, DRAINED_WHY, MAINTENANCE

_DONE = {IntentKind.CORDON: (CORDONED, CORDONED_WHY), IntentKind.DRAIN: (DRAINED, DRAINED_WHY)}
"""Without a reason of the operator's, and with one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cordon:
    """Why nothing new is placed on a node, and whether it is emptied too."""

    reason: Reason
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


def _in_maintenance(key: NodeKey) -> Reason:
    return MAINTENANCE(node=key.node)


def _in_words(order: Intent) -> Reason:
    plain, explained = _DONE[order.kind]
    words = {"node": order.node.node, "by": order.by, "key": str(order.node)}
    return explained(why=order.reason, **words) if order.reason else plain(**words)


__all__ = ["Cordon", "cordons_of", "with_closed"]
