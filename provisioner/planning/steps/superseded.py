"""Desktops that do not count, superseded or doubled: read and reported, never assigned, configured or started."""

from provisioner.model.deferrals import Deferral
from provisioner.model.desktops import Phase, Reservation
from provisioner.planning.steps.draft import Draft
from provisioner.planning.steps.identify import verify
from provisioner.planning.steps.provision import report_leftover
from provisioner.planning.steps.start import check, read_sessions
from provisioner.reasons.steps import SECOND, SUPERSEDED


def look_after_superseded(draft: Draft) -> None:
    """Know what each is and who is logged on there; give back what nothing came of; note whose turn has changed."""
    for name, other in sorted(draft.seen.superseded.items()):
        record = draft.situation.records.desktops[name]
        if record.superseded_by != other:
            draft.superseded[name] = other
            draft.superseded.setdefault(other, None)
        reservation = record.reservation
        look(draft, reservation)
        _give_back(draft, reservation)
        draft.deferred.append(Deferral(what=name, seat=None, reason=SUPERSEDED()))


def look_after_doubles(draft: Draft) -> None:
    """Somebody's second desktop is only read, and never passed over in silence."""
    for one in draft.seen.doubled:
        assert one.seat is not None  # only a seat can have a second desktop
        look(draft, one)
        kept = draft.seen.of_seat[one.seat].name
        reason = SECOND(first=kept)
        draft.deferred.append(Deferral(what=one.name, seat=one.seat, reason=reason))


def look(draft: Draft, one: Reservation) -> None:
    """Know what a desktop is that nobody uses, and who is logged on there all the same."""
    phase, why = draft.seen.phases[one.name]
    profile = draft.situation.config.profiles.get(one.profile)
    if one.key in draft.situation.in_flight:
        return
    match phase:
        case Phase.UNPROVEN if draft.now >= draft.situation.records.desktops[one.name].attempts.retry_at:
            verify(draft, one, why)
        case Phase.CLONING:
            report_leftover(draft, one)
        case Phase.STARTING if profile is not None:
            check(draft, one, profile)
        case Phase.READY if profile is not None:
            read_sessions(draft, one, profile)
        case _:
            pass


def _give_back(draft: Draft, one: Reservation) -> None:
    """Its reservation, once no VM stands for it and an order of an earlier life can no longer come out."""
    empty = draft.seen.phases[one.name][0] in (Phase.RESERVED, Phase.FAILED)
    if not empty or one.key in draft.situation.in_flight or draft.situation.snapshot.guest(one.key) is not None:
        return
    if draft.now >= draft.situation.records.desktops[one.name].attempts.retry_at:
        draft.given_back.append(one.name)
