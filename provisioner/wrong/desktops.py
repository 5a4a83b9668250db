"""Desktops that somebody should look at, by name. Superseded ones and those in quarantine are nobody's: they do not count."""

from collections.abc import Callable, Iterator, Sequence

from provisioner.model.ids import Instant
from provisioner.model.machines.desktops import IN_VAIN_S, Phase
from provisioner.model.status import DesktopState, Status
from provisioner.model.words import GuestWord
from provisioner.reasons.phases import FIRST_BOOT_FAILED, FIRST_BOOT_FAILED_SO
from provisioner.reasons.reason import Reason, ReasonKind, as_reason
from provisioner.reasons.views import DESKTOP_FAILED, DESKTOPS_FAILED
from provisioner.reasons.wrong import (
    DESKTOP_LATE,
    DESKTOP_SETUP_FAILED,
    DESKTOP_SILENT,
    DESKTOP_UNASKED,
    DESKTOPS_CUT,
    DESKTOPS_LATE,
    DESKTOPS_SETUP_FAILED,
    DESKTOPS_SILENT,
    DESKTOPS_UNASKED,
    OWN_CLOCK_AHEAD,
    OWN_CLOCK_BEHIND,
    PROFILE_UNCONFIGURED,
)
from provisioner.wrong.entry import NAMES, Wrong
from provisioner.wrong.naming import shown

_MANY, _HEARD = 3, 0.1
"""So many desktops with dates wrong alike are not so by chance, if at most so large a share of them are right."""
_ALIKE_S = 60.0
"""A document is written each ten seconds or so, and read within a second. One that nobody writes any more gets older."""
_SETUP_FAILED = frozenset({FIRST_BOOT_FAILED.code, FIRST_BOOT_FAILED_SO.code})


def of_desktops(status: Status, notable: Sequence[DesktopState]) -> Iterator[Wrong]:
    """Those that have failed, or whose first boot has; that do not come up, cannot be asked, or answer nothing any more."""
    used = [state for state in notable if state.superseded_by is None]
    yield from _some(used, lambda state: state.phase is Phase.FAILED, (DESKTOP_FAILED, DESKTOPS_FAILED))
    used = [state for state in used if not state.quarantined]
    yield from _own_clock(status, used)
    yield from _some(used, _setup_failed, (DESKTOP_SETUP_FAILED, DESKTOPS_SETUP_FAILED), why=lambda state: state.because)
    yield from _some(used, lambda state: state.late and not _setup_failed(state), (DESKTOP_LATE, DESKTOPS_LATE))
    kinds = (DESKTOP_UNASKED, DESKTOPS_UNASKED)
    yield from _some(used, lambda state: _is_unasked(status, state), kinds, since=_unheard_since, why=_said)
    yield from _some(used, lambda state: state.phase is Phase.SILENT, (DESKTOP_SILENT, DESKTOPS_SILENT), since=_heard_at)
    for profile, count in sorted(status.unprofiled.items()):
        yield Wrong(says=PROFILE_UNCONFIGURED(profile=profile, count=count), about=profile, concerns=count)
    if status.cut:
        says = DESKTOPS_CUT(count=len(status.cut), names=shown(status.cut))
        yield Wrong(says=says, concerns=len(status.cut), names=status.cut[:NAMES])


def _own_clock(status: Status, used: list[DesktopState]) -> Iterator[Wrong]:
    """Clocks that are wrong by the same time, on nearly all desktops, are right: the other one is wrong."""
    dated = [state for state in used if state.unheard is not None and state.unheard.age_s is not None]
    if len(dated) < _MANY or _heard(status) > _HEARD * len(dated):
        return
    ages = sorted(state.unheard.age_s for state in dated if state.unheard is not None and state.unheard.age_s is not None)
    if ages[-1] - ages[0] <= _ALIKE_S:
        middle_s, names = ages[len(ages) // 2], tuple(sorted(state.reservation.name for state in dated))
        says = (OWN_CLOCK_AHEAD if middle_s > 0 else OWN_CLOCK_BEHIND)(count=len(dated), by_s=abs(middle_s))
        yield Wrong(says=says, concerns=len(dated), names=names[:NAMES])


def _heard(status: Status) -> int:
    """Desktops whose documents are dated as they should be."""
    used = (state for state in status.desktops.values() if not state.unused)
    return sum(state.phase is Phase.READY and state.unheard is None for state in used)


def _is_unasked(status: Status, state: DesktopState) -> bool:
    """The cluster has not passed a question on, and not the one after it: it was not by chance. Who is paused is asked nothing.

    What is out of sight is explained by its node, or by its cluster.
    """
    unheard, cluster = state.unheard, state.reservation.cluster
    in_vain = unheard is not None and unheard.word is GuestWord.NOT_ASKED and status.at - unheard.since >= IN_VAIN_S
    return in_vain and cluster not in status.paused and state.phase is not Phase.UNKNOWN


def _setup_failed(state: DesktopState) -> bool:
    return state.phase is Phase.STARTING and as_reason(state.because).code in _SETUP_FAILED


def _said(state: DesktopState) -> Reason:
    return as_reason("" if state.unheard is None else state.unheard.text)


def _unheard_since(state: DesktopState) -> Instant | None:
    return None if state.unheard is None else state.unheard.since


def _heard_at(state: DesktopState) -> Instant | None:
    return state.unknown_since


def _some(
    states: list[DesktopState],
    concerned: Callable[[DesktopState], bool],
    kinds: tuple[ReasonKind, ReasonKind],
    *,
    since: Callable[[DesktopState], Instant | None] = lambda state: state.since,
    why: Callable[[DesktopState], Reason] | None = None,
) -> Iterator[Wrong]:
    """One entry for all of them; since when the first of them is so, and `why` the first by name is."""
    found = sorted(filter(concerned, states), key=lambda state: state.reservation.name)
    if found:
        names = tuple(state.reservation.name for state in found)
        because = {} if why is None else {"why": why(found[0])}
        says = kinds[len(found) > 1](count=len(found), names=shown(names), **because)
        began = min((at for at in map(since, found) if at is not None), default=None)
        yield Wrong(says=says, since=began, concerns=len(found), names=names[:NAMES])


__all__ = ["of_desktops"]
