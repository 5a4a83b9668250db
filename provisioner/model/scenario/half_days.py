"""Half-days of people who share a pool's desktops. What is published is kept, and fixed from then on."""

from collections.abc import Iterable
from dataclasses import dataclass

from provisioner.model.bounds import Count
from provisioner.model.ids import AgentId, Instant


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Slot:
    """A half-day on a date."""

    begins: Instant
    ends: Instant
    """The half-day's end, after `begins`."""


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
        """The key of a run."""
        return self.week, self.agent_id

    @property
    def waits(self) -> int:
        """Half-days without a desktop that the person wanted: those that were not planned, and those that failed."""
        return self.wants - len(self.slots) + len(self.waited)

    def slot_at(self, at: Instant, *, before_s: float = 0.0) -> Slot | None:
        """The half-day that goes on, or begins within so many seconds."""
        return next((slot for slot in self.slots if slot.begins - before_s <= at < slot.ends), None)


def waits_of(weeks: Iterable[PersonWeek]) -> dict[AgentId, int]:
    """Half-days without a desktop, by person."""
    waits: dict[AgentId, int] = {}
    for week in weeks:
        waits[week.agent_id] = waits.get(week.agent_id, 0) + week.waits
    return waits
