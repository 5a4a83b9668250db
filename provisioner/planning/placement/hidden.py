"""Memory that is in use on a node for VMs that the token does not see. Pure.

A token that holds its rights on a pool is not shown the VMs outside of it, and what is not listed is not booked. But what a
node says of its memory counts everything on it.
"""

from collections.abc import Iterable, Mapping

from provisioner.model.cluster import Node
from provisioner.model.ids import NodeKey

_OWN_MIB, _OWN_AND_CACHED_MIB = 4 * 1024, 20 * 1024
"""Proxmox VE's own; and with the 16 GiB that ZFS caches in at most as it is set up there: all is told as in use."""


def hidden_mib(nodes: Iterable[Node], running: Mapping[NodeKey, int], *, memory_share: float) -> dict[NodeKey, float]:
    """By node, what is in use beyond the guests that are listed and run, and beyond the node's own; where it is any.

    `running` is the memory booked for those guests: all that they may take, so this is the least that is hidden.
    """
    found = {
        node.key: node.memory_used_mib - running.get(node.key, 0) - _own_mib(node, memory_share)
        for node in nodes
        if node.online
    }
    return {key: mib for key, mib in found.items() if mib > 0}


def _own_mib(node: Node, memory_share: float) -> float:
    """Guests get `memory_share` of it: what it caches counts as its own as far as the rest goes."""
    return max(_OWN_MIB, min(_OWN_AND_CACHED_MIB, (1 - memory_share) * node.memory_mib))
