"""Memory that a node uses for VMs that the token does not see. Pure.

A token with rights on a pool does not see the VMs outside the pool, so they are not booked. But a node's used memory includes
everything on it.
"""

from collections.abc import Iterable, Mapping

from provisioner.model.ids import NodeKey
from provisioner.model.machines.cluster import Node

_OWN_MIB, _OWN_AND_CACHED_MIB = 4 * 1024, 20 * 1024
"""Memory of Proxmox VE itself; and with up to 16 GiB of ZFS cache, its default limit: both are reported as used."""


def hidden_mib(nodes: Iterable[Node], running: Mapping[NodeKey, int], *, memory_share: float) -> dict[NodeKey, float]:
    """MiB in use by node, beyond the listed running guests and beyond the node's own; only where there are any.

    `running` is the memory booked for these guests, which is the most they may use: the result is a lower bound.
    """
    unexplained = {
        node.key: node.memory_used_mib - running.get(node.key, 0) - _own_mib(node, memory_share)
        for node in nodes
        if node.online
    }
    return {key: mib for key, mib in unexplained.items() if mib > 0}


def _own_mib(node: Node, memory_share: float) -> float:
    """Guests get `memory_share` of the node; cached memory counts as the node's own within the rest."""
    return max(_OWN_MIB, min(_OWN_AND_CACHED_MIB, (1 - memory_share) * node.memory_mib))
