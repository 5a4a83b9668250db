"""Nodes that are away, and when their desktops are replaced (safety.replace_after)."""

from math import isinf

from provisioner.model.ids import ClusterId, NodeKey
from provisioner.planning.inputs import Situation
from provisioner.reasons.reason import NONE, Reason
from provisioner.reasons.steps import OUTAGE

_OUTAGE_SHARE = 0.25
"""If more than this share of a cluster's nodes is away, and more than one node, somebody is working on the outage. After a
power cut nodes return one by one, and cloning hundreds of desktops again would slow down their boots."""


def replaced_at(situation: Situation, node: NodeKey) -> float | None:
    """When desktops on an absent node are replaced; None: they wait for the node."""
    since = situation.offline_since.get(node)
    after_s = situation.config.safety.replace_after_s
    return None if since is None or isinf(after_s) else since + after_s


def outage_in(situation: Situation, cluster: ClusterId) -> Reason:
    """Why desktops of the cluster's absent nodes are not replaced at present; empty: they are."""
    view = situation.snapshot.clusters[cluster]
    away = sum(not node.online for node in view.nodes.values())
    if away <= max(1, int(_OUTAGE_SHARE * len(view.nodes))):
        return NONE
    return OUTAGE(away=away, nodes=len(view.nodes))
