"""Pools whose desktops go from one person to the next: what is left on a disk, and when a reset may come too late."""

from collections.abc import Iterator

from provisioner.doctor.findings import Finding, doubtful
from provisioner.model.pools import AfterPerson, DesktopPool, Lend
from provisioner.reasons import pools as words
from provisioner.reasons import subjects
from provisioner.settings.values import Settings


def examine_pools(settings: Settings) -> Iterator[Finding]:
    """Every pool, by name."""
    for _, pool in sorted(settings.pools.items()):
        yield from _of_disks(pool)
        yield from _of_hours(pool)


def _of_disks(pool: DesktopPool) -> Iterator[Finding]:
    """Proxmox VE shuts a desktop down and starts it again: no disk is written to."""
    if pool.after_person is AfterPerson.RESTART:
        yield doubtful(subjects.POOL(pool=pool.name), words.DISK_STAYS())
    if pool.after_person is AfterPerson.OVERNIGHT:
        yield doubtful(subjects.POOL(pool=pool.name), words.DISK_STAYS_A_DAY())


def _of_hours(pool: DesktopPool) -> Iterator[Finding]:
    hours = pool.resets.hours
    if pool.after_person is AfterPerson.REBUILD and pool.lend is Lend.BY_PLAN and hours is not None:
        yield doubtful(subjects.POOL(pool=pool.name), words.RESET_AFTER_HALF_DAYS(at=hours.words))
