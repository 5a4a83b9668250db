"""Creates and removes images under a storage's lock."""

from provisioner.twin.engine.events import Process
from provisioner.twin.model.cluster import Cluster
from provisioner.twin.model.guests import TwinGuest
from provisioner.twin.model.locks import Say
from provisioner.twin.model.storages import Domain, Volume
from provisioner.twin.model.tasks import TaskFault


def make_image(cluster: Cluster, guest: TwinGuest, *, key: str, volume: Volume, say: Say) -> Process[None]:
    """Allocate or link one image; raises TaskFault on a lock time-out or a full storage."""
    domain = cluster.domain(volume.storage, guest.node)
    node = guest.node
    yield from take(domain, say)
    try:
        if volume.volid in cluster.leftovers:
            name = volume.volid.partition(":")[2]
            raise TaskFault(f"disk image '/mnt/pve/{volume.storage}/images/{name}' already exists")
        if not domain.room_for(volume):
            raise TaskFault("unable to create image: No space left on device")
        yield cluster.sleep(_drawn_s(cluster, guest, f"image {key}", domain=domain))
        cluster.add_image(guest, key, volume=volume)
    finally:
        give_back(cluster, domain, node)


def free_image(cluster: Cluster, guest: TwinGuest, key: str, *, say: Say) -> Process[None]:
    """Remove one image; raises TaskFault."""
    domain = cluster.domain(guest.volumes[key].storage, guest.node)
    node = guest.node
    share = cluster.spec.durations.free_share
    yield from take(domain, say)
    try:
        yield cluster.sleep(_drawn_s(cluster, guest, f"free {key}", domain=domain, share=share))
        cluster.remove_image(guest, key)
    finally:
        give_back(cluster, domain, node)


def _drawn_s(cluster: Cluster, guest: TwinGuest, operation: str, *, domain: Domain, share: float = 1.0) -> float:
    """How long an image operation, or this share of one, holds the lock on the guest's node."""
    median_s = domain.spec.image_operation_s * share / cluster.nodes[guest.node].speed
    return cluster.draw_duration(median_s, guest.vmid, operation)


def take(domain: Domain, say: Say) -> Process[None]:
    """Acquire a storage's lock; raises TaskFault on a time-out."""
    acquired = yield from domain.lock.acquire(say)
    if not acquired:
        raise TaskFault(domain.lock.timeout_text)


def give_back(cluster: Cluster, domain: Domain, node: str) -> None:
    """Release a storage's lock; a dead node leaves it behind."""
    if cluster.nodes[node].alive:
        domain.lock.release()
    else:
        domain.lock.abandon()


def users_of(cluster: Cluster, volid: str) -> bool:
    """Whether linked clones depend on the image."""
    return any(volume.base == volid for guest in cluster.guests.values() for volume in guest.volumes.values())
