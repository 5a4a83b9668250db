"""Nodes that are away: desktops that HA recovers, and when the others are replaced (safety.replace_after).

HA recovers what is HA's, Bascule replaces what is not, and never both. A VM of a dead node is nobody else's to recover: only HA
fences the node, and without that a node that is merely cut off would go on writing to the same disk.
"""

from math import isinf

from provisioner.model.ids import ClusterId, NodeKey
from provisioner.model.machines.desktops import Reservation
from provisioner.planning.inputs import Situation
from provisioner.reasons.reason import NONE, Reason
from provisioner.reasons.steps import HA_LATE, OUTAGE

_OUTAGE_SHARE = 0.25
"""If more than this share of a cluster's nodes is away, and more than one node, somebody is working on the outage. After a
power cut nodes return one by one, and cloning hundreds of desktops again would slow down their boots."""

_HA_LATE_S = 2 * (60.0 + 120.0)
"""Twice the time that HA usually takes at most: it waits 60 s before it fences a node, and then for the node's lock, which
expires after 120 s (pve-ha-manager: `fence_delay` in NodeStatus.pm; pve-cluster: the life of its locks)."""


def replaced_at(situation: Situation, node: NodeKey) -> float | None:
    """When desktops on an absent node are replaced; None: they wait for the node."""
    since = situation.offline_since.get(node)
    after_s = situation.config.safety.replace_after_s
    return None if since is None or isinf(after_s) else since + after_s


def ha_recovery(situation: Situation, desktop: Reservation, why: Reason) -> Reason:
    """Why a desktop on an absent node is not replaced: HA recovers it, and may do so at any time; empty: HA does not."""
    guest = situation.snapshot.guest(desktop.key)
    since = situation.offline_since.get(guest.node_key) if guest is not None and guest.ha_recovers else None
    if guest is None or since is None:
        return NONE
    if situation.now - since <= _HA_LATE_S:
        return why
    return HA_LATE(why=why, minutes=int(_HA_LATE_S // 60), vmid=desktop.vmid)


def outage_in(situation: Situation, cluster: ClusterId) -> Reason:
    """Why desktops of the cluster's absent nodes are not replaced at present; empty: they are."""
    view = situation.snapshot.clusters[cluster]
    away = sum(not node.online for node in view.nodes.values())
    if away <= max(1, int(_OUTAGE_SHARE * len(view.nodes))):
        return NONE
    return OUTAGE(away=away, nodes=len(view.nodes))
