"""Creating a desktop: reserve it where it fits, clone it, and repeat a clone that failed."""

from collections.abc import Mapping
from dataclasses import dataclass

from provisioner.model.actions import Clone
from provisioner.model.demand import Want
from provisioner.model.desktops import Reservation
from provisioner.model.ids import DesktopName, NodeKey, NodeName
from provisioner.model.profiles import Profile, Template
from provisioner.model.words import WaitsFor
from provisioner.planning.inputs import is_leftover
from provisioner.planning.placement.placement import Placement
from provisioner.planning.placement.refusal import Refusal
from provisioner.planning.steps.draft import Draft
from provisioner.planning.steps.task import RaiseTask
from provisioner.reasons.placement import ADDRESSES, TEMPLATE_GONE, TRIED_BEFORE, UNFIT, VMIDS
from provisioner.reasons.reason import Reason
from provisioner.reasons.steps import CLONE_INTERRUPTED, INSTEAD


@dataclass(frozen=True, slots=True, kw_only=True)
class SupersededDesktop:
    """The desktop that a new one supersedes, why, and where not to try again."""

    name: DesktopName
    why: Reason
    avoid: tuple[NodeName, ...] = ()
    """Nodes of the superseded desktop's cluster."""


def create(draft: Draft, want: Want, profile: Profile, former: SupersededDesktop | None = None) -> Refusal | None:
    """Reserve and clone a desktop for an agent without a usable desktop; returns why not, if it cannot."""
    if full := draft.full.get(profile.name):
        return full
    placement = draft.places.place(profile, avoid=_avoided(draft, profile, former))
    if placement.template is None or placement.lock_domain is None:
        if former is None or not former.avoid:
            # Within a plan free resources only shrink: each later want of this profile gets the same refusal.
            draft.full[profile.name] = placement.why_not
        return placement.why_not
    reservation = _reserve(draft, want, profile, placement.template)
    if isinstance(reservation, Refusal):
        return reservation
    draft.places.take(profile, placement.template)
    _order(draft, want, reservation, profile, placement, former)
    return None


def clone_again(draft: Draft, task: RaiseTask) -> None:
    """Repeat the clone with the same VMID on the same node: if the first clone still succeeds, both are one desktop."""
    desktop, profile = task.desktop, task.profile
    template = _home(desktop, profile)
    # The reservation has taken its memory and disk already.
    reason = home_refusal(draft, desktop, profile)
    if template is not None and reason is None:
        reason = draft.resources.slot_refusal(profile, template)
    if template is None or reason is not None:
        assert reason is not None  # a missing template is a refusal
        draft.defer(task.want, reason.text, binds=reason.binds)
        return
    placement = Placement(template=template, lock_domain=draft.resources.domain_of(template))
    draft.resources.take_slot(template)
    _order(draft, task.want, desktop, profile, placement)


def home_refusal(draft: Draft, reservation: Reservation, profile: Profile) -> Refusal | None:
    """Why it cannot be cloned where it is reserved, however long it waits; None: it can."""
    template = _home(reservation, profile)
    if template is None:
        return Refusal(WaitsFor.TEMPLATES, TEMPLATE_GONE(profile=profile.name, node=reservation.node))
    return draft.resources.absence(template) or draft.resources.overdrawn(template)


def wait_for_clone(draft: Draft, task: RaiseTask) -> None:
    """A clone from before a restart: it ends and releases its lock, unless its task was interrupted."""
    if report_leftover(draft, task.desktop):
        draft.defer(task.want, CLONE_INTERRUPTED(desktop=task.desktop.name), binds=WaitsFor.RETRY)


def report_leftover(draft: Draft, desktop: Reservation) -> bool:
    """Whether its clone was interrupted: then its VMID is not used again."""
    guest = draft.situation.snapshot.guest(desktop.key)
    if guest is None or not is_leftover(guest, draft.situation.snapshot.clusters[desktop.cluster]):
        return False
    draft.retire(guest)
    return True


def _home(reservation: Reservation, profile: Profile) -> Template | None:
    place = (reservation.cluster, reservation.node)
    return next((template for template in profile.templates if (template.cluster, template.node) == place), None)


def _avoided(draft: Draft, profile: Profile, former: SupersededDesktop | None) -> Mapping[NodeKey, Refusal]:
    """Nodes where desktops of the profile fail and none is ready, and nodes where this agent's desktop was tried before."""
    avoided = {
        node: Refusal(WaitsFor.NODES, UNFIT(node=node.node, profile=name))
        for node, name in draft.survey.unfit
        if name == profile.name
    }
    if former is not None:
        cluster = draft.situation.records.desktops[former.name].reservation.cluster
        avoided |= {NodeKey(cluster, node): Refusal(WaitsFor.NODES, TRIED_BEFORE(node=node)) for node in former.avoid}
    return avoided


def _reserve(draft: Draft, want: Want, profile: Profile, template: Template) -> Reservation | Refusal:
    cluster = template.cluster
    address = draft.numbers.address(profile.addressing)
    if address is None:  # before the VMID, which another profile can use
        draft.full[profile.name] = Refusal(WaitsFor.ADDRESSES, ADDRESSES(profile=profile.name))
        return draft.full[profile.name]
    vmid = draft.numbers.vmid(cluster)
    if vmid is None:
        return Refusal(WaitsFor.VMIDS, VMIDS(cluster=cluster))
    return Reservation(
        name=draft.numbers.name(vmid),
        cluster=cluster,
        vmid=vmid,
        profile=profile.name,
        seat=want.seat,
        address=address,
        node=template.node,
        reserved_at=draft.now,
    )


def _order(
    draft: Draft,
    want: Want,
    reservation: Reservation,
    profile: Profile,
    placement: Placement,
    former: SupersededDesktop | None = None,
) -> None:
    assert placement.template is not None  # only called with a successful placement
    assert placement.lock_domain is not None
    draft.order(
        Clone(
            reservation=reservation,
            because=INSTEAD(former=former.name, why=former.why) if former else want.because,
            deadline=draft.now + profile.clone_timeout_s,
            profile=profile,
            template=placement.template,
            lock_domain=placement.lock_domain,
            pool=draft.situation.config.pools.get(reservation.cluster),
            instead_of=former.name if former else None,
            avoid=former.avoid if former else (),
        )
    )
