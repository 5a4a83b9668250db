"""Desktops that are not primary, superseded or duplicate: read and reported, never assigned, configured or started."""

from provisioner.model.deferrals import Deferral
from provisioner.model.machines.desktops import Phase, Reservation
from provisioner.planning.steps.draft import Draft
from provisioner.planning.steps.identify import verify
from provisioner.planning.steps.provision import report_leftover
from provisioner.planning.steps.start import check, read_sessions
from provisioner.reasons.steps import SECOND, SUPERSEDED


def look_after_superseded(draft: Draft) -> None:
    """Read each superseded desktop, release it if it was never cloned, and record a change of the primary desktop."""
    for name, other in sorted(draft.survey.superseded.items()):
        record = draft.situation.records.desktops[name]
        if record.superseded_by != other:
            draft.superseded[name] = other
            draft.superseded.setdefault(other, None)
        reservation = record.reservation
        look(draft, reservation)
        if _is_to_be_given_back(draft, reservation):
            draft.given_back.append(reservation.name)
        else:
            draft.deferred.append(Deferral(what=name, seat=None, reason=SUPERSEDED()))


def look_after_doubles(draft: Draft) -> None:
    """An agent's second desktop is only read, and always reported."""
    for desktop in draft.survey.doubled:
        assert desktop.seat is not None  # only a seat can have a second desktop
        look(draft, desktop)
        reason = SECOND(first=draft.survey.of_seat[desktop.seat].name)
        draft.deferred.append(Deferral(what=desktop.name, seat=desktop.seat, reason=reason))


def look(draft: Draft, desktop: Reservation) -> None:
    """Learn what an unused desktop is, and whether somebody is logged on there."""
    phase, why = draft.survey.phases[desktop.name]
    profile = draft.situation.config.profiles.get(desktop.profile)
    if desktop.key in draft.situation.in_flight:
        return
    match phase:
        case Phase.UNPROVEN if draft.now >= draft.situation.records.desktops[desktop.name].attempts.retry_at:
            verify(draft, desktop, why)
        case Phase.CLONING:
            report_leftover(draft, desktop)
        case Phase.STARTING if profile is not None:
            check(draft, desktop, profile)
        case Phase.READY | Phase.SILENT if profile is not None:
            read_sessions(draft, desktop, profile)
        case _:
            pass


def _is_to_be_given_back(draft: Draft, desktop: Reservation) -> bool:
    """Its reservation is released once it has no VM, and no clone from before a restart can appear."""
    empty = draft.survey.phases[desktop.name][0] in (Phase.RESERVED, Phase.FAILED)
    if not empty or desktop.key in draft.situation.in_flight or draft.situation.snapshot.guest(desktop.key) is not None:
        return False
    return draft.now >= draft.situation.records.desktops[desktop.name].attempts.retry_at
