"""Rotations: people who share a pool's desktops by half-days. What is published is kept, and fixed from then on."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import takewhile
from typing import Annotated

from provisioner.model.agents import Agent
from provisioner.model.bounds import Bounds, Count
from provisioner.model.ids import AgentId, DesktopPoolName, Instant
from provisioner.model.profiles import Selection
from provisioner.model.session_rules import HandoverRules
from provisioner.reasons.reason import NONE, Reason


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Slot:
    """A half-day on a date."""

    begins: Instant
    ends: Instant
    """After `begins`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """How many half-days of a week a person wants."""

    slots: Count
    of: Count
    """Half-days of a whole week."""

    def wanted(self, week: int) -> int:
        """Of a week with so many half-days; rounded up: a week with a holiday costs nobody more than its share."""
        return min(week, -(-self.slots * week // self.of))

    @property
    def part(self) -> float:
        """Of a week: above 0, at most 1."""
        return self.slots / self.of

    def __str__(self) -> str:
        """As a scenario's file has it."""
        return f"{self.slots} of {self.of}"


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
class PersonWeek:
    """The half-days of one person in one week, as published."""

    run: int
    """The number of the scenario's run."""
    week: Instant
    """When the first half-day of the week begins: people of the same week have the same."""
    agent_id: AgentId
    wants: int
    """Half-days."""
    slots: tuple[Slot, ...]
    """In their order; fewer than wanted: the pool has no more."""
    waited: tuple[Instant, ...] = ()
    """Beginnings of half-days at which the person had no desktop."""
    less: Share | None = None
    """What the person was planned with instead of the rotation's share, which did not suffice for all; None: with that share,
    or with every half-day."""

    @property
    def key(self) -> tuple[Instant, AgentId]:
        """Of a run."""
        return self.week, self.agent_id

    @property
    def waits(self) -> int:
        """Half-days without a desktop that the person wanted: those that were not planned, and those that failed."""
        return self.wants - len(self.slots) + len(self.waited)

    def slot_at(self, at: Instant, *, before_s: float = 0.0) -> Slot | None:
        """The half-day that goes on, or begins within so many seconds."""
        return next((slot for slot in self.slots if slot.begins - before_s <= at < slot.ends), None)


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
    """Of its calendar."""
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
        """Of everybody."""
        return sum(self._waits().values())

    def _waits(self) -> dict[AgentId, int]:
        return waits_of(self.weeks)


def waits_of(weeks: Iterable[PersonWeek]) -> dict[AgentId, int]:
    """Half-days without a desktop, by person."""
    waits: dict[AgentId, int] = {}
    for week in weeks:
        waits[week.agent_id] = waits.get(week.agent_id, 0) + week.waits
    return waits
