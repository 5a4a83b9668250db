"""Why a desktop is not touched now."""

from provisioner.model.desktops import Reservation
from provisioner.planning.steps.draft import Draft


def lock_of(draft: Draft, desktop: Reservation) -> str:
    """A backup, a restore or a migration of its VM goes first, however long; empty: there is none."""
    guest = draft.situation.snapshot.guest(desktop.key)
    if guest is None or guest.lock is None:
        return ""
    return f"its VM is locked ('{guest.lock}'): it waits until that is over, and never unlocks it"


def tried_lately(draft: Draft, desktop: Reservation) -> str:
    """What went wrong the last time, until it is due again; empty: it is, or nothing did."""
    attempts = draft.situation.memory.records[desktop.name].attempts
    return attempts.reason if draft.now < attempts.retry_at else ""
