"""A pool that is lent by plan: who comes by half-days gets a desktop, nobody is cut, and who waits is told why."""

from dataclasses import replace

import pytest

from provisioner.model.intents import Intent, IntentKind, Terms
from provisioner.model.lending import LeaseState, LendOrder
from provisioner.model.people.profiles import Selection
from provisioner.model.scenario.half_days import Share
from provisioner.model.scenario.rotation import Absence
from provisioner.model.scenario.scenarios import Shortage
from provisioner.model.scenario.surges import SurgeTerms
from provisioner.model.words import JournalWord
from provisioner.ports import Changes
from provisioner.views.published import Published
from provisioner.views.rotation import person_rotation
from provisioner.views.surge import surge_document
from tests.builders.core import an_agent_id
from tests.builders.rotation import AM, PM, RotatingSite, a_rotation, a_scenario, resized

BEFORE = 900.0


def lease_states(site):
    return sorted(record.lease.state for record in site.store.load().desktops.values() if record.lease is not None)


def test_the_week_is_published_at_once_and_kept_over_a_restart():
    site = RotatingSite(agents=4, size=2)
    before = dict(site.store.load().half_days)
    assert (len(site.of_slot(0)), len(site.of_slot(1)), site.rotation.all_waits) == (2, 2, 0)

    site.restart()
    site.settle()

    assert site.store.load().half_days == before
    published = [line for line in site.store.journal() if line.what == JournalWord.ROTATION]
    assert [line.reason for line in published] == [
        "week from 2027-01-18 12:00: 4 people, 20 half-days; 0 are wanted and not given, 0 at most for one person",
        "week from 2027-01-15 12:00: 4 people, 4 half-days; 0 are wanted and not given, 0 at most for one person",
    ]


def test_one_by_hand_begins_when_it_is_started_and_status_names_the_people_of_the_pool():
    site = RotatingSite(agents=4, size=2, scenario=a_scenario(by_hand=True))
    assert dict(site.store.load().half_days) == {}

    order = Intent(
        kind=IntentKind.SURGE, by="claire", at=site.clock.at, target="start", terms=Terms(surge=SurgeTerms(scenario="rotation"))
    )
    assert site.reconciler.obey(order) == ""
    site.settle()

    assert (len(site.of_slot(0)), len(site.of_slot(1))) == (2, 2)
    assert [agent.reason.code for agent in site.status.demand.not_wanted] == ["by_half_days"] * 4


def test_people_get_a_desktop_shortly_before_their_half_day_and_not_earlier():
    site = RotatingSite(agents=4, size=2)
    site.until(AM - BEFORE - 60)
    assert lease_states(site) == []

    site.until(AM - BEFORE)

    assert [site.has(number) is not None for number in site.of_slot(0)] == [True, True]
    assert [site.has(number) for number in site.of_slot(1)] == [None, None]
    assert (site.rotation.due, site.rotation.has, site.rotation.waiting) == (2, 2, ())


def test_at_the_end_a_desktop_that_nobody_is_logged_on_to_goes_to_the_next_person():
    site = RotatingSite(agents=2, size=1)
    (first,), (second,) = site.of_slot(0), site.of_slot(1)
    site.until(AM)
    name = site.log_on(first)
    site.until(PM - 3600 - 60)
    site.log_off(name)
    site.until(PM - BEFORE - 600)
    assert (site.has(first), site.has(second)) == (None, None)

    site.until(PM - BEFORE)

    assert site.has(second) == name
    site.until(PM)
    assert (site.rotation.has, site.rotation.all_waits) == (1, 0)


def test_who_comes_late_or_makes_a_pause_keeps_the_desktop_for_the_whole_half_day():
    site = RotatingSite(agents=2, size=1)
    (first,) = site.of_slot(0)
    site.until(AM)
    name = site.has(first)

    site.until(AM + 3600 + 1800, cycles=12)

    assert (site.has(first), name is not None) == (name, True)


def test_whoever_is_still_logged_on_stays_and_the_next_person_takes_the_reserve():
    site = RotatingSite(agents=2, size=2, scenario=a_scenario(a_rotation(reserve=1)))
    (first,), (second,) = site.of_slot(0), site.of_slot(1)
    site.until(AM)
    name = site.log_on(first)

    site.until(PM)

    assert site.has(first) == name
    assert site.has(second) not in (None, name)
    assert (site.rotation.staying, site.rotation.all_waits) == (1, 0)


@pytest.mark.long
def test_without_a_reserve_the_next_person_waits_is_counted_once_and_served_when_it_is_free():
    site = RotatingSite(agents=2, size=1)
    (first,), (second,) = site.of_slot(0), site.of_slot(1)
    site.until(AM)
    name = site.log_on(first)
    site.until(PM - 60, cycles=2)
    assert (len(site.rotation.waiting), site.rotation.all_waits) == (1, 0)  # it has not begun yet

    site.until(PM)
    site.restart()
    site.until(PM + 540, cycles=20)

    (waiting,) = site.rotation.waiting
    assert (waiting.agent_id, waiting.expected_at) == (an_agent_id(second), site.midnight + 3 * 86400 + PM)  # on Monday
    assert waiting.why == (
        "no desktop of pool desk is free: 1 people of an earlier half-day are still logged on, 0 desktops are being reset, "
        "0 are out of use or not made yet, and 0 people have one of theirs"
    )
    assert (site.rotation.largest_wait, site.rotation.all_waits) == (1, 1)
    assert site.has(first) == name

    site.log_off(name)
    site.until(PM + 1200, cycles=20)
    assert (site.has(first), site.has(second)) == (None, name)
    assert (site.rotation.waiting, site.rotation.all_waits) == ((), 1)


