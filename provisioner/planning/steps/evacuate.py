"""Move desktops away from nodes that an operator evacuates: running ones first, a few at a time.

Nothing is remembered: who is still there is moved next. So a daemon that was killed goes on, and a failed move is repeated.
"""

from collections import Counter
from collections.abc import Iterator

from provisioner.model.actions import Migrate
from provisioner.model.deferrals import Deferral
from provisioner.model.ids import NodeKey
from provisioner.model.intents import Intent, IntentKind
from provisioner.model.machines.cluster import Guest
from provisioner.model.machines.desktops import Phase, Reservation
from provisioner.model.people.profiles import Profile
from provisioner.model.words import WaitsFor
from provisioner.planning.inputs import where
from provisioner.planning.placement.moves import can_move, target_of
from provisioner.planning.steps.draft import Draft
from provisioner.planning.steps.obstacles import lock_of, tried_again_at, tried_lately
from provisioner.reasons.reason import NONE, Reason
from provisioner.reasons.steps import (
    AFTER_OTHERS,
    HA_MOVES,
    LOCAL_DISKS,
    MOVE_FAILED,
    MOVED_AWAY,
    MOVED_BACK,
    NO_ROOM,
    NOT_WHILE,
)

AT_ONCE = 4
"""Moves at a time away from one node: Proxmox VE's own default for bulk moves (max_workers in datacenter.cfg)."""
MOVES = 3
"""Of one desktop under one order: what is there again after that is moved back by something else, and each move holds its
person up for a moment."""
_DEADLINE_S = 3600.0
"""64 GiB take 9 min at 1 Gbit/s, and memory that changes meanwhile is sent again; Proxmox VE itself has no limit."""
_LOCK = "migrate"
_MOVABLE = (Phase.READY, Phase.SILENT, Phase.STOPPED)


def evacuate(draft: Draft) -> None:
    """Order the next moves, and say of the other desktops there what they wait for."""
    if not draft.facts.evacuated:
        return
    moving = _moving(draft)
    busy = {action.key for action in draft.actions} | draft.situation.in_flight.keys()
    for desktop in _there(draft):
        guest = draft.situation.snapshot.guest(desktop.key)
        if guest is None or not desktop.proven or desktop.key in busy or desktop.name in draft.survey.quarantined:
            continue
        if wait := _obstacle(draft, desktop, guest):
            draft.deferred.append(Deferral(what=desktop.name, seat=None, reason=wait, binds=WaitsFor.NODES))
        elif failed := tried_lately(draft, desktop):
            at = tried_again_at(draft, desktop)
            why = MOVE_FAILED(why=failed)
            draft.deferred.append(Deferral(what=desktop.name, seat=None, reason=why, binds=WaitsFor.RETRY, retry_at=at))
        else:
            _move(draft, desktop, guest, moving)


def _moving(draft: Draft) -> Counter[NodeKey]:
    """Moves under way from each node; those from before a restart show by their lock alone."""
    in_flight = draft.situation.in_flight
    moving = Counter(action.node for action in in_flight.values() if isinstance(action, Migrate))
    guests = (draft.situation.snapshot.guest(desktop.key) for desktop in _there(draft) if desktop.key not in in_flight)
    moving.update(guest.node_key for guest in guests if guest is not None and guest.lock == _LOCK)
    return moving


def _there(draft: Draft) -> Iterator[Reservation]:
    """Those that are ready first: their people are at work."""
    evacuated = draft.facts.evacuated
    reservations = draft.situation.records.reservations
    there = [desktop for desktop in reservations if where(draft.situation, desktop) in evacuated]
    return iter(sorted(there, key=lambda desktop: (draft.facts.phase(desktop) is not Phase.READY, desktop.name)))


def _obstacle(draft: Draft, desktop: Reservation, guest: Guest) -> Reason:
    phase, profile = draft.facts.phase(desktop), draft.situation.config.profiles.get(desktop.profile)
    if guest.ha_managed:
        return HA_MOVES(node=guest.node)
    if profile is None or not can_move(profile, draft.resources, guest.node_key):
        return LOCAL_DISKS(node=guest.node)
    if phase not in _MOVABLE:
        return NOT_WHILE(phase=phase.value)
    return lock_of(draft, desktop) or _moved_back(draft, guest)


def _moved_back(draft: Draft, guest: Guest) -> Reason:
    """That it was moved away often enough under this order, and was there again each time; empty: it was not."""
    orders = [each.at for each in draft.situation.records.intents if _evacuates(each, guest.node_key)]
    moved = draft.situation.moved.get((guest.key, guest.node_key), ())
    count = sum(at >= max(orders, default=0.0) for at in moved)
    return MOVED_BACK(count=count, node=guest.node) if count >= MOVES else NONE


def _evacuates(intent: Intent, node: NodeKey) -> bool:
    return intent.kind is IntentKind.EVACUATE and intent.node == node


def _move(draft: Draft, desktop: Reservation, guest: Guest, moving: Counter[NodeKey]) -> None:
    profile = draft.situation.config.profiles[desktop.profile]
    memory_mib, vcpus = _size(guest, profile)
    target = target_of(profile, draft.resources, guest.node_key, memory_mib=memory_mib, vcpus=vcpus)
    if moving[guest.node_key] >= AT_ONCE:
        reason = AFTER_OTHERS(limit=AT_ONCE, node=guest.node)
    elif target is None:
        reason = NO_ROOM(memory_mib=memory_mib, vcpus=vcpus)
    else:
        moving[guest.node_key] += 1
        action = Migrate(
            reservation=desktop,
            because=MOVED_AWAY(node=guest.node, target=target.node),
            deadline=draft.now + _DEADLINE_S,
            node=guest.node_key,
            target=target.node,
            memory_mib=memory_mib,
            vcpus=vcpus,
        )
        draft.resources.take_move(action)
        draft.order(action)
        return
    draft.deferred.append(Deferral(what=desktop.name, seat=None, reason=reason, binds=WaitsFor.NODES))


def _size(guest: Guest, profile: Profile) -> tuple[int, float]:
    """What it has, or what its profile gives it by its next start, whichever is more."""
    return max(guest.memory_mib or 0, profile.memory_mib), max(guest.vcpus or 0.0, float(profile.vcpus))
