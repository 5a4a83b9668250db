"""For any dates, phases and sessions: no step of the ladder is early, exceeds a limit, or cuts a session."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from provisioner.model.actions import Delete, Release, Start, Stop
from provisioner.model.departures import DAY_S, Departure, LeaverRules, tags_of
from provisioner.model.machines.cluster import Power
from provisioner.model.machines.desktops import Phase
from provisioner.planning.steps.planner import make_plan
from tests.builders.cluster import NOW
from tests.builders.core import a_desktop, a_report, a_roster, a_session, a_situation, an_agent
from tests.planning.laws import Laws

pytestmark = pytest.mark.long

LADDER = LeaverRules()
laws = Laws()
"""Laws of a situation and its plan."""
days = st.sampled_from([0.0, 0.5, 1.0, 13.9, 14.0, 46.0, 59.9, 60.0, 100.0])
phases = st.sampled_from([phase for phase in Phase if phase not in (Phase.STOPPING, Phase.DELETING)])


@st.composite
def departures(draw):
    since = NOW - draw(days) * DAY_S
    return Departure(since=since, recycled_at=draw(st.none() | days.map(lambda ago: max(since, NOW - ago * DAY_S))))


@st.composite
def desktops(draw, number):
    desktop = a_desktop(number, draw(phases))
    departure = draw(st.none() | departures())
    if desktop.report:
        sessions = draw(st.sampled_from([(), (a_session(),)]))
        read = a_report(read_at=NOW - draw(st.sampled_from([5, 60])), sessions=sessions)
        desktop = desktop.but(report=read, checked_at=NOW - draw(st.sampled_from([2, 300])))
    if desktop.guest and draw(st.booleans()):
        desktop = desktop.but(guest=replace(desktop.guest, tags=desktop.guest.tags | tags_of(departure)))
    return desktop.but(departure=departure)


@st.composite
def situations(draw):
    found = [draw(desktops(number)) for number in draw(st.sets(st.integers(1, 6), min_size=1))]
    wanted = draw(st.integers(0, 3))
    agents = [an_agent(99), *(an_agent(number) for number in range(1, wanted + 1))]
    lately = draw(st.dictionaries(st.tuples(st.sampled_from(["vd-1", "vd-2"]), st.just(0.0)), st.just(NOW - 60), max_size=2))
    return a_situation(
        found,
        wanted=wanted,
        roster=a_roster(agents),
        max_deletes=draw(st.integers(0, 3)),
        max_stops_percent=100.0,
        leavers=replace(LADDER, deletes_a_day=draw(st.integers(0, 3))),
        deletions=lately,
    )


def began(situation, plan, name):
    """The departure from the store, else from the desktop's tags."""
    kept = situation.records.desktops[name].departure or plan.departures.get(name)
    assert kept is not None
    return kept


@settings(max_examples=200, deadline=None)
@given(situations())
def test_each_law_of_the_ladder_holds(situation):
    laws.check(situation, make_plan(situation))


@laws.add
def nothing_is_taken_from_whom_a_desktop_is_wanted_for(situation, plan):
    for action in plan.actions:
        if isinstance(action, Stop | Release | Delete):
            assert action.reservation.seat not in situation.demand.wants


@laws.add
def no_step_is_earlier_than_its_time(situation, plan):
    for action in plan.actions:
        if isinstance(action, Stop):
            assert began(situation, plan, action.desktop).since + LADDER.stop_after_s <= NOW
        if isinstance(action, Release):
            assert began(situation, plan, action.desktop).since + LADDER.recycle_after_s <= NOW
        if isinstance(action, Delete):
            departure = began(situation, plan, action.desktop)
            assert departure.since + LADDER.delete_after_s <= NOW
            assert departure.recycled_at is not None
            assert departure.recycled_at + LADDER.delete_after_s - LADDER.recycle_after_s <= NOW


@laws.add
def nobody_who_is_logged_on_or_may_be_is_cut_off(situation, plan):
    records = situation.records
    for action in plan.actions:
        if isinstance(action, Stop):
            report = records.report_of(action.desktop)
            assert not report.sessions
            assert NOW - report.read_at <= 10
        if isinstance(action, Release | Delete):
            guest = situation.snapshot.guest(action.key)
            assert guest is None or guest.power is Power.STOPPED


@laws.add
def never_more_are_deleted_than_a_plan_a_day_and_a_cluster_may(situation, plan):
    deletes = [action for action in plan.actions if isinstance(action, Delete)]

    assert len(deletes) <= min(1, situation.config.safety.max_deletes)
    assert not deletes or len(situation.records.deletions) + len(deletes) <= situation.config.leavers.deletes_a_day


@laws.add
def whoever_has_left_is_not_started_and_a_step_that_is_due_is_never_passed_over_in_silence(situation, plan):
    worked_on = (
        {action.desktop for action in plan.actions} | {deferral.what for deferral in plan.deferred} | set(plan.given_back)
    )
    for name, record in situation.records.desktops.items():
        reservation = record.reservation
        if reservation.seat in situation.demand.wants:
            continue
        assert not any(isinstance(action, Start) and action.desktop == name for action in plan.actions)
        kept = situation.records.desktops[name].departure
        phase = situation.snapshot.guest(reservation.key)
        if kept and phase and phase.power is Power.RUNNING and kept.since + LADDER.stop_after_s <= NOW:
            assert name in worked_on
