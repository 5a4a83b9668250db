"""Where the images of clones are stored, and so which storage locks a clone takes and how often; and drives that tie a
template's clones to its own node. Pure.

Proxmox VE makes a clone for another node only if every drive of the template is on shared storage: disks, the cloud-init
drive, EFI and TPM volumes, and ISO images left in a drive.
"""

import enum
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from math import ceil
from types import MappingProxyType

from provisioner.model.ids import ClusterId, LockDomain, NodeName, ProfileName, StorageId, Vmid
from provisioner.model.machines.cluster import ClusterView, Storage, Task
from provisioner.model.people.profiles import CloneKind, Profile, Template
from provisioner.pve.volumes import LINKABLE, Image, ImageRole, drives_of, images_of
from provisioner.reasons import storage as words
from provisioner.reasons.reason import Reason
from provisioner.storage_advice.lock_holds import LockHold, lock_hold_of

_NEEDS_FIRMWARE = "windows"
"""Windows 11 needs UEFI and a TPM; a Linux image can boot without."""
Configs = Mapping[Vmid, Mapping[str, object]]
Reached = Mapping[StorageId, Iterable[NodeName]]


class Drive(enum.StrEnum):
    """Where a clone's cloud-init drive is stored: on the storage of the template's drive."""

    NONE = "none"
    BESIDE = "with the disks"
    NODE_LOCAL = "on a storage of the node"
    SHARED = "on another shared storage"


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """The operations of a clone, and their locks."""

    shared: bool
    """Whether its disks' lock is cluster-wide."""
    disks: int = 1
    """Images except the cloud-init drive, with EFI and TPM volumes: one operation each."""
    drive: Drive = Drive.BESIDE
    nodes: int = 1
    """Nodes in one lock domain on which clones are ordered."""
    copies_gib: int = 0
    """GiB that a full clone copies; 0: a linked clone."""

    @property
    def operations(self) -> int:
        """Operations of one clone under its disks' lock."""
        return self.disks + (self.drive is Drive.BESIDE)


@dataclass(frozen=True, slots=True, kw_only=True)
class StorageUse:
    """A storage on which profiles' clones are made: one lock domain if it is shared, else one on each of its nodes."""

    cluster: ClusterId
    storage: StorageId
    nodes: tuple[NodeName, ...]
    """Nodes with a template."""
    reached: tuple[NodeName, ...] = ()
    """Nodes that clones can be made for."""
    size_gib: int = 0
    """Of a template's disks; 0: not stated."""
    layout: Layout
    """The layout of most of its templates."""
    profiles: frozenset[ProfileName]
    unneeded: tuple[ImageRole, ...] = ()
    """Images that the profiles do not need."""
    holds: Mapping[LockDomain, LockHold | None]
    """By lock domain; None: no clone has succeeded there yet."""
    hold: LockHold | None = None
    """Measured over all its lock domains together."""
    local: StorageId | None = None
    """Another, node-local storage for images on all its nodes."""
    replica_nodes: int = 0
    """Nodes that have a local storage for linked clones."""

    @property
    def domains(self) -> int:
        """Number of locks."""
        return 1 if self.layout.shared else len(self.nodes)

    @property
    def name(self) -> str:
        """`cluster/storage`, for people."""
        return f"{self.cluster}/{self.storage}"


def storage_uses(
    view: ClusterView, profiles: Iterable[Profile], configs: Configs, *, reached: Reached = MappingProxyType({})
) -> tuple[StorageUse, ...]:
    """The storages where one cluster's clones are made. Templates without a configuration or a visible storage are left out.

    `reached`: the nodes that clones on a storage can be made for.
    """
    sources: dict[StorageId, list[_Source]] = {}
    for profile in profiles:
        for template in profile.templates:
            storage = profile.storage or template.storage
            if template.vmid in configs and storage_at(view, template.node, storage) is not None:
                images = _made(images_of(configs[template.vmid]), profile)
                sources.setdefault(storage, []).append(_Source(template=template, profile=profile, images=images))
    return tuple(_use(view, storage, each, reached.get(storage, ())) for storage, each in sorted(sources.items()))


