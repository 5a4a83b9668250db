"""Weeks by the calendar, their publication, and a week's plan."""

from datetime import UTC, date, datetime
from itertools import islice

import pytest

from provisioner.model.ids import AgentId, DesktopPoolName
from provisioner.model.people.agents import Agent
from provisioner.model.people.profiles import Selection
from provisioner.model.scenario.calendars import Calendar, HalfDay
from provisioner.model.scenario.half_days import PersonWeek, Share
from provisioner.model.scenario.rotation import Absence, Rotation
from provisioner.planning.rotation.handover import due_at, in_turn, next_slot
from provisioner.planning.rotation.weeks import Week, planned_week, weeks_of

HALF_DAYS = (HalfDay(name="am", begins=480, ends=750), HalfDay(name="pm", begins=810, ends=1080))
CALENDAR = Calendar(
    zone="Europe/Paris", working_days=frozenset(range(5)), half_days=HALF_DAYS, closed=frozenset({"2026-12-24"})
)
MONDAY = date(2026, 11, 30)


def at(text: str) -> float:
    """A time in the winter of Paris."""
    return datetime.fromisoformat(f"{text}:00+01:00").astimezone(UTC).timestamp()


def a_rotation(**other):
    base = {"pool": DesktopPoolName("desk"), "share": Share(slots=5, of=10), "who": Selection()}
    return Rotation(**{**base, **other})


def agents(count, department=""):
    return [
        Agent(agent_id=AgentId(f"a{n}"), login=f"login{n}", display_name=f"A {n}", department=department, groups=frozenset())
        for n in range(count)
    ]


def the_week(rotation, first=MONDAY) -> Week:
    return next(weeks_of(rotation, CALENDAR, first))


def plan_of(rotation, people, *, desktops, fixed=None, waited=None, now=None, first=MONDAY, **stated):
    week = the_week(rotation, first)
    return planned_week(
        rotation, CALENDAR, week, people, run=1, desktops=desktops, fixed=fixed or {}, waited=waited or {},
        now=week.begins - 1 if now is None else now, **stated,
    )  # fmt: skip


def planned(rotation, people, **about):
    return plan_of(rotation, people, **about).weeks


def test_weeks_follow_the_calendar_and_are_published_working_days_before():
    weeks = list(islice(weeks_of(a_rotation(), CALENDAR, MONDAY), 4))

    assert [len(week.slots) for week in weeks] == [10, 10, 10, 8]
    assert weeks[1].begins == at("2026-12-07T08:00")
    assert weeks[1].published_at == at("2026-12-02T08:00")
    assert weeks[3].slots[-1].ends == at("2026-12-25T18:00")


def test_a_rotation_that_begins_on_a_thursday_has_four_half_days_in_its_first_week():
    first = the_week(a_rotation(), date(2026, 12, 3))

    assert [slot.begins for slot in first.slots] == [
        at("2026-12-03T08:00"), at("2026-12-03T13:30"), at("2026-12-04T08:00"), at("2026-12-04T13:30"),
    ]  # fmt: skip
    weeks = planned(a_rotation(), agents(2), desktops=1, first=date(2026, 12, 3))
    assert [(week.wants, len(week.slots)) for week in weeks] == [(2, 2), (2, 2)]


def test_an_absence_is_no_wait_and_the_obliged_have_every_half_day_that_they_work():
    away = (Absence(login="login0", first="2026-11-30", last="2026-12-02"),)
    rotation = a_rotation(absences=away, obliged=Selection(logins=frozenset({"login0"})))

    weeks = planned(rotation, agents(3), desktops=1)

    assert {week.agent_id: (week.wants, len(week.slots)) for week in weeks} == {"a0": (4, 4), "a1": (5, 3), "a2": (5, 3)}
    assert not {slot.begins for slot in weeks[0].slots} & {at("2026-12-02T13:30")}


def test_a_person_who_is_away_all_week_has_none():
    away = (Absence(login="login0", first="2026-11-01", last="2026-12-31"),)

    assert [week.agent_id for week in planned(a_rotation(absences=away), agents(2), desktops=2)] == ["a1"]


def test_whoever_waited_before_waits_last():
    weeks = planned(a_rotation(), agents(3), desktops=1, waited={AgentId("a2"): 3})

    waits = {week.agent_id: week.waits for week in weeks}
    assert (waits["a2"], sorted(waits.values())) == (0, [0, 2, 3])


def test_what_is_published_is_fixed_and_a_newcomer_gets_what_is_left():
    before = {week.agent_id: week for week in planned(a_rotation(), agents(1), desktops=1)}

    weeks = planned(a_rotation(), agents(3), desktops=1, fixed=before, now=at("2026-12-01T10:00"))

    taken = [slot for week in (*before.values(), *weeks) for slot in week.slots]
    assert {week.agent_id for week in weeks} == {"a1", "a2"}
    assert len(taken) == len(set(taken))
    assert all(slot.begins > at("2026-12-01T10:00") for week in weeks for slot in week.slots)


def a_person(*slots: int) -> PersonWeek:
    week = the_week(a_rotation())
    return PersonWeek(run=1, week=week.begins, agent_id=AgentId("a"), wants=5, slots=tuple(week.slots[n] for n in slots))


@pytest.mark.parametrize(
    ("slots", "when", "due"),
    [
        ((0,), "2026-11-30T07:44", None),
        ((0,), "2026-11-30T07:45", 0),
        ((0,), "2026-11-30T12:29", 0),
        ((0,), "2026-11-30T12:30", None),
        ((0, 1), "2026-11-30T12:45", 1),
        ((1, 2), "2026-11-30T18:00", None),
        ((1, 2), "2026-12-01T07:50", 2),
    ],
)
def test_a_half_day_is_somebodys_from_shortly_before_it_to_its_end_and_over_noon_for_both(slots, when, due):
    person = a_person(*slots)

    found = due_at([person], at(when), before_s=900.0, day_of=CALENDAR.date_of)

    assert found == ({} if due is None else {"a": the_week(a_rotation()).slots[due]})


def test_the_next_half_day_and_the_turn():
    assert next_slot([a_person(0, 3)], AgentId("a"), at("2026-11-30T08:00")) == the_week(a_rotation()).slots[3]
    assert next_slot([a_person(0)], AgentId("a"), at("2026-11-30T08:00")) is None
    people = [AgentId("a"), AgentId("b"), AgentId("c"), AgentId("d")]
    assert in_turn(people, obliged=lambda who: who == "d", waits={AgentId("c"): 2, AgentId("b"): 1}) == ["d", "c", "b", "a"]
