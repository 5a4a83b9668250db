"""The stage of a rehearsal that goes on from where a site is now: a twin of each observed cluster, with the desktops that it
has already as its guests. Pure.

What cannot be observed, such as durations and the speed of copies, is the twin's default.

What cannot be gone on with is begun anew: a clone that is under way is ordered again, and is later than in truth by what it
has done already.
"""

import math
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from provisioner.model.ids import ClusterId, DesktopName, Instant, NodeKey, StorageId, Vmid
from provisioner.model.kept.records import DesktopRecord, Records
from provisioner.model.machines.cluster import ClusterView, Guest, Power, Storage
from provisioner.model.machines.ownership import NoteKey, note_for
from provisioner.model.machines.twin_spec import GuestSpec, NodeSpec, StorageSpec, TemplateSpec, TwinSpec
from provisioner.model.people.agents import Roster
from provisioner.model.people.profiles import Profile, Template
from provisioner.model.site_config import SiteConfig
from provisioner.planning.survey.lifecycle import same_boot
from provisioner.pve.volumes import Image, ImageRole, images_of
from provisioner.rehearsal.rehearse import BOUND_S, Stage, rehearsal_key
from provisioner.storage_advice.layouts import ties_of

Configs = Mapping[Vmid, Mapping[str, object]]


def stage_now(
    config: SiteConfig,
    roster: Roster,
    records: Records,
    views: Iterable[ClusterView],
    *,
    now: Instant,
    at_most_s: float = BOUND_S,
    configs: Callable[[ClusterId], Configs] = lambda _: {},
) -> Stage:
    """With twins of the observed clusters, and the store's records; `configs` are those of a cluster's templates."""
    key = rehearsal_key(config.installation)
    twins: dict[ClusterId, TwinSpec] = {}
    kept: dict[DesktopName, DesktopRecord] = {}
    for view in views:
        spec = twin_of(view, config.profiles.values(), configs(view.cluster))
        desktops = _desktops_on(view, spec, records.desktops, key, now=now)
        twins[view.cluster] = _with_desktops(spec, desktops)
        kept |= desktops.records
    return Stage(
        config=config,
        roster=roster,
        records=replace(records, desktops=kept),
        twins=twins,
        begins_at=now,
        at_most_s=at_most_s,
    )


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


@dataclass(frozen=True, slots=True, kw_only=True)
class _PresentDesktops:
    """The desktops of one cluster, by VM and by record."""

    guests: Mapping[int, GuestSpec | None] = field(default_factory=dict)
    """By VMID; None: its clone is under way, and is ordered again."""
    records: Mapping[DesktopName, DesktopRecord] = field(default_factory=dict)


def _desktops_on(
    view: ClusterView, spec: TwinSpec, records: Mapping[DesktopName, DesktopRecord], key: NoteKey, *, now: Instant
) -> _PresentDesktops:
    """Those of `records` that are on this cluster; `spec` is the twin of the cluster, with all its VMs as ordinary guests."""
    mirrored = {guest.vmid: guest for guest in spec.guests}
    guests: dict[int, GuestSpec | None] = {}
    kept: dict[DesktopName, DesktopRecord] = {}
    for name, record in records.items():
        reservation = record.reservation
        if reservation.cluster != view.cluster:
            continue
        guest, twin_guest = view.guests.get(reservation.vmid), mirrored.get(reservation.vmid)
        if guest is None or twin_guest is None:
            if _stays_without_vm(record, view):
                kept[name] = record
        elif guest.lock == "clone":
            guests[reservation.vmid] = None
        else:
            kept[name] = _as_known(record, guest, view, now=now)
            note, asked = note_for(reservation, key), record.unheard is not None
            guests[reservation.vmid] = _present_guest(twin_guest, guest, kept[name], note, asked=asked, now=now)
    return _PresentDesktops(guests=guests, records=dict(_without_lost(kept)))


def _with_desktops(spec: TwinSpec, desktops: _PresentDesktops) -> TwinSpec:
    """The twin with these guests in the place of those with their VMIDs."""
    guests = (desktops.guests.get(guest.vmid, guest) for guest in spec.guests)
    return replace(spec, guests=tuple(guest for guest in guests if guest is not None))


def _stays_without_vm(record: DesktopRecord, view: ClusterView) -> bool:
    """A desktop that was given up, or on a node that cannot be seen. Any other is made: its clone is under way or to come."""
    return record.attempts.gave_up or not view.complete_on(record.reservation.node)


def _as_known(record: DesktopRecord, guest: Guest, view: ClusterView, *, now: Instant) -> DesktopRecord:
    """With a report that the twin's guest would give; the kernel's id of its boot differs."""
    report, running = record.report, guest.power is Power.RUNNING
    if report is None or not running or not same_boot(report, guest.key.vmid, view):
        return replace(record, report=None, unheard=None)
    return replace(
        record, report=replace(report, read_at=now, written_at=now, age_s=None, boot_id="", sessions=()), unheard=None
    )


def _present_guest(
    twin_guest: GuestSpec, guest: Guest, record: DesktopRecord, note: str, *, asked: bool, now: Instant
) -> GuestSpec:  # fmt: skip
    report = record.report
    ready = report is not None and report.ready
    ready_at = (report.ready_at or report.read_at) if report is not None and ready else None
    began_at = now if record.started_at is None and not ready else record.started_at
    return replace(
        twin_guest,
        desktop=True,
        set_up=ready or record.assigned_to is not None,
        booting_for_s=_ago_s(began_at, now) if twin_guest.running else None,
        ready_for_s=_ago_s(ready_at, now) if twin_guest.running else None,
        unasked=report is None and not asked,
        tags=";".join(sorted(guest.tags)),
        description=note,
        lock="",
    )


def _ago_s(at: Instant | None, now: Instant) -> float | None:
    return None if at is None else max(0.0, now - at)


def _without_lost(kept: Mapping[DesktopName, DesktopRecord]) -> Iterator[tuple[DesktopName, DesktopRecord]]:
    for name, record in kept.items():
        superseded_by = record.superseded_by if record.superseded_by in kept else None
        yield name, replace(record, superseded_by=superseded_by)
