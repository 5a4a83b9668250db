"""Check that the notes of the desktops that are there were signed with the configured key: otherwise nothing new is made."""

from collections.abc import Iterator

from provisioner.actions.client import PveClient
from provisioner.doctor.findings import Closed, Finding, bad, doubtful
from provisioner.errors import HypervisorError, OtherKey
from provisioner.model.actions import Verify
from provisioner.model.kept.records import Records
from provisioner.model.machines.cluster import ClusterView, Guest
from provisioner.model.vm_marks import is_configured
from provisioner.reasons.cluster import NOTE_OF_OTHER_KEY
from provisioner.reasons.neighbours import NOT_CHECKED
from provisioner.reasons.reason import Reason
from provisioner.reasons.steps import SAMPLED
from provisioner.settings.values import Settings

_READ_S = 60.0


def examine_notes(
    subject: Reason, client: PveClient, view: ClusterView, settings: Settings, records: Records
) -> Iterator[Finding]:
    """One note is read, of a desktop that the store knows, else of a VM of the range with our tag: as the daemon does first."""
    sample = next(_ours(view, settings, records), None)
    if sample is None:
        return
    order = Verify(key=sample.key, node=sample.node_key, because=SAMPLED(), deadline=client.now() + _READ_S)
    try:
        client.carry_out(order)
    except OtherKey:
        closed = Closed(cluster=view.cluster)
        yield bad(subject, NOTE_OF_OTHER_KEY(vmid=sample.key.vmid, node=sample.node), closes=[closed])
    except HypervisorError as refused:
        yield doubtful(subject, NOT_CHECKED(said=refused.reason))


def _ours(view: ClusterView, settings: Settings, records: Records) -> Iterator[Guest]:
    """Those that can be read."""
    first, last = settings.naming.vmids[view.cluster]
    kept = (each.reservation for each in records.desktops.values() if each.reservation.cluster == view.cluster)
    proven = [view.guests[each.vmid] for each in kept if each.proven and each.vmid in view.guests]
    tagged = (
        guest
        for vmid, guest in sorted(view.guests.items())
        if first <= vmid <= last and is_configured(guest, settings.installation)
    )
    yield from (guest for guest in (*proven, *tagged) if guest.lock != "clone" and view.complete_on(guest.node))


__all__ = ["examine_notes"]
