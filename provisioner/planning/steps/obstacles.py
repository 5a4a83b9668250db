"""Why a desktop is not touched now."""

from provisioner.model.desktops import Reservation
from provisioner.planning.steps.draft import Draft
from provisioner.reasons.reason import NONE, Reason
from provisioner.reasons.steps import LOCKED


def lock_of(draft: Draft, desktop: Reservation) -> Reason:
    """A backup, a restore or a migration of its VM goes first, however long; empty: there is none."""
    guest = draft.situation.snapshot.guest(desktop.key)
    if guest is None or guest.lock is None:
        return NONE
    return LOCKED(lock=guest.lock)


def tried_lately(draft: Draft, desktop: Reservation) -> Reason:
    """What went wrong the last time, until it is due again; empty: it is, or nothing did."""
    attempts = draft.situation.records.desktops[desktop.name].attempts
    return attempts.reason if draft.now < attempts.retry_at else NONE