def test_who_has_waited_gets_the_next_desktop_before_who_has_not():
    site = RotatingSite(agents=4, size=2)
    stays, other = site.of_slot(0)
    site.until(AM)
    name = site.log_on(stays)
    waited = next(iter(site.of_slot(1)))
    half_days = site.store.load().half_days
    week = next(each for each in half_days.values() if each.agent_id == an_agent_id(site.of_slot(1)[1]))
    site.reconciler.parts.cache.commit(Changes(half_days=(replace(week, waited=(1.0,)),)))

    site.until(PM)

    assert site.has(stays) == name
    assert site.has(other) is None
    assert [each.agent_id for each in site.rotation.waiting] == [an_agent_id(waited)]


def test_who_is_away_or_has_left_takes_no_desktop():
    away = Absence(login="login0001", first="2027-01-15", last="2027-01-15")
    site = RotatingSite(agents=2, size=2, scenario=a_scenario(a_rotation(obliged=Selection())))
    site.config = replace(site.config, scenario=a_scenario(a_rotation(obliged=Selection(), absences=(away,))))
    site.reconciler.follow(site.config)

    site.until(AM)

    assert (site.has(1), site.has(2) is not None, site.rotation.due) == (None, True, 1)


def test_with_both_half_days_of_a_day_the_desktop_is_kept_over_noon():
    site = RotatingSite(agents=1, size=1, scenario=a_scenario(a_rotation(obliged=Selection())))
    site.until(AM)
    name = site.has(1)

    site.until(PM - 1800, cycles=10)

    assert site.has(1) == name
    assert name is not None


def test_a_desktop_that_is_lost_at_noon_leaves_its_person_waiting_with_a_reason():
    site = RotatingSite(agents=2, size=2, scenario=a_scenario(a_rotation(obliged=Selection())))
    site.until(AM)
    lost = site.store.load().desktops[site.has(1)].reservation
    site.cluster.online[lost.node] = False
    others = [number for number in (1, 2) if site.store.load().desktops[site.has(number)].reservation.node == lost.node]

    site.until(AM + 600)

    assert [each.agent_id for each in site.rotation.waiting] == [an_agent_id(number) for number in others]
    assert {each.why.code for each in site.rotation.waiting} == {"lend_out_of_sight"}
    assert len(site.store.load().desktops) == 2


def test_a_larger_pool_changes_no_published_half_day():
    site = RotatingSite(agents=4, size=1)
    before = dict(site.store.load().half_days)
    resized(site, 4)
    site.settle()

    assert site.store.load().half_days == before


def test_a_pool_that_lends_by_plan_lends_on_no_request_and_tells_who_has_one():
    site = RotatingSite(agents=2, size=1)
    (first,), (second,) = site.of_slot(0), site.of_slot(1)
    site.until(AM)

    def lend(number, **pool):
        return site.reconciler.lend(LendOrder(who=f"login{number:04}", by="zoe", at=site.clock.at, **pool))

    assert lend(first).desktop == site.has(first)
    assert lend(second).refused.code == lend(second, pool="desk").refused.code == "lend_by_plan_only"


def test_when_the_run_is_over_desktops_are_lent_to_nobody_new():
    site = RotatingSite(agents=2, size=1)
    site.config = replace(site.config, scenario=a_scenario(name="other", rotation=None, waves=(), calendar=None))
    site.config = replace(site.config, scenario=replace(site.config.scenario, rotation=None))
    site.reconciler.follow(site.config)

    site.until(AM)

    assert site.status.rotation is None
    assert LeaseState.LENT not in lease_states(site)


def test_where_half_days_do_not_suffice_newcomers_have_fewer_then_none_and_are_told_until_the_pool_grows():
    stated = Shortage(shares=(Share(slots=1, of=4),), refuses=True)
    scenario = a_scenario(a_rotation(share=Share(slots=2, of=2)), shortage=stated)
    site = RotatingSite(agents=4, size=1, scenario=scenario)

    document = surge_document(Published(status=site.status, scenario=scenario)).shortage
    assert document is not None
    assert (document.fewer, document.left_out) == (3, 1)
    assert {week.less for week in site.rotation.weeks} == {Share(slots=1, of=4)}
    (left,) = site.rotation.refused
    refused = person_rotation(site.status, left)
    assert refused is not None
    assert refused.refused is not None
    assert refused.refused.code == "share_refused"

    site.restart()
    site.settle()
    assert site.rotation.refused == {left}
    resized(site, 3)
    site.settle()

    assert (site.rotation.refused, left in {week.agent_id for week in site.rotation.weeks}) == (frozenset(), True)
