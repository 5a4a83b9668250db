"""The half-days of a rotation, week by week, and who has which: what is published. Pure: it asks no clock."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import groupby, islice

from provisioner.model.ids import AgentId, Instant
from provisioner.model.people.agents import Agent, Roster
from provisioner.model.pools import DesktopPool
from provisioner.model.scenario.calendars import Calendar
from provisioner.model.scenario.half_days import PersonWeek, Share, Slot
from provisioner.model.scenario.rotation import Absence, Rotation
from provisioner.model.scenario.scenarios import Scenario, Shortage
from provisioner.model.scenario.surges import SurgeRun
from provisioner.planning.rotation.shares import share_out
from provisioner.planning.rotation.slots import Person

_DAY = timedelta(days=1)
_NOTHING_STATED = Shortage()
_NOBODY: Mapping[AgentId, PersonWeek] = {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Week:
    """The half-days of a calendar's week that belong to a rotation."""

    slots: tuple[Slot, ...]
    """At least one, in their order."""
    published_at: Instant
    """When it is published: at the beginning of a working day before it. In the past, of a first week: at once."""

    @property
    def begins(self) -> Instant:
        """When its first half-day does."""
        return self.slots[0].begins


@dataclass(frozen=True, slots=True, kw_only=True)
class WeekPlan:
    """What comes of a week."""

    weeks: tuple[PersonWeek, ...]
    """Of everybody who had none in it, by person."""
    refused: frozenset[AgentId]
    """Who gets no half-days in it, as the scenario's `shortage` says."""
    share: Share
    """What whoever had none in an earlier week was planned with."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstWeek:
    """What the plan of the first week comes to."""

    people: int
    wanted: int
    """Half-days."""
    given: int
    most: int
    """Half-days that one person wants and is not given."""
    desktops: int
    """That the plan uses at a time."""
    less: Share | None = None
    """What people are planned with, where the rotation's own share does not suffice for all; None: with that."""
    refused: int = 0
    """People who get none."""


def weeks_of(rotation: Rotation, calendar: Calendar, first_day: date) -> Iterator[Week]:
    """The weeks from this day on, without end."""
    for _, days in groupby(calendar.working_days_from(first_day), key=lambda day: day.isocalendar()[:2]):
        if slots := tuple(slot for day in days for slot in _slots_on(day, calendar)):
            yield Week(slots=slots, published_at=_published_at(calendar, slots[0], rotation.published_days))


def _slots_on(day: date, calendar: Calendar) -> Iterator[Slot]:
    for half_day in calendar.half_days:
        begins, ends = calendar.instant(day, half_day.begins), calendar.instant(day, half_day.ends)
        if begins < ends:  # clocks that go forward may leave nothing of it
            yield Slot(begins=begins, ends=ends)


def _published_at(calendar: Calendar, first: Slot, ahead: int) -> Instant:
    """The beginning of the working day that lies so many working days before the first half-day."""
    day = calendar.date_of(first.begins)
    for _ in range(ahead):
        day -= _DAY
        while not calendar.works_on(day):
            day -= _DAY
    return calendar.instant(day, calendar.half_days[0].begins) if ahead else first.begins


def desktops_planned(scenario: Scenario, pool: DesktopPool) -> int:
    """How many desktops of the pool a plan may use at a time: without the reserve, and not more than any ceiling allows."""
    reserve = 0 if scenario.rotation is None else scenario.rotation.reserve
    return max(0, min(pool.size, *(ceiling.limit for ceiling in scenario.ceilings), pool.size) - reserve)


def planned_week(
    rotation: Rotation,
    calendar: Calendar,
    week: Week,
    agents: Iterable[Agent],
    *,
    run: int,
    desktops: int,
    fixed: Mapping[AgentId, PersonWeek],
    waited: Mapping[AgentId, int],
    now: Instant,
    shortage: Shortage = _NOTHING_STATED,
    earlier: Mapping[AgentId, PersonWeek] = _NOBODY,
) -> WeekPlan:
    """The half-days of everybody who has none in this week yet: what is published already is fixed, and takes its desktops.

    `agents`: who takes part; `desktops`: how many the plan may use at a time; `waited`: half-days without a desktop so far.
    Half-days that have begun are nobody's. Where they do not suffice, `shortage` says what whoever had none before is planned
    with; `earlier`: the last week of whoever had some. They never have less than in that.
    """
    slots = [slot for slot in week.slots if slot.begins > now]
    taken = [slot for each in fixed.values() for slot in each.slots]
    capacity = [max(0, desktops - taken.count(slot)) for slot in slots] if taken else [max(0, desktops)] * len(slots)
    away = _away(rotation.absences, slots, calendar)
    new = [agent for agent in agents if agent.agent_id not in fixed]

    def people_with(share: Share) -> list[Person]:
        wishes = ((agent, _wish(rotation, agent, share, earlier)) for agent in new)
        people = (_person(rotation, agent, wish, slots, away.get(agent.login, frozenset()), waited) for agent, wish in wishes)
        return [person for person in people if person.wants]

    found = share_out(
        people_with, (rotation.share, *shortage.shares), capacity, certain=earlier.keys(), refuses=shortage.refuses
    )
    wishes = {agent.agent_id: _wish(rotation, agent, found.share, earlier) for agent in new}
    return WeekPlan(
        weeks=tuple(
            PersonWeek(
                run=run,
                week=week.begins,
                agent_id=person.agent_id,
                wants=person.wants,
                slots=tuple(slots[index] for index in sorted(found.assignment.slots[person.agent_id])),
                less=None if person.obliged or wishes[person.agent_id] == rotation.share else wishes[person.agent_id],
            )
            for person in sorted(found.people, key=lambda person: person.agent_id)
        ),
        refused=found.refused,
        share=found.share,
    )


