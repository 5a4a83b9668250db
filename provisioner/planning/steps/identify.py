"""Whose VMs are these: notes to be read, leftovers, and why nothing new may be made before all is explained."""

from provisioner.model.actions import Retired, Verify
from provisioner.model.cluster import Guest
from provisioner.model.desktops import Phase, Reservation
from provisioner.model.ids import DesktopName
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
"""Notes read in one cycle while an empty store is rebuilt: 1,700 are read within minutes, and people keep their API."""
_VERIFY_AGAIN_S = 60.0
_DEADLINE_S = 60.0


def identify(draft: Draft) -> None:
    """Read the notes of VMs in our range that nothing explains; report what was left behind half-made."""
    situation = draft.situation
    asked = sum(isinstance(one, Verify) for one in situation.in_flight.values())
    _judge_other_keys(draft)
    for guest in sorted(draft.seen.unidentified, key=lambda guest: guest.key):
        if is_leftover(guest, situation.snapshot.clusters[guest.key.cluster]):
            draft.retire(guest)
        elif asked_lately(draft, name_of(guest)):
            continue
        elif guest.lock != "clone" and guest.key not in situation.in_flight and asked < _VERIFIES_AT_ONCE:
            asked += 1
            deadline = draft.now + _DEADLINE_S
            draft.order(Verify(key=guest.key, node=guest.node_key, because=NEEDS_NOTE(), deadline=deadline))


def _judge_other_keys(draft: Draft) -> None:
    """Notes that name us under another signature: our key was changed, or these notes were edited.

    Edited they are where our key has signed another note, or where it is one VM alone, which no store knows for proven, and
    there is no other note that could tell.
    """
    records = draft.situation.records
    if not records.other_key or _unasked(draft):
        return
    known = [records.desktops[name].reservation for name in records.other_key if name in records.desktops]
    proven = any(desktop.proven for desktop in known)
    if not records.key_confirmed and (proven or len(records.other_key) > 1 or _others_to_read(draft)):
        draft.other_key = as_reason(min(records.other_key.values()))
        return
    foreign = [guest.key for guest in draft.seen.unidentified if name_of(guest) in records.other_key]
    foreign += [desktop.key for desktop in known if not desktop.proven]
    draft.leftovers += [Retired(key=key, reason=NOT_OUR_NOTE(), at=draft.now) for key in foreign]


def _others_to_read(draft: Draft) -> bool:
    """Whether a desktop of an earlier life is there whose note was not read in this one, and may be."""
    situation, records = draft.situation, draft.situation.records
    ours = desktops_by_vmid(records)
    names = (name for cluster in records.unsampled for name in ours.get(cluster, {}).values())
    unread = (
        records.desktops[name].reservation for name in names if name not in records.other_key and name not in records.unread
    )
    return any(desktop.proven and situation.snapshot.guest(desktop.key) is not None for desktop in unread)


def identify_inherited(draft: Draft) -> None:
    """Read the notes of an earlier life's desktops that nobody wants; of those that are wanted they are read anyway."""
    situation, demand = draft.situation, draft.situation.demand
    for reservation in _unsure(draft):
        wanted = reservation.seat in demand.wants or reservation.seat in demand.ahead
        served = wanted and reservation.profile in situation.config.profiles
        if not served and reservation.key not in situation.in_flight:
            verify(draft, reservation, STORE_OLDER())


def identify_sample(draft: Draft) -> None:
    """Read one note of each cluster once in each life of the daemon: is note_key the one that notes were made with?"""
    situation = draft.situation
    ours = desktops_by_vmid(situation.records)
    for cluster in sorted(situation.snapshot.clusters.keys() & situation.records.unsampled):
        desktops = (situation.records.desktops[name].reservation for _, name in sorted(ours.get(cluster, {}).items()))
        if sample := next((desktop for desktop in desktops if _can_be_read(draft, desktop)), None):
            draft.sampling = True
            if sample.key not in situation.in_flight:
                verify(draft, sample, SAMPLED())


def _can_be_read(draft: Draft, desktop: Reservation) -> bool:
    """Proven ours, listed, on a node that is there, and not asked in vain a moment ago."""
    view = draft.situation.snapshot.clusters[desktop.cluster]
    guest, order = view.guests.get(desktop.vmid), draft.situation.in_flight.get(desktop.key)
    if guest is None or not desktop.proven or not view.complete_on(guest.node):
        return False
    if isinstance(order, Verify):
        return draft.now < order.deadline  # an answer that never comes holds up nobody
    return order is None and not asked_lately(draft, desktop.name)


def verify(draft: Draft, reservation: Reservation, why: Reason) -> None:
    """Read the note of a desktop whose clone was not seen to come out."""
    node, deadline = where(draft.situation, reservation), draft.now + _DEADLINE_S
    draft.order(Verify(key=reservation.key, node=node, because=why, deadline=deadline, name=reservation.name))


def prove(draft: Draft, task: RaiseTask) -> None:
    """Read its note, unless it was found a moment ago to be signed with another key."""
    other = draft.situation.records.other_key.get(task.desktop.name)
    if other and asked_lately(draft, task.desktop.name):
        draft.defer(task.want, as_reason(other), binds=WaitsFor.SAFETY)
    else:
        verify(draft, task.desktop, task.why)


def asked_lately(draft: Draft, name: DesktopName) -> bool:
    """A note that could not be read, or believed, is asked for again, but not in every cycle."""
    asked = draft.situation.records.checked.get(name)
    return asked is not None and draft.now < asked + _VERIFY_AGAIN_S


def why_no_new_desktop(draft: Draft) -> Reason:
    """Before every VM in our range has been explained, a clone could be somebody's second desktop; empty: it may be made."""
    situation, records = draft.situation, draft.situation.records
    # A dead node's VMs are listed like all others, so that nothing is overlooked there.
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
    """VMs to wait for. One whose note could not be read closes its own cluster alone, unless the store was lost: then it may
    be anybody's desktop."""
    situation, rebuilding = draft.situation, draft.situation.records.rebuilt_since is not None
    holding_up = (guest for guest in draft.seen.unidentified if holds_up(guest, situation))
    waiting = (guest for guest in holding_up if rebuilding or name_of(guest) not in situation.records.unread)
    return sorted(waiting, key=lambda guest: guest.key)


def _unasked(draft: Draft) -> bool:
    """Whether a VM's note was not asked for yet: until then nobody knows how many are signed otherwise."""
    asked = draft.situation.records.checked
    return any(guest.lock != "clone" and name_of(guest) not in asked for guest in draft.seen.unidentified)


def _unsure(draft: Draft) -> list[Reservation]:
    records, phases = draft.situation.records, draft.seen.phases
    unproven = (name for name in records.inherited if name in phases and phases[name][0] is Phase.UNPROVEN)
    return [records.desktops[name].reservation for name in sorted(unproven)]


def _what_is_identified(draft: Draft, waiting: list[Guest]) -> Reason:
    """Names what nobody can identify: only a person can give the right to read it, or bring its node back."""
    clusters, count = draft.situation.snapshot.clusters, len(waiting)
    if others := draft.situation.records.other_key:
        return OTHER_KEYS(count=count, others=len(others), why=min(others.values()))
    if away := next((one for one in waiting if not clusters[one.key.cluster].complete_on(one.node)), None):
        return IDENTIFYING_WHY(count=count, why=UNIDENTIFIED_AWAY(vmid=away.key.vmid, node=away.node))
    if unread := clusters_unexplained(draft.situation, waiting):
        return IDENTIFYING_WHY(count=count, why=unread[min(unread)])
    return IDENTIFYING(count=count)
