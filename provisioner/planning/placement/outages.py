"""Nodes that are away, and what becomes of those whose desktops lie there (safety.replace_after)."""

from math import isinf

from provisioner.model.ids import ClusterId, NodeKey
from provisioner.planning.inputs import Situation
from provisioner.reasons.reason import NONE, Reason
from provisioner.reasons.steps import OUTAGE

_OUTAGE_SHARE = 0.25
"""More of a cluster's nodes away than this, and more than one, is an outage that somebody is working on: after a power cut
nodes come back one by one, and making hundreds of desktops anew would keep those that return from booting."""


def replaced_at(situation: Situation, node: NodeKey) -> float | None:
    """From when on other desktops are made for those on a node that is away; None: they wait for it."""
    since = situation.offline_since.get(node)
    after_s = situation.config.safety.replace_after_s
    return None if since is None or isinf(after_s) else since + after_s


def outage_in(situation: Situation, cluster: ClusterId) -> Reason:
    """Why nobody gets another desktop there for now, however long a node has been away; empty: they do."""
    view = situation.snapshot.clusters[cluster]
    away = sum(not node.online for node in view.nodes.values())
    if away <= max(1, int(_OUTAGE_SHARE * len(view.nodes))):
        return NONE
    return OUTAGE(away=away, nodes=len(view.nodes))
