"""Outside the hours: who works is left alone, what somebody starts stays on, and the start before the hours begins in time."""

from dataclasses import replace

import pytest

from monitors.gauges.waves import resting
from provisioner.cli.operating.status_text import status_lines
from provisioner.cli.output import plain
from provisioner.daemon.offline_status import situation_of
from provisioner.model.ids import WaveName
from provisioner.model.intents import Intent, IntentKind
from provisioner.model.people.profiles import Selection
from provisioner.model.scenario.calendars import Calendar, HalfDay
from provisioner.model.scenario.scenarios import PlannedTime, Scenario, Wave
from provisioner.views.published import Published
from provisioner.views.status import status_document
from provisioner.views.waves import waves_document
from tests.builders.cluster import NOW
from tests.builders.core import a_config, a_session
from tests.builders.pools import with_desk
from tests.builders.reconciler import Site, kinds
from tests.monitors.test_pools import read
from tests.reconciler.test_surge import given

HOUR_S = 3600.0
OFFICE = Calendar(
    zone="Europe/Paris", working_days=frozenset(range(5)), half_days=(HalfDay(name="day", begins=480, ends=1080),)
)
EVENING, MORNING = NOW + 9 * HOUR_S, NOW + 71 * HOUR_S
"""NOW is Friday, 15 January 2027, 9:00 in Paris: the hours end at 18:00, and begin on Monday at 8:00."""
ALL = Wave(name=WaveName("all"), who=Selection(), ready_by=PlannedTime(after_s=HOUR_S))
SCENARIO = Scenario(name="s", planned=True, calendar=OFFICE, waves=(ALL,), up_before_s=900.0)


def a_site(agents=2, scenario=SCENARIO):
    site = Site(agents=agents, scenario=scenario)
    site.come_to_rest()
    assert on(site) == agents
    return site


def on(site):
    return sum(phase == "ready" for phase in site.phases.values())


def at(site, time, cycles=40):
    """Look until a while after then; sessions are read and desktops shut down a few at a time."""
    site.clock.at = max(site.clock.at, time)
    for _ in range(cycles):
        site.carry_out(site.look(after=5))
        site.cluster.come_out()
    return site


def seats(site):
    demand = site.status.demand
    return len(demand.wants), len(demand.resting)


@pytest.mark.long
def test_who_works_late_is_left_alone_until_logged_off():
    site = a_site()
    site.cluster.sessions[5002] = (a_session(),)

    assert on(at(site, EVENING)) == 1
    assert site.phases["vd-5002"] == "ready"
    assert str(site.reasons["vd-5002"]).startswith("not shut down, it has 1 open session(s): outside the hours: off once")
    assert seats(site) == (0, 2)

    site.cluster.sessions.clear()
    assert on(at(site, EVENING + HOUR_S)) == 0
    assert str(site.status.demand.ahead[next(iter(site.status.demand.resting))].because) == (
        "outside the hours: off once nobody is logged on, and on again before 2027-01-18 08:00; `bascule desktop restart` "
        "starts it now"
    )
    assert on(at(site, MORNING - 600)) == 2
    assert seats(site) == (2, 2)
    assert on(at(site, MORNING)) == 2
    assert seats(site) == (2, 0)


def test_left_running_without_the_key_and_without_a_surge():
    site = a_site(scenario=replace(SCENARIO, up_before_s=None))
    assert on(at(site, EVENING)) == 2
    site = a_site()
    given(site, "finish")
    assert seats(at(site, EVENING)) == (0, 0)


def test_beside_a_pool_they_are_off_too():
    site = Site(agents=2, scenario=SCENARIO, config=with_desk(a_config(), size=1))
    site.come_to_rest()

    assert on(at(site, EVENING)) == 1
    assert {site.phases["vd-5001"], site.phases["vd-5002"]} == {"stopped"}


def test_it_goes_on_while_the_surge_is_paused():
    site = a_site()
    given(site, "pause")

    assert on(at(site, EVENING)) == 0
    assert on(at(site, MORNING - 600)) == 2


def test_what_an_operator_or_a_hand_starts_at_night_stays_on():
    site = at(a_site(), EVENING)
    site.store.give(Intent(kind=IntentKind.RESTART, by="zoe", at=site.clock.at, reason="", target="vd-5001"))
    site.cluster.power_on(5002, site.clock.at)

    assert on(at(site, EVENING + HOUR_S)) == 2
    assert on(at(site, EVENING + 12 * HOUR_S)) == 2


def test_a_restart_of_the_daemon_before_the_hours_stops_nothing_that_was_started():
    site = at(a_site(), EVENING)
    at(site, MORNING - 920, cycles=3)
    site.restart()

    assert on(at(site, MORNING - 880)) == 2
    stops = [kind for kind in kinds(site.look()) if kind.startswith("stop")]
    assert stops == []


def test_a_batch_that_is_due_before_the_hours_begin_does_not_rest():
    due = PlannedTime(after_s=10 * HOUR_S)
    site = a_site(scenario=replace(SCENARIO, waves=(replace(ALL, ready_by=due),)))

    assert on(at(site, EVENING)) == 2
    assert seats(site) == (2, 0)


@pytest.mark.parametrize("time", [EVENING + HOUR_S, MORNING - 930])
def test_it_is_in_the_wave_and_not_late(time):
    site = at(at(a_site(), EVENING), time, cycles=2)
    (wave,) = waves_document(Published(status=site.status, scenario=SCENARIO)).waves

    assert (wave.wanted + wave.resting, wave.late, wave.ahead) == (2, 0, 0)


def test_a_metric_and_a_line_of_status_say_how_many_rest_with_a_daemon_and_without():
    site = a_site()
    assert (site.status.resting, read(resting, site.status)) == (None, {("off",): 0, ("on",): 0})
    site.cluster.sessions[5002] = (a_session(),)
    at(site, EVENING)

    assert read(resting, site.status) == {("off",): 1, ("on",): 1}
    line = next(line for line in lines(site.status) if "outside the hours" in line)
    assert line.startswith("outside the hours, until 2027-01-18 ")
    assert line.endswith(": 1 desktop is off, 1 still on")
    offline = situation_of(site.config, site.store.load(), site.status.snapshot, site.clock.at)
    assert offline.demand.resting.keys() == site.status.demand.resting.keys()
    assert offline.demand.ahead.keys() == site.status.demand.ahead.keys()

    at(site, MORNING)
    assert (site.status.resting, [line for line in lines(site.status) if "outside the hours" in line]) == (None, [])
    offline = situation_of(site.config, site.store.load(), site.status.snapshot, site.clock.at)
    assert (offline.demand.resting, len(offline.demand.wants)) == ({}, 2)


def lines(status):
    return status_lines(
        {"daemon": None, "config": None, "status": plain(status_document(Published(status=status)))}, columns=1000
    )
