"""Store and cluster side by side: everything that is not as it should be, told and not acted on. Pure.

What is done about each kind is in `model.drift`, for it does not depend on the case.
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
    cordons = cordons_of(situation.memory.intents, situation.snapshot)
    drained = {key for key, cordon in cordons.items() if cordon.drained}
    for one in situation.memory.reservations:
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
    if one.proven or situation.memory.records[one.name].has_served:
        text = f"VM {one.vmid} is not on cluster {one.cluster} any more: deleted by hand?"
        yield Difference(kind=DifferenceKind.MISSING, subject=one.name, key=one.key, seen=text)


def _second(seen: Survey, one: Reservation) -> Iterator[Difference]:
    by = seen.superseded.get(one.name)
    if by is not None:
        yield Difference(
            kind=DifferenceKind.SUPERSEDED, subject=one.name, key=one.key, seen=f"its agent has been given {by} instead"
        )
    elif one.seat is not None and (first := seen.of_seat.get(one.seat, one)) != one:
        yield Difference(kind=DifferenceKind.DOUBLED, subject=one.name, key=one.key, seen=f"its agent has {first.name} too")


def _half_made(subject: str, guest: Guest) -> Difference:
    text = f"VM {guest.key.vmid} on node {guest.node} is locked 'clone', and nobody is at work on it"
    return Difference(kind=DifferenceKind.HALF_MADE, subject=subject, key=guest.key, seen=text)


def _moved(one: Reservation, guest: Guest) -> Iterator[Difference]:
    if guest.node != one.node:
        text = f"it lies on node {guest.node}, and was cloned on {one.node}"
        yield Difference(kind=DifferenceKind.MOVED, subject=one.name, key=one.key, seen=text)


def _marks(situation: Situation, one: Reservation, guest: Guest) -> Iterator[Difference]:
    """Other tags than ours are anybody's; an image tag of an older image is as it should be."""
    if guest.name not in (None, one.name) and guest.lock != "clone":
        yield Difference(kind=DifferenceKind.RENAMED, subject=one.name, key=one.key, seen=f"the VM is called {guest.name}")
    lost = not is_configured(guest, situation.config.installation)
    if lost and situation.memory.records[one.name].assigned_to is not None and guest.lock != "clone":
        text = "it has lost the tag that says it is configured"
        yield Difference(kind=DifferenceKind.RETAGGED, subject=one.name, key=one.key, seen=text)
    if not lost and (lacking := _lacking(situation, one, guest)):
        text = f"it lacks the tags {', '.join(lacking)}"
        yield Difference(kind=DifferenceKind.RETAGGED, subject=one.name, key=one.key, seen=text)


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
    given = situation.memory.records[desktop.name].assigned_to is not None
    if profile is None or guest.memory_mib is None or guest.vcpus is None or not given:
        return
    if (guest.memory_mib, guest.vcpus) != (profile.memory_mib, profile.vcpus):
        text = (
            f"it has {guest.memory_mib} MiB and {guest.vcpus:g} vCPUs, profile {desktop.profile} {profile.memory_mib} MiB and"
        )
        yield Difference(kind=DifferenceKind.RESIZED, subject=desktop.name, key=desktop.key, seen=f"{text} {profile.vcpus}")


def _usual_pools(situation: Situation) -> dict[ProfileName, str]:
    """Where most desktops of a profile are: Bascule itself puts them in none, the site may. Ties: the first by name."""
    counted: defaultdict[ProfileName, Counter[str]] = defaultdict(Counter)
    for one in situation.memory.reservations:
        guest = situation.snapshot.guest(one.key)
        if guest is not None and guest.lock != "clone":
            counted[one.profile][guest.pool or ""] += 1
    return {name: min(pools.items(), key=lambda item: (-item[1], item[0]))[0] for name, pools in counted.items()}


