from datetime import date
from math import ceil

import pytest

from provisioner.model.autoscale import AutoscaleRules, Leads
from provisioner.model.session_counts import ArrivalQuarter, quarters_of
from provisioner.planning.autoscale.demand import LearnedArrivals, expected_demand
from provisioner.planning.autoscale.present import PresentArrivals
from provisioner.planning.autoscale.stock import demand_of
from tests.builders.arrivals import CALENDAR

MONDAY = date(2026, 11, 2)
LEADS = Leads(boot_s=60.0, clone_s=60.0)
RULES = AutoscaleRules(max=600)


def at(day: int, hour: float) -> float:
    """So many days after the Monday."""
    return CALENDAR.instant(date(2026, 11, 2 + day), 0) + hour * 3600


def evenly(day: int, hour: float, per_minute: int, minutes: int = 15) -> list[float]:
    """People who come every minute."""
    return [at(day, hour) + minute * 60.0 + number for minute in range(minutes) for number in range(per_minute)]


def test_arrivals_are_counted_by_the_minute() -> None:
    assert quarters_of([905.0, 910.0, 960.0, 1799.9, 1800.0]) == (
        ArrivalQuarter(at=900.0, minutes=(2, 1, *[0] * 12, 1)),
        ArrivalQuarter(at=1800.0, minutes=(1, *[0] * 14)),
    )


def test_what_came_at_this_time_on_earlier_working_days_is_expected() -> None:
    quarters = quarters_of([arrival for day in range(3) for arrival in evenly(day, 8.0, 20)])
    learned = LearnedArrivals(quarters, CALENDAR)
    assert [round(demand.mean) for demand in learned.within(at(3, 8.0), at(3, 8.1), 60.0)] == [20]
    assert [round(demand.mean) for demand in learned.within(at(3, 10.0), at(3, 10.1), 60.0)] == [0]


def test_a_week_end_is_not_learned_from_working_days() -> None:
    quarters = quarters_of([arrival for day in range(5) for arrival in evenly(day, 8.0, 20)])
    assert LearnedArrivals(quarters, CALENDAR).within(at(5, 8.0), at(5, 8.0), 60.0) == []


def test_a_change_of_the_clock_moves_nobody() -> None:
    summer = [CALENDAR.instant(date(2026, 10, 23), 480) + second for second in range(60)]
    learned = LearnedArrivals(quarters_of(summer), CALENDAR)
    (demand,) = learned.within(CALENDAR.instant(date(2026, 10, 26), 480), CALENDAR.instant(date(2026, 10, 26), 480), 60.0)
    assert demand.mean > 0.0


def test_people_who_come_in_groups_have_a_higher_ratio() -> None:
    alone = demand_of([5] * 15, 1, 60.0)
    groups = demand_of([15, 0, 0] * 5, 1, 60.0)
    assert (alone.dispersion, groups.dispersion > 5.0) == (1.0, True)


def test_few_days_leave_more_open_than_many() -> None:
    few, many = demand_of([2, 6, 4], 1, 60.0), demand_of([2, 6, 4] * 50, 1, 60.0)
    assert few.mean > many.mean > 4.0
    assert few.dispersion > many.dispersion


def test_a_rush_that_no_earlier_day_had_shows_within_minutes() -> None:
    today = {quarter.at: quarter for quarter in quarters_of(evenly(3, 10.0, 30, minutes=5))}
    assert PresentArrivals(today, at(3, 10.0) + 300.0).per_minute == 30
    demand = expected_demand(LearnedArrivals((), CALENDAR), today, at(3, 10.0) + 300.0, LEADS, RULES)
    assert ceil(demand.boot.mean) == 30


@pytest.mark.parametrize(("hour", "expected"), [(7.5, 0), (7.93, 20), (8.1, 20), (8.3, 20), (8.5, 0)])
def test_a_rush_may_come_a_few_minutes_earlier_or_later_than_it_did(hour: float, expected: int) -> None:
    learned = LearnedArrivals(quarters_of([arrival for day in range(3) for arrival in evenly(day, 8.0, 20)]), CALENDAR)
    assert round(expected_demand(learned, {}, at(3, hour), LEADS, RULES).boot.mean) == expected
