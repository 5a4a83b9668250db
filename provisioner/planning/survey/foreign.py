"""Guests that are not our desktops as far as the store knows: foreign, or still to be identified."""

from collections.abc import Iterable, Iterator

from provisioner.model.ids import ClusterId, DesktopName
from provisioner.model.machines.cluster import Guest
from provisioner.model.vm_marks import is_a_new_name, is_configured
from provisioner.planning.inputs import Situation, is_leftover
from provisioner.planning.placement.allocation import desktops_by_vmid, in_range
from provisioner.reasons.placement import NOTE_UNREADABLE
from provisioner.reasons.reason import Reason


def foreign_guests(situation: Situation) -> Iterator[Guest]:
    """Guests that are not our desktops, templates included; by cluster and VMID."""
    ours = desktops_by_vmid(situation.records)
    for view in situation.snapshot.clusters.values():
        for vmid in sorted(view.guests.keys() - ours.get(view.cluster, {}).keys()):
            yield view.guests[vmid]


def unidentified_of(situation: Situation, foreign: Iterable[Guest]) -> Iterator[Guest]:
    """Of these guests, VMs in our VMID range that are not explained by a retired VMID."""
    profiles, ranges = situation.config.profiles.values(), situation.config.naming.vmids
    templates = {(template.cluster, template.vmid) for profile in profiles for template in profile.templates}
    for guest in foreign:
        ours = in_range(guest.key.cluster, guest.key.vmid, ranges)
        if not ours or guest.container or tuple(guest.key) in templates:
            continue
        if guest.key not in situation.records.retired or _may_be_ours(guest, situation):
            yield guest


def holds_up(guest: Guest, situation: Situation) -> bool:
    """Whether nothing is cloned before this VM is explained. A retired VMID is explained, unless its VM looks like ours and is
    whole: what a clone has left in the middle may have our name, and is nobody's desktop."""
    return guest.key not in situation.records.retired or _looks_like_ours(guest, situation)


def name_of(guest: Guest) -> DesktopName:
    """The name for a VM whose desktop is not known."""
    return DesktopName(f"vm-{guest.key.vmid}")


def clusters_unexplained(situation: Situation, unidentified: Iterable[Guest]) -> dict[ClusterId, Reason]:
    """Clusters where nothing is cloned, since a VM's note cannot be read; the reason names the first such VM."""
    unread, reasons = situation.records.unread, dict[ClusterId, Reason]()
    for guest in sorted(unidentified, key=lambda guest: guest.key):
        cluster, vmid = guest.key
        if cluster not in reasons and holds_up(guest, situation) and name_of(guest) in unread:
            note = unread[name_of(guest)]
            reasons[cluster] = NOTE_UNREADABLE(vmid=vmid, node=guest.node, cluster=cluster, said=note)
    return reasons


def _may_be_ours(guest: Guest, situation: Situation) -> bool:
    """Whether a VM with a retired VMID may be a desktop after all: its note is read once after each start of the daemon."""
    return _looks_like_ours(guest, situation) and name_of(guest) not in situation.records.checked


def _looks_like_ours(guest: Guest, situation: Situation) -> bool:
    """Whether it has our tag, or the name that our clones get. Both can be copied: only the note is proof."""
    config = situation.config
    if is_leftover(guest, situation.snapshot.clusters[guest.key.cluster]):
        return False
    ours = is_a_new_name(guest.name, guest.key.vmid, config.profiles.values(), config.naming)
    return ours or is_configured(guest, config.installation)
