"""Nodes where nothing new is placed: by an operator's intent, or in Proxmox VE's own maintenance mode. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass

from provisioner.model.ids import NodeKey
from provisioner.model.intents import Intent, IntentKind
from provisioner.model.machines.cluster import Snapshot
from provisioner.reasons.reason import Reason
from provisioner.reasons.targets import CORDONED, CORDONED_WHY, DRAINED, DRAINED_WHY, EVACUATED, EVACUATED_WHY, MAINTENANCE

_REASONS = {
    IntentKind.CORDON: (CORDONED, CORDONED_WHY),
    IntentKind.DRAIN: (DRAINED, DRAINED_WHY),
    IntentKind.EVACUATE: (EVACUATED, EVACUATED_WHY),
}
"""The texts without and with a reason from the operator; a later kind overrides the ones before it."""
_RANK = tuple(_REASONS).index


@dataclass(frozen=True, slots=True, kw_only=True)
class Cordon:
    """Why nothing new is placed on a node, and whether the node is drained."""

    reason: Reason
    """Who or what closed it, and how to open it again."""
    drained: bool = False
    evacuated: bool = False
    """Its desktops are moved away instead of being shut down."""


def cordons_of(intents: Iterable[Intent], snapshot: Snapshot) -> dict[NodeKey, Cordon]:
    """Every closed node, observed or not. An evacuation overrides a drain, that a cordon, and that the maintenance mode."""
    cordons = {
        node.key: Cordon(reason=_in_maintenance(node.key))
        for view in snapshot.clusters.values()
        for node in view.nodes.values()
        if node.maintenance
    }
    closing = [intent for intent in intents if intent.kind in _REASONS]
    for intent in sorted(closing, key=lambda intent: _RANK(intent.kind)):
        drained, evacuated = intent.kind is IntentKind.DRAIN, intent.kind is IntentKind.EVACUATE
        cordons[intent.node] = Cordon(reason=_reason(intent), drained=drained, evacuated=evacuated)
    return cordons


def _in_maintenance(key: NodeKey) -> Reason:
    return MAINTENANCE(node=key.node)


def _reason(intent: Intent) -> Reason:
    plain, explained = _REASONS[intent.kind]
    arguments = {"node": intent.node.node, "by": intent.by, "key": str(intent.node)}
    return explained(why=intent.reason, **arguments) if intent.reason else plain(**arguments)


__all__ = ["Cordon", "cordons_of"]
