"""Identify VMs in our range: read their notes, report leftovers, and hold new desktops until all are explained."""

from provisioner.model.actions import Retired, Verify
from provisioner.model.ids import DesktopName
from provisioner.model.kept.records import Records
from provisioner.model.machines.cluster import Guest
from provisioner.model.machines.desktops import Phase, Reservation
from provisioner.model.words import WaitsFor
from provisioner.planning.inputs import is_leftover, where
from provisioner.planning.placement.allocation import desktops_by_vmid
from provisioner.planning.steps.draft import Draft
from provisioner.planning.steps.task import RaiseTask
from provisioner.planning.survey.foreign import clusters_unexplained, holds_up, name_of
from provisioner.reasons.phases import NOT_OBSERVED
from provisioner.reasons.reason import NONE, Reason, as_reason
from provisioner.reasons.steps import (
    EARLIER_LIFE,
    IDENTIFYING,
    IDENTIFYING_WHY,
    NEEDS_NOTE,
    NOT_OUR_NOTE,
    OTHER_KEYS,
    SAMPLED,
    SAMPLING,
    STORE_EMPTY,
    STORE_LOST,
    STORE_OLDER,
    UNIDENTIFIED_AWAY,
)

_VERIFIES_AT_ONCE = 16
"""Notes read at once while an empty store is rebuilt: 1,700 take minutes, and the API stays responsive."""
_VERIFY_AGAIN_S = 60.0
_DEADLINE_S = 60.0


def identify(draft: Draft) -> None:
    """Read the notes of unexplained VMs in our range, and retire half-made clones."""
    situation = draft.situation
    reading = sum(isinstance(action, Verify) for action in situation.in_flight.values())
    _judge_other_keys(draft)
    for guest in sorted(draft.survey.unidentified, key=lambda guest: guest.key):
        if is_leftover(guest, situation.snapshot.clusters[guest.key.cluster]):
            draft.retire(guest)
        elif asked_lately(draft, name_of(guest)):
            continue
        elif guest.lock != "clone" and guest.key not in situation.in_flight and reading < _VERIFIES_AT_ONCE:
            reading += 1
            deadline = draft.now + _DEADLINE_S
            draft.order(Verify(key=guest.key, node=guest.node_key, because=NEEDS_NOTE(), deadline=deadline))


def _judge_other_keys(draft: Draft) -> None:
    """Notes that name us, but are signed with another key: our key was changed, or these notes were edited.

    They were edited if another note is signed with our key, or if it is a single VM, not proven by the store, and no other
    note is left to read.
    """
    records = draft.situation.records
    if not records.other_key or _some_unread(draft):
        return
    known = [records.desktops[name].reservation for name in records.other_key if name in records.desktops]
    proven = any(_was_proven(records, desktop) for desktop in known)
    if not records.key_confirmed and (proven or len(records.other_key) > 1 or _others_to_read(draft)):
        # The key may have changed: nothing new is made meanwhile.
        draft.other_key = as_reason(min(records.other_key.values()))
        return
    # The notes were edited: the VMs are not ours.
    foreign = [guest.key for guest in draft.survey.unidentified if name_of(guest) in records.other_key]
    foreign += [desktop.key for desktop in known if not desktop.proven]
    draft.leftovers += [Retired(key=key, reason=NOT_OUR_NOTE(), at=draft.now) for key in foreign]


def _others_to_read(draft: Draft) -> bool:
    """Whether a desktop from before the daemon's start exists whose note was not read since, and can be."""
    situation, records = draft.situation, draft.situation.records
    ours = desktops_by_vmid(records)
    names = (name for cluster in records.unsampled for name in ours.get(cluster, {}).values())
    unread = (
        records.desktops[name].reservation for name in names if name not in records.other_key and name not in records.unread
    )
    return any(_was_proven(records, desktop) and situation.snapshot.guest(desktop.key) is not None for desktop in unread)


def identify_inherited(draft: Draft) -> None:
    """Read the notes of unwanted desktops that an older store left unproven; wanted ones are read by their own step."""
    situation, demand = draft.situation, draft.situation.demand
    for reservation in _unsure(draft):
        wanted = reservation.seat in demand.wants or reservation.seat in demand.ahead
        served = wanted and reservation.profile in situation.config.profiles
        if not served and reservation.key not in situation.in_flight:
            verify(draft, reservation, STORE_OLDER())


def identify_sample(draft: Draft) -> None:
    """Read one note of each cluster after each start of the daemon: were the notes signed with the configured note_key?

    Until it is read, nothing new is made: also while the desktops that could show it are asked something else.
    """
    situation = draft.situation
    ours = desktops_by_vmid(situation.records)
    for cluster in sorted(situation.snapshot.clusters.keys() & situation.records.unsampled):
        desktops = (situation.records.desktops[name].reservation for _, name in sorted(ours.get(cluster, {}).items()))
        if sample := next((desktop for desktop in desktops if _can_be_read(draft, desktop)), None):
            draft.sampling = True
            if sample.key not in situation.in_flight:
                verify(draft, sample, SAMPLED())


