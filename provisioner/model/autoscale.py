"""How a pool follows its people: what a site sets, and what was decided."""

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated

from provisioner.model.bounds import Bounds
from provisioner.model.ids import DesktopName, Instant, Seat
from provisioner.model.scenario.calendars import Calendar
from provisioner.reasons.reason import NONE, Reason


class AutoscaleMode(enum.StrEnum):
    """What becomes of the decisions about a pool."""

    SHADOW = "shadow"
    """They are made and shown, and nothing is ordered."""
    ON = "on"
    """They are carried out."""
    OFF = "off"
    """None are made."""


class Warmth(enum.StrEnum):
    """How ready a pool's free desktops are kept."""

    STOPPED = "stopped"
    """Made and off: whoever comes waits for a boot."""
    RUNNING = "running"
    """Booted and ready: whoever comes waits for nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Spare:
    """How many desktops are kept free: a number, or a share of the desktops that are in use."""

    count: int = 0
    percent: float = 0.0

    def of(self, lent: int) -> int:
        """Desktops, when so many are in use."""
        return self.count + -int(-lent * self.percent // 100)


@dataclass(frozen=True, slots=True, kw_only=True)
class OutsideHours:
    """What holds outside the calendar's half-days."""

    running: int = 0
    """Desktops that run at least, in use or free."""
    spare: Spare | None = None
    """Free desktops; None: as within the half-days."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AutoscaleRules:
    """The sizes of one pool."""

    min: Annotated[int, Bounds(ge=0, le=10_000)] = 0
    """Desktops that exist at least."""
    max: int
    """Desktops that exist at most."""
    spare: Spare | None = None
    """Free desktops; None: as many as keep the share of people who wait below `waits_percent`."""
    waits_percent: Annotated[float, Bounds(ge=0.01, le=50.0)] = 1.0
    """The share of people who may find no desktop that is ready, in percent. It counts where `spare` is left out."""
    reserve: Annotated[int, Bounds(ge=0, le=10_000)] = 0
    """Free desktops beyond these, for people whose own desktop is not to be had."""
    warm: Warmth = Warmth.RUNNING
    """`running`: free desktops are kept on and ready; `stopped`: made and off, so that people wait for a boot."""
    ready_before_s: float = 0.0
    """So long before a half-day begins its rules hold already."""
    outside_hours: OutsideHours = OutsideHours()


@dataclass(frozen=True, slots=True, kw_only=True)
class PoolAutoscale:
    """How one pool follows its people."""

    mode: AutoscaleMode = AutoscaleMode.SHADOW
    """`shadow`: it is decided and shown, and nothing is ordered; `on`: instead of `size` and `spare` of the pool; `off`."""
    rules: AutoscaleRules
    calendar: Calendar


class Use(enum.StrEnum):
    """What a desktop of a pool is doing."""

    LENT = "lent"
    """Somebody has it, or is logged on."""
    UNKNOWN = "unknown"
    """Nothing is known of its sessions: it counts as lent."""
    FREE = "free"
    """Ready, and nobody has it."""
    PREPARING = "preparing"
    """On its way to ready: booted, or reset after a person."""
    MAKING = "making"
    """Cloned, and configured; it is off afterwards."""
    STOPPED = "stopped"
    """Made, and off."""
    DRAINING = "draining"
    """To be shut down, and still running: nobody gets it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PoolCounts:
    """How many desktops of a pool are doing what."""

    lent: int = 0
    """With those whose sessions are unknown."""
    free: int = 0
    preparing: int = 0
    making: int = 0
    stopped: int = 0
    draining: int = 0

    @property
    def made(self) -> int:
        """All that exist."""
        return self.running + self.making + self.stopped + self.draining

    @property
    def running(self) -> int:
        """All that can be lent, now or soon, and those that are."""
        return self.lent + self.free + self.preparing


