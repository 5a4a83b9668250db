"""Look at a cluster for a first configuration: nodes, free VMIDs, and templates, grouped by image: replicas on several nodes
are one image. Reads only."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass, field, replace

from provisioner.actions.client import PveClient
from provisioner.model.commands import Observe
from provisioner.model.ids import NodeName, StorageId, Vmid
from provisioner.pve.volumes import ImageRole, images_of

_FIRST, _STEP, _LAST = 20_000, 1_000, 999_999_999
"""Proxmox VE itself proposes VMIDs from 100 on; ranges begin at a round number far above."""
_SPARE = 2
"""VMIDs for each person: for replacements, and for people who come later. A range can grow, but not where others have VMs."""
_NET = re.compile(r"(?:^|,)(bridge|tag)=([^,]+)")
_NOT_IN_A_TAG = re.compile(r"[^a-z0-9._-]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageTemplates:
    """An image, and its template on each node and storage."""

    name: str
    places: Mapping[StorageId, Mapping[NodeName, Vmid]]
    """By the storage of the disk."""
    vcpus: int
    memory_mib: int
    disk_gib: int
    bridge: str = ""
    """Of its first network card; empty: it has none."""
    vlan: int | None = None
    cloud_init: bool = False
    agent: bool = False
    windows: bool = False

    @property
    def count(self) -> int:
        """How many templates."""
        return sum(map(len, self.places.values()))

    @property
    def tag(self) -> str:
        """The name as Bascule tags desktops with it."""
        return _NOT_IN_A_TAG.sub("-", self.name.lower()).strip("._-")[:60] or "image"


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundTemplate:
    """A template as it was read."""

    vmid: Vmid
    node: NodeName
    name: str
    config: Mapping[str, object]


def images(found: Iterable[FoundTemplate]) -> tuple[ImageTemplates, ...]:
    """The images, those on most nodes first. Of two templates with one name on one node and storage, the second is apart."""
    groups: dict[str, ImageTemplates] = {}
    templates = sorted(found, key=lambda template: template.vmid)
    shorter = Counter(_without_node(template.name, template.node) for template in templates)
    for template in templates:
        # Only what several share without their nodes' names names an image: `debian-12` on pve12 is not a replica of `debian`.
        stem = _without_node(template.name, template.node)
        image = _image(template, name=stem if shorter[stem] > 1 else template.name)
        known = groups.get(image.name)
        if known is None:
            groups[image.name] = image
        elif (joined := _joined(known, image)) is not None:
            groups[image.name] = joined
        else:
            apart = f"{image.name}-{template.vmid}"
            groups[apart] = replace(image, name=apart)
    return tuple(sorted(groups.values(), key=lambda image: (-image.count, image.name)))


def _joined(known: ImageTemplates, image: ImageTemplates) -> ImageTemplates | None:
    """Both together; None: they are not replicas of one image."""
    if replace(known, places={}) != replace(image, places={}):
        return None
    places = {storage: dict(vmids) for storage, vmids in known.places.items()}
    for storage, vmids in image.places.items():
        if places.setdefault(storage, {}).keys() & vmids.keys():
            return None
        places[storage] |= vmids
    return replace(known, places=places)


def _image(template: FoundTemplate, *, name: str) -> ImageTemplates:
    config = template.config
    disks = [image for image in images_of(config) if image.role is ImageRole.DISK]
    net = dict(_NET.findall(str(config.get("net0", ""))))
    storage = disks[0].storage if disks else StorageId("")
    return ImageTemplates(
        name=name,
        places={storage: {template.node: template.vmid}},
        vcpus=_number(config.get("cores"), 1) * _number(config.get("sockets"), 1),
        memory_mib=_number(config.get("memory"), 512),
        disk_gib=max(1, round(disks[0].size_gib or 0.0)) if disks else 0,
        bridge=net.get("bridge", ""),
        vlan=_number(net.get("tag"), 0) or None,
        cloud_init=any("cloudinit" in str(value) for value in config.values()),
        agent=str(config.get("agent", "")).replace("enabled=", "").startswith("1"),
        windows=str(config.get("ostype", "")).startswith("w"),
    )


def _without_node(name: str, node: NodeName) -> str:
    """Without the node's name or number at its end: `golden-pve03` and `golden-03` of node pve03 are `golden`."""
    number = re.search(r"\d+$", node)
    endings = [re.escape(node), *([rf"0*{int(number[0])}"] if number else [])]
    shorter = (re.sub(rf"[-_.]{ending}$", "", name) for ending in endings)
    return next((text for text in shorter if text not in (name, "")), name)


def _number(value: object, other: int) -> int:
    text = str(value or "").removeprefix("current=")
    return int(text) if text.isdigit() else other


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
