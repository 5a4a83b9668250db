"""A run of a surge scenario: when it was started, by whom, and how far it is."""

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from provisioner.model.ids import Instant, WaveName


class SurgeState(enum.StrEnum):
    """How far a run is."""

    PENDING = "pending"
    """Ordered for a later time."""
    RUNNING = "running"
    """Its waves open as the scenario says."""
    GATED = "gated"
    """As running; a gate holds its next batch back."""
    PAUSED = "paused"
    """Nothing new is begun. What was begun is finished, and repairs go on."""
    ABORTING = "aborting"
    """Nobody new is served any more; what was begun is finished."""
    RETURNING = "returning"
    """The desktops that it made are shut down, wave by wave."""
    ENDED = "ended"
    """Over. Who was served keeps the desktop."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SurgeRun:
    """One run of a scenario. At most one is not over; the numbers grow."""

    scenario: str
    """The scenario's name."""
    number: int
    """1 for the first run of an installation, of whatever scenario."""
    state: SurgeState
    started_at: Instant
    """When its time begins to count: what the scenario says of its start is reckoned from here. May be in the future."""
    since: Instant
    """When it came into its state."""
    by: str
    """Who brought it into its state."""
    reason: str = ""
    """The operator's words for that."""
    day_1: date | None = None
    """The first day of the scenario, if it was ordered; None: as its calendar says."""
    released: frozenset[WaveName] = frozenset()
    """Waves that an operator has let go: their next gate does not wait."""
    opened: Mapping[WaveName, int] = field(default_factory=dict, hash=False)
    """How many batches of each wave have passed their gate: what has opened stays open."""

    @classmethod
    def begun(cls, scenario: str, at: Instant) -> "SurgeRun":
        """The first run of a scenario that begins by itself, as files without `start: by hand` do."""
        return cls(scenario=scenario, number=1, state=SurgeState.RUNNING, started_at=at, since=at, by="daemon")
