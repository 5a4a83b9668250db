"""Since when each node has been away. In memory only: after a restart it counts from zero."""

from collections.abc import Mapping
from types import MappingProxyType

from provisioner.model.cluster import ClusterView
from provisioner.model.ids import Instant, NodeKey


class NodeAbsences:
    """Nodes that were observed before and are offline or missing now."""

    def __init__(self) -> None:
        self._known: set[NodeKey] = set()
        self._since: dict[NodeKey, Instant] = {}

    @property
    def since(self) -> Mapping[NodeKey, Instant]:
        """When each node was first observed offline or missing."""
        return MappingProxyType(self._since)

    def note(self, view: ClusterView, now: Instant) -> None:
        """Take in an observation. Unless quorum is known no node counts as away: the other side of the partition may be up."""
        self._known.update(node.key for node in view.nodes.values())
        for key in self._known:
            if key.cluster != view.cluster:
                continue
            if view.complete_on(key.node) or not view.quorate:
                self._since.pop(key, None)
            else:
                self._since.setdefault(key, now)
