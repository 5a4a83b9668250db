"""VMs that hold a number of ours, or may, and that no listing shows: what clones that failed have left. Pure.

A clone joins its pool at the very end. If the cluster loses its quorum before, Proxmox VE can remove nothing: the VM stays with
our note, where a token with rights on the pool alone does not see it. What was sent under a number is remembered until Proxmox
VE says that the number is free, or a listing shows the VM.
"""

from provisioner.model.records import DesktopRecord
from provisioner.reasons.outcomes import CLONE_HIDDEN, TAKEN_HIDDEN
from provisioner.reasons.reason import as_reason

_LEFT = frozenset({CLONE_HIDDEN.code, TAKEN_HIDDEN.code})


def is_left_behind(why_retired: str) -> bool:
    """Whether a number was retired for a VM that no listing shows, and that was not seen to be gone since."""
    return as_reason(why_retired).code in _LEFT


def was_tried(record: DesktopRecord) -> bool:
    """Whether a clone was sent under its number that is not known to have come out: it may have left something there."""
    return not record.reservation.proven and bool(record.attempts.error)


__all__ = ["is_left_behind", "was_tried"]
