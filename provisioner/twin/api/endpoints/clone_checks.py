"""What Proxmox VE checks before it forks a clone's task, in its order (from the source of qemu-server 9.2.6)."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from provisioner.pve.volumes import LINKABLE
from provisioner.twin.model.cluster import Cluster
from provisioner.twin.model.guests import DISK_KEY, TwinGuest
from provisioner.twin.protocol import ApiFault, Call, invalid, refuse

_FULL = frozenset({"tpmstate0"})
"""Always copied in full, as the cloud-init drive is made anew."""
_VOLUME = re.compile(r"(?:file=)?([A-Za-z][A-Za-z0-9._-]*):")


@dataclass(frozen=True, slots=True, kw_only=True)
class CloneRequest:
    """A clone, as ordered."""

    source: TwinGuest
    vmid: int
    node: str
    """The source's: the task runs here."""
    target: str
    """Where the clone is in the end."""
    full: bool
    storage: str | None
    """Of the clone's images, if not the source's."""
    name: str
    description: str | None
    pool: str | None

    def copies(self, key: str) -> bool:
        """Whether the clone gets a full copy of this image."""
        return self.full or key in _FULL


def request_of(cluster: Cluster, call: Call) -> CloneRequest:
    """The request, after all checks that need no lock; raises ApiFault."""
    pool, target, storage = call.params.get("pool"), call.params.get("target", call.node), call.params.get("storage")
    if pool is not None and pool not in cluster.pools:
        raise ApiFault(403, f"Permission check failed (pool '{pool}' does not exist)")
    if target not in cluster.nodes:
        raise refuse(f"no such cluster node '{target}'")
    if storage is not None:
        _check_storage(cluster, storage, node=call.node, target=target)
    cluster.require_quorum()
    source = cluster.guests.get(call.vmid)
    if source is None or source.node != call.node:
        raise refuse(f"unable to find configuration file for VM {call.vmid} on node '{call.node}'")
    return CloneRequest(
        source=source,
        vmid=int(call.params["newid"]),
        node=call.node,
        target=target,
        full=call.flag("full", default=not source.template),
        storage=storage,
        name=call.params.get("name") or f"Copy-of-VM-{source.name}",
        description=call.params.get("description"),
        pool=pool,
    )


def check(cluster: Cluster, request: CloneRequest) -> None:
    """Raise ApiFault unless the source can be cloned so."""
    if request.source.lock:
        raise refuse(f"VM is locked ({request.source.lock})")
    if request.storage is not None and not request.full:
        raise refuse("parameter 'storage' not allowed for linked clones")
    if request.target != request.node and not _all_shared(cluster, request.source):
        raise refuse(f"can't clone VM to node '{request.target}' (VM uses local storage)")
    taken = cluster.guests.get(request.vmid)
    if taken is not None and taken.node == request.node:
        raise refuse(f"unable to create VM {request.vmid}: config file already exists")
    if not request.full:
        _check_linkable(cluster, request)


def _check_storage(cluster: Cluster, storage: str, *, node: str, target: str) -> None:
    spec = cluster.domain(storage, node).spec
    if "images" not in spec.content:
        raise invalid(storage=f"storage '{storage}' does not support vm images")
    if target != node:
        cluster.domain(storage, target)
        if not spec.shared:
            raise refuse(f"can't clone to non-shared storage '{storage}'")


def _all_shared(cluster: Cluster, source: TwinGuest) -> bool:
    """The storages' flag alone counts, not whether the target sees them; and every drive counts, also one with an ISO image."""
    shared = {spec.storage for spec in cluster.spec.storages if spec.shared}
    return all(storage in shared for storage in _storages(source))


def _storages(source: TwinGuest) -> Iterator[str]:
    for volume in source.volumes.values():
        yield volume.storage
    for key, value in source.config.items():
        if DISK_KEY.fullmatch(key) and (match := _VOLUME.match(value)):
            yield match[1]


def _check_linkable(cluster: Cluster, request: CloneRequest) -> None:
    for key, volume in sorted(request.source.volumes.items()):
        kind = cluster.domain(volume.storage, request.node).spec.kind
        if not volume.cdrom and not request.copies(key) and not (request.source.template and kind in LINKABLE):
            raise refuse(f"Linked clone feature is not supported for '{volume.volid}' ({key})")
