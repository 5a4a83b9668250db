"""A twin of a cluster as it was observed; what cannot be observed (durations, say) is the twin's default."""

from collections.abc import Iterable

from provisioner.model.cluster import ClusterView, Guest, Power, Storage
from provisioner.model.ids import NodeKey, StorageId
from provisioner.model.profiles import Profile, Template
from provisioner.model.twin_spec import GuestSpec, NodeSpec, StorageSpec, TemplateSpec, TwinSpec


def twin_of(view: ClusterView, profiles: Iterable[Profile]) -> TwinSpec:
    """The cluster as a spec. Desktops that exist already are guests like any other: they take room and are left alone.

    Which storage a guest lies on is not in a listing: guests are put on the first storage of their node, with no disk of
    their own, since the storage's use counts them already.
    """
    profiles = tuple(profiles)
    named = {(one.vmid, one.node): (one, profile) for profile in profiles for one in profile.templates}
    templates = {key: pair for key, pair in named.items() if _is_there(pair[0], view)}
    bridges = tuple(sorted({profile.bridge for profile in profiles}))
    return TwinSpec(
        name=view.cluster,
        nodes=tuple(
            NodeSpec(name=node.key.node, cores=node.cores, memory_mib=node.memory_mib)
            for _, node in sorted(view.nodes.items())
            if node.online
        ),
        storages=tuple(_storages(view)),
        templates=tuple(_template(*pair) for _, pair in sorted(templates.items())),
        guests=tuple(_guests(view)),
        bridges=bridges,
    )


def _storages(view: ClusterView) -> Iterable[StorageSpec]:
    """Node-local storages of one id may differ in size: the smallest stands for all."""
    by_id: dict[str, list[Storage]] = {}
    for storage in view.storages:
        if not storage.available or not view.complete_on(storage.node.node):
            continue
        by_id.setdefault(storage.storage, []).append(storage)
    for name, found in sorted(by_id.items()):
        yield StorageSpec(
            storage=name,
            shared=found[0].shared,
            size_gib=min(one.total_gib for one in found),
            used_gib=max(one.used_gib for one in found),
            nodes=tuple(sorted({one.node.node for one in found})),
        )


def _is_there(template: Template, view: ClusterView) -> bool:
    """What nobody can clone from now is left out: a forecast must not hope for it."""
    seen, node = view.guests.get(template.vmid), NodeKey(template.cluster, template.node)
    takes_clones = view.complete_on(template.node) and not view.nodes[template.node].maintenance
    on_storage = any(one.available and (one.node, one.storage) == (node, template.storage) for one in view.storages)
    return (
        template.cluster == view.cluster
        and takes_clones
        and seen is not None
        and seen.template
        and seen.node == template.node
        and on_storage
    )


def _template(template: Template, profile: Profile) -> TemplateSpec:
    return TemplateSpec(
        vmid=template.vmid,
        node=template.node,
        storage=template.storage,
        name=f"template-{profile.name}",
        vcpus=profile.vcpus,
        memory_mib=profile.memory_mib,
        disk_gib=profile.disk_gib,
    )


def _guests(view: ClusterView) -> Iterable[GuestSpec]:
    """Whatever takes room. A node without a storage has no template either: what is on it takes none from anybody."""
    for _, guest in sorted(view.guests.items()):
        if guest.template or not view.complete_on(guest.node):
            continue
        storage = next((one.storage for one in view.storages if one.node == guest.node_key and one.available), None)
        if storage is not None:
            yield _guest(guest, storage)


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
