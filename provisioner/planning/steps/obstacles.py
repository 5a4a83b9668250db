"""Why a desktop is not touched now."""

from provisioner.model.desktops import Reservation
from provisioner.pacing.probe_timing import is_due
from provisioner.planning.steps.draft import Draft


def lock_of(draft: Draft, desktop: Reservation) -> str:
    """A backup, a restore or a migration of its VM goes first, however long; empty: there is none."""
    guest = draft.situation.snapshot.guest(desktop.key)
    if guest is None or guest.lock is None:
        return ""
    return f"its VM is locked ('{guest.lock}'): it waits until that is over, and never unlocks it"


def tried_lately(draft: Draft, desktop: Reservation, *, longest_s: float = 0.0) -> str:
    """What went wrong the last time, until it is due again; empty: it is, or nothing did.

    `longest_s` is the longest wait that there is for the action in question, where it is longer than the budget's.
    """
    attempts = draft.situation.memory.records[desktop.name].attempts
    longest_s = max(longest_s, draft.situation.config.budget.retry_cap_s)
    if attempts is None or is_due(attempts.retry_at, now=draft.now, longest_s=longest_s):
        return ""
    return attempts.reason
