"""What keeps people from their desktop, and does not pass by itself: somebody else has to do something."""

from collections.abc import Iterator, Sequence

from provisioner.errors import Forbidden, StorageFull, word_for
from provisioner.model.demand import Want
from provisioner.model.ids import NodeKey
from provisioner.model.machines.desktops import Phase, Reservation
from provisioner.model.status import DesktopState, FailingAlike, Status
from provisioner.model.words import WaitsFor
from provisioner.reasons.grouping import codes_of
from provisioner.reasons.placement import CORES_FEW, STORAGE_FULL
from provisioner.reasons.reason import Reason
from provisioner.reasons.steps import LOCKED
from provisioner.reasons.wrong import (
    FAIL_ALIKE,
    NODE_REFUSES_ORDERS,
    NOTE_KEY_DIFFERS,
    PEOPLE_STUCK,
    PERSON_STUCK,
    PROFILE_FAILS_ALIKE,
)
from provisioner.wrong.entry import NAMES, Wrong
from provisioner.wrong.naming import shown

_TRIES = 4
"""Of something that is busy: whoever uses a lock for a moment has given it back by then, about a minute later."""
_AT_ONCE = frozenset({word_for(Forbidden), word_for(StorageFull)})
"""Errors that a later try does not mend."""
_COMING = frozenset({Phase.RESERVED, Phase.CLONING, Phase.UNPROVEN, Phase.CLONED, Phase.STOPPED, Phase.STARTING})
_OWN_LOCK = "clone"
_NO_PLACE = frozenset({STORAGE_FULL.code, CORES_FEW.code})
"""Why a desktop fits nowhere, though nothing is used up."""


def of_waiting(status: Status, notable: Sequence[DesktopState]) -> Iterator[Wrong]:
    """What fails alike, what is tried in vain, and a key that proves nothing."""
    if status.plan.other_key:
        yield Wrong(says=NOTE_KEY_DIFFERS(why=status.plan.other_key))
    yield from (_refusing(status, cause) if cause.node is not None else _alike(cause) for cause in status.alike)
    yield from _stuck(status, notable)


def _alike(cause: FailingAlike) -> Wrong:
    count = len(cause.desktops)
    if cause.profile is None:
        says, about = FAIL_ALIKE(count=count, cluster=cause.cluster, why=cause.said), f"{cause.cluster}/"
    else:
        says = PROFILE_FAILS_ALIKE(count=count, profile=cause.profile, cluster=cause.cluster, why=cause.said)
        about = f"{cause.cluster}/{cause.profile}"
    return Wrong(says=says, about=about, concerns=count, names=tuple(sorted(cause.desktops))[:NAMES])


def _refusing(status: Status, cause: FailingAlike) -> Wrong:
    assert cause.node is not None, "the caller has looked"
    place = NodeKey(cause.cluster, cause.node)
    there = sum(NodeKey(state.reservation.cluster, state.node) == place for state in status.desktops.values())
    name = f"{cause.cluster}/{cause.node}"
    return Wrong(says=NODE_REFUSES_ORDERS(node=name, desktops=there, why=cause.said), about=name, concerns=there)


def _stuck(status: Status, notable: Sequence[DesktopState]) -> Iterator[Wrong]:
    """One entry for all of them, with the reason of the first."""
    alike = {name for cause in status.alike for name in cause.desktops}
    found = [(state.reservation, why) for state in notable if (why := _why_stuck(status, state))]
    coming = {desktop.seat for desktop, _ in found}
    waiting = {str(desktop.name): why for desktop, why in sorted(found, key=_name) if desktop.name not in alike}
    waiting |= {want.login: why for want, why in _unplaced(status) if want.seat not in coming}
    if waiting:
        says = (PERSON_STUCK if len(waiting) == 1 else PEOPLE_STUCK)(
            count=len(waiting), names=shown(tuple(waiting)), why=next(iter(waiting.values()))
        )
        yield Wrong(says=says, concerns=len(waiting), names=tuple(waiting)[:NAMES])


def _name(entry: tuple[Reservation, Reason]) -> str:
    return entry[0].name


def _why_stuck(status: Status, state: DesktopState) -> Reason | None:
    if not state.wanted or state.phase not in _COMING:
        return None
    guest, attempts = status.snapshot.guest(state.reservation.key), state.attempts
    if guest is not None and guest.lock and guest.lock != _OWN_LOCK and state.phase is not Phase.STARTING:
        return LOCKED(lock=guest.lock)
    in_vain = attempts.waited >= _TRIES or (attempts.error and attempts.avoid)
    return attempts.reason if in_vain or attempts.error in _AT_ONCE else None


def _unplaced(status: Status) -> Iterator[tuple[Want, Reason]]:
    """People whose desktop cannot be made at all, whatever room there is."""
    for group in status.plan.groups:
        codes = codes_of(group.reason)
        if group.binds is WaitsFor.TEMPLATES or _NO_PLACE.intersection(codes):
            yield from ((want, group.reason) for want in group.wants if want.level is None)


__all__ = ["of_waiting"]
