"""Check who else works on the desktops: backup jobs in the night of the switch, HA, and balancers."""

from collections.abc import Iterable, Iterator

from provisioner.actions.client import PveClient
from provisioner.daemon.template_configs import templates_on
from provisioner.doctor.asking import asked, living
from provisioner.doctor.findings import Finding, doubtful
from provisioner.doctor.night import Night, runs_in
from provisioner.model.ids import Vmid
from provisioner.model.machines.cluster import ClusterView, Guest
from provisioner.pve.surroundings import BackupJob, backup_jobs, balancing, time_of
from provisioner.reasons import neighbours as words
from provisioner.reasons.grouping import list_some
from provisioner.reasons.reason import ALSO, Reason, join_reasons
from provisioner.settings.values import Settings

_NAMED = 4
_MOVES = ("ha-auto-rebalance", "ha-rebalance-on-start")
"""Settings of `crs` by which HA moves guests that it would leave where they are (Proxmox VE's API description)."""
_PROXLB, _LEFT_OUT = "plb_", "plb_ignore"
"""Tags of ProxLB, and those of VMs that it leaves where they are."""


def examine_backups(
    subject: Reason, client: PveClient, view: ClusterView, settings: Settings, *, night: Night
) -> Iterator[Finding]:
    """Backup jobs that run during the switch."""
    jobs = yield from asked(subject, client, backup_jobs())
    node = next(living(view), None)
    clock = (yield from asked(subject, client, time_of(node))) if jobs and node else None
    ahead_s = clock.ahead_of_utc_s if clock else 0.0
    for job in jobs or ():
        runs = runs_in(night, job.schedule, job.next_run, ahead_of_utc_s=ahead_s)
        if runs is not False and (not job.node or job.node in view.nodes):
            yield doubtful(subject, _backup(job, view, settings, sure=runs is True))


def _backup(job: BackupJob, view: ClusterView, settings: Settings, *, sure: bool) -> Reason:
    if not sure:
        return words.BACKUP_PERHAPS(job=job.name, schedule=job.schedule)
    kind = words.BACKUP_OF_TEMPLATES if _takes_ours(job, view, settings) else words.BACKUP_BESIDE
    return kind(job=job.name, schedule=job.schedule)


def _takes_ours(job: BackupJob, view: ClusterView, settings: Settings) -> bool:
    """Whether a template, a desktop, or a VMID of the range is among its guests."""
    first, last = settings.naming.vmids[view.cluster]
    templates = {template.vmid for template in templates_on(view.cluster, settings.profiles.values())}
    if job.pool:
        in_pool = {vmid for vmid, guest in view.guests.items() if guest.pool == job.pool}
        return job.pool == settings.clusters[view.cluster].pool or not in_pool.isdisjoint(templates)
    if job.vmids is not None:
        return not job.vmids.isdisjoint(templates) or any(first <= vmid <= last for vmid in job.vmids)
    return True if not templates <= job.excluded else any(first <= vmid <= last for vmid in view.guests.keys() - job.excluded)


def examine_movers(
    subject: Reason, client: PveClient, view: ClusterView, settings: Settings, *, ours: Iterable[Vmid]
) -> Iterator[Finding]:
    """HA, its scheduler, and balancers, on desktops."""
    guests = [view.guests[vmid] for vmid in sorted(set(ours)) if vmid in view.guests]
    managed = [guest for guest in guests if guest.ha_managed]
    if managed:
        vms = list_some([f"VM {guest.key.vmid}" for guest in managed], _NAMED)
        yield doubtful(subject, words.HA_OURS(count=len(managed), vms=vms))
        crs = yield from asked(subject, client, balancing())
        if moves := [f"{name}={value}" for name, value in (crs or {}).items() if name in _MOVES and value == "1"]:
            yield doubtful(subject, words.CRS_MOVES(setting=join_reasons(moves, ALSO)))
    yield from _balancer(subject, view, settings, guests)


def _balancer(subject: Reason, view: ClusterView, settings: Settings, desktops: Iterable[Guest]) -> Iterator[Finding]:
    tags = sorted({tag for guest in view.guests.values() for tag in guest.tags if tag.startswith(_PROXLB)})
    named = templates_on(view.cluster, settings.profiles.values())
    templates = [view.guests[template.vmid] for template in named if template.vmid in view.guests]
    if tags and not all(any(tag.startswith(_LEFT_OUT) for tag in guest.tags) for guest in (*templates, *desktops)):
        yield doubtful(subject, words.BALANCER_MOVES(tags=list_some(tags, _NAMED)))


__all__ = ["examine_backups", "examine_movers"]
