"""Where clones' images come to lie, and so which storage locks a clone takes and how often. Pure."""

import enum
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from provisioner.model.cluster import ClusterView, Storage, Task
from provisioner.model.ids import ClusterId, LockDomain, NodeKey, NodeName, ProfileName, StorageId, Vmid
from provisioner.model.profiles import Profile, Template
from provisioner.pve.volumes import LINKABLE, Image, ImageRole, images_of
from provisioner.storage_advice.lock_holds import LockHold, lock_hold_of

_NEEDS_FIRMWARE = "windows"
"""Windows 11 asks for UEFI and a TPM; a Linux image may as well boot without."""
Configs = Mapping[Vmid, Mapping[str, object]]


class Drive(enum.StrEnum):
    """Where a clone's cloud-init drive comes to lie: where the template's does."""

    NONE = "none"
    BESIDE = "with the disks"
    NODE_LOCAL = "on a storage of the node"
    SHARED = "on another shared storage"


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """What a clone does under which locks."""

    shared: bool
    """Whether its disks' lock is cluster-wide."""
    disks: int = 1
    """Images beside the cloud-init drive, EFI and TPM volumes included: one operation each."""
    drive: Drive = Drive.BESIDE
    nodes: int = 1
    """That clones are ordered on, of one lock domain."""

    @property
    def operations(self) -> int:
        """Under the disks' lock, a clone."""
        return self.disks + (self.drive is Drive.BESIDE)


@dataclass(frozen=True, slots=True, kw_only=True)
class StorageUse:
    """A storage id that profiles' templates lie on: one lock domain if it is shared, else one on each of its nodes."""

    cluster: ClusterId
    storage: StorageId
    nodes: tuple[NodeName, ...]
    """Those with a template."""
    layout: Layout
    """Of most of its templates."""
    profiles: frozenset[ProfileName]
    needless: tuple[ImageRole, ...] = ()
    """Images that the profiles do not need."""
    holds: Mapping[LockDomain, LockHold | None]
    """By lock domain; None: no clone has come out there yet."""
    hold: LockHold | None = None
    """Of all its lock domains together."""
    local: StorageId | None = None
    """A node-local storage for images that all its nodes have, other than this one."""
    replica_nodes: int = 0
    """Nodes that have a local storage for linked clones."""

    @property
    def name(self) -> str:
        """For people."""
        return f"{self.cluster}/{self.storage}"


def uses_of(view: ClusterView, profiles: Iterable[Profile], configs: Configs) -> tuple[StorageUse, ...]:
    """What one cluster's templates say, of those whose configuration is given and whose storage is seen."""
    found: dict[StorageId, list[tuple[Template, Profile]]] = {}
    for profile in profiles:
        for template in profile.templates:
            if template.vmid in configs and storage_of(view, template) is not None:
                found.setdefault(template.storage, []).append((template, profile))
    return tuple(_use(view, storage, pairs, configs) for storage, pairs in sorted(found.items()))


def storage_of(view: ClusterView, template: Template) -> Storage | None:
    """The storage of a template's disks, as its node sees it; None: it is not there, or may not be seen."""
    at = NodeKey(template.cluster, template.node)
    return next((one for one in view.storages if (one.node, one.storage) == (at, template.storage)), None)


def _use(view: ClusterView, storage: StorageId, pairs: list[tuple[Template, Profile]], configs: Configs) -> StorageUse:
    templates = tuple({template.vmid: template for template, _ in pairs}.values())
    nodes = tuple(sorted({template.node for template in templates}))
    tasks = _clones_by_domain(view, templates)
    images = Counter(images_of(configs[template.vmid]) for template in templates)
    shape = Counter(_layout(view, template, configs, nodes=len(nodes)) for template in templates).most_common(1)[0][0]
    local = _local_storages(view)
    return StorageUse(
        cluster=view.cluster,
        storage=storage,
        nodes=nodes,
        layout=shape,
        profiles=frozenset(profile.name for _, profile in pairs),
        needless=_needless(images.most_common(1)[0][0], storage, [profile for _, profile in pairs]),
        holds={domain: lock_hold_of([found]) for domain, found in sorted(tasks.items())},
        hold=lock_hold_of(tasks.values()),
        local=next((one for one, there in sorted(local.items()) if one != storage and there >= set(nodes)), None),
        replica_nodes=len(set().union(*local.values())) if local else 0,
    )


def _layout(view: ClusterView, template: Template, configs: Configs, *, nodes: int) -> Layout:
    images = images_of(configs[template.vmid])
    shared = _is_shared(view, template, template.storage)
    return Layout(
        shared=shared,
        disks=sum(one.storage == template.storage and one.role is not ImageRole.CLOUD_INIT for one in images),
        drive=next((_drive(view, template, one) for one in images if one.role is ImageRole.CLOUD_INIT), Drive.NONE),
        nodes=nodes if shared else 1,
    )


def _drive(view: ClusterView, template: Template, image: Image) -> Drive:
    if image.storage == template.storage:
        return Drive.BESIDE
    return Drive.SHARED if _is_shared(view, template, image.storage) else Drive.NODE_LOCAL


def _is_shared(view: ClusterView, template: Template, storage: StorageId) -> bool:
    return any(one.shared and one.storage == storage and one.node.node == template.node for one in view.storages)


def _clones_by_domain(view: ClusterView, templates: Iterable[Template]) -> Mapping[LockDomain, list[Task]]:
    """Each lock domain with the clone tasks of its templates."""
    tasks: dict[LockDomain, list[Task]] = {}
    for template in templates:
        if (storage := storage_of(view, template)) is not None:
            of_template = (one for one in view.tasks if one.guest == template.vmid and one.node.node == template.node)
            tasks.setdefault(storage.lock_domain, []).extend(of_template)
    return tasks


def _needless(images: Iterable[Image], storage: StorageId, profiles: Iterable[Profile]) -> tuple[ImageRole, ...]:
    """A second disk can be part of the first; firmware's volumes are needed by some systems."""
    roles = [one.role for one in images if one.storage == storage]
    more_disks = [ImageRole.DISK] * (roles.count(ImageRole.DISK) - 1)
    keeps = any(profile.os == _NEEDS_FIRMWARE for profile in profiles)
    return tuple(more_disks + ([] if keeps else [role for role in roles if role in (ImageRole.EFI, ImageRole.TPM)]))


def _local_storages(view: ClusterView) -> Mapping[StorageId, set[NodeName]]:
    """Node-local storages that can hold images and linked clones, with the living nodes that have each."""
    found: dict[StorageId, set[NodeName]] = {}
    for one in view.storages:
        fit = not one.shared and one.available and "images" in one.content and one.kind in LINKABLE
        if fit and view.complete_on(one.node.node):
            found.setdefault(one.storage, set()).add(one.node.node)
    return found
