"""Guests that are no desktop of ours as far as the store knows: somebody else's, or to be identified."""

from collections.abc import Iterable, Iterator

from provisioner.model.cluster import Guest
from provisioner.model.ids import DesktopName
from provisioner.model.vm_marks import is_configured
from provisioner.planning.inputs import Situation
from provisioner.planning.placement.allocation import desktops_by_vmid, in_range


def strangers_of(situation: Situation) -> Iterator[Guest]:
    """Guests that are no desktop of ours, templates among them; by cluster and VMID."""
    ours = desktops_by_vmid(situation.memory)
    for view in situation.snapshot.clusters.values():
        for vmid in sorted(view.guests.keys() - ours.get(view.cluster, {}).keys()):
            yield view.guests[vmid]


def unidentified_of(situation: Situation, strangers: Iterable[Guest]) -> Iterator[Guest]:
    """Of these, VMs in our VMID range that no retirement explains."""
    profiles, ranges = situation.policy.profiles.values(), situation.policy.naming.vmids
    templates = {(template.cluster, template.vmid) for profile in profiles for template in profile.templates}
    for guest in strangers:
        ours = in_range(guest.key.cluster, guest.key.vmid, ranges)
        if not ours or guest.container or tuple(guest.key) in templates:
            continue
        if guest.key not in situation.memory.retired or _may_be_ours(guest, situation):
            yield guest


def _may_be_ours(guest: Guest, situation: Situation) -> bool:
    """A store older than its loss may have retired what has become a desktop since: its note is read once in each life."""
    asked = situation.memory.checked.get(DesktopName(f"vm-{guest.key.vmid}"))
    return asked is None and is_configured(guest, situation.policy.installation)
