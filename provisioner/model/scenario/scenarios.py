"""A surge scenario: waves of agents, in order, each with its selection, its batches and when they are due."""

import enum
import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from math import inf
from typing import Annotated

from provisioner.model.bounds import Bounds
from provisioner.model.ids import AgentId, DesktopPoolName, Instant, ProfileName, WaveName
from provisioner.model.people.agents import Agent
from provisioner.model.people.profiles import Selection
from provisioner.model.scenario.calendars import Calendar
from provisioner.model.scenario.ceilings import Ceiling
from provisioner.model.scenario.gates import Gate
from provisioner.model.scenario.half_days import Share
from provisioner.model.scenario.rotation import Rotation
from provisioner.reasons.reason import Reason


class PreparationLevel(enum.StrEnum):
    """How far desktops are made before their agents' batch opens."""

    NONE = "none"
    """Not at all: clone, configuration and boot follow when the batch opens."""
    STOPPED = "stopped"
    """Cloned and configured, not started: the boot follows. Memory for it is kept free."""
    RUNNING = "running"
    """Booted and ready; given to its agent when the batch opens."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedTime:
    """A time of a scenario: an instant, a time of one of its working days, or else a time after its start."""

    at: Instant | None = None
    day: int | None = None
    """1 for the first working day of the surge."""
    minute: int = 0
    """Of that day, by the wall clock of the calendar's zone."""
    after_s: float = 0.0
    """Seconds after the start."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wave:
    """Part of a surge. An agent belongs to the first wave that selects it."""

    name: WaveName
    who: Selection
    excepted: tuple[Selection, ...] = ()
    """Agents that one of these matches are not selected."""
    percent: Annotated[float | None, Bounds(gt=0, le=100)] = None
    """Of the agents who are selected otherwise, by a hash of the person: the same people each time. None: all of them."""
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

    ready_by: PlannedTime | None = None
    """Of a planned scenario: when the first batch is due. None: as soon as the waves before it allow."""
    every_half_day: bool = False
    """Of a planned scenario: a later batch is due as its half-day begins, instead of after `interval_s`."""
    prepare_from: PlannedTime | None = None
    """Of a planned scenario: when desktops are begun to be prepared."""

    gate: Gate | None = None
    """Of a planned scenario: what each batch waits for; None: for its time alone."""

    def selects(self, agent: Agent) -> bool:
        """Whether the agent belongs to the wave, unless an earlier wave selects the agent."""
        return (
            self.who.matches(agent)
            and not any(selection.matches(agent) for selection in self.excepted)
            and (self.percent is None or share_of(agent.agent_id) < self.percent / 100)
        )

    def prepares_from(self, opens_at: Instant) -> Instant:
        """When the desktops of a batch that opens at `opens_at` are made ahead of need; infinite: never."""
        if self.prepare is PreparationLevel.NONE:
            return inf
        return -inf if self.prepare_before_s is None else opens_at - self.prepare_before_s


@dataclass(frozen=True, slots=True, kw_only=True)
class Shortage:
    """What becomes of people without a desktop, where none of their profile fits any more, and of people without half-days,
    where these do not suffice. Without all of it they wait."""

    profiles: tuple[ProfileName, ...] = ()
    """What people of a wave get instead, the first that fits."""
    shares: tuple[Share, ...] = ()
    """What people of the rotation get instead of its share, the first that suffices for all. In descending order."""
    refuses: bool = False
    """Whether people for whom none of these fits get none, and are told so."""

    def __bool__(self) -> bool:
        return bool(self.profiles) or bool(self.shares) or self.refuses


KEEP_S = 30 * 86_400.0
"""How long desktops are kept after they went back: a month, as people find out late that they miss something."""


@dataclass(frozen=True, slots=True, kw_only=True)
class End:
    """How a surge ends: its desktops go back, the last wave's first."""

    when: PlannedTime | None = None
    """None: when an operator says so."""
    size: int | None = None
    """Desktops that go back at a time; None: all, as fast as the budget of stops allows."""
    interval_s: float = 0.0
    """Seconds from one batch to the next."""
    every_half_day: bool = False
    """A later batch goes back as its half-day begins, instead."""
    keep_s: float = KEEP_S
    """Seconds for which they are kept, counted from the beginning of the return. Then the leavers' ladder has them."""