@dataclass(frozen=True, slots=True, kw_only=True)
class LeadDemand:
    """How many people come while a desktop is made ready."""

    mean: float
    dispersion: float = 1.0
    """The variance over the mean: 1 if people come independently of each other (Poisson), more if they come in groups."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Leads:
    """How long it takes until a desktop is ready for the next person, in seconds, as measured."""

    boot_s: float
    """From the order to start one that is stopped."""
    clone_s: float
    """From the order to clone a new one until it can be started."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standby:
    """Free desktops for a rush at an hour at which no earlier day had one."""

    free: int = 0
    days: int = 0
    """Earlier days of the same kind that are known."""
    is_new: bool = False
    """So many because few days are known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpectedDemand:
    """How many people come within each lead time: the largest of what is learned and what the last minutes show."""

    boot: LeadDemand
    """Within a boot, from now."""
    boot_soon: LeadDemand
    """Within a boot, at any time of the next minutes."""
    clone: LeadDemand
    """Within a clone, from now."""
    boot_standby: Standby = Standby()
    """Free desktops that run, within the half-days."""
    clone_standby: Standby = Standby()
    """Free desktops beyond these that exist, within the half-days."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Buffers:
    """How many free desktops are wanted."""

    ready: int = 0
    """Running, so that nobody waits while others are started."""
    made: int = 0
    """Running or stopped, so that nobody waits while others are cloned."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PoolTargets:
    """How many desktops a pool is to have. Beside each other: what is wanted, and what is kept once it is there."""

    running: int
    """Desktops that run; with fewer, more are started."""
    running_most: int
    """With more, free ones are shut down."""
    made: int
    """Desktops that exist; with fewer, more are made."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StepCounts:
    """How many desktops take which step."""

    pardon: int = 0
    """Draining ones that are kept."""
    start: int = 0
    drain: int = 0
    make: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What is to be done about one pool, and from what this follows."""

    at: Instant
    counts: PoolCounts
    leads: Leads
    demand: ExpectedDemand
    buffers: Buffers
    within_hours: bool
    targets: PoolTargets
    pardon: tuple[DesktopName, ...] = ()
    """Draining ones that are kept."""
    start: tuple[DesktopName, ...] = ()
    drain: tuple[DesktopName, ...] = ()
    make: int = 0
    """New ones."""
    because: tuple[Reason, ...] = field(default=())
    """How the numbers come about, the most important first."""

    @property
    def is_idle(self) -> bool:
        """Whether nothing is to be done."""
        return not (self.pardon or self.start or self.drain or self.make)


@dataclass(frozen=True, slots=True, kw_only=True)
class SeatPlan:
    """The seats of a pool that nobody has, as a decision wants them."""

    running: tuple[Seat, ...] = ()
    """Their desktops are kept on, or brought up."""
    off: tuple[Seat, ...] = ()
    """Their desktops exist; if they run, they are left alone, except for `idle`."""
    idle: frozenset[Seat] = frozenset()
    """Of these, the ones that are shut down."""
    because: Reason = NONE
    """Why these are shut down."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AutoscaleState:
    """What was decided about a pool last, and how it goes."""

    mode: AutoscaleMode
    decision: Decision
    differences: Mapping[str, int] = field(default_factory=dict)
    """Seats that the decision wants otherwise than the rules in force, by what it wants: `running`, `made`, `off`, `none`.
    Empty: none, or it is in force."""
    came: int = 0
    """People who asked, since the daemon started."""
    waited: int = 0
    """Of them, people who got no ready desktop at once."""
    came_lately: int = 0
    """People who asked within this quarter of an hour and the last one."""
    learned_days: int = 0
    """Earlier days that it has learned from."""


__all__ = [
    "AutoscaleMode",
    "AutoscaleRules",
    "AutoscaleState",
    "Buffers",
    "Decision",
    "ExpectedDemand",
    "LeadDemand",
    "Leads",
    "OutsideHours",
    "PoolAutoscale",
    "PoolCounts",
    "PoolTargets",
    "SeatPlan",
    "Spare",
    "Standby",
    "StepCounts",
    "Use",
    "Warmth",
]