def _was_proven(records: Records, desktop: Reservation) -> bool:
    """Whether it was proven ours when this life of the daemon began. Orders that its note refused since have voided that: if
    the key was changed, for all desktops, and these are the ones to read.
    """
    return desktop.proven or desktop.name not in records.maybe_made


def _can_be_read(draft: Draft, desktop: Reservation) -> bool:
    """Whether its note can be read, now or soon: of an earlier life, listed, on a visible node, not just tried in vain."""
    view = draft.situation.snapshot.clusters[desktop.cluster]
    guest, action = view.guests.get(desktop.vmid), draft.situation.in_flight.get(desktop.key)
    if guest is None or desktop.name in draft.situation.records.maybe_made or not view.complete_on(guest.node):
        return False
    if action is not None:
        return draft.now < action.deadline  # what never ends must not block the others
    tried = desktop.name in draft.situation.records.unread or desktop.name in draft.situation.records.other_key
    return not tried or not asked_lately(draft, desktop.name)


def verify(draft: Draft, reservation: Reservation, why: Reason) -> None:
    """Read the note of a desktop whose clone was not seen to succeed."""
    node, deadline = where(draft.situation, reservation), draft.now + _DEADLINE_S
    draft.order(Verify(key=reservation.key, node=node, because=why, deadline=deadline, name=reservation.name))


def prove(draft: Draft, task: RaiseTask) -> None:
    """Read its note, unless it was signed with another key a moment ago."""
    other = draft.situation.records.other_key.get(task.desktop.name)
    if other and asked_lately(draft, task.desktop.name):
        draft.defer(task.want, as_reason(other), binds=WaitsFor.SAFETY)
    else:
        verify(draft, task.desktop, task.why)


def asked_lately(draft: Draft, name: DesktopName) -> bool:
    """Whether its note was read less than a minute ago: an unreadable or foreign note is read again, but not in every cycle."""
    asked = draft.situation.records.checked.get(name)
    return asked is not None and draft.now < asked + _VERIFY_AGAIN_S


def why_no_new_desktop(draft: Draft) -> Reason:
    """Why no new desktop may be made; empty: it may. An unexplained VM in our range may be the agent's own desktop."""
    situation, records = draft.situation, draft.situation.records
    # VMs of a dead node are listed, too, so that none is overlooked.
    if draft.other_key:
        return draft.other_key
    if draft.sampling:
        return SAMPLING()
    if waiting := _to_be_identified(draft):
        return _what_is_identified(draft, waiting)
    if unsure := _unsure(draft):
        return EARLIER_LIFE(count=len(unsure))
    if records.rebuilt_since is not None and draft.now < records.rebuilt_since + situation.config.safety.rebuild_settle_s:
        return STORE_EMPTY()
    if records.rebuilt_since is not None and records.provisional and records.desktops:
        return STORE_LOST()
    for cluster in sorted(situation.config.naming.vmids):
        view = situation.snapshot.clusters.get(cluster)
        if view is None:
            return NOT_OBSERVED(cluster=cluster)
    return NONE


def _to_be_identified(draft: Draft) -> list[Guest]:
    """VMs to wait for. An unreadable note closes only its own cluster, unless the store was lost: then it may be any agent's
    desktop.
    """
    situation, rebuilding = draft.situation, draft.situation.records.rebuilt_since is not None
    unexplained = (guest for guest in draft.survey.unidentified if holds_up(guest, situation))
    waiting = (guest for guest in unexplained if rebuilding or name_of(guest) not in situation.records.unread)
    return sorted(waiting, key=lambda guest: guest.key)


def _some_unread(draft: Draft) -> bool:
    """Whether a note was not read yet: until then the number of notes with another key is not known."""
    asked = draft.situation.records.checked
    return any(guest.lock != "clone" and name_of(guest) not in asked for guest in draft.survey.unidentified)


def _unsure(draft: Draft) -> list[Reservation]:
    """Unproven desktops from an older store."""
    records, phases = draft.situation.records, draft.survey.phases
    unproven = (name for name in records.inherited if name in phases and phases[name][0] is Phase.UNPROVEN)
    return [records.desktops[name].reservation for name in sorted(unproven)]


def _what_is_identified(draft: Draft, waiting: list[Guest]) -> Reason:
    """The reason to wait. It names a VM that cannot be read: an operator has to grant the right, or bring its node back."""
    clusters, count = draft.situation.snapshot.clusters, len(waiting)
    if others := draft.situation.records.other_key:
        return OTHER_KEYS(count=count, others=len(others), why=min(others.values()))
    if away := next((guest for guest in waiting if not clusters[guest.key.cluster].complete_on(guest.node)), None):
        return IDENTIFYING_WHY(count=count, why=UNIDENTIFIED_AWAY(vmid=away.key.vmid, node=away.node))
    if unread := clusters_unexplained(draft.situation, waiting):
        return IDENTIFYING_WHY(count=count, why=unread[min(unread)])
    return IDENTIFYING(count=count)
