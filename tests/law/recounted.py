"""What the daemon itself says elsewhere of the same cycle: the list leaves none of it out, and adds nothing."""

from collections.abc import Callable, Iterator, Mapping, Set

from provisioner.model.guard import HeldInput
from provisioner.model.machines.desktops import Phase
from provisioner.model.status import DesktopState, Status
from provisioner.reasons import surges, views, wrong
from provisioner.reasons.phases import ABSENT_MANY, FIRST_BOOT_FAILED, FIRST_BOOT_FAILED_SO, HIDDEN
from provisioner.reasons.reason import ReasonKind, as_reason
from provisioner.wrong.listing import wrong_at, wrong_in
from tests.chaos.world import CLUSTER
from tests.law.heard import Heard

_ABSENT = frozenset({ABSENT_MANY.code, HIDDEN.code})
_SETUP_FAILED = frozenset({FIRST_BOOT_FAILED.code, FIRST_BOOT_FAILED_SO.code})
_LIMIT_S, _TWO_CYCLES_S = 120.0, 60.0


def _code(state: DesktopState) -> str:
    return as_reason(state.because).code


def _used(so: Callable[[DesktopState], bool]) -> Callable[[Status], bool]:
    return lambda status: any(so(state) for state in status.desktops.values() if state.superseded_by is None)


def _held(of: HeldInput) -> Callable[[Status], bool]:
    return lambda status: status.guard.quarantine is not None and status.guard.quarantine.of is of


_SO: Mapping[tuple[ReasonKind, ...], Callable[[Status], bool]] = {
    (views.DESKTOP_FAILED, views.DESKTOPS_FAILED): _used(lambda state: state.phase is Phase.FAILED),
    (wrong.DESKTOP_LATE, wrong.DESKTOPS_LATE): _used(
        lambda state: state.late and not state.quarantined and _code(state) not in _SETUP_FAILED
    ),
    (wrong.DESKTOP_SILENT, wrong.DESKTOPS_SILENT): _used(lambda state: state.phase is Phase.SILENT and not state.quarantined),
    (wrong.FAIL_ALIKE, wrong.PROFILE_FAILS_ALIKE, wrong.NODE_REFUSES_ORDERS): lambda status: bool(status.alike),
    (wrong.NOTE_KEY_DIFFERS,): lambda status: bool(status.plan.other_key),
    (views.BASELINE_WAITS,): lambda status: bool(status.desktops) and not status.baseline_accepted,
    (views.HELD_DIRECTORY,): _held(HeldInput.DIRECTORY),
    (views.HELD_CONFIGURATION,): _held(HeldInput.CONFIGURATION),
    (views.HELD_BOTH,): _held(HeldInput.BOTH),
    (wrong.NO_ROSTER, wrong.NO_ROSTER_WHY): lambda status: status.roster is None and not status.people_known,
    (wrong.NOBODY_THERE,): lambda status: status.roster is not None and not status.roster.agents,
    (wrong.LISTING_DOUBTED, wrong.DESKTOP_UNLISTED, wrong.DESKTOPS_UNLISTED): lambda status: any(
        _code(state) in _ABSENT for state in status.desktops.values()
    ),
    (wrong.CLUSTER_PAUSED,): lambda status: CLUSTER in status.paused and CLUSTER in status.snapshot.clusters,
    (wrong.CLUSTER_UNSEEN, wrong.CLUSTER_UNSEEN_WHY): lambda status: CLUSTER not in status.snapshot.clusters,
    (views.PERSON_RECREATED, views.PEOPLE_RECREATED): lambda status: (
        status.roster is not None and any(entry.same_as and not entry.is_other_person for entry in status.roster.rejected)
    ),
    (views.OTHER_PEOPLE_HELD,): lambda status: (
        status.roster is not None and any(entry.is_other_person for entry in status.roster.rejected)
    ),
}


def untrue_of_recounted(heard: Heard) -> Iterator[str]:
    """What the list lacks, and what is in it without being so."""
    status = heard.published.status
    codes = {entry.code for entry in heard.document.wrong}
    for kinds, is_so in _SO.items():
        listed = not codes.isdisjoint(kind.code for kind in kinds)
        if is_so(status) and not listed:
            yield f"{kinds[0].code} is so, and no entry says so"
        if listed and not is_so(status):
            yield f"{kinds[0].code} is listed, and is not so"
    yield from _waves(status, codes)
    yield from _unseen(status)
    yield from _when_no_cycle_ends(status)


def _waves(status: Status, codes: Set[str]) -> Iterator[str]:
    """A deadline that is over, with people who have no desktop."""
    late = {
        each.code
        for each in (surges.WAVE_LATE, surges.WAVE_LATE_BY, surges.WAVE_SHORT, surges.WAVE_HELD_LATE, surges.WAVE_STUCK)
    }
    for wave, eta in status.etas.items():
        if eta.ready_by is not None and eta.overdue and status.at > eta.ready_by + _TWO_CYCLES_S and codes.isdisjoint(late):
            yield f"{eta.overdue} desktops of wave {wave} are overdue, and no entry says so"


def _unseen(status: Status) -> Iterator[str]:
    """Another cluster, that is configured and was never looked at, is listed as such."""
    other = type(CLUSTER)("elsewhere")
    if not any(entry.about == other for entry in wrong_in(status, (CLUSTER, other))):
        yield "a cluster was never observed, and no entry says so"


def _when_no_cycle_ends(status: Status) -> Iterator[str]:
    """What `status` would say if this was the last cycle."""
    entries = wrong_in(status, (CLUSTER,))
    for later_s, is_late in ((_LIMIT_S - 1.0, False), (_LIMIT_S + 1.0, True)):
        read = wrong_at(entries, status.at, now=status.at + later_s, limit_s=_LIMIT_S)
        if any(entry.code == wrong.CYCLE_LATE.code for entry in read) is not is_late:
            yield f"no cycle has ended for {later_s:.0f} s, and the list says {[entry.code for entry in read]}"


__all__ = ["untrue_of_recounted"]
