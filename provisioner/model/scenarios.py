"""A surge scenario: waves of agents, in order, each with its selection, priority, size and interval."""

import enum
from dataclasses import dataclass
from math import inf
from typing import Annotated

from provisioner.model.bounds import Bounds
from provisioner.model.ids import Instant, WaveName
from provisioner.model.profiles import Selection


class PreparationLevel(enum.StrEnum):
    """How far desktops are made before their agents' batch opens."""

    NONE = "none"
    """Not at all: clone, configuration and boot are still to come."""
    STOPPED = "stopped"
    """Cloned and configured, not started: a boot is still to come. Its memory is kept free for it."""
    RUNNING = "running"
    """Booted and ready, and given to its agent when the batch opens."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wave:
    """Part of a surge. An agent belongs to the first wave that selects it."""

    name: WaveName
    who: Selection
    priority: Annotated[int, Bounds(ge=0, le=1_000_000)] = 100
    """Lower goes first where there is not room for all."""
    after_s: float = 0.0
    """Seconds from the scenario's start to the wave's first batch."""
    size: Annotated[int | None, Bounds(ge=1)] = None
    """Agents a batch; None: all at once."""
    interval_s: float = 0.0
    """Seconds from one batch to the next."""
    prepare: PreparationLevel = PreparationLevel.NONE
    """How far desktops are made before the agent's batch opens: none, stopped (a boot is still to come) or running."""
    prepare_before_s: float | None = None
    """Seconds before an agent's batch opens from which the desktop is made. None: from when the scenario is in force, for what
    is made early can be put right before anybody waits."""

    def prepares_from(self, opens_at: Instant) -> Instant:
        """From when desktops of a batch that opens then are made ahead of need; infinite: never."""
        if self.prepare is PreparationLevel.NONE:
            return inf
        return -inf if self.prepare_before_s is None else opens_at - self.prepare_before_s


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """What an administration does on the day: who goes home when."""

    name: str
    waves: tuple[Wave, ...]
    starts_at: Instant | None = None
    """None: as soon as the daemon runs it."""


EVERYONE = Scenario(name="everyone", waves=(Wave(name=WaveName("everyone"), who=Selection()),))
"""What runs without a scenario: every entitled agent at once."""
