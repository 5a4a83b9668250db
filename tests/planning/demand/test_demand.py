"""Who should have a desktop now: entitlements and waves."""

import pytest

from provisioner.model.ids import ProfileName, WaveName
from provisioner.model.people.agents import AccountStatus
from provisioner.model.people.profiles import Entitlement, Selection
from provisioner.model.rules import Rules
from provisioner.model.scenario.scenarios import EVERYONE, PreparationLevel, Scenario, Wave
from provisioner.model.scenario.surges import SurgeRun
from provisioner.planning.demand.demand import demand_of
from tests.builders.cluster import NOW, OFFICE
from tests.builders.core import a_roster, an_agent

FOR_ALL = (Entitlement(profile=OFFICE, who=Selection()),)


def a_wave(name="all", *, departments=(), **changed):
    return Wave(name=WaveName(name), who=Selection(departments=frozenset(departments)), **changed)


def a_scenario(*waves, **changed):
    return Scenario(name="confinement", waves=waves, **changed)


def demand(roster, *, entitlements=FOR_ALL, scenario=EVERYONE, started=0.0, now=0.0):
    run = None if started is None else SurgeRun.begun(scenario.name, NOW + started)
    return demand_of(roster, Rules(entitlements=tuple(entitlements), scenario=scenario), run=run, now=NOW + now)


def logins(demand):
    return [want.login for want in sorted(demand.wants.values(), key=lambda want: want.rank)]


def test_without_a_roster_no_desktop_is_wanted():
    assert demand(None).wants == {}
    assert demand(None).next_opening is None


def test_without_a_scenario_every_entitled_agent_is_wanted_at_once():
    assert logins(demand(a_roster(3))) == ["login0001", "login0002", "login0003"]


@pytest.mark.parametrize(
    ("agent", "entitlements", "scenario", "reason"),
    [
        pytest.param(
            an_agent(standing=AccountStatus.DISABLED), FOR_ALL, EVERYONE, "the account is disabled", id="a disabled account"
        ),
        pytest.param(
            an_agent(), (), EVERYONE, "no entitlement matches: check department, site and groups", id="entitled to nothing"
        ),
        pytest.param(
            an_agent(department="DRH"),
            FOR_ALL,
            a_scenario(a_wave(departments=("DSI",))),
            "no wave of scenario 'confinement' selects this agent",
            id="in no wave",
        ),
    ],
)
def test_each_agent_who_is_left_out_has_a_reason(agent, entitlements, scenario, reason):
    found = demand(a_roster([agent]), entitlements=entitlements, scenario=scenario)

    assert [(agent.login, agent.reason, agent.opens_at) for agent in found.not_wanted] == [("login0001", reason, None)]
    assert not found.wants


def test_the_first_entitlement_that_matches_decides():
    heavy = Entitlement(profile=ProfileName("cad"), who=Selection(departments=frozenset({"roads"})))
    people = a_roster([an_agent(1, department="roads"), an_agent(2, department="DRH")])

    found = demand(people, entitlements=(heavy, *FOR_ALL))

    assert [want.profile for want in found.wants.values()] == ["cad", OFFICE]


@pytest.mark.parametrize(
    ("wave", "now", "wanted", "next_opening"),
    [
        pytest.param(a_wave(), 0, 5, None, id="a wave without a size: all at once"),
        pytest.param(a_wave(after_s=60), 0, 0, 60, id="before the wave: nobody"),
        pytest.param(a_wave(after_s=60), 60, 5, None, id="at its opening: all"),
        pytest.param(a_wave(size=2, interval_s=300), 0, 2, 300, id="the first batch"),
        pytest.param(a_wave(size=2, interval_s=300), 299, 2, 300, id="just before the second batch"),
        pytest.param(a_wave(size=2, interval_s=300), 300, 4, 600, id="the second batch comes on top"),
        pytest.param(a_wave(size=2, interval_s=300), 10_000, 5, None, id="all batches are open"),
        pytest.param(a_wave(size=2, interval_s=0), 0, 5, None, id="batches without an interval open together"),
    ],
)
def test_batches_open_in_turn(wave, now, wanted, next_opening):
    found = demand(a_roster(5), scenario=a_scenario(wave), now=now)

    assert len(found.wants) == wanted
    assert len(found.wants) + len(found.not_wanted) == 5
    assert found.next_opening == (None if next_opening is None else NOW + next_opening)


def test_an_agent_whose_batch_is_not_open_is_told_when():
    found = demand(a_roster(1), scenario=a_scenario(a_wave("second", after_s=60)))

    (later,) = found.not_wanted
    assert (later.reason, later.opens_at) == ("wave 'second' has not reached this agent yet", NOW + 60)


