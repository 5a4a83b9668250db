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
    """Not at all: clone, configuration and boot follow when the batch opens."""
    STOPPED = "stopped"
    """Cloned and configured, not started: the boot follows. Memory for it is kept free."""
    RUNNING = "running"
    """Booted and ready; given to its agent when the batch opens."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wave:
    """Part of a surge. An agent belongs to the first wave that selects it."""

    name: WaveName
    who: Selection
    priority: Annotated[int, Bounds(ge=0, le=1_000_000)] = 100
    """If resources do not suffice for all: lower goes first."""
    after_s: float = 0.0
    """Seconds from the scenario's start to the wave's first batch."""
    size: Annotated[int | None, Bounds(ge=1)] = None
    """Agents in a batch; None: all at once."""
    interval_s: float = 0.0
    """Seconds from one batch to the next."""
    prepare: PreparationLevel = PreparationLevel.NONE
    """How far desktops are made before the agent's batch opens: none, stopped (only the boot is missing) or running."""
    prepare_before_s: float | None = None
    """How many seconds before an agent's batch opens the desktop is made. None: as soon as the scenario is in force, because
    problems found early can be fixed before agents wait."""

    def prepares_from(self, opens_at: Instant) -> Instant:
        """When the desktops of a batch that opens at `opens_at` are made ahead of need; infinite: never."""
        if self.prepare is PreparationLevel.NONE:
            return inf
        return -inf if self.prepare_before_s is None else opens_at - self.prepare_before_s


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """The waves of agents who switch to desktops, in order."""

    name: str
    waves: tuple[Wave, ...]
    starts_at: Instant | None = None
    """None: as soon as the daemon runs it."""
    by_hand: bool = False
    """Whether it begins only when an operator starts it."""

    def waits(self, now: Instant) -> bool:
        """Whether its start is so far ahead that it is no date: somebody will write one."""
        return self.starts_at is not None and self.starts_at - now > FAR_S


FAR_S = 365 * 86_400.0
"""Nobody plans a switch to the hour more than a year ahead. The shipped scenarios wait so."""


EVERYONE = Scenario(name="everyone", waves=(Wave(name=WaveName("everyone"), who=Selection()),))
"""Every entitled agent at once: `scenario: everyone`. Also a new installation's scenario if none is configured."""

NOBODY_NEW = Scenario(name="none", waves=())
"""The scenario after `scenario:` was removed: people keep the desktops that they were given, and nobody new gets one."""
