"""Partial accidents, human mistakes and edits found in a hostile review: one row each."""

import pytest

from monitors.table import named
from provisioner.model.departures import LeaverRules
from provisioner.model.ids import WaveName
from provisioner.model.people.profiles import Selection
from provisioner.model.scenario.scenarios import Scenario, Wave
from provisioner.twin.api.endpoints.power import power_off
from tests.accidents.town import DAY, Town

HELD = named("bascule_directory_quarantined")


def crashes(town, number):
    """The person's desktop is off at once, without an order."""
    cluster = town.watched.twin.cluster
    power_off(cluster, cluster.guests[int(town.desktop_of(number).removeprefix("vd-"))])
    town.pass_time(DAY)


@pytest.mark.long
def test_an_agent_with_an_unreadable_entry_has_not_left():
    """C1: an ACL hides the id of one unit's entries."""
    town = Town(60)
    unit = range(1, 21)
    town.register.unusable = dict.fromkeys(unit, "has no entryUUID, so it has no permanent id")
    town.register.nameless = set(unit)
    town.pass_time(2 * DAY)

    assert town.watched.writes == [], "nobody is suspended who is listed"
    assert town.status.demand.wants.keys() == town.wanted


@pytest.mark.long
def test_an_order_for_these_agents_releases_no_other_agent():
    """C3: twenty-five were shown and accepted; they come back, and twenty-five others go."""
    town = Town(60)
    town.register.remember()
    town.register.remove(range(1, 26))
    town.read_once()
    town.accept_as_shown()
    town.register.repair()
    town.register.remove(range(31, 56))
    town.pass_time(DAY)

    assert not [write for write in town.watched.writes if "left-" in write]
    assert town.metric(HELD) == 1
    assert town.status.demand.wants.keys() == town.wanted


@pytest.mark.long
@pytest.mark.parametrize(("people", "leave"), [(10, 5), (20, 10), (40, 20)])
def test_on_a_small_site_half_does_not_leave_in_a_day(people, leave):
    """C6: ten to forty people."""
    town = Town(people)
    town.register.remove(range(1, leave + 1))
    town.pass_time(DAY)

    assert town.metric(HELD) == 1
    assert town.watched.writes == []


@pytest.mark.long
def test_a_slow_drip_is_held_back_within_the_week():
    """C6: eighteen a day of a hundred and twenty."""
    town = Town(120)
    for day in range(6):
        town.register.remove(range(10 * day + 1, 10 * day + 11))
        town.pass_time(DAY * 1.05)

    assert town.metric(HELD) == 1
    assert len(town.status.demand.wants) >= 96, "a fifth within a week, and no more"


@pytest.mark.long
def test_a_whole_unit_gone_is_no_turnover():
    """C6: nine of nine in one unit, of a hundred and twenty."""
    town = Town(120)
    team = range(1, 10)
    town.register.change(team, unit="ou=legal,ou=people,dc=town")
    town.read_once()
    town.begin()
    town.register.remove(team)
    town.pass_time(DAY)

    assert town.metric(HELD) == 1
    assert town.watched.writes == []


def a_scenario(name, **changed):
    return Scenario(
        name=name,
        waves=(Wave(name=WaveName("all"), who=Selection(), after_s=0.0, size=5, interval_s=DAY),),
        **changed,
    )


@pytest.mark.long
@pytest.mark.parametrize("edit", ["renamed", "moved", "other waves"])
def test_an_edit_of_the_scenario_releases_no_served_agent(edit):
    """A15: a desktop that crashes after the edit is started again."""
    town = Town(12)
    town.edit(scenario=a_scenario("first"))
    town.pass_time(4 * DAY)
    assert len(town.status.demand.wants) == 12
    scenarios = {
        "renamed": a_scenario("second"),
        "moved": a_scenario("first", starts_at=town.events.now + 5 * DAY),
        "other waves": Scenario(name="third", waves=(Wave(name=WaveName("one"), who=Selection(logins=frozenset({"p0001"}))),)),
    }
    town.edit(scenario=scenarios[edit])
    crashes(town, 12)

    assert town.runs(12)
    assert len(town.status.demand.wants) == 12


def test_an_edit_of_the_scenario_says_who_keeps_a_desktop_and_who_waits():
    """A15: shown at reload."""
    town = Town(12)
    town.edit(scenario=a_scenario("first"))
    town.register.add(range(901, 907))
    town.read_once()
    town.edit(scenario=a_scenario("second", starts_at=town.events.now + DAY))

    assert (
        "scenario: scenario 'second' is in force: 12 people who have a desktop keep it, 0 more are wanted now, "
        "6 not yet or not at all" in town.said
    )


def test_the_ladder_is_taken_up_at_a_reload_also_while_entitlements_are_held_back():
    """B1: one line of the same edit is right."""
    town = Town(12)
    later = LeaverRules(stop_after_s=3 * DAY)
    town.edit(entitlements=town.entitle("remtoe"), leavers=later)

    assert town.metric(HELD) == 1
    assert (town.reconciler.config.leavers, town.reconciler.config.entitlements) == (later, town.entitle("remote"))
