"""A rotation: who comes when, and who waits."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from provisioner.model.ids import AgentId
from provisioner.model.people.agents import Agent
from provisioner.model.scenario.half_days import PersonWeek, Slot, waits_of
from provisioner.model.scenario.rotation import RotationState, Waiting
from provisioner.model.scenario.scenarios import EVERYONE, Scenario
from provisioner.model.status import Status
from provisioner.reasons.rotation import SHARES_LESS
from provisioner.views.reasons import ReasonDocument, reason_document
from provisioner.views.times import stamp


@dataclass(frozen=True, slots=True, kw_only=True)
class HalfDayDocument:
    """A half-day of a person."""

    begins: str
    ends: str
    waited: bool
    """Whether there was no desktop as it began."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonWeekDocument:
    """The half-days of one person in one week, as published."""

    login: str
    name: str
    department: str | None
    week: str
    """When the first half-day of the week begins."""
    wants: int
    half_days: tuple[HalfDayDocument, ...]
    """Fewer than wanted: the pool has no more desktops."""
    less: ReasonDocument | None
    """Why fewer are wanted than the rotation's share; None: not fewer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingDocument:
    """Somebody whose half-day has come, or comes at once, and who has no desktop."""

    login: str
    name: str
    begins: str
    ends: str
    because: ReasonDocument
    expected_at: str
    """When there may be a desktop."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusedDocument:
    """Somebody who gets no half-days: the desktops do not suffice, and the scenario says so."""

    login: str
    name: str
    because: ReasonDocument


@dataclass(frozen=True, slots=True, kw_only=True)
class RotationDocument:
    """Who shares the desktops of a pool in which half-days, and who waits."""

    at: str
    in_force: bool
    """Whether a scenario with a rotation is in force; otherwise the rest is empty."""
    not_begun: str | None
    """The configured scenario, if it has a rotation that has not begun; None: it has, or there is none."""
    zone: str
    """The zone of its calendar."""
    due: int
    """People whose half-day it is, or is about to be."""
    has: int
    """Of those, with a desktop."""
    staying: int
    """People whose half-day is over, and who are still logged on."""
    all_waits: int
    """Half-days without a desktop that people wanted, in all published weeks."""
    largest_wait: int
    """The most of one person."""
    waiting: tuple[WaitingDocument, ...]
    refused: tuple[RefusedDocument, ...]
    """People who get no half-days, by login."""
    people: tuple[PersonWeekDocument, ...]
    """People by week and login."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonRotationDocument:
    """The half-days of one person from now on."""

    zone: str
    next: tuple[HalfDayDocument, ...]
    """In their order; the first may go on."""
    waits: int
    """Half-days without a desktop so far, and planned."""
    waiting: WaitingDocument | None
    """None: there is a desktop, or it is nobody's half-day."""
    less: ReasonDocument | None
    """Why the person has fewer half-days of a week than the rotation's share; None: not fewer."""
    refused: ReasonDocument | None
    """Why the person gets none; None: there are some."""


_NONE = RotationState()


def rotation_document(status: Status, scenario: Scenario = EVERYONE) -> RotationDocument:
    """As the last cycle left it. `scenario`: the configured one."""
    state, agents = status.rotation or _NONE, _agents(status)
    people = sorted((_week(week, agents) for week in state.weeks), key=lambda each: (each.week, each.login))
    return RotationDocument(
        at=stamp(status.at),
        in_force=status.rotation is not None,
        not_begun=scenario.name if scenario.rotation is not None and status.rotation is None else None,
        zone=state.zone,
        due=state.due,
        has=state.has,
        staying=state.staying,
        all_waits=state.all_waits,
        largest_wait=state.largest_wait,
        waiting=tuple(_waiting(each, agents) for each in state.waiting),
        refused=tuple(sorted(_refused(state, agents), key=lambda each: each.login)),
        people=tuple(people),
    )


def person_rotation(status: Status, agent_id: AgentId | None) -> PersonRotationDocument | None:
    """Of one person; None: the person has no half-days, and is not refused any."""
    state, agents = status.rotation, _agents(status)
    weeks = [] if state is None else [week for week in state.weeks if week.agent_id == agent_id]
    if state is None or not (weeks or agent_id in state.refused):
        return None
    coming = sorted((slot, week) for week in weeks for slot in week.slots if slot.ends > status.at)
    waiting = next((each for each in state.waiting if each.agent_id == agent_id), None)
    return PersonRotationDocument(
        zone=state.zone,
        next=tuple(_half_day(slot, week) for slot, week in coming),
        waits=sum(waits_of(weeks).values()),
        waiting=None if waiting is None else _waiting(waiting, agents),
        less=None if not weeks else _less(max(weeks, key=lambda each: each.week)),
        refused=reason_document(state.refused_because) if agent_id in state.refused else None,
    )


def _less(week: PersonWeek) -> ReasonDocument | None:
    return None if week.less is None else reason_document(SHARES_LESS(slots=week.less.slots, of=week.less.of))


def _refused(state: RotationState, agents: Mapping[AgentId, Agent]) -> Iterator[RefusedDocument]:
    for agent_id in state.refused:
        login, name, _ = _person(agent_id, agents)
        yield RefusedDocument(login=login, name=name, because=reason_document(state.refused_because))


def _agents(status: Status) -> Mapping[AgentId, Agent]:
    return {} if status.roster is None else status.roster.agents


def _week(week: PersonWeek, agents: Mapping[AgentId, Agent]) -> PersonWeekDocument:
    login, name, department = _person(week.agent_id, agents)
    return PersonWeekDocument(
        login=login,
        name=name,
        department=department or None,
        week=stamp(week.week),
        wants=week.wants,
        half_days=tuple(_half_days(week)),
        less=_less(week),
    )


def _half_days(week: PersonWeek) -> Iterator[HalfDayDocument]:
    return (_half_day(slot, week) for slot in week.slots)


def _half_day(slot: Slot, week: PersonWeek) -> HalfDayDocument:
    return HalfDayDocument(begins=stamp(slot.begins), ends=stamp(slot.ends), waited=slot.begins in week.waited)


def _waiting(waiting: Waiting, agents: Mapping[AgentId, Agent]) -> WaitingDocument:
    login, name, _ = _person(waiting.agent_id, agents)
    return WaitingDocument(
        login=login,
        name=name,
        begins=stamp(waiting.slot.begins),
        ends=stamp(waiting.slot.ends),
        because=reason_document(waiting.why),
        expected_at=stamp(waiting.expected_at),
    )


def _person(agent_id: AgentId, agents: Mapping[AgentId, Agent]) -> tuple[str, str, str]:
    """Login, name and department; somebody who has left is known by id alone."""
    agent = agents.get(agent_id)
    return (agent_id, agent_id, "") if agent is None else (agent.login, agent.display_name, agent.department)
