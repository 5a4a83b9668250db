"""Drift: differences between cluster and store. `reasons.drift` has what Bascule does about each kind."""

from dataclasses import dataclass

from provisioner.model.ids import GuestKey
from provisioner.model.words import DifferenceKind as DifferenceKind
from provisioner.reasons.drift import DONE
from provisioner.reasons.reason import Reason, act_of


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
