"""A profile is renamed or removed while desktops of it are wanted or made: the daemon died of it, and again after each restart.

What is in force names it.
"""

from dataclasses import replace

from provisioner.model.actions import CheckGuest
from provisioner.model.ids import ProfileName, WaveName
from provisioner.model.machines.desktops import Phase
from provisioner.model.people.profiles import Selection
from provisioner.model.scenario.scenarios import EVERYONE, PreparationLevel, Scenario, Wave
from provisioner.wrong.listing import wrong_in
from tests.builders.core import a_config, a_profile, a_roster
from tests.builders.reconciler import Site

NEW = replace(a_profile(), name=ProfileName("new"))
FEW = Selection(logins=frozenset({"login0001"}))


def renamed(config, **selects):
    """Everybody, or who is selected, gets a profile of another name."""
    entitlement = replace(config.entitlements[0], profile=NEW.name, **selects)
    return replace(config, profiles={NEW.name: NEW}, entitlements=(entitlement,))


def follow(site, config):
    site.config = config
    site.reconciler.follow(config)


def held_back(scenario: Scenario = EVERYONE) -> Site:
    """40 people are served; a profile is renamed, with entitlements that the guard holds back; and there is a newcomer."""
    site = Site(agents=40, config=replace(a_config(a_profile(), NEW), scenario=scenario))
    site.settle(cycles=60)
    follow(site, renamed(site.config, who=FEW))
    site.settle(cycles=5)
    assert [each.profile for each in site.reconciler.config.entitlements] == ["office"]
    site.roster = a_roster(41)
    site.settle(cycles=60)
    site.restart()
    return site


def test_a_newcomer_waits_for_an_operator_and_everybody_else_keeps_their_desktop():
    site = held_back()
    for _ in range(3):
        site.settle(cycles=10)
        assert list(site.phases.values()) == [Phase.READY] * 40
        assert "no new desktop is made of profile office, which is no longer configured" in str(site.status.plan)
        site.restart()


def test_what_is_lost_meanwhile_is_not_replaced_and_nothing_ends():
    site = held_back()
    site.cluster.guests.pop(next(iter(site.cluster.guests)))
    for _ in range(3):
        site.settle(cycles=10)
        assert list(site.phases.values()).count(Phase.READY) == 39
        site.restart()


def test_one_that_boots_meanwhile_waits_for_somebody():
    """The guard holds nothing back here: everybody merely gets the profile of the other name."""
    site = Site(agents=3, config=a_config(a_profile(), NEW))
    for _ in range(30):
        site.carry_out([order for order in site.look(after=5.0) if not isinstance(order, CheckGuest)])
        site.cluster.come_out()
        if [*site.phases.values()] == [Phase.STARTING] * 3:
            break
    follow(site, renamed(site.config))
    site.look(after=10.0)
    for _ in range(3):
        site.restart()
        site.look(after=10.0)
        site.look(after=10.0)
        assert "which is no longer configured" in str(site.status.plan)


def test_one_that_is_to_be_prepared_waits_for_somebody():
    now = Wave(name=WaveName("now"), who=Selection(logins=frozenset(f"login{number:04}" for number in range(1, 41))))
    ahead = Wave(name=WaveName("rest"), who=Selection(), prepare=PreparationLevel.STOPPED, after_s=86_400.0)
    site = held_back(Scenario(name="night", waves=(now, ahead)))
    site.settle(cycles=5)

    assert "no new desktop is made of profile office" in str(site.status.plan)


def test_ready_desktops_of_it_are_listed_as_wrong_for_nobody_asks_who_is_logged_on():
    """`status` ended with 0 and showed no fault, `check` neither, while the sessions of all were unknown."""
    site = Site(agents=3, config=a_config(a_profile(), NEW))
    site.settle(cycles=60)
    before = codes(site)
    follow(site, renamed(site.config))
    site.settle(cycles=5)
    during = [entry for entry in wrong_in(site.status) if entry.code == "profile_unconfigured"]
    site.restart()
    site.settle(cycles=5)
    after = codes(site)
    follow(site, a_config(a_profile(), NEW))
    site.settle(cycles=5)

    assert [(entry.about, entry.concerns) for entry in during] == [("office", 3)]
    assert ["profile_unconfigured" in each for each in (before, after, codes(site))] == [False, True, False]


def test_who_loses_one_with_its_node_gets_another_of_the_profile_that_the_person_has_now():
    """The runbook of the alert says so."""
    site = Site(agents=2, config=a_config(a_profile(), NEW))
    site.settle(cycles=60)
    follow(site, renamed(site.config))
    site.settle(cycles=5)
    site.cluster.online[next(iter(site.status.desktops.values())).node] = False
    site.settle(cycles=200)

    used = [state.reservation.profile for state in site.status.desktops.values() if state.superseded_by is None]
    assert sorted(used) == ["new", "office"]
    assert list(site.phases.values()).count(Phase.READY) == 2


def codes(site):
    return {entry.code for entry in wrong_in(site.status)}
