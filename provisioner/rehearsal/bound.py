"""What the hardware allows at best, from the demand and the twin's figures alone: no schedule can be shorter.

The larger of, over all resources, total work ÷ width, plus the shortest chain that must come before or after it. It knows
nothing of how Bascule plans nor of how the twin runs.
"""

from math import ceil, inf

from provisioner.model.twin_spec import TwinSpec


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
    storages = {one.storage: one for one in spec.storages}
    return min(
        storages[one.storage].image_operation_s * (2 if one.cloud_init else 1)
        for one in spec.templates
        if one.storage in storages
    )


def _locks_s(spec: TwinSpec, desktops: int) -> float:
    """Each lock domain clones one after the other; work is spread over them as evenly as whole desktops allow."""
    shared = {one.storage: one.shared for one in spec.storages}
    domains = {one.storage if shared.get(one.storage) else f"{one.node}/{one.storage}" for one in spec.templates}
    return ceil(desktops / max(1, len(domains))) * _clone_s(spec)
