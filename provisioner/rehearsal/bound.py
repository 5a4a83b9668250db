"""A lower bound for a switch, from the demand and the twin's figures alone: no schedule can be shorter.

The maximum, over all resources, of total work ÷ width, plus the shortest chain that must come before or after it. It is
independent of Bascule's planning and of the twin's code.
"""

from collections import Counter
from collections.abc import Mapping
from math import ceil, inf

from provisioner.model.twin_spec import TemplateSpec, TwinSpec


def bound_s(spec: TwinSpec, *, desktops: int) -> float:
    """Seconds until the last of `desktops` linked clones is ready, with all nodes alive; infinite without node or template."""
    if desktops == 0:
        return 0.0
    if not spec.nodes or not spec.templates:
        return inf
    chain = _chain_s(spec)
    locks = _locks_s(spec, desktops)
    boots = desktops * _boots_s(spec) / (spec.durations.boots_width * len(spec.nodes))
    api = desktops * 3 * spec.api.write_s / (spec.api.workers * len(spec.nodes))
    before_boot = chain - _boots_s(spec) - spec.durations.setup_s - spec.durations.first_boot_s
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
        + _boots_s(spec)
        + durations.setup_s
        + durations.first_boot_s
    )


def _boots_s(spec: TwinSpec) -> float:
    """A setup with restarts boots at least twice."""
    return spec.durations.boot_s * (2 if spec.durations.setup_restarts else 1)


def _clone_s(spec: TwinSpec) -> float:
    """All image operations of the fastest clone, on all its storages."""
    seconds = {storage.storage: storage.image_operation_s for storage in spec.storages}
    return min(sum(seconds[storage] * count for storage, count in _operations(template).items()) for template in spec.templates)


def _operations(template: TemplateSpec) -> Mapping[str, int]:
    """Image operations of a clone, by storage."""
    counts = Counter({template.storage: 1 + template.data_disks + template.efi + template.tpm})
    counts[template.cloud_init_storage or template.storage] += template.cloud_init
    return counts


def _locks_s(spec: TwinSpec, desktops: int) -> float:
    """A lock runs one operation at a time. Work spreads over the locks of the disks as evenly as whole desktops allow; likewise
    over those of the cloud-init drives, if all of them are on other storages."""
    templates = spec.templates
    disks = _spread_s(spec, desktops, {template: template.storage for template in templates})
    with_drive = [template for template in templates if template.cloud_init]
    apart = {template: template.cloud_init_storage for template in with_drive if template.cloud_init_storage}
    drives = _spread_s(spec, desktops, apart) if len(apart) == len(templates) else 0.0
    return max(disks, drives)


def _spread_s(spec: TwinSpec, desktops: int, on: Mapping[TemplateSpec, str]) -> float:
    """`on` maps each template to one of its storages."""
    storages = {storage.storage: storage for storage in spec.storages}
    domains = {storage if storages[storage].shared else f"{template.node}/{storage}" for template, storage in on.items()}
    each = min(storages[storage].image_operation_s * _operations(template)[storage] for template, storage in on.items())
    return ceil(desktops / len(domains)) * each
