"""A surge scenario: waves of agents, in order, each with its selection, priority, size and interval."""

from dataclasses import dataclass

from provisioner.model.ids import Instant, WaveName
from provisioner.model.profiles import Selection


@dataclass(frozen=True, slots=True, kw_only=True)
class Wave:
    """Part of a surge. An agent belongs to the first wave that selects it."""

    name: WaveName
    who: Selection
    priority: int = 100
    """Lower goes first where there is not room for all."""
    after_s: float = 0.0
    """Seconds from the scenario's start to the wave's first batch."""
    size: int | None = None
    """Agents a batch; None: all at once."""
    interval_s: float = 0.0
    """Seconds from one batch to the next."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """What an administration does on the day: who goes home when."""

    name: str
    waves: tuple[Wave, ...]
    starts_at: Instant | None = None
    """None: as soon as the daemon runs it."""
