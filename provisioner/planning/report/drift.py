"""Differences between store and clusters, reported without acting on them. Pure.

The remedy for each kind is in `reasons.drift`: it does not depend on the case.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from types import MappingProxyType

from provisioner.model.cordons import cordons_of
from provisioner.model.ids import DesktopName, GuestKey, ProfileName
from provisioner.model.kept.absence import was_tried
from provisioner.model.kept.identities import Identities
from provisioner.model.machines.cluster import ClusterView, Guest, Power
from provisioner.model.machines.desktops import Phase, Reservation
from provisioner.model.machines.drift import Difference, DifferenceKind
from provisioner.model.vm_marks import is_configured, tags_for
from provisioner.planning.inputs import Situation, is_leftover
from provisioner.planning.placement.allocation import in_range
from provisioner.planning.report.left_behind import left_behind_of
from provisioner.planning.survey.profile_changes import in_words, misfit_of
from provisioner.planning.survey.survey import Survey
from provisioner.reasons import drift
from provisioner.reasons.reason import Reason

Notes = Mapping[GuestKey, Reservation | None]
"""The reservation in each note that was read, of whichever VM; None: there is no note, or it is not signed."""
_NOTHING_READ: Notes = MappingProxyType({})
_RESTORE = "qmrestore"
_LISTED_S = 30.0
"""From the order to configure a desktop again until a listing shows its size: the call, and pvestatd's pass every 10 s."""


def differences_of(situation: Situation, survey: Survey, notes: Notes = _NOTHING_READ) -> tuple[Difference, ...]:
    """All differences, by kind and subject. Restores show only where task lists were read, notes only where they were read."""
    kinds = list(DifferenceKind)
    differences = [
        *_of_desktops(situation, survey, notes), *_of_others(situation, survey, notes), *left_behind_of(situation, survey),
    ]  # fmt: skip
    return tuple(sorted(differences, key=lambda entry: (kinds.index(entry.kind), entry.subject, entry.seen)))


def _of_desktops(situation: Situation, survey: Survey, notes: Notes) -> Iterator[Difference]:
    pools, restored = _usual_pools(situation), _restored(situation)
    cordons = cordons_of(situation.records.intents, situation.snapshot)
    drained = {key for key, cordon in cordons.items() if cordon.drained}
    identities = Identities(situation.records.desktops.values())
    for desktop in situation.records.reservations:
        view = situation.snapshot.clusters.get(desktop.cluster)
        guest = view.guests.get(desktop.vmid) if view else None
        if view is None or not view.complete_on(guest.node if guest else desktop.node):
            continue  # out of sight: nothing is known
        if guest is None:
            yield from _missing(situation, survey, desktop)
            continue
        yield from _second(survey, desktop)
        if is_leftover(guest, view):
            yield _half_made(desktop.name, guest)
        yield from _moved(desktop, guest)
        yield from _marks(situation, desktop, guest)
        yield from _profile(situation, survey, desktop, guest)
        yield from _size(situation, survey, desktop, guest)
        yield from _pool(desktop, guest, pools)
        yield from _identity(situation, desktop, identities)
        yield from _note(desktop, notes)
        yield from _restore(desktop, restored)
        if guest.node_key not in drained and desktop.name not in survey.superseded.keys() | survey.quarantined:
            yield from _power(situation, survey, desktop, guest)


def _missing(situation: Situation, survey: Survey, desktop: Reservation) -> Iterator[Difference]:
    """Its VM is gone; a clone still to come is not a difference."""
    if desktop.name in survey.superseded:
        return
    record = situation.records.desktops[desktop.name]
    exists = situation.snapshot.clusters[desktop.cluster].existence.get(desktop.vmid)
    if exists and was_tried(record):
        return  # it is left behind
    if desktop.proven or record.has_served:
        what = drift.VM_UNLISTED if exists else drift.VM_GONE
        yield _of(desktop, DifferenceKind.MISSING, what(vmid=desktop.vmid, cluster=desktop.cluster))


def _second(survey: Survey, desktop: Reservation) -> Iterator[Difference]:
    if desktop.name in survey.quarantined:
        return
    by = survey.superseded.get(desktop.name)
    if by is not None:
        yield _of(desktop, DifferenceKind.SUPERSEDED, drift.GIVEN_ANOTHER(by=by))
    elif desktop.seat is not None and (first := survey.of_seat.get(desktop.seat, desktop)) != desktop:
        yield _of(desktop, DifferenceKind.DOUBLED, drift.HAS_ANOTHER(first=first.name))


