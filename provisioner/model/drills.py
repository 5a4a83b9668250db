"""Drills: what came of a scenario that was tried, on twins or with some real desktops."""

import enum
from dataclasses import dataclass

from provisioner.model.ids import Instant

DRILLS_KEPT = 200
"""The latest ones: a drill a week for four years."""


class DrillPlace(enum.StrEnum):
    """Where a scenario was tried."""

    TWIN = "twin"
    """In virtual time, on twins of the clusters as they were."""
    CANARY = "canary"
    """With some real desktops, on the clusters."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptDrill:
    """One drill. It counts people and names none."""

    at: Instant
    scenario: str
    place: DrillPlace
    planned: int
    """People who were to have a desktop; of a canary: desktops that were to be made."""
    ready: int
    """Of them, those who had it; of a canary: made, ready, and reached by the probe as far as it could go."""
    batches: int = 0
    """Of a twin's drill: batches of its waves."""
    late_batches: int = 0

    @property
    def held(self) -> bool:
        """Whether nobody was left without, and no batch was late."""
        return self.ready >= self.planned and not self.late_batches


__all__ = ["DRILLS_KEPT", "DrillPlace", "KeptDrill"]
