"""Outside the hours desktops without a session are off, and up again before the hours: a night, a week-end, a changed clock."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from provisioner.model.ids import WaveName
from provisioner.model.machines.desktops import Phase
from provisioner.model.people.profiles import Selection
from provisioner.model.scenario.calendars import Calendar, HalfDay
from provisioner.model.scenario.etas import WaveOutlook
from provisioner.model.scenario.scenarios import PlannedTime, Scenario, Wave
from provisioner.reconciler import run
from provisioner.rehearsal.rehearse import Rehearsal
from tests.builders.reconciler import Listener
from tests.builders.rehearsal import a_config_on, a_stage
from tests.builders.twin import a_spec

pytestmark = pytest.mark.long
PARIS = ZoneInfo("Europe/Paris")
OFFICE = Calendar(
    zone="Europe/Paris",
    working_days=frozenset(range(5)),
    half_days=(HalfDay(name="am", begins=480, ends=750), HalfDay(name="pm", begins=810, ends=1080)),
)
AGENTS = 12
BEFORE_S = 900.0


def at(text):
    return datetime.fromisoformat(text).replace(tzinfo=PARIS).timestamp()


def a_week(begins, *, up_before_s=BEFORE_S, **spec):
    """One wave, due an hour after the start; begun during the hours."""
    wave = Wave(name=WaveName("all"), who=Selection(), ready_by=PlannedTime(after_s=3600.0))
    scenario = Scenario(name="s", planned=True, calendar=OFFICE, waves=(wave,), up_before_s=up_before_s)
    twin = a_spec(nodes=2, **spec)
    listener = Listener()
    stage = a_stage(
        twin, agents=AGENTS, config=a_config_on(twin, scenario=scenario), begins_at=at(begins), listeners=(listener,)
    )
    rehearsal = Rehearsal(stage)
    rehearsal.listener = listener
    return rehearsal


def go_on(rehearsal, until):
    """Play until then, in Paris."""
    return go_on_to(rehearsal, at(until))


def go_on_to(rehearsal, end):
    """Play until then, and skip what shows nothing; returns how many are ready."""
    run(rehearsal.reconciler, rehearsal.calls, until=lambda: is_over(rehearsal, end))
    return rehearsal.reconciler.status.phases.get(Phase.READY, 0)


def is_over(rehearsal, end):
    events, watch, change = rehearsal.events, rehearsal.watch, rehearsal.reconciler.parts.surge.next_change
    if (
        watch.settled
        and rehearsal.reconciler.at_rest
        and change is not None
        and change - 120 > events.now > watch.moved_at + 300
    ):
        events.advance(min(change - 60, end))
    return events.now >= end


def said(rehearsal):
    return [text.code for subject, text in rehearsal.listener.notices if subject.startswith("wave ")]


NIGHTS = [
    pytest.param("2026-11-26T09:00", "2026-11-26T17:59", "2026-11-27T01:00", "2026-11-27T07:45", id="a night"),
    pytest.param(
        "2026-03-27T09:00", "2026-03-27T17:59", "2026-03-29T12:00", "2026-03-30T07:45", id="a week-end, clocks go forward"
    ),
    pytest.param(
        "2026-10-23T09:00", "2026-10-23T17:59", "2026-10-25T12:00", "2026-10-26T07:45", id="a week-end, clocks go back"
    ),
]


@pytest.mark.parametrize(("begins", "evening", "night", "morning"), NIGHTS)
def test_they_are_off_at_night_and_up_again_a_quarter_of_an_hour_before_the_hours(begins, evening, night, morning):
    rehearsal = a_week(begins)
    assert go_on(rehearsal, evening) == AGENTS

    assert go_on(rehearsal, night) == 0
    status = rehearsal.reconciler.status
    assert status.phases[Phase.STOPPED] == AGENTS
    assert (len(status.demand.wants), len(status.demand.resting)) == (0, AGENTS)
    # What rests is neither late, nor prepared for somebody, nor waiting for anything.
    assert (status.preparations, status.demand.next_opening, list(status.plan.reasons)) == ((), None, [])
    assert status.etas["all"].outlook is WaveOutlook.IN_TIME

    assert go_on(rehearsal, morning) == AGENTS
    (begun,) = {rest.starts_at for rest in rehearsal.reconciler.status.demand.resting.values()}
    assert at(morning) - 900.0 < begun < at(morning)
    assert said(rehearsal) == []
    assert rehearsal.reconciler.status.demand.next_opening is None
