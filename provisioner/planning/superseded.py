"""Superseded desktops: read and reported, never assigned, configured or started."""

from provisioner.model.actions import Deferral
from provisioner.model.desktops import Attempts, Phase, Reservation
from provisioner.planning.bringing_up import check, read_sessions
from provisioner.planning.draft import Draft
from provisioner.planning.identifying import verify
from provisioner.planning.situation import is_leftover

_REASON = "superseded: its agent has another desktop since its node was away or it had failed; it is kept, and not used"


def look_after_superseded(draft: Draft) -> None:
    """Know what each is and who is logged on there; give back what nothing came of; note whose turn has changed."""
    kept = draft.situation.memory.superseded
    for name, other in sorted(draft.seen.superseded.items()):
        if kept.get(name) != other:
            draft.superseded[name] = other
            draft.superseded.setdefault(other, None)
        reservation = draft.situation.memory.reservations[name]
        if reservation.key not in draft.situation.in_flight:
            _look(draft, reservation)
        draft.deferred.append(Deferral(what=name, agent_id=None, reason=_REASON))


def _look(draft: Draft, reservation: Reservation) -> None:
    phase, why = draft.seen.phases[reservation.name]
    profile = draft.situation.policy.profiles.get(reservation.profile)
    attempts = draft.situation.memory.attempts.get(reservation.name, Attempts())
    match phase:
        case Phase.RESERVED | Phase.FAILED if draft.situation.snapshot.guest(reservation.key) is None:
            if draft.now >= attempts.retry_at:  # before, an order of an earlier life may still come out
                draft.given_back.append(reservation.name)
        case Phase.UNPROVEN if draft.now >= attempts.retry_at:
            verify(draft, reservation, why)
        case Phase.CLONING:
            guest = draft.situation.snapshot.guest(reservation.key)
            if guest is not None and is_leftover(guest, draft.situation.snapshot.clusters[reservation.cluster]):
                draft.retire(guest)
        case Phase.STARTING if profile is not None:
            check(draft, reservation, profile)
        case Phase.READY if profile is not None:
            read_sessions(draft, reservation, profile)
        case _:
            pass
