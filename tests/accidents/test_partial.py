"""Partial and human accidents, and edits: what a hostile look found, each by its row."""

from dataclasses import replace

import pytest

from monitors import table
from provisioner.model.ids import WaveName
from provisioner.model.profiles import Selection
from provisioner.model.scenarios import Scenario, Wave
from provisioner.twin.api.endpoints.power import power_off
from tests.accidents.town import DAY, HOUR, Town

HELD = table.DIRECTORY_QUARANTINED


def crashes(town, number):
    """The person's desktop is off at once, and nobody has ordered it."""
    cluster = town.watched.twin.cluster
    power_off(cluster, cluster.guests[int(town.desktop_of(number).removeprefix("vd-"))])
    town.pass_time(HOUR)


def edited(town, **changed):
    """bascule.yaml says otherwise, and the daemon is told (SIGHUP)."""
    town.order = replace(town.order, **changed)
    town.reconciler.follow(town.order)
    town.read_once()


@pytest.mark.xfail(strict=True, reason="C1: nobody can tell whose an entry without a readable id is")
def test_who_is_listed_and_unreadable_has_not_left():
    """C1: an ACL hides the id of one unit's entries."""
    town = Town(60)
    unit = range(1, 21)
    town.register.unusable = dict.fromkeys(unit, "has no entryUUID, so nothing tells it from others for good")
    town.register.nameless = set(unit)
    town.pass_time(2 * DAY)

    assert town.watched.writes == [], "nobody is suspended who is listed"
    assert town.picture.demand.wants.keys() == town.wanted


def test_an_order_for_these_lets_nobody_else_go():
    """C3: twenty-five were shown and accepted; they come back, and twenty-five others go."""
    town = Town(60)
    town.register.remember()
    town.register.remove(range(1, 26))
    town.read_once()
    town.accept_as_shown()
    town.register.repair()
    town.register.remove(range(31, 56))
    town.pass_time(DAY)

    assert not [one for one in town.watched.writes if "left-" in one]
    assert town.metric(HELD) == 1
    assert town.picture.demand.wants.keys() == town.wanted


@pytest.mark.xfail(strict=True, reason="C6: both figures have to be exceeded, so twenty may go wherever they are half")
@pytest.mark.parametrize(("people", "leave"), [(10, 5), (20, 10), (40, 20)])
def test_on_a_small_site_half_does_not_leave_in_a_day(people, leave):
    """C6: ten to forty people."""
    town = Town(people)
    town.register.remove(range(1, leave + 1))
    town.pass_time(DAY)

    assert town.metric(HELD) == 1
    assert town.watched.writes == []


@pytest.mark.xfail(strict=True, reason="C6: nothing is counted for longer than a day")
def test_a_slow_drip_is_held_back_within_the_week():
    """C6: eighteen a day of a hundred and twenty."""
    town = Town(120)
    for day in range(6):
        town.register.remove(range(10 * day + 1, 10 * day + 11))
        town.pass_time(DAY * 1.05)

    assert town.metric(HELD) == 1
    assert len(town.picture.demand.wants) >= 96, "a fifth within a week, and no more"


@pytest.mark.xfail(strict=True, reason="C6: a whole unit gone looks like scattered leavers")
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


@pytest.mark.xfail(strict=True, reason="A15: who is wanted follows from the scenario as it is written now")
@pytest.mark.parametrize("edit", ["renamed", "moved", "other waves"])
def test_an_edit_of_the_scenario_lets_nobody_go_who_is_served(edit):
    """A15: a desktop that crashes after the edit is started again."""
    town = Town(12)
    edited(town, scenario=a_scenario("first"))
    town.pass_time(4 * DAY)
    assert len(town.picture.demand.wants) == 12
    scenarios = {
        "renamed": a_scenario("second"),
        "moved": a_scenario("first", starts_at=town.events.now + 5 * DAY),
        "other waves": Scenario(name="third", waves=(Wave(name=WaveName("one"), who=Selection(logins=frozenset({"p0001"}))),)),
    }
    edited(town, scenario=scenarios[edit])
    if edit == "other waves":
        town.accept_as_shown()
        town.read_once()
    crashes(town, 12)

    assert town.runs(12)
    assert len(town.picture.demand.wants) == 12