def _of(desktop: Reservation, kind: DifferenceKind, what: Reason) -> Difference:
    return Difference(kind=kind, subject=desktop.name, key=desktop.key, seen=what)


def _half_made(subject: str, guest: Guest) -> Difference:
    what = drift.CLONE_LEFT(vmid=guest.key.vmid, node=guest.node)
    return Difference(kind=DifferenceKind.HALF_MADE, subject=subject, key=guest.key, seen=what)


def _moved(desktop: Reservation, guest: Guest) -> Iterator[Difference]:
    if guest.node != desktop.node and guest.lock != "clone":  # a clone is on the template's node until it ends
        yield _of(desktop, DifferenceKind.MOVED, drift.MOVED(node=guest.node, former=desktop.node))


def _marks(situation: Situation, desktop: Reservation, guest: Guest) -> Iterator[Difference]:
    """Its name or our tags have changed. Other tags do not matter; the tag of an older image is fine."""
    if guest.name is not None and guest.name != desktop.name and guest.lock != "clone":
        yield _of(desktop, DifferenceKind.RENAMED, drift.RENAMED(name=guest.name))
    lost = not is_configured(guest, situation.config.installation)
    if lost and situation.records.desktops[desktop.name].assigned_to is not None and guest.lock != "clone":
        yield _of(desktop, DifferenceKind.RETAGGED, drift.CONFIGURED_TAG_LOST())
    if not lost and (lacking := _lacking(situation, desktop, guest)):
        yield _of(desktop, DifferenceKind.RETAGGED, drift.TAGS_LACKING(tags=", ".join(lacking)))


def _lacking(situation: Situation, desktop: Reservation, guest: Guest) -> list[str]:
    """Our missing tags; none for a profile that is no longer configured, whose tags are not known."""
    profile = situation.config.profiles.get(desktop.profile)
    if profile is None:
        return []
    has_image = any(tag.startswith("img-") for tag in guest.tags)
    wanted = tags_for(profile, situation.config.installation)
    return [tag for tag in wanted if tag not in guest.tags and not (has_image and tag.startswith("img-"))]


def _profile(situation: Situation, survey: Survey, desktop: Reservation, guest: Guest) -> Iterator[Difference]:
    """Its profile has changed since it was configured."""
    profile, tried = situation.config.profiles.get(desktop.profile), situation.records.reconfigured.get(desktop.name)
    if profile is None or desktop.name in survey.superseded:
        return
    aspects = survey.outdated.get(desktop.name)
    if aspects and is_configured(guest, situation.config.installation):  # without that tag, its tags are the difference
        what = in_words(aspects, guest, profile)
        failed = tried is not None and tried.failure
        yield _of(desktop, DifferenceKind.OUTDATED, drift.NOT_RECONFIGURED(what=what, why=failed) if failed else what)
    if misfit := misfit_of(desktop, profile.addressing):
        yield _of(desktop, DifferenceKind.MISADDRESSED, misfit)


def _size(situation: Situation, survey: Survey, desktop: Reservation, guest: Guest) -> Iterator[Difference]:
    """Its size was changed by hand. Only after it has been ready: a listing shows a VM with its old size for seconds."""
    profile = situation.config.profiles.get(desktop.profile)
    has_been_ready = situation.records.desktops[desktop.name].assigned_to is not None
    if profile is None or guest.memory_mib is None or guest.vcpus is None or not has_been_ready:
        return
    if desktop.name in survey.outdated or _just_configured(situation, desktop):
        return
    if (guest.memory_mib, guest.vcpus) != (profile.memory_mib, profile.vcpus):
        what = drift.RESIZED(
            memory_mib=guest.memory_mib, vcpus=guest.vcpus,
            profile=desktop.profile, profile_memory_mib=profile.memory_mib, profile_vcpus=profile.vcpus,
        )  # fmt: skip
        yield _of(desktop, DifferenceKind.RESIZED, what)


def _just_configured(situation: Situation, desktop: Reservation) -> bool:
    tried = situation.records.reconfigured.get(desktop.name)
    return tried is not None and situation.now < tried.at + _LISTED_S


