"""The resources of a rehearsal, each doubled: the one that shortens it most binds (`planning/eta/binding`). Pure."""

from collections.abc import Callable, Iterator, Mapping, Set
from dataclasses import dataclass, replace

from provisioner.model.ids import ClusterId
from provisioner.model.profiles import CloneKind
from provisioner.model.site_config import SiteConfig
from provisioner.model.twin_spec import StorageSpec, TwinSpec
from provisioner.reasons import rehearsal as reasons
from provisioner.reasons.reason import Reason

Twins = Mapping[ClusterId, TwinSpec]


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubled:
    """The twins with twice as much of one resource."""

    resource: Reason
    twins: Twins


def doubled(twins: Twins, *, full: bool) -> Iterator[Doubled]:
    """Each resource that desktops are made with: the storages of disks and of cloud-init drives, the nodes, the API's workers.

    Storages of one role are one resource: desktops take another of them if one is busy.
    """
    templates = [template for spec in twins.values() for template in spec.templates]
    disks = frozenset(template.storage for template in templates)
    drives = frozenset(template.cloud_init_storage or template.storage for template in templates) - disks
    for storages in filter(None, (disks, drives)):
        names = ", ".join(sorted(storages))
        yield Doubled(resource=reasons.LOCK_OF(domain=names), twins=_each(twins, storages, _faster_lock))
        if full:
            yield Doubled(resource=reasons.COPYING(domain=names), twins=_each(twins, storages, _faster_copies))
    width = min(spec.durations.boots_width for spec in twins.values())
    yield Doubled(resource=reasons.BOOTING(width=width), twins={key: _wider(spec) for key, spec in twins.items()})
    yield Doubled(resource=reasons.API_WORKERS(), twins={key: _more_workers(spec) for key, spec in twins.items()})


def clones_in_full(config: SiteConfig) -> bool:
    """Whether desktops of any profile are full clones, which copy their disks."""
    return any(profile.clone is CloneKind.FULL for profile in config.profiles.values())


def _each(twins: Twins, storages: Set[str], change: Callable[[StorageSpec], StorageSpec]) -> Twins:
    return {
        cluster: replace(spec, storages=tuple(change(each) if each.storage in storages else each for each in spec.storages))
        for cluster, spec in twins.items()
    }


def _faster_lock(storage: StorageSpec) -> StorageSpec:
    return replace(storage, image_operation_s=storage.image_operation_s / 2)


def _faster_copies(storage: StorageSpec) -> StorageSpec:
    return replace(storage, copy_gib_per_second=storage.copy_gib_per_second * 2)


def _wider(spec: TwinSpec) -> TwinSpec:
    durations = spec.durations
    wider = replace(durations, boots_width=2 * durations.boots_width, boots_before_loss=2 * durations.boots_before_loss)
    return replace(spec, durations=wider)


def _more_workers(spec: TwinSpec) -> TwinSpec:
    return replace(spec, api=replace(spec.api, workers=min(64, 2 * spec.api.workers)))


__all__ = ["Doubled", "clones_in_full", "doubled"]
