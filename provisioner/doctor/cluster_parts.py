"""Small checks of a cluster and of what belongs to its desktops.

The clocks of the nodes against this machine's; what a pool's desktops keep of one person for the next; the certificate that
connection files are signed with; whether others use the range of VMIDs, or will; the files for asking desktops over SSH.
"""

from collections.abc import Iterator

from provisioner.actions.client import PveClient
from provisioner.adapters.rdp.signing import Publisher
from provisioner.daemon.system_clock import SystemClock
from provisioner.doctor.asking import asked, living, of_nodes
from provisioner.doctor.directory import CERTIFICATE_DAYS, CLOCK_S
from provisioner.doctor.findings import Finding, bad, doubtful, good
from provisioner.doctor.reach import some_nodes
from provisioner.errors import BasculeError
from provisioner.model.ids import Instant, NodeName
from provisioner.model.kept.records import Records
from provisioner.model.machines.cluster import ClusterView, Guest
from provisioner.model.people.profiles import Probe
from provisioner.model.pools import AfterPerson, DesktopPool, Lend
from provisioner.model.vm_marks import is_a_new_name, is_configured
from provisioner.pve.surroundings import next_vmid, time_of
from provisioner.reasons import cluster as cluster_words
from provisioner.reasons import neighbours as neighbours_words
from provisioner.reasons import pools as pools_words
from provisioner.reasons import subjects
from provisioner.reasons import views as views_words
from provisioner.reasons.grouping import list_some
from provisioner.reasons.reason import Reason, reason_of
from provisioner.settings.values import Settings

_DAY_S = 86_400.0
_NAMED = 4


def examine_clocks(subject: Reason, client: PveClient, view: ClusterView) -> Iterator[Finding]:
    """Differences of more than a minute. Only a doubt: desktops may have a better clock than their nodes."""
    ahead: dict[NodeName, float] = {}
    for node in living(view):
        asked_at = client.now()
        times = yield from of_nodes(subject, client, {node.node: time_of(node)})
        ahead |= {name: time.at - asked_at for name, time in times.items()}
    for later in (True, False):
        nodes = {name: abs(by_s) for name, by_s in ahead.items() if (by_s > 0) is later and abs(by_s) > CLOCK_S}
        if nodes:
            kind, most_s = (neighbours_words.CLOCK_AHEAD if later else neighbours_words.CLOCK_BEHIND), max(nodes.values())
            yield doubtful(subject, kind(nodes=some_nodes(sorted(nodes)), seconds=most_s))


def examine_pools(settings: Settings) -> Iterator[Finding]:
    """Every pool, by name."""
    for _, pool in sorted(settings.pools.items()):
        yield from _of_disks(pool)
        yield from _of_hours(pool)


def _of_disks(pool: DesktopPool) -> Iterator[Finding]:
    """Proxmox VE shuts a desktop down and starts it again: no disk is written to."""
    if pool.after_person is AfterPerson.RESTART:
        yield doubtful(subjects.POOL(pool=pool.name), pools_words.DISK_STAYS())
    if pool.after_person is AfterPerson.OVERNIGHT:
        yield doubtful(subjects.POOL(pool=pool.name), pools_words.DISK_STAYS_A_DAY())


def _of_hours(pool: DesktopPool) -> Iterator[Finding]:
    hours = pool.resets.hours
    if pool.after_person is AfterPerson.REBUILD and pool.lend is Lend.BY_PLAN and hours is not None:
        yield doubtful(subjects.POOL(pool=pool.name), pools_words.RESET_AFTER_HALF_DAYS(at=hours.words))


def examine_publisher(settings: Settings, *, now: Instant) -> Iterator[Finding]:
    """Whether it can sign, and when it ends. Nothing if no connection files are made."""
    if settings.connections is None:
        return
    subject = subjects.CERTIFICATE(path=str(settings.connections.certificate))
    try:
        publisher = Publisher(settings.connections.certificate, settings.connections.key)
    except BasculeError as error:
        closed = isinstance(error.__cause__, PermissionError)
        kind, grade = (views_words.PUBLISHER_UNREAD, doubtful) if closed else (views_words.PUBLISHER_WRONG, bad)
        yield grade(subject, kind(said=error.reason))
        return
    days = (publisher.ends_at - now) / _DAY_S
    if days <= 0:
        yield bad(subject, views_words.PUBLISHER_ENDED(days=-days))
    elif days <= CERTIFICATE_DAYS:
        yield doubtful(subject, views_words.PUBLISHER_ENDS(days=days))
    else:
        yield good(subject, views_words.PUBLISHER_SIGNS(thumbprint=publisher.thumbprint))


def examine_range(
    subject: Reason, client: PveClient, view: ClusterView, settings: Settings, records: Records
) -> Iterator[Finding]:
    """VMs of others in the range, and whether the next VM of anybody would be there."""
    first, last = settings.naming.vmids[view.cluster]
    foreign = [
        guest for vmid, guest in sorted(view.guests.items()) if first <= vmid <= last and not _ours(guest, settings, records)
    ]
    if foreign:
        vms = list_some([f"VM {guest.key.vmid}" for guest in foreign], _NAMED)
        yield doubtful(subject, neighbours_words.RANGE_FOREIGN(count=len(foreign), vms=vms, cluster=view.cluster))
    proposed = yield from asked(subject, client, next_vmid())
    if proposed is not None and first <= proposed <= last:
        yield doubtful(subject, neighbours_words.RANGE_NEXT(vmid=proposed, cluster=view.cluster))


def _ours(guest: Guest, settings: Settings, records: Records) -> bool:
    """By reservation, tag or name: without a store a desktop may still be ours. Retired VMIDs are known to be others'."""
    reserved = any(reservation.key == guest.key for reservation in records.reservations) or guest.key in records.retired
    named = is_a_new_name(guest.name, guest.key.vmid, settings.profiles.values(), settings.naming)
    return reserved or named or is_configured(guest, settings.installation)


def examine_ssh(settings: Settings) -> Iterator[Finding]:
    """Whether key and host keys can be used. A fault if a profile needs them."""
    if settings.ssh is None:
        return
    # Only if configured: loading paramiko takes a fifth of a start.
    from provisioner.adapters.ssh import SshGuestProbe

    grade = bad if any(profile.probe is Probe.SSH for profile in settings.profiles.values()) else doubtful
    try:
        SshGuestProbe(settings.ssh, clock=SystemClock()).read_files()
    except ValueError as error:
        yield grade(subjects.SETTINGS(), cluster_words.SSH_UNUSABLE(said=reason_of(error)))