def _wish(rotation: Rotation, agent: Agent, share: Share, earlier: Mapping[AgentId, PersonWeek]) -> Share:
    """This share, and for whoever had half-days before no less than then."""
    before = earlier.get(agent.agent_id)
    return share if before is None else max(before.less or rotation.share, share, key=lambda each: each.part)


def _person(
    rotation: Rotation,
    agent: Agent,
    share: Share,
    slots: Sequence[Slot],
    absent: frozenset[int],
    waited: Mapping[AgentId, int],
) -> Person:
    """An absence is not a wait: nobody wants more half-days than those at work."""
    obliged, there = rotation.obliges(agent), len(slots) - len(absent)
    return Person(
        agent_id=agent.agent_id,
        wants=there if obliged else min(there, share.wanted(len(slots))),
        department=agent.department if rotation.by_department else "",
        obliged=obliged,
        absent=absent,
        waited=waited.get(agent.agent_id, 0),
    )


def _away(absences: Iterable[Absence], slots: Sequence[Slot], calendar: Calendar) -> dict[str, frozenset[int]]:
    """The half-days in which each login is away, by their place."""
    days = [calendar.date_of(slot.begins).isoformat() for slot in slots]
    away: dict[str, frozenset[int]] = {}
    for absence in absences:
        within = frozenset(index for index, day in enumerate(days) if absence.first <= day <= absence.last)
        away[absence.login] = away.get(absence.login, frozenset()) | within
    return away


def is_away(rotation: Rotation, login: str, at: Instant, calendar: Calendar) -> bool:
    """Whether the login is absent on that date."""
    day = calendar.date_of(at).isoformat()
    return any(each.login == login and each.first <= day <= each.last for each in rotation.absences)


def comes(rotation: Rotation, agent: Agent | None, slot: Slot, calendar: Calendar) -> bool:
    """Whether the person is in the directory, active, and not away. What is published stays theirs otherwise."""
    return agent is not None and agent.enabled and not is_away(rotation, agent.login, slot.begins, calendar)


def first_weeks(scenario: Scenario, run: SurgeRun) -> tuple[Week, Week] | None:
    """The first two weeks; None: there is no rotation."""
    rotation, calendar = scenario.rotation, scenario.calendar
    if rotation is None or calendar is None:
        return None
    first, second = islice(weeks_of(rotation, calendar, run.day_1 or calendar.day_1(run.started_at)), 2)
    return first, second


def sums_of(scenario: Scenario, run: SurgeRun, roster: Roster, pool: DesktopPool) -> FirstWeek | None:
    """For the people of a roster; None: there is no rotation."""
    rotation, calendar, weeks = scenario.rotation, scenario.calendar, first_weeks(scenario, run)
    if rotation is None or calendar is None or weeks is None:
        return None
    desktops = desktops_planned(scenario, pool)
    agents = [agent for agent in roster.agents.values() if scenario.rotates(agent)]
    plan = planned_week(
        rotation, calendar, weeks[0], agents, run=run.number, desktops=desktops, fixed={}, waited={}, now=run.started_at,
        shortage=scenario.shortage,
    )  # fmt: skip
    less = None if plan.share == rotation.share else plan.share
    return replace(_sums(plan.weeks, desktops), less=less, refused=len(plan.refused))


def _sums(plan: tuple[PersonWeek, ...], desktops: int) -> FirstWeek:
    return FirstWeek(
        people=len(plan),
        wanted=sum(week.wants for week in plan),
        given=sum(len(week.slots) for week in plan),
        most=max((week.waits for week in plan), default=0),
        desktops=desktops,
    )


__all__ = [
    "FirstWeek", "Week", "WeekPlan", "comes", "desktops_planned", "first_weeks", "is_away", "planned_week", "sums_of",
    "weeks_of",
]  # fmt: skip
