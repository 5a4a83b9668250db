"""Store and cluster side by side: everything that is not as it should be, told and not acted on. Pure.

What is done about each kind is in `reasons.drift`, for it does not depend on the case.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from types import MappingProxyType

from provisioner.model.cluster import ClusterView, Guest, Power
from provisioner.model.cordons import cordons_of
from provisioner.model.desktops import Phase, Reservation
from provisioner.model.drift import Difference, DifferenceKind
from provisioner.model.ids import DesktopName, GuestKey, ProfileName
from provisioner.model.vm_marks import is_configured, tags_for
from provisioner.planning.inputs import Situation, is_leftover
from provisioner.planning.placement.allocation import in_range
from provisioner.planning.survey.survey import Survey
from provisioner.reasons import drift
from provisioner.reasons.reason import Reason

Notes = Mapping[GuestKey, Reservation | None]
"""Where a VM's note was read: the reservation that it speaks of, of whichever VM; None: there is none, or it is not signed."""
_NOTHING_READ: Notes = MappingProxyType({})
_RESTORE = "qmrestore"


def differences_of(situation: Situation, seen: Survey, notes: Notes = _NOTHING_READ) -> tuple[Difference, ...]:
    """Every difference, by kind and subject. Restores are found where task lists were read, notes where they were."""
    found = [*_of_desktops(situation, seen, notes), *_of_others(situation, seen, notes)]
    return tuple(sorted(found, key=lambda one: (list(DifferenceKind).index(one.kind), one.subject, one.seen)))


def _of_desktops(situation: Situation, seen: Survey, notes: Notes) -> Iterator[Difference]:
    pools, restored = _usual_pools(situation), _restored(situation)
    cordons = cordons_of(situation.records.intents, situation.snapshot)
    drained = {key for key, cordon in cordons.items() if cordon.drained}
    for one in situation.records.reservations:
        view = situation.snapshot.clusters.get(one.cluster)
        guest = view.guests.get(one.vmid) if view else None
        if view is None or not view.complete_on(guest.node if guest else one.node):
            continue  # out of sight: nothing can be said
        if guest is None:
            yield from _missing(situation, seen, one)
            continue
        yield from _second(seen, one)
        if is_leftover(guest, view):
            yield _half_made(one.name, guest)
        yield from _moved(one, guest)
        yield from _marks(situation, one, guest)
        yield from _size(situation, one, guest)
        yield from _pool(one, guest, pools)
        yield from _note(one, notes)
        yield from _restore(one, restored)
        if guest.node_key not in drained and one.name not in seen.superseded:
            yield from _power(situation, seen, one, guest)


def _missing(situation: Situation, seen: Survey, one: Reservation) -> Iterator[Difference]:
    """A clone that is still to come is no difference."""
    if one.name in seen.superseded:
        return
    if one.proven or situation.records.desktops[one.name].has_served:
        yield _of(one, DifferenceKind.MISSING, drift.VM_GONE(vmid=one.vmid, cluster=one.cluster))


def _second(seen: Survey, one: Reservation) -> Iterator[Difference]:
    by = seen.superseded.get(one.name)
    if by is not None:
        yield _of(one, DifferenceKind.SUPERSEDED, drift.GIVEN_ANOTHER(by=by))
    elif one.seat is not None and (first := seen.of_seat.get(one.seat, one)) != one:
        yield _of(one, DifferenceKind.DOUBLED, drift.HAS_ANOTHER(first=first.name))


def _of(one: Reservation, kind: DifferenceKind, seen: Reason) -> Difference:
    return Difference(kind=kind, subject=one.name, key=one.key, seen=seen)


def _half_made(subject: str, guest: Guest) -> Difference:
    seen = drift.CLONE_LEFT(vmid=guest.key.vmid, node=guest.node)
    return Difference(kind=DifferenceKind.HALF_MADE, subject=subject, key=guest.key, seen=seen)


def _moved(one: Reservation, guest: Guest) -> Iterator[Difference]:
    if guest.node != one.node:
        yield _of(one, DifferenceKind.MOVED, drift.MOVED(node=guest.node, former=one.node))


def _marks(situation: Situation, one: Reservation, guest: Guest) -> Iterator[Difference]:
    """Other tags than ours are anybody's; an image tag of an older image is as it should be."""
    if guest.name is not None and guest.name != one.name and guest.lock != "clone":
        yield _of(one, DifferenceKind.RENAMED, drift.RENAMED(name=guest.name))
    lost = not is_configured(guest, situation.config.installation)
    if lost and situation.records.desktops[one.name].assigned_to is not None and guest.lock != "clone":
        yield _of(one, DifferenceKind.RETAGGED, drift.CONFIGURED_TAG_LOST())
    if not lost and (lacking := _lacking(situation, one, guest)):
        yield _of(one, DifferenceKind.RETAGGED, drift.TAGS_LACKING(tags=", ".join(lacking)))


def _lacking(situation: Situation, one: Reservation, guest: Guest) -> list[str]:
    """Of a profile that is not configured any more nobody knows the tags."""
    profile = situation.config.profiles.get(one.profile)
    if profile is None:
        return []
    has_image = any(tag.startswith("img-") for tag in guest.tags)
    wanted = tags_for(profile, situation.config.installation)
    return [tag for tag in wanted if tag not in guest.tags and not (has_image and tag.startswith("img-"))]


