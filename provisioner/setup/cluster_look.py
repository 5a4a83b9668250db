"""Look at a cluster for a first configuration. Reads only."""

import re
from collections.abc import Mapping, Set
from dataclasses import dataclass, field

from provisioner.actions.client import PveClient
from provisioner.model.commands import Observe
from provisioner.model.ids import NodeName, Vmid
from provisioner.setup.templates import FoundTemplate, ImageTemplates, images

_FIRST, _STEP, _LAST = 20_000, 1_000, 999_999_999
"""Proxmox VE itself proposes VMIDs from 100 on; ranges begin at a round number far above."""
_SPARE = 2
"""VMIDs for each person: for replacements, and for people who come later. A range can grow, but not where others have VMs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClusterLook:
    """What a cluster shows."""

    name: str
    """Its own name, as far as Bascule's rules for names allow."""
    release: str
    nodes: int
    online: int
    images: tuple[ImageTemplates, ...]
    taken: Set[Vmid]
    """The VMIDs of everything that the token sees."""
    sees_all: bool
    """Whether it sees every VM."""
    addresses: Mapping[NodeName, str] = field(default_factory=dict)
    """Of its other nodes that are online."""


def look_at_cluster(client: PveClient) -> ClusterLook:
    """Raises HypervisorError."""
    release, name = client.version(), client.cluster_name()
    view = client.observe(Observe(cluster=client.cluster, quorum=True))
    found = [
        FoundTemplate(vmid=vmid, node=guest.node, name=guest.name or "", config=client.guest_config(guest.node_key, vmid))
        for vmid, guest in sorted(view.guests.items())
        if guest.template and not guest.container and view.complete_on(guest.node)
    ]
    return ClusterLook(
        name=_identifier(name),
        release=release,
        nodes=len(view.nodes),
        online=sum(node.online for node in view.nodes.values()),
        images=images(found),
        taken=frozenset(view.guests),
        sees_all="VM.Audit" in client.permissions_on("/vms"),
        addresses=client.other_addresses(),
    )


def free_range(taken: Set[Vmid], people: int) -> tuple[int, int]:
    """The first range of whole thousands without any of these VMIDs, twice as large as the number of people at least."""
    size = -(-max(1, people * _SPARE) // _STEP) * _STEP
    first = _FIRST
    while (inside := [vmid for vmid in taken if first <= vmid < first + size]) and first + size <= _LAST:
        first = (max(inside) // _STEP + 1) * _STEP
    return first, first + size - 1


def _identifier(name: str) -> str:
    return re.sub(r"[^a-z0-9-]+", "-", name.lower()).strip("-")[:31] or "pve"