def _usual_pools(situation: Situation) -> dict[ProfileName, str]:
    """The pool of most desktops of each profile: Bascule uses none, but the site may. Ties: the first by name."""
    counted: defaultdict[ProfileName, Counter[str]] = defaultdict(Counter)
    for desktop in situation.records.reservations:
        guest = situation.snapshot.guest(desktop.key)
        if guest is not None and guest.lock != "clone":
            counted[desktop.profile][guest.pool or ""] += 1
    return {name: min(pools.items(), key=lambda item: (-item[1], item[0]))[0] for name, pools in counted.items()}


def _pool(desktop: Reservation, guest: Guest, usual: Mapping[ProfileName, str]) -> Iterator[Difference]:
    pool, others = guest.pool or "", usual.get(desktop.profile, "")
    if pool != others and guest.lock != "clone":
        what = drift.OTHER_POOL(pool=_pool_in_words(pool), profile=desktop.profile, usual=_pool_in_words(others))
        yield _of(desktop, DifferenceKind.OTHER_POOL, what)


def _pool_in_words(pool: str) -> Reason:
    return drift.POOL(pool=pool) if pool else drift.NO_POOL()


def _identity(situation: Situation, desktop: Reservation, identities: Identities) -> Iterator[Difference]:
    if clash := identities.clash(desktop.name, situation.records.desktops[desktop.name].identity):
        yield _of(desktop, DifferenceKind.SHARED_IDENTITY, clash)


def _note(desktop: Reservation, notes: Notes) -> Iterator[Difference]:
    if desktop.key not in notes:
        return
    noted = notes[desktop.key]
    if noted is None:
        what = drift.NOTE_LOST()
    elif noted.key != desktop.key:
        what = drift.NOTE_OF_ANOTHER(name=noted.name, vm=str(noted.key))
    elif not _is_noted(desktop, noted):
        what = drift.NOTE_DIFFERS()
    else:
        return
    yield _of(desktop, DifferenceKind.NOTE_CHANGED, what)


def _is_noted(desktop: Reservation, noted: Reservation) -> bool:
    same = (noted.name, noted.profile, noted.address) == (desktop.name, desktop.profile, desktop.address)
    return same and desktop.may_be_noted_as(noted.seat)


def _restored(situation: Situation) -> dict[GuestKey, str]:
    """VMs that were restored, and by whom, as far as task lists were read."""
    return {
        GuestKey(view.cluster, task.guest): task.user
        for view in situation.snapshot.clusters.values()
        for task in view.tasks
        if task.kind == _RESTORE and task.guest is not None and (task.ended_at is None or task.succeeded)
    }


def _restore(desktop: Reservation, restored: Mapping[GuestKey, str]) -> Iterator[Difference]:
    if desktop.key in restored:
        yield _of(desktop, DifferenceKind.RESTORED, drift.RESTORED(by=restored[desktop.key]))


def _power(situation: Situation, survey: Survey, desktop: Reservation, guest: Guest) -> Iterator[Difference]:
    """It is off, although it was ready and assigned to its agent."""
    phase, _ = survey.phases[desktop.name]
    if (
        phase is Phase.STOPPED
        and guest.power is Power.STOPPED
        and situation.records.desktops[desktop.name].assigned_to is not None
    ):
        yield _of(desktop, DifferenceKind.POWERED_OFF, drift.FOUND_OFF())


def _of_others(situation: Situation, survey: Survey, notes: Notes) -> Iterator[Difference]:
    """VMs unknown to the store, in our range or with a name of ours."""
    names = {desktop.name: desktop for desktop in situation.records.reservations}
    ours = {desktop.key for desktop in names.values()}
    unidentified = {guest.key for guest in survey.unidentified}
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
    """A copied note, whichever VMID it has; in our range also a half-made clone or an unknown VM."""
    subject, noted = f"vm {guest.key}", notes.get(guest.key)
    if noted is not None and noted.key != guest.key:
        what = drift.NOTE_OF_ANOTHER(name=noted.name, vm=str(noted.key))
        yield Difference(kind=DifferenceKind.NOTE_COPIED, subject=subject, key=guest.key, seen=what)
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
    noted = notes[guest.key]
    return (drift.PROVEN_OURS if noted is not None and noted.key == guest.key else drift.WITHOUT_NOTE)(**where)


__all__ = ["Notes", "differences_of"]
