"""What is left on every node and storage, for people to see; planning itself asks Room."""

from collections.abc import Iterable

from provisioner.model.ids import NodeName
from provisioner.model.picture import Headroom, NodeHeadroom, StorageHeadroom
from provisioner.model.profiles import Profile
from provisioner.planning.placement import Room


def headroom_of(room: Room, profiles: Iterable[Profile]) -> Headroom:
    """What Room has left now. A node without any profile's ratio to go by shows no vCPUs left."""
    profiles = tuple(profiles)
    views = room.snapshot.clusters.values()
    nodes = {
        node.key: NodeHeadroom(
            memory_mib=room.memory_left(node.key),
            vcpus=min((room.vcpus_left(node.key, profile) for profile in profiles), default=0.0),
        )
        for view in views
        for node in view.nodes.values()
    }
    domains = {one.lock_domain: one for view in views for one in view.storages}
    storages = tuple(
        StorageHeadroom(
            cluster=one.node.cluster,
            node=NodeName("") if one.shared else one.node.node,
            storage=one.storage,
            gib=room.disk_left(domain),
        )
        for domain, one in sorted(domains.items())
    )
    return Headroom(nodes=nodes, storages=storages)
