"""Why no action on a desktop is possible now."""

from provisioner.model.ids import Instant
from provisioner.model.machines.desktops import Reservation
from provisioner.planning.steps.draft import Draft
from provisioner.reasons.reason import NONE, Reason
from provisioner.reasons.steps import HA_WOULD_FORCE, LOCKED


def lock_of(draft: Draft, desktop: Reservation) -> Reason:
    """The VM's lock: a backup, restore or migration goes first, however long it takes; empty: not locked."""
    guest = draft.situation.snapshot.guest(desktop.key)
    if guest is None or guest.lock is None:
        return NONE
    return LOCKED(lock=guest.lock)


def forced_off(draft: Draft, desktop: Reservation) -> Reason:
    """HA carries out a stop with force, so the guest cannot refuse it while somebody logs on; empty: it is not HA's."""
    guest = draft.situation.snapshot.guest(desktop.key)
    return HA_WOULD_FORCE(vmid=desktop.vmid) if guest is not None and guest.ha_managed else NONE


def tried_lately(draft: Draft, desktop: Reservation) -> Reason:
    """The last failure, until the time of the next attempt; empty: it may be tried."""
    attempts = draft.situation.records.desktops[desktop.name].attempts
    return attempts.reason if tried_again_at(draft, desktop) is not None else NONE


def tried_again_at(draft: Draft, desktop: Reservation) -> Instant | None:
    """The time of the next attempt after a failure; None: it may be tried."""
    retry_at = draft.situation.records.desktops[desktop.name].attempts.retry_at
    return retry_at if draft.now < retry_at else None
