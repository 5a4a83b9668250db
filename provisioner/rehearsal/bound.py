"""What the hardware allows at best, from the demand and the twin's figures alone: no schedule can be shorter.

The larger of, over all resources, total work ÷ width, plus the shortest chain that must come before or after it. It knows
nothing of how Bascule plans nor of how the twin runs.
"""

from collections import Counter
from collections.abc import Mapping
from math import ceil, inf

from provisioner.model.twin_spec import TemplateSpec, TwinSpec


def bound_s(spec: TwinSpec, *, desktops: int) -> float:
    """Seconds from the order to the last of `desktops` linked clones being ready, all nodes alive; infinite: it cannot be."""
    if desktops == 0:
        return 0.0
    if not spec.nodes or not spec.templates:
        return inf
    chain = _chain_s(spec)
    locks = _locks_s(spec, desktops)
    boots = desktops * spec.durations.boot_s / (spec.durations.boots_width * len(spec.nodes))
    api = desktops * 3 * spec.api.write_s / (spec.api.workers * len(spec.nodes))
    before_boot = chain - spec.durations.boot_s - spec.durations.first_boot_s
    after_lock = chain - _clone_s(spec)
    return max(
        chain,
        before_boot + boots + spec.durations.first_boot_s,
        locks + after_lock,
        api,
    )


def _chain_s(spec: TwinSpec) -> float:
    """One desktop alone: clone, configure, start, boot, first boot."""
    durations = spec.durations
    return (
        _clone_s(spec)
        + durations.clone_outside_lock_s
        + durations.configure_s
        + durations.start_task_s
        + durations.boot_s
        + durations.first_boot_s
    )


def _clone_s(spec: TwinSpec) -> float:
    """All image operations of the quickest clone, wherever its volumes lie."""
    seconds = {one.storage: one.image_operation_s for one in spec.storages}
    return min(sum(seconds[storage] * count for storage, count in _operations(one).items()) for one in spec.templates)


def _operations(template: TemplateSpec) -> Mapping[str, int]:
    """Image operations of a clone by storage."""
    counts = Counter({template.storage: 1 + template.data_disks + template.efi + template.tpm})
    counts[template.cloud_init_storage or template.storage] += template.cloud_init
    return counts


def _locks_s(spec: TwinSpec, desktops: int) -> float:
    """Each lock does one operation after the other; work is spread over the disks' locks, and over the cloud-init drives' where
    all of them lie elsewhere, as evenly as whole desktops allow."""
    disks = _spread_s(spec, desktops, {one: one.storage for one in spec.templates})
    apart = {one: one.cloud_init_storage for one in spec.templates if one.cloud_init and one.cloud_init_storage}
    drives = _spread_s(spec, desktops, apart) if len(apart) == len(spec.templates) else 0.0
    return max(disks, drives)


def _spread_s(spec: TwinSpec, desktops: int, on: Mapping[TemplateSpec, str]) -> float:
    """`on` is the storage of each template that is looked at."""
    storages = {one.storage: one for one in spec.storages}
    domains = {storage if storages[storage].shared else f"{one.node}/{storage}" for one, storage in on.items()}
    each = min(storages[storage].image_operation_s * _operations(one)[storage] for one, storage in on.items())
    return ceil(desktops / len(domains)) * each