UP_BEFORE_S = 900.0
"""So long before the hours desktops are up again, by default: people come early, and a start may have to be tried again."""


def share_of(agent_id: AgentId) -> float:
    """A number from 0 to 1 that belongs to the person; such numbers are evenly spread."""
    return int.from_bytes(hashlib.sha256(agent_id.encode()).digest()[:6]) / 2**48


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """The waves of agents who switch to desktops, in order."""

    name: str
    waves: tuple[Wave, ...]
    starts_at: Instant | None = None
    """None: as soon as the daemon runs it."""
    calendar: Calendar | None = None
    """What days and half-days are reckoned by; None: no time needs it."""
    planned: bool = False
    """Whether the order of the waves is their importance, and batches have deadlines (`ready_by`); otherwise each wave says
    when it opens (`after`, `interval`)."""
    by_hand: bool = False
    """Whether it begins only when an operator starts it."""
    ceilings: tuple[Ceiling, ...] = ()
    """The one that leaves least binds."""
    survive_nodes: int = 0
    """New desktops leave room to restart those of so many nodes, the fullest of their cluster."""
    deletes: bool = True
    """Whether desktops may be deleted while its run is not over."""
    up_before_s: float | None = None
    """Outside the calendar's hours desktops that nobody works on are shut down, and are up again so many seconds before the
    hours begin. None: they are left running."""
    shortage: Shortage = Shortage()
    """What comes of it when not everybody's desktop fits."""
    end: End = End()
    """How its run ends, unless the order says otherwise."""
    rotation: Rotation | None = None
    """Who shares the desktops of a pool by half-days; people of a wave do not. None: nobody."""

    @property
    def is_for_nobody(self) -> bool:
        """Whether there is nothing to start: neither waves nor half-days."""
        return not self.waves and self.rotation is None

    @property
    def selections(self) -> Iterator[Selection]:
        """All that it selects people by."""
        for wave in self.waves:
            yield from (wave.who, *wave.excepted)
        if self.rotation is not None:
            yield from self.rotation.selections

    @property
    def logins(self) -> frozenset[str]:
        """All that it names: in selections, and of people who are away."""
        away = () if self.rotation is None else (absence.login for absence in self.rotation.absences)
        return frozenset(away).union(*(who.logins for who in self.selections))

    @property
    def shared_pool(self) -> DesktopPoolName | None:
        """Whose desktops people share by half-days; None: nobody does."""
        return None if self.rotation is None else self.rotation.pool

    def at_a_time(self, agents: Iterable[Agent]) -> int:
        """How many of these agents have the same half-day, on average, rounded down."""
        return 0 if self.rotation is None else int(sum(map(self.rotates, agents)) * self.rotation.share.part)

    def rotates(self, agent: Agent) -> bool:
        """Whether the agent has half-days on the desktops of a pool."""
        if self.rotation is None or not agent.enabled or not self.rotation.has(agent):
            return False
        return not any(wave.selects(agent) for wave in self.waves)

    def waits(self, now: Instant) -> bool:
        """Whether its start is so far ahead that it is not a date: somebody will write one."""
        return self.starts_at is not None and self.starts_at - now > FAR_S


FAR_S = 365 * 86_400.0
"""Nobody plans a switch to the hour more than a year ahead. The shipped scenarios wait so."""


EVERYONE = Scenario(name="everyone", waves=(Wave(name=WaveName("everyone"), who=Selection()),))
"""Every entitled agent at once: `scenario: everyone`. Also a new installation's scenario if none is configured."""

NOBODY_NEW = Scenario(name="none", waves=())
"""The scenario after `scenario:` was removed: people keep the desktops that they were given, and nobody new gets one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScenarioDifference:
    """One thing that the second scenario does otherwise."""

    wave: WaveName | None
    """None: it concerns all."""
    what: Reason
    sign: int = 0
    """1: more of something, or later; -1: less, or earlier; 0: neither can be said."""
