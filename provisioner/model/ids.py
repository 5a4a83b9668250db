"""Identifiers. Each has its own type, so that mypy finds a VMID used as an agent's id."""

from functools import lru_cache
from typing import NamedTuple, NewType

AgentId = NewType("AgentId", str)
"""A person's permanent id: entryUUID (OpenLDAP), objectGUID (Active Directory), or another stable attribute such as an
employee number. In lower case, without blanks, and at most MAX_AGENT_ID_CHARACTERS long."""
MAX_AGENT_ID_CHARACTERS = 64
"""A UUID has 36; a mail address of common length fits too. The id is a field of each VM's note."""
ClusterId = NewType("ClusterId", str)
"""The key of a cluster in bascule.yaml."""
NodeName = NewType("NodeName", str)
StorageId = NewType("StorageId", str)
Vmid = NewType("Vmid", int)
DesktopName = NewType("DesktopName", str)
"""At most 15 characters of [a-z0-9-], valid for DNS and for a domain join; fixed at creation."""
ProfileName = NewType("ProfileName", str)
WaveName = NewType("WaveName", str)
Upid = NewType("Upid", str)
"""Proxmox VE's task identifier. A clone's names the template, not the new VM."""
LockDomain = NewType("LockDomain", str)
"""The scope of a Proxmox VE storage lock: `cluster/node/storage` for node-local storage, `cluster/storage` for shared."""
PoolName = NewType("PoolName", str)
"""The id of a Proxmox VE pool."""
DesktopPoolName = NewType("DesktopPoolName", str)
"""The key of a pool of desktops in bascule.yaml."""
Seat = NewType("Seat", str)
"""A seat, in the text form of `model.seats`."""
Instant = float
"""Seconds since the Unix epoch, UTC; in rehearsals and scaled demonstrations, of virtual time."""


class NodeKey(NamedTuple):
    """A node, unique over all clusters."""

    cluster: ClusterId
    node: NodeName

    def __str__(self) -> str:
        return f"{self.cluster}/{self.node}"


@lru_cache(maxsize=16_384)
def node_key(cluster: ClusterId, node: NodeName) -> NodeKey:
    """The same object each time: thousands of desktops are on few nodes."""
    return NodeKey(cluster, node)


class TaskKey(NamedTuple):
    """A task, and the node that has its log."""

    node: NodeKey
    upid: Upid


class GuestKey(NamedTuple):
    """A VM, unique over all clusters. Proxmox VE keeps VMIDs unique within a cluster."""

    cluster: ClusterId
    vmid: Vmid

    def __str__(self) -> str:
        return f"{self.cluster}/{self.vmid}"


def rights_path(vmid: Vmid, pool: PoolName | None) -> str:
    """Where Proxmox VE looks for rights on a VM: on the pool of its cluster's desktops, if there is one; else on the VM."""
    return f"/vms/{vmid}" if pool is None else f"/pool/{pool}"
