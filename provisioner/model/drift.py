"""Drift: differences between cluster and store. `reasons.drift` has what Bascule does about each kind."""

import enum
from dataclasses import dataclass

from provisioner.model.ids import GuestKey
from provisioner.reasons.drift import DONE
from provisioner.reasons.reason import Reason, act_of


class DifferenceKind(enum.StrEnum):
    """The ways in which store and cluster can differ."""

    MISSING = "missing"
    UNKNOWN_VM = "unknown_vm"
    DOUBLED = "doubled"
    HALF_MADE = "half_made"
    MOVED = "moved"
    RENAMED = "renamed"
    RETAGGED = "retagged"
    RESIZED = "resized"
    OUTDATED = "outdated"
    MISADDRESSED = "misaddressed"
    NOTE_CHANGED = "note_changed"
    NOTE_COPIED = "note_copied"
    NAME_COPIED = "name_copied"
    POWERED_OFF = "powered_off"
    OTHER_POOL = "other_pool"
    RESTORED = "restored"
    SUPERSEDED = "superseded"
    SHARED_IDENTITY = "shared_identity"


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One difference between cluster and store."""

    kind: DifferenceKind
    subject: str
    """A desktop's name, or `vm CLUSTER/VMID`."""
    key: GuestKey
    """The VM."""
    seen: Reason

    @property
    def does(self) -> Reason:
        """What Bascule does about it."""
        return DONE[self.kind]()

    @property
    def person(self) -> Reason:
        """What an operator has to do about it; empty: nothing."""
        return act_of(self.does)
