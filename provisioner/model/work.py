"""Work: an action under way."""

from dataclasses import dataclass

from provisioner.model.actions import Action
from provisioner.model.cluster import ClusterView
from provisioner.model.ids import Instant, Upid

ARRIVAL_S = 35.0
"""A request with a lost answer that has left no trace after this time did not arrive: Proxmox VE's proxy gives up at 30 s."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """One action under way."""

    action: Action
    ordered_at: Instant
    answered_at: Instant | None = None
    """When its call ended; from then on observations show the result."""
    upid: Upid | None = None
    """Its task (for Configure and Tag, which have none: any text); None: the answer was lost."""

    def is_answered_before(self, view: ClusterView) -> bool:
        """Whether its call had been answered when the observation was made."""
        return self.answered_at is not None and self.answered_at <= view.taken_at
