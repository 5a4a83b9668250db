"""Since when each node has been away. Nothing of it is kept over a restart, which counts anew."""

from collections.abc import Mapping
from types import MappingProxyType

from provisioner.model.cluster import ClusterView
from provisioner.model.ids import Instant, NodeKey


class NodeAbsences:
    """Nodes that were seen once and are away now."""

    def __init__(self) -> None:
        self._known: set[NodeKey] = set()
        self._since: dict[NodeKey, Instant] = {}

    @property
    def since(self) -> Mapping[NodeKey, Instant]:
        """When each was first seen offline, or not seen any more."""
        return MappingProxyType(self._since)

    def note(self, view: ClusterView, now: Instant) -> None:
        """Take in an observation. Without quorum nothing is known: the others are away as seen from the smaller side only."""
        self._known.update(node.key for node in view.nodes.values())
        for key in self._known:
            if key.cluster != view.cluster:
                continue
            if view.complete_on(key.node) or not view.quorate:
                self._since.pop(key, None)
            else:
                self._since.setdefault(key, now)
