"""How a desktop comes to be: reserved where there is room, cloned, and cloned again when the first order failed."""

from provisioner.model.actions import Clone
from provisioner.model.demand import Want
from provisioner.model.desktops import Reservation
from provisioner.model.profiles import Profile, Template
from provisioner.planning.draft import Draft
from provisioner.planning.placement import Placement, Refusal
from provisioner.planning.situation import is_leftover


def create(draft: Draft, want: Want, profile: Profile) -> None:
    """Reserve and clone a desktop for an agent who has none."""
    if full := draft.full.get(profile.name):
        draft.defer(want, full.text, binds=full.binds)
        return
    placement = draft.room.place(profile)
    if placement.template is None or placement.lock_domain is None:
        # Room only shrinks within a plan: whoever comes later with the same profile meets the same refusal.
        full = draft.full[profile.name] = placement.why_not
        draft.defer(want, full.text, binds=full.binds)
        return
    reservation = _reserve(draft, want, profile, placement.template)
    if reservation is None:
        return
    draft.room.take(profile, placement)
    _order(draft, want, reservation, profile, placement)


def clone_again(draft: Draft, want: Want, reservation: Reservation, profile: Profile) -> None:
    """Same VMID, same node: should the first order still come out, the two are one desktop."""
    home = (reservation.cluster, reservation.node)
    template = next((one for one in profile.templates if (one.cluster, one.node) == home), None)
    if template is None:
        draft.defer(want, f"profile {profile.name} has no template on node {reservation.node} any more", binds="templates")
        return
    # Its memory and disk are taken already by the reservation itself.
    room = draft.room
    if reason := room.absence(template) or room.overdrawn(template) or room.slot_refusal(template):
        draft.defer(want, reason.text, binds=reason.binds)
        return
    placement = Placement(template=template, lock_domain=room.domain_of(template))
    room.take_slot(placement)
    _order(draft, want, reservation, profile, placement)


def wait_for_clone(draft: Draft, want: Want, reservation: Reservation) -> None:
    """A clone of an earlier life of the daemon: its lock goes by itself, unless nobody is at it any more."""
    guest = draft.situation.snapshot.guest(reservation.key)
    if guest is not None and is_leftover(guest, draft.situation.snapshot.clusters[reservation.cluster]):
        draft.retire(guest)
        draft.defer(want, f"the clone of {reservation.name} was interrupted: another desktop is next", binds="retry")


def _reserve(draft: Draft, want: Want, profile: Profile, template: Template) -> Reservation | None:
    cluster = template.cluster
    address = draft.numbers.address(profile.addressing)
    if address is None:  # asked for before the VMID, which another profile can use
        text = f"the address pool of profile {profile.name} is used up: widen it (addressing.last)"
        draft.full[profile.name] = Refusal("addresses", text)
        draft.defer(want, text, binds="addresses")
        return None
    vmid = draft.numbers.vmid(cluster)
    if vmid is None:
        text = f"the VMID range of cluster {cluster} is used up: widen it (clusters.{cluster}.vmids)"
        draft.defer(want, text, binds="vmids")
        return None
    return Reservation(
        name=draft.numbers.name(vmid),
        cluster=cluster,
        vmid=vmid,
        profile=profile.name,
        agent_id=want.agent_id,
        address=address,
        node=template.node,
        reserved_at=draft.now,
    )


def _order(draft: Draft, want: Want, reservation: Reservation, profile: Profile, placement: Placement) -> None:
    assert placement.template is not None  # asked only for a placement that was found
    assert placement.lock_domain is not None
    draft.order(
        Clone(
            reservation=reservation,
            because=want.because,
            deadline=draft.now + profile.clone_timeout_s,
            profile=profile,
            template=placement.template,
            lock_domain=placement.lock_domain,
        )
    )
