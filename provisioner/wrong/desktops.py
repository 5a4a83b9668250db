"""Desktops that somebody should look at, by name. Superseded ones and those in quarantine are nobody's: they do not count."""

from collections.abc import Callable, Iterator

from provisioner.model.desktops import Phase
from provisioner.model.ids import Instant
from provisioner.model.status import DesktopState, Status
from provisioner.reasons.reason import ALSO, Reason, ReasonKind, join_reasons
from provisioner.reasons.views import DESKTOP_FAILED, DESKTOPS_FAILED
from provisioner.reasons.wrong import DESKTOP_LATE, DESKTOP_SILENT, DESKTOPS_LATE, DESKTOPS_SILENT, SOME_NAMES
from provisioner.wrong.entry import NAMES, Wrong

_SHOWN = 3
"""Names in a text."""


def of_desktops(status: Status) -> Iterator[Wrong]:
    """Those that have failed, that do not come up, and that were ready and answer nothing any more."""
    used = [state for state in status.desktops.values() if state.superseded_by is None]
    yield from _some(used, lambda state: state.phase is Phase.FAILED, (DESKTOP_FAILED, DESKTOPS_FAILED))
    used = [state for state in used if not state.quarantined]
    yield from _some(used, lambda state: state.late, (DESKTOP_LATE, DESKTOPS_LATE))
    yield from _some(used, lambda state: state.phase is Phase.SILENT, (DESKTOP_SILENT, DESKTOPS_SILENT), since=_heard_at)


def _heard_at(state: DesktopState) -> Instant | None:
    return state.unknown_since


def _some(
    states: list[DesktopState],
    concerned: Callable[[DesktopState], bool],
    kinds: tuple[ReasonKind, ReasonKind],
    *,
    since: Callable[[DesktopState], Instant | None] = lambda state: state.since,
) -> Iterator[Wrong]:
    """One entry for all of them; since when the first of them is so."""
    found = sorted(filter(concerned, states), key=lambda state: state.reservation.name)
    if found:
        names = tuple(state.reservation.name for state in found)
        says = kinds[len(found) > 1](count=len(found), names=_shown(names))
        began = min((at for at in map(since, found) if at is not None), default=None)
        yield Wrong(says=says, since=began, concerns=len(found), names=names[:NAMES])


def _shown(names: tuple[str, ...]) -> Reason:
    first = join_reasons(names[:_SHOWN], ALSO)
    return first if len(names) <= _SHOWN else SOME_NAMES(names=first, more=len(names) - _SHOWN)


__all__ = ["of_desktops"]
