"""A twin of an observed cluster; what cannot be observed, such as durations and the speed of copies, is the twin's
default."""

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace
from types import MappingProxyType

from provisioner.model.cluster import ClusterView, Guest, Power, Storage
from provisioner.model.ids import NodeKey, StorageId, Vmid
from provisioner.model.profiles import Profile, Template
from provisioner.model.twin_spec import GuestSpec, NodeSpec, StorageSpec, TemplateSpec, TwinSpec
from provisioner.pve.volumes import Image, ImageRole, images_of
from provisioner.storage_advice.layouts import ties_of

Configs = Mapping[Vmid, Mapping[str, object]]


def twin_of(view: ClusterView, profiles: Iterable[Profile], configs: Configs = MappingProxyType({})) -> TwinSpec:
    """The cluster as a spec. Existing desktops are ordinary guests: they use resources and are not touched.

    `configs` are the templates' configurations; without one, a template has a disk and a cloud-init drive on its storage.
    A listing does not say which storage a guest is on: guests are put on the first storage of their node, without a disk, since
    the storage's use includes it already.
    """
    profiles = tuple(profiles)
    named = {(template.vmid, template.node): (template, profile) for profile in profiles for template in profile.templates}
    templates = {key: pair for key, pair in named.items() if _takes_clones(pair[0], view)}
    bridges = tuple(sorted({profile.bridge for profile in profiles}))
    return TwinSpec(
        name=view.cluster,
        nodes=tuple(
            NodeSpec(name=node.key.node, cores=node.cores, memory_mib=node.memory_mib)
            for _, node in sorted(view.nodes.items())
            if node.online
        ),
        storages=tuple(_storages(view)),
        templates=tuple(_template(view, *pair, config=configs.get(pair[0].vmid)) for _, pair in sorted(templates.items())),
        guests=tuple(_guests(view)),
        bridges=bridges,
        votes=view.votes,
    )


def _storages(view: ClusterView) -> Iterable[StorageSpec]:
    """Node-local storages with the same id may differ in size: the smallest stands for all."""
    by_id: dict[str, list[Storage]] = {}
    for storage in view.storages:
        if not storage.available or not view.complete_on(storage.node.node):
            continue
        by_id.setdefault(storage.storage, []).append(storage)
    for name, storages in sorted(by_id.items()):
        yield _with_kind(
            StorageSpec(
                storage=name,
                shared=storages[0].shared,
                size_gib=min(storage.total_gib for storage in storages),
                used_gib=max(storage.used_gib for storage in storages),
                nodes=tuple(sorted({storage.node.node for storage in storages})),
            ),
            storages[0],
        )


def _with_kind(spec: StorageSpec, storage: Storage) -> StorageSpec:
    """With the type and content, as far as they are known."""
    return replace(spec, kind=storage.kind or spec.kind, content=",".join(sorted(storage.content)) or spec.content)


def _takes_clones(template: Template, view: ClusterView) -> bool:
    """Whether it can be cloned now: a forecast must not count on other templates."""
    guest, node = view.guests.get(template.vmid), NodeKey(template.cluster, template.node)
    node_works = view.complete_on(template.node) and not view.nodes[template.node].maintenance
    storages = ((storage.node, storage.storage) for storage in view.storages if storage.available)
    return (
        template.cluster == view.cluster
        and node_works
        and guest is not None
        and guest.template
        and guest.node == template.node
        and (node, template.storage) in storages
    )


def _template(view: ClusterView, template: Template, profile: Profile, *, config: Mapping[str, object] | None) -> TemplateSpec:
    spec = TemplateSpec(
        vmid=template.vmid,
        node=template.node,
        storage=template.storage,
        name=f"template-{profile.name}",
        vcpus=profile.vcpus,
        memory_mib=profile.memory_mib,
        disk_gib=profile.disk_gib,
    )
    return spec if config is None else _with_drives(spec, images_of(config), ties=ties_of(view, template, config))


def _with_drives(spec: TemplateSpec, images: tuple[Image, ...], *, ties: tuple[Image, ...]) -> TemplateSpec:
    roles = Counter(image.role for image in images)
    drive = next((image.storage for image in images if image.role is ImageRole.CLOUD_INIT), None)
    size_gib = max((image.size_gib or 0.0 for image in images if image.role is ImageRole.DISK), default=0.0)
    tie = next((tie.storage for tie in ties if tie.role is not ImageRole.CLOUD_INIT), None)
    return replace(
        spec,
        disk_gib=math.ceil(size_gib) or spec.disk_gib,
        data_disks=max(0, roles[ImageRole.DISK] - 1),
        cloud_init=drive is not None,
        cloud_init_storage=drive,
        efi=roles[ImageRole.EFI] > 0,
        tpm=roles[ImageRole.TPM] > 0,
        iso=f"{tie}:iso/any.iso" if tie else "",  # stands for every drive that ties clones to the template's node
    )


def _guests(view: ClusterView) -> Iterable[GuestSpec]:
    """Guests use resources. A node without a storage has no template either: its guests are left out."""
    for _, guest in sorted(view.guests.items()):
        if guest.template or not view.complete_on(guest.node):
            continue
        storages = (storage for storage in view.storages if storage.available and storage.node == guest.node_key)
        first = next(storages, None)
        if first is not None:
            yield _guest(guest, first.storage)


def _guest(guest: Guest, storage: StorageId) -> GuestSpec:
    return GuestSpec(
        vmid=guest.key.vmid,
        node=guest.node,
        name=guest.name or f"vm-{guest.key.vmid}",
        storage=storage,
        vcpus=max(1, round(guest.vcpus or 1)),
        memory_mib=guest.memory_mib or 0,
        disk_gib=0,
        running=guest.power is Power.RUNNING,
    )
