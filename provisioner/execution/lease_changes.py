"""What lending, giving back and resetting change in the store: the record and the journal's line together. Pure."""

from collections.abc import Iterable
from dataclasses import replace

from provisioner.model.actions import Outcome, Result
from provisioner.model.ids import Instant
from provisioner.model.leases import Lease, LeaseState, unknown_past
from provisioner.model.records import DesktopRecord
from provisioner.model.words import JournalWord
from provisioner.ports import Changes
from provisioner.reasons.reason import Reason


def lease_changes(record: DesktopRecord, lease: Lease | None, reason: Reason, at: Instant) -> Changes:
    """The desktop is lent, or given back."""
    is_lent = lease is not None and lease.state is LeaseState.LENT
    return _changes(record, lease, JournalWord.LEND if is_lent else JournalWord.GIVE_BACK, reason, at)


def free_again(record: DesktopRecord, reason: Reason, at: Instant) -> Changes:
    """Nothing of the last person runs there any more. Their disk is there."""
    return _changes(replace(record, used=True), None, JournalWord.RESET, reason, at)


def used_up(record: DesktopRecord, reason: Reason, at: Instant) -> Changes:
    """It is free, and nobody gets it before it is made anew."""
    return _changes(record, unknown_past(at), JournalWord.GIVE_BACK, reason, at)


def together(each: Iterable[Changes]) -> Changes:
    """Several of these changes, of different desktops, as one."""
    found = tuple(each)
    return Changes(
        desktops={name: record for changes in found for name, record in changes.desktops.items()},
        outcomes=tuple(outcome for changes in found for outcome in changes.outcomes),
    )


def _changes(record: DesktopRecord, lease: Lease | None, word: JournalWord, reason: Reason, at: Instant) -> Changes:
    desktop = record.reservation
    line = Outcome(
        desktop=desktop.name,
        key=desktop.key,
        action=word.value,
        result=Result.DONE,
        reason=reason,
        started_at=at,
        ended_at=at,
    )
    return Changes(desktops={desktop.name: replace(record, lease=lease)}, outcomes=(line,))