def storage_at(view: ClusterView, node: NodeName, name: StorageId) -> Storage | None:
    """A storage on a node; None: it does not exist or is not visible."""
    return next((storage for storage in view.storages if (storage.node.node, storage.storage) == (node, name)), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Source:
    """A template as a profile clones it."""

    template: Template
    profile: Profile
    images: tuple[Image, ...]
    """The clone's."""


def _made(images: tuple[Image, ...], profile: Profile) -> tuple[Image, ...]:
    """A full clone's images are all on the profile's storage, if it names one."""
    storage = profile.storage
    return images if storage is None else tuple(replace(image, storage=storage) for image in images)


def _use(view: ClusterView, storage: StorageId, sources: list[_Source], reached: Iterable[NodeName]) -> StorageUse:
    templates = tuple({source.template.vmid: source.template for source in sources}.values())
    nodes = tuple(sorted({template.node for template in templates}))
    tasks = _clones_by_domain(view, storage, templates)
    images = Counter(source.images for source in sources).most_common(1)[0][0]
    layout = Counter(_layout(view, storage, source, nodes=len(nodes)) for source in sources).most_common(1)[0][0]
    local = _local_storages(view)
    return StorageUse(
        cluster=view.cluster,
        storage=storage,
        nodes=nodes,
        reached=tuple(sorted(reached)),
        layout=layout,
        profiles=frozenset(source.profile.name for source in sources),
        size_gib=_size_gib(images),
        unneeded=_unneeded(images, storage, [source.profile for source in sources]),
        holds={domain: lock_hold_of([clones]) for domain, clones in sorted(tasks.items())},
        hold=lock_hold_of(tasks.values()),
        local=next((name for name, on_nodes in sorted(local.items()) if name != storage and on_nodes >= set(nodes)), None),
        replica_nodes=len(set().union(*local.values())) if local else 0,
    )


def _layout(view: ClusterView, storage: StorageId, source: _Source, *, nodes: int) -> Layout:
    template, images = source.template, source.images
    shared = _is_shared(view, template, storage)
    drives = (_drive(view, storage, template, image) for image in images if image.role is ImageRole.CLOUD_INIT)
    return Layout(
        shared=shared,
        disks=sum(image.storage == storage and image.role is not ImageRole.CLOUD_INIT for image in images),
        drive=next(drives, Drive.NONE),
        nodes=nodes if shared else 1,
        copies_gib=_size_gib(images) or source.profile.disk_gib if source.profile.clone is CloneKind.FULL else 0,
    )


def _size_gib(images: Iterable[Image]) -> int:
    return ceil(sum(image.size_gib or 0.0 for image in images if image.role is ImageRole.DISK))


def _drive(view: ClusterView, storage: StorageId, template: Template, image: Image) -> Drive:
    if image.storage == storage:
        return Drive.BESIDE
    return Drive.SHARED if _is_shared(view, template, image.storage) else Drive.NODE_LOCAL


def _is_shared(view: ClusterView, template: Template, name: StorageId) -> bool:
    return any(storage.shared and storage.storage == name and storage.node.node == template.node for storage in view.storages)


def _clones_by_domain(view: ClusterView, storage: StorageId, templates: Iterable[Template]) -> Mapping[LockDomain, list[Task]]:
    """The clone tasks of the templates, by lock domain. A task is its template's node's, whatever node the clone is for."""
    tasks: dict[LockDomain, list[Task]] = {}
    for template in templates:
        if (entry := storage_at(view, template.node, storage)) is not None:
            of_template = (task for task in view.tasks if task.guest == template.vmid and task.node.node == template.node)
            tasks.setdefault(entry.lock_domain, []).extend(of_template)
    return tasks


def _unneeded(images: Iterable[Image], storage: StorageId, profiles: Iterable[Profile]) -> tuple[ImageRole, ...]:
    """A second disk can be merged into the first; only some systems need the firmware volumes."""
    roles = [image.role for image in images if image.storage == storage]
    more_disks = [ImageRole.DISK] * (roles.count(ImageRole.DISK) - 1)
    keeps = any(profile.os == _NEEDS_FIRMWARE for profile in profiles)
    return tuple(more_disks + ([] if keeps else [role for role in roles if role in (ImageRole.EFI, ImageRole.TPM)]))


def _local_storages(view: ClusterView) -> Mapping[StorageId, set[NodeName]]:
    """The living nodes of each node-local storage that supports images and linked clones."""
    nodes: dict[StorageId, set[NodeName]] = {}
    for storage in view.storages:
        suitable = not storage.shared and storage.available and "images" in storage.content and storage.kind in LINKABLE
        if suitable and view.complete_on(storage.node.node):
            nodes.setdefault(storage.storage, set()).add(storage.node.node)
    return nodes


def ties_of(view: ClusterView, template: Template, config: Mapping[str, object]) -> tuple[Image, ...]:
    """The drives on storage of the template's node alone, while its disk is on shared storage. Storages that are not visible
    are not judged."""
    shared = {storage.storage: storage.shared for storage in view.storages if storage.node.node == template.node}
    drives = drives_of(config)
    if not any(drive.role is ImageRole.DISK and shared.get(drive.storage) for drive in drives):
        return ()
    return tuple(drive for drive in drives if shared.get(drive.storage) is False)


def tied_by(template: Template, tie: Image) -> Reason:
    """What the drive costs, with the way to move it as its advice."""
    kind = words.TIED_BY_ISO if tie.role is ImageRole.ISO else words.TIED
    return kind(
        vmid=template.vmid, node=template.node, drive=tie.key, storage=tie.storage, shared=template.storage
    )  # fmt: skip
