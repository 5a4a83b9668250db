"""Rotations: who shares a pool's desktops by half-days, and how; and how that is at a cycle's end."""

from dataclasses import dataclass, field
from itertools import takewhile
from typing import Annotated

from provisioner.model.bounds import Bounds
from provisioner.model.ids import AgentId, DesktopPoolName, Instant
from provisioner.model.people.agents import Agent
from provisioner.model.people.profiles import Selection
from provisioner.model.scenario.half_days import PersonWeek, Share, Slot, waits_of
from provisioner.model.session_rules import HandoverRules
from provisioner.reasons.reason import NONE, Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Absence:
    """Dates on which a person does not work, both included: 2026-12-01."""

    login: str
    first: str
    last: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Rotation:
    """Who shares the desktops of a pool, and how."""

    pool: DesktopPoolName
    """It lends by plan."""
    share: Share
    who: Selection
    excepted: tuple[Selection, ...] = ()
    """People whom one of these matches have no half-days."""
    obliged: Selection | None = None
    """People who have every half-day that they work, before all others; None: nobody."""
    by_department: bool = False
    """Whether colleagues have the same half-days where the sums allow it."""
    published_days: Annotated[int, Bounds(ge=0, le=20)] = 3
    """So many working days before its first half-day a week is published."""
    reserve: Annotated[int, Bounds(ge=0, le=10_000)] = 0
    """Desktops of the pool that no week counts on: for people who come while others stay on, and for a node that is lost."""
    ready_before_s: float = 900.0
    """So long before the half-day a person gets the desktop, if one is free by then."""
    handover: HandoverRules = HandoverRules()
    """What happens to sessions around a half-day's end. Left out: nothing, whoever is logged on keeps the desktop."""
    absences: tuple[Absence, ...] = ()

    @property
    def selections(self) -> tuple[Selection, ...]:
        """All that it selects people by."""
        return (self.who, *self.excepted, *(() if self.obliged is None else (self.obliged,)))

    def obliges(self, agent: Agent) -> bool:
        """Whether the agent has every half-day."""
        return self.obliged is not None and self.obliged.matches(agent)

    def has(self, agent: Agent) -> bool:
        """Whether the agent takes part."""
        if self.obliges(agent):
            return True
        return self.who.matches(agent) and not any(selection.matches(agent) for selection in self.excepted)


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """Somebody whose half-day has come, or comes at once, and who has no desktop."""

    agent_id: AgentId
    slot: Slot
    why: Reason
    expected_at: Instant
    """When there may be a desktop."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RotationState:
    """How the rotation is at a cycle's end."""

    weeks: tuple[PersonWeek, ...] = field(default=(), repr=False)
    """As published, by week and person."""
    waiting: tuple[Waiting, ...] = ()
    zone: str = "UTC"
    """The zone of its calendar."""
    due: int = 0
    """People whose half-day it is, or is about to be."""
    has: int = 0
    """Of those, with a desktop."""
    staying: int = 0
    """People with a desktop of the pool whose half-day is over."""
    pool: DesktopPoolName | None = None
    """Whose desktops are shared."""
    reserve: int = 0
    """Desktops of the pool that no week counts on."""
    refused: frozenset[AgentId] = frozenset()
    """Who gets no half-days, as the scenario says where they do not suffice (`shortage`)."""
    refused_because: Reason = NONE

    @property
    def fewer(self) -> int:
        """People whose newest week was planned with less than the rotation's share."""
        newest = {week.agent_id: week for week in self.weeks}
        return sum(week.less is not None for week in newest.values())

    @property
    def published_until(self) -> Instant | None:
        """When the last published half-day ends; None: none is published."""
        if not self.weeks:
            return None
        last = takewhile(lambda week: week.week == self.weeks[-1].week, reversed(self.weeks))
        return max((slot.ends for week in last for slot in week.slots), default=None)

    @property
    def largest_wait(self) -> int:
        """The most half-days without a desktop of any person, in all published weeks."""
        return max(self._waits().values(), default=0)

    @property
    def all_waits(self) -> int:
        """The waits of everybody."""
        return sum(self._waits().values())

    def _waits(self) -> dict[AgentId, int]:
        return waits_of(self.weeks)