def _size(situation: Situation, desktop: Reservation, guest: Guest) -> Iterator[Difference]:
    """Of desktops that have been ready: a listing shows a new one for seconds at its template's size."""
    profile = situation.config.profiles.get(desktop.profile)
    given = situation.records.desktops[desktop.name].assigned_to is not None
    if profile is None or guest.memory_mib is None or guest.vcpus is None or not given:
        return
    if (guest.memory_mib, guest.vcpus) != (profile.memory_mib, profile.vcpus):
        seen = drift.RESIZED(
            memory_mib=guest.memory_mib, vcpus=guest.vcpus,
            profile=desktop.profile, profile_memory_mib=profile.memory_mib, profile_vcpus=profile.vcpus,
        )  # fmt: skip
        yield _of(desktop, DifferenceKind.RESIZED, seen)


def _usual_pools(situation: Situation) -> dict[ProfileName, str]:
    """Where most desktops of a profile are: Bascule itself puts them in none, the site may. Ties: the first by name."""
    counted: defaultdict[ProfileName, Counter[str]] = defaultdict(Counter)
    for one in situation.records.reservations:
        guest = situation.snapshot.guest(one.key)
        if guest is not None and guest.lock != "clone":
            counted[one.profile][guest.pool or ""] += 1
    return {name: min(pools.items(), key=lambda item: (-item[1], item[0]))[0] for name, pools in counted.items()}


def _pool(one: Reservation, guest: Guest, usual: Mapping[ProfileName, str]) -> Iterator[Difference]:
    pool, others = guest.pool or "", usual.get(one.profile, "")
    if pool != others and guest.lock != "clone":
        seen = drift.OTHER_POOL(pool=_pool_in_words(pool), profile=one.profile, usual=_pool_in_words(others))
        yield _of(one, DifferenceKind.OTHER_POOL, seen)


def _pool_in_words(pool: str) -> Reason:
    return drift.POOL(pool=pool) if pool else drift.NO_POOL()


def _note(one: Reservation, notes: Notes) -> Iterator[Difference]:
    if one.key not in notes:
        return
    said = notes[one.key]
    if said is None:
        seen = drift.NOTE_LOST()
    elif said.key != one.key:
        seen = drift.NOTE_OF_ANOTHER(name=said.name, vm=str(said.key))
    elif (said.name, said.profile, said.address) != (one.name, one.profile, one.address) or not one.may_be_noted_as(
        said.seat
    ):  # fmt: skip
        seen = drift.NOTE_DIFFERS()
    else:
        return
    yield _of(one, DifferenceKind.NOTE_CHANGED, seen)


def _restored(situation: Situation) -> dict[GuestKey, str]:
    """Who restored what, as far as task lists were read."""
    return {
        GuestKey(view.cluster, task.guest): task.user
        for view in situation.snapshot.clusters.values()
        for task in view.tasks
        if task.kind == _RESTORE and task.guest is not None and (task.ended_at is None or task.succeeded)
    }


def _restore(one: Reservation, restored: Mapping[GuestKey, str]) -> Iterator[Difference]:
    if one.key in restored:
        yield _of(one, DifferenceKind.RESTORED, drift.RESTORED(by=restored[one.key]))


def _power(situation: Situation, seen: Survey, one: Reservation, guest: Guest) -> Iterator[Difference]:
    """Off, though it has been ready and was given to its agent."""
    phase, _ = seen.phases[one.name]
    if phase is Phase.STOPPED and guest.power is Power.STOPPED and situation.records.desktops[one.name].assigned_to is not None:
        yield _of(one, DifferenceKind.POWERED_OFF, drift.FOUND_OFF())


def _of_others(situation: Situation, seen: Survey, notes: Notes) -> Iterator[Difference]:
    """VMs that the store does not know, in our range or with our names."""
    names = {one.name: one for one in situation.records.reservations}
    ours = {one.key for one in names.values()}
    unidentified = {guest.key for guest in seen.unidentified}
    for view in situation.snapshot.clusters.values():
        for guest in view.guests.values():
            if guest.key in ours or guest.container or guest.template:
                continue
            subject = f"vm {guest.key}"
            known = names.get(DesktopName(guest.name or ""))
            if known is not None:
                alike = drift.CALLED_ALIKE(name=known.name, vmid=known.vmid)
                yield Difference(kind=DifferenceKind.NAME_COPIED, subject=subject, key=guest.key, seen=alike)
            yield from _strange(situation, guest, view, notes, waits=guest.key in unidentified)


def _strange(situation: Situation, guest: Guest, view: ClusterView, notes: Notes, *, waits: bool) -> Iterator[Difference]:
    subject, said = f"vm {guest.key}", notes.get(guest.key)
    if said is not None and said.key != guest.key:
        seen = drift.NOTE_OF_ANOTHER(name=said.name, vm=str(said.key))
        yield Difference(kind=DifferenceKind.NOTE_COPIED, subject=subject, key=guest.key, seen=seen)
    if not in_range(view.cluster, guest.key.vmid, situation.config.naming.vmids):
        return
    if guest.lock == "clone" and (not waits or is_leftover(guest, view)):
        yield _half_made(subject, guest)
        return
    yield Difference(kind=DifferenceKind.UNKNOWN_VM, subject=subject, key=guest.key, seen=_whose(guest, notes, waits=waits))


def _whose(guest: Guest, notes: Notes, *, waits: bool) -> Reason:
    where = {"vm": guest.name or drift.UNNAMED(), "node": guest.node}
    if not waits:
        return drift.FOUND_BEFORE(**where)
    if guest.key not in notes:
        return drift.NOTE_UNREAD(**where)
    said = notes[guest.key]
    return (drift.PROVEN_OURS if said is not None and said.key == guest.key else drift.WITHOUT_NOTE)(**where)


__all__ = ["Notes", "differences_of"]