def _pool(one: Reservation, guest: Guest, usual: Mapping[ProfileName, str]) -> Iterator[Difference]:
    pool, others = guest.pool or "", usual.get(one.profile, "")
    if pool != others and guest.lock != "clone":
        text = f"it is in {_pool_in_words(pool)}, and most of profile {one.profile} are in {_pool_in_words(others)}"
        yield Difference(kind=DifferenceKind.OTHER_POOL, subject=one.name, key=one.key, seen=text)


def _pool_in_words(pool: str) -> str:
    return f"pool {pool}" if pool else "no pool"


def _note(one: Reservation, notes: Notes) -> Iterator[Difference]:
    if one.key not in notes:
        return
    said = notes[one.key]
    if said is None:
        text = "its description holds no note of ours: edited, or taken out"
    elif said.key != one.key:
        text = f"its description holds the note of {said.name} (VM {said.key})"
    elif (said.name, said.profile, said.address) != (one.name, one.profile, one.address) or not one.may_be_noted_as(
        said.seat
    ):  # fmt: skip
        text = "its note, which is signed, says another name, agent, profile or address than the store"
    else:
        return
    yield Difference(kind=DifferenceKind.NOTE_CHANGED, subject=one.name, key=one.key, seen=text)


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
        text = f"restored from a backup by {restored[one.key]}"
        yield Difference(kind=DifferenceKind.RESTORED, subject=one.name, key=one.key, seen=text)


def _power(situation: Situation, seen: Survey, one: Reservation, guest: Guest) -> Iterator[Difference]:
    """Off, though it has been ready and was given to its agent."""
    phase, _ = seen.phases[one.name]
    if phase is Phase.STOPPED and guest.power is Power.STOPPED and situation.memory.records[one.name].assigned_to is not None:
        text = "it is off, and was ready before: by hand, from inside, or its node was off"
        yield Difference(kind=DifferenceKind.POWERED_OFF, subject=one.name, key=one.key, seen=text)


def _of_others(situation: Situation, seen: Survey, notes: Notes) -> Iterator[Difference]:
    """VMs that the store does not know, in our range or with our names."""
    names = {one.name: one for one in situation.memory.reservations}
    ours = {one.key for one in names.values()}
    unidentified = {guest.key for guest in seen.unidentified}
    for view in situation.snapshot.clusters.values():
        for guest in view.guests.values():
            if guest.key in ours or guest.container or guest.template:
                continue
            subject = f"vm {guest.key}"
            known = names.get(DesktopName(guest.name or ""))
            if known is not None:
                text = f"it is called {guest.name}, as the desktop with VMID {known.vmid}"
                yield Difference(kind=DifferenceKind.NAME_COPIED, subject=subject, key=guest.key, seen=text)
            yield from _strange(situation, guest, view, notes, waits=guest.key in unidentified)


def _strange(situation: Situation, guest: Guest, view: ClusterView, notes: Notes, *, waits: bool) -> Iterator[Difference]:
    subject, said = f"vm {guest.key}", notes.get(guest.key)
    if said is not None and said.key != guest.key:
        text = f"its description holds the note of {said.name} (VM {said.key})"
        yield Difference(kind=DifferenceKind.NOTE_COPIED, subject=subject, key=guest.key, seen=text)
    if not in_range(view.cluster, guest.key.vmid, situation.config.naming.vmids):
        return
    if guest.lock == "clone" and (not waits or is_leftover(guest, view)):
        yield _half_made(subject, guest)
        return
    yield Difference(kind=DifferenceKind.UNKNOWN_VM, subject=subject, key=guest.key, seen=_whose(guest, notes, waits=waits))


def _whose(guest: Guest, notes: Notes, *, waits: bool) -> str:
    where = f"{guest.name or 'a VM without a name'} on node {guest.node} lies in our VMID range"
    if not waits:
        return f"{where}: not ours, or a leftover, as was found before"
    if guest.key not in notes:
        return f"{where}, and its note has not been read"
    said = notes[guest.key]
    return f"{where}, and its note proves it ours" if said is not None and said.key == guest.key else f"{where} without a note"


__all__ = ["Notes", "differences_of"]
