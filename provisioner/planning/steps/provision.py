"""Creating a desktop: reserve it where it fits, clone it, and repeat a clone that failed."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

from provisioner.model.actions import Clone
from provisioner.model.demand import Want
from provisioner.model.ids import ClusterId, DesktopName, NodeKey, NodeName, StorageId
from provisioner.model.machines.desktops import Reservation
from provisioner.model.people.profiles import CloneKind, Profile
from provisioner.model.scenario.scenarios import PreparationLevel
from provisioner.model.scenario.surges import SurgeRun
from provisioner.model.words import WaitsFor
from provisioner.planning.inputs import is_leftover
from provisioner.planning.placement.allocation import in_pool
from provisioner.planning.placement.candidates import Candidate
from provisioner.planning.placement.refusal import Refusal, is_shortage
from provisioner.planning.steps.draft import Draft
from provisioner.planning.steps.task import RaiseTask
from provisioner.reasons.placement import ADDRESSES, ADDRESSES_REST, OTHER_STORAGE, TEMPLATE_GONE, TRIED_BEFORE, UNFIT, VMIDS
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
    if full := draft.full.get(which := (profile.name, _boots(want))):
        return full
    # A repair may use the room that new desktops leave: it is kept for that.
    leaves = _leaves_any if former is not None else partial(draft.survival.refusal, profile)
    leaves = partial(_refused_elsewhere, want.only_on, leaves) if want.only_on is not None else leaves
    avoid = _avoided(draft, profile, former)
    placement = draft.places.place(profile, avoid=avoid, leaves=leaves, boots=_boots(want))
    if placement.candidate is None:
        if want.only_on is None and (former is None or not former.avoid):
            # Within a plan free resources only shrink: each later want of this kind gets the same refusal.
            draft.full[which] = placement.why_not
        return placement.why_not
    reservation = _reserve(draft, want, profile, placement.candidate)
    if isinstance(reservation, Refusal):
        return reservation
    draft.places.take(profile, placement.candidate)
    draft.survival.take(profile, placement.candidate.node)
    _order(draft, want, reservation, profile, placement.candidate, former)
    return None


def _boots(want: Want) -> bool:
    """Whether it is to be booted now: else it is no matter how fast its node boots."""
    return want.level is not PreparationLevel.STOPPED


def _leaves_any(_: Candidate) -> None:
    """No room is to be left."""


def _refused_elsewhere(
    only_on: tuple[ClusterId, StorageId], leaves: Callable[[Candidate], Refusal | None], candidate: Candidate
) -> Refusal | None:
    if (candidate.node.cluster, candidate.storage) != only_on:
        return Refusal(WaitsFor.STORAGE, OTHER_STORAGE(storage=only_on[1]))
    return leaves(candidate)


def clone_again(draft: Draft, task: RaiseTask) -> None:
    """Repeat the clone with the same VMID on the same node: if the first clone still succeeds, both are one desktop."""
    desktop, profile = task.desktop, task.profile
    home = _home(draft, desktop, profile)
    if isinstance(home, Refusal):
        draft.defer(task.want, home.text, binds=home.binds)
        return
    if busy := draft.resources.slot_refusal(profile, home):
        draft.defer(task.want, busy.text, binds=busy.binds)
        return
    draft.resources.take_slot(home)  # the reservation has taken its memory and disk already
    _order(draft, task.want, desktop, profile, home)


def home_refusal(draft: Draft, reservation: Reservation, profile: Profile) -> Refusal | None:
    """Why it cannot be cloned where it is reserved, however long it waits; None: it can."""
    home = _home(draft, reservation, profile)
    return home if isinstance(home, Refusal) else None


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


def _home(draft: Draft, reservation: Reservation, profile: Profile) -> Candidate | Refusal:
    """The candidate on the node where it is reserved; or why there is none, however long it waits."""
    resources = draft.resources
    refusal = Refusal(WaitsFor.TEMPLATES, TEMPLATE_GONE(profile=profile.name, node=reservation.node))
    for candidate in resources.candidates.of(profile):
        if candidate.node == reservation.node_key:
            barred = resources.candidates.absence(candidate) or resources.overdrawn(candidate)
            if barred is None:
                return candidate
            refusal = barred
    return refusal


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


def _reserve(draft: Draft, want: Want, profile: Profile, candidate: Candidate) -> Reservation | Refusal:
    cluster = candidate.node.cluster
    address = draft.numbers.address(profile.addressing)
    if address is None:  # before the VMID, which another profile can use
        none = Refusal(WaitsFor.ADDRESSES, _no_address(draft, profile))
        none = none._replace(short=is_shortage((none,)))
        draft.full[profile.name, _boots(want)] = none
        return none
    vmid = draft.numbers.vmid(cluster)
    if vmid is None:
        return Refusal(WaitsFor.VMIDS, VMIDS(cluster=cluster), short=len(draft.situation.snapshot.clusters) == 1)
    return Reservation(
        name=draft.numbers.name(vmid, profile),
        cluster=cluster,
        vmid=vmid,
        profile=profile.name,
        seat=want.seat,
        address=address,
        node=candidate.node.node,
        reserved_at=draft.now,
        run=_run_number(draft.situation.records.surge),
    )


def _run_number(run: SurgeRun | None) -> int | None:
    return None if run is None or run.is_over else run.number


def _no_address(draft: Draft, profile: Profile) -> Reason:
    resting = sum(in_pool(address, profile.addressing) for address in draft.situation.records.resting)
    return ADDRESSES_REST(profile=profile.name, count=resting) if resting else ADDRESSES(profile=profile.name)


def _order(
    draft: Draft,
    want: Want,
    reservation: Reservation,
    profile: Profile,
    candidate: Candidate,
    former: SupersededDesktop | None = None,
) -> None:
    draft.order(
        Clone(
            reservation=reservation,
            because=INSTEAD(former=former.name, why=former.why) if former else want.because,
            deadline=draft.now + profile.clone_timeout_s,
            profile=profile,
            template=candidate.template,
            storage=candidate.storage if profile.clone is CloneKind.FULL else None,
            lock_domain=candidate.domain,
            pool=draft.situation.config.pools.get(reservation.cluster),
            instead_of=former.name if former else None,
            avoid=former.avoid if former else (),
        )
    )
