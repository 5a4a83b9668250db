"""Whether a node can be evacuated: the other nodes have to hold its desktops. Pure."""

from provisioner.model.cluster import Storage
from provisioner.model.cordons import cordons_of
from provisioner.model.ids import NodeKey, StorageId
from provisioner.model.profiles import CloneKind, Profile
from provisioner.planning.orders.desktops import OrderFacts
from provisioner.planning.placement.moves import fitting
from provisioner.reasons import steps as reasons
from provisioner.reasons.reason import NONE, Reason


def why_not_evacuated(node: NodeKey, facts: OrderFacts) -> Reason:
    """Why nothing could come of it, or why it may not be ordered now; empty: it can be.

    Before the first observation nothing is known that stands against it.
    """
    view = facts.snapshot.clusters.get(node.cluster)
    if view is None:
        return NONE
    if not view.complete_on(node.node):
        return reasons.NODE_AWAY(node=node.node)
    closed = cordons_of(facts.records.intents, facts.snapshot)
    others = [other.key for other in view.nodes.values() if other.online and other.key not in closed and other.key != node]
    if not others:
        return reasons.NO_OTHER_NODE(cluster=node.cluster)
    return _too_much(node, others, facts, view.storages)


def _too_much(node: NodeKey, others: list[NodeKey], facts: OrderFacts, storages: tuple[Storage, ...]) -> Reason:
    there = [state.reservation for state in facts.desktops.values() if (state.reservation.cluster, state.node) == node]
    shared = {storage.storage for storage in storages if storage.shared and storage.node == node}
    profiles = [profile for desktop in there if (profile := facts.config.profiles.get(desktop.profile)) is not None]
    sizes = [profile.memory_mib for profile in profiles if _storages_of(profile, node) <= shared]
    if there and not sizes:
        return reasons.NONE_CAN_MOVE(count=len(there), node=node.node)
    fit = fitting(sizes, {other: facts.room.get(other, 0.0) for other in others})
    return NONE if fit == len(sizes) else reasons.TOO_MUCH(fit=fit, count=len(sizes), node=node.node)


def _storages_of(profile: Profile, node: NodeKey) -> set[StorageId]:
    """Where the disks of the profile's desktops may be."""
    if profile.clone is CloneKind.FULL and profile.storage is not None:
        return {profile.storage}
    return {template.storage for template in profile.templates if template.cluster == node.cluster}
