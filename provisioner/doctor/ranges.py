"""Check the range of VMIDs: whether others use it, or will."""

from collections.abc import Iterator

from provisioner.actions.client import PveClient
from provisioner.doctor.asking import asked
from provisioner.doctor.findings import Finding, doubtful
from provisioner.model.cluster import ClusterView, Guest
from provisioner.model.records import Records
from provisioner.model.vm_marks import is_a_new_name, is_configured
from provisioner.pve.surroundings import next_vmid
from provisioner.reasons import neighbours as words
from provisioner.reasons.grouping import list_some
from provisioner.reasons.reason import Reason
from provisioner.settings.values import Settings

_NAMED = 4


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
        yield doubtful(subject, words.RANGE_FOREIGN(count=len(foreign), vms=vms, cluster=view.cluster))
    proposed = yield from asked(subject, client, next_vmid())
    if proposed is not None and first <= proposed <= last:
        yield doubtful(subject, words.RANGE_NEXT(vmid=proposed, cluster=view.cluster))


def _ours(guest: Guest, settings: Settings, records: Records) -> bool:
    """By reservation, tag or name: without a store a desktop may still be ours. Retired VMIDs are known to be others'."""
    reserved = any(reservation.key == guest.key for reservation in records.reservations) or guest.key in records.retired
    named = is_a_new_name(guest.name, guest.key.vmid, settings.profiles.values(), settings.naming)
    return reserved or named or is_configured(guest, settings.installation)
