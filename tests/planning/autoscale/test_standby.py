"""L10: a rush at an hour at which no earlier day had one, and a site of which little is known."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provisioner.model.autoscale import (
    AutoscaleRules,
    ExpectedDemand,
    LeadDemand,
    Leads,
    OutsideHours,
    Spare,
    Standby,
    Use,
    Warmth,
)
from provisioner.model.ids import DesktopName
from provisioner.model.session_counts import quarters_of
from provisioner.planning.autoscale.decision import decide
from provisioner.planning.autoscale.demand import LearnedArrivals, expected_demand
from provisioner.planning.autoscale.present import PresentArrivals
from provisioner.planning.autoscale.standby import Rush, learned_standby, new_standby, rush_of
from provisioner.planning.autoscale.targets import PoolInputs, Sizing
from tests.builders.arrivals import CALENDAR
from tests.planning.autoscale.test_decision import NIGHT, desktops, inputs
from tests.planning.autoscale.test_demand import at, evenly

RULES = AutoscaleRules(max=600)
RUSH = Rush(per_minute=60.0, left=900, day=1000)
LEAD_S = 45.0
"""With the 15 s until a rush shows it is a minute."""


def quiet(now: float, standby: Standby, rules: AutoscaleRules = RULES) -> PoolInputs:
    """Nobody is expected."""
    nobody = LeadDemand(mean=0.0)
    demand = ExpectedDemand(boot=nobody, boot_soon=nobody, clone=nobody, boot_standby=standby, clone_standby=standby)
    return replace(inputs(rules, demand), now=now)


def test_the_rush_of_earlier_days_stands_by_less_half_of_those_who_may_wait() -> None:
    assert learned_standby([RUSH, RUSH], 0, RULES, LEAD_S) == 60 - 5
    assert learned_standby([RUSH, RUSH], 0, replace(RULES, waits_percent=4.0), LEAD_S) == 60 - 20
    assert learned_standby([RUSH, RUSH], 0, replace(RULES, waits_percent=50.0), LEAD_S) == 0
    assert learned_standby([], 0, RULES, LEAD_S) == 0


def test_a_single_odd_day_is_no_habit() -> None:
    odd = replace(RUSH, per_minute=500.0)
    assert learned_standby([odd, RUSH, RUSH], 0, RULES, LEAD_S) == 55


def test_nobody_stands_by_for_people_who_have_come_already() -> None:
    assert learned_standby([RUSH, RUSH], 100, RULES, LEAD_S) == 55
    assert learned_standby([RUSH, RUSH], 550, RULES, LEAD_S) == 60 // 2 - 5
    assert learned_standby([RUSH, RUSH], 2000, RULES, LEAD_S) == 0


def test_the_fullest_minutes_of_a_day_are_its_rush() -> None:
    assert rush_of([1, 2, 30, 40, 3, 4], 2) == Rush(per_minute=35.0, left=77, day=80)
    assert rush_of([0], 3) == Rush(per_minute=0.0, left=0, day=0)
    assert learned_standby([rush_of([0], 3)], 0, RULES, LEAD_S) == 0


def test_while_few_days_are_known_everybody_may_come_within_an_hour() -> None:
    assert [new_standby(days, RULES, LEAD_S) for days in (0, 4, 5)] == [10, 10, 0]


def test_a_reserve_while_little_is_known_is_said_with_its_reason() -> None:
    demand = expected_demand(LearnedArrivals((), CALENDAR), {}, at(0, 9.0), Leads(boot_s=LEAD_S, clone_s=LEAD_S), RULES)
    decision = decide(replace(inputs(RULES, demand), now=at(0, 9.0)), desktops(lent=3))
    assert (demand.boot_standby, decision.buffers.ready) == (Standby(free=10, days=0, is_new=True), 10)
    assert str(decision.because[0]) == (
        "3 desktops are in use; 10 free ones run and 20 exist: 0 earlier days of this kind are known, and until 5 are, as many "
        "people as `max` (600) are taken to come within one hour"
    )


def test_what_stands_by_is_said_with_its_reason() -> None:
    decision = decide(quiet(at(1, 10.0), Standby(free=55, days=9)), desktops(lent=3, free=55))
    assert decision.drain == ()
    assert decision.because[0].code == "autoscale_standby"


def test_that_little_is_known_is_said_where_no_free_desktop_runs_too() -> None:
    stopped = replace(RULES, warm=Warmth.STOPPED)
    decision = decide(quiet(at(1, 10.0), Standby(free=10, days=2, is_new=True), stopped), desktops(lent=3))
    assert (decision.buffers.ready, decision.buffers.made, decision.because[0].code) == (0, 10, "autoscale_new")


@pytest.mark.parametrize(("hour", "ready"), [(6.9, 1), (7.1, 55), (12.9, 55), (17.9, 55), (18.1, 1)])
def test_it_stands_by_within_the_half_days_and_an_hour_before_them(hour: float, ready: int) -> None:
    assert Sizing(quiet(at(1, hour), Standby(free=55))).buffers.ready == ready


def test_a_spare_of_the_pool_says_how_many_are_free_and_nothing_else_does() -> None:
    rules = AutoscaleRules(max=600, spare=Spare(count=4), outside_hours=OutsideHours(spare=Spare(count=2)))
    assert Sizing(quiet(at(1, 10.0), Standby(free=55), rules)).buffers.ready == 4
    assert Sizing(quiet(NIGHT, Standby(free=55), rules)).buffers.ready == 2
    assert Sizing(quiet(at(1, 10.0), Standby(free=55), rules)).standby is None


def test_a_rush_of_earlier_days_is_learned_for_every_hour_of_a_day() -> None:
    quarters = quarters_of([arrival for day in range(5) for arrival in evenly(day, 8.0, 60)])
    learned = LearnedArrivals(quarters, CALENDAR)
    demand = expected_demand(
        learned, {}, CALENDAR.instant(CALENDAR.date_of(at(7, 10.5)), 630), Leads(boot_s=45, clone_s=45), RULES
    )
    assert demand.boot.mean == 0.0
    assert demand.boot_standby == Standby(free=56, days=5)  # 60 less half of 1 % of 900


def test_a_rush_shows_within_seconds_and_a_group_is_none() -> None:
    now = at(3, 10.0) + 15.0
    rush = {quarter.at: quarter for quarter in quarters_of([now - second for second in range(1, 16)])}
    group = {quarter.at: quarter for quarter in quarters_of([now - 14.0] * 5)}
    single = {quarter.at: quarter for quarter in quarters_of([now])}
    assert PresentArrivals(single, now).per_minute == pytest.approx(60.0 / 315.0)
    assert PresentArrivals(rush, now).per_minute == 56.0
    assert PresentArrivals(group, now - 12.0).per_minute == 16.0


USES = st.dictionaries(st.integers(0, 40).map(lambda number: DesktopName(f"vd-{number:04}")), st.sampled_from(Use), min_size=1)


@pytest.mark.long
@given(uses=USES, claimed=st.sampled_from(Use), stands_by=st.integers(0, 30), data=st.data())
def test_what_a_desktop_claims_of_its_sessions_moves_the_pool_by_no_more_than_itself(
    uses: dict[DesktopName, Use], claimed: Use, stands_by: int, data: st.DataObject
) -> None:
    name = data.draw(st.sampled_from(sorted(uses)))
    found = quiet(at(1, 10.0), Standby(free=stands_by))
    before, after = decide(found, uses), decide(found, {**uses, name: claimed})
    assert abs(after.targets.running - before.targets.running) <= 1
    assert abs(after.targets.made - before.targets.made) <= 1