@pytest.mark.parametrize(
    ("starts_at", "now", "wanted"),
    [
        pytest.param(None, 90, 1, id="no time of its own: counted from when it began"),
        pytest.param(NOW + 100, 90, 0, id="its own time counts"),
        pytest.param(NOW + 100, 160, 1, id="its own time has come"),
    ],
)
def test_a_scenario_begins_at_its_own_time_or_when_it_was_begun(starts_at, now, wanted):
    scenario = a_scenario(a_wave(after_s=60), starts_at=starts_at)

    assert len(demand(a_roster(1), scenario=scenario, started=30, now=now).wants) == wanted


def test_an_agent_belongs_to_the_first_wave_that_selects_it_and_priority_goes_before_time():
    crisis, rest = a_wave("crisis", departments=("crisis",), priority=10, after_s=50), a_wave("rest", size=1, interval_s=10)
    people = a_roster([an_agent(1), an_agent(2), an_agent(3, department="crisis")])

    found = demand(people, scenario=a_scenario(crisis, rest), now=60)

    assert logins(found) == ["login0003", "login0001", "login0002"]
    assert [want.wave for want in found.wants.values()] == ["crisis", "rest", "rest"]
    assert found.wants["agent:agent-0003"].because == "wave 'crisis' wants a office desktop for login0003"


# -- ahead of need -----------------------------------------------------------------------------------------------------------

HALF_DAYS = a_wave(prepare=PreparationLevel.STOPPED, after_s=1000, size=2, interval_s=500)
BEFORE = a_wave(prepare=PreparationLevel.RUNNING, prepare_before_s=300, after_s=1000, size=2, interval_s=500)


@pytest.mark.parametrize(
    ("wave", "now", "wanted", "ahead", "not_wanted", "next_change"),
    [
        pytest.param(HALF_DAYS, 0, 0, 5, 0, 1000, id="as soon as the scenario is in force"),
        pytest.param(HALF_DAYS, 1000, 2, 3, 0, 1500, id="whose batch opens is wanted now"),
        pytest.param(HALF_DAYS, 2000, 5, 0, 0, None, id="all are wanted now"),
        pytest.param(BEFORE, 699, 0, 0, 5, 700, id="just before the first preparation"),
        pytest.param(BEFORE, 700, 0, 2, 3, 1000, id="each batch by itself"),
        pytest.param(BEFORE, 1000, 2, 0, 3, 1200, id="between an opening and the next preparation"),
        pytest.param(BEFORE, 1200, 2, 2, 1, 1500, id="the second batch's preparation"),
        pytest.param(a_wave(after_s=1000, prepare_before_s=300), 900, 0, 0, 5, 1000, id="no level: none is made ahead"),
    ],
)
def test_desktops_are_wanted_ahead_of_need(wave, now, wanted, ahead, not_wanted, next_change):
    found = demand(a_roster(5), scenario=a_scenario(wave), now=now)

    assert (len(found.wants), len(found.ahead), len(found.not_wanted)) == (wanted, ahead, not_wanted)
    assert {want.level for want in found.wants.values()} <= {None}
    assert {want.level for want in found.ahead.values()} <= {wave.prepare}
    assert found.next_change == (None if next_change is None else NOW + next_change)


def test_the_next_opening_counts_prepared_agents():
    found = demand(a_roster(5), scenario=a_scenario(HALF_DAYS), now=0)

    assert found.next_opening == NOW + 1000
    assert (
        found.ahead["agent:agent-0001"].because
        == "wave 'all' will need a desktop for login0001: prepared in advance, as far as 'stopped'"
    )


def test_who_comes_later_says_what_will_be_wanted():
    (later,) = demand(a_roster(1), scenario=a_scenario(a_wave("second", after_s=60, priority=7))).not_wanted

    assert (later.then.rank, later.then.profile, later.then.level) == ((7, NOW + 60, "login0001"), OFFICE, None)


def test_a_scenario_that_nobody_started_serves_nobody_new_and_prepares_nothing():
    scenario = a_scenario(a_wave("first", prepare=PreparationLevel.RUNNING, size=1, interval_s=60.0))
    unstarted = demand(a_roster(2), scenario=scenario, started=None)
    assert (unstarted.wants, unstarted.ahead, unstarted.next_change) == ({}, {}, None)
    assert {str(agent.reason) for agent in unstarted.not_wanted} == {
        "scenario 'confinement' was not started: an operator starts it"
    }
