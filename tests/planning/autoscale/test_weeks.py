"""Weeks of a pool in virtual time; the bench plays 200 of them (`python -m tests.bench autoscale`)."""

import pytest

from provisioner.model.autoscale import AutoscaleRules
from tests.builders.arrivals import SHAPES, Visit, a_trace
from tests.builders.unusual_days import LEARNED, Site, an_unusual
from tests.builders.virtual_pool import play_week, poisson_only


def a_day(shape: str, *, ratio: float, seed: int = 11) -> tuple[list[list[Visit]], list[list[Visit]]]:
    """Ten days to learn from, and one."""
    trace = a_trace(shape, seed=seed, days=11, ratio=ratio)
    return trace[:10], trace[10:]


def test_a_trace_has_the_rush_that_it_is_to_have() -> None:
    (day,) = a_trace("mornings", seed=3, days=1, ratio=3.0)
    begin = min(visit.came for visit in day) // 86400 * 86400 + 7 * 3600
    peak = [visit.came for visit in day if begin <= visit.came < begin + 3600]
    within_10_min = max(sum(came <= other < came + 600 for other in peak) for came in peak)
    assert len(peak) >= 1550
    assert within_10_min >= 620


@pytest.mark.long
@pytest.mark.parametrize("shape", sorted(SHAPES))
def test_few_wait_on_a_day_of_people_who_come_in_groups_and_few_desktops_run_for_nothing(shape: str) -> None:
    week = play_week(*a_day(shape, ratio=3.0))
    assert week.waited_share <= 0.01
    assert week.hours <= 1.15 * week.least_hours
    assert week.hours <= 0.85 * week.office_hours


@pytest.mark.long
def test_with_a_buffer_for_people_who_come_independently_more_than_one_in_a_hundred_waits() -> None:
    assert play_week(*a_day("half-days", ratio=3.0), blind=poisson_only).waited_share > 0.01


@pytest.mark.long
@pytest.mark.parametrize("kind", ["snow day", "30 min early", "first day"])
def test_few_wait_on_a_day_that_is_otherwise_than_those_before(kind: str) -> None:
    """L10; the bench plays more kinds of days, and sites of all sizes (`python -m tests.bench unusual`)."""
    drawn = an_unusual(kind, Site(shape="mornings", people=600, ratio=3.0, seed=11))
    week = play_week(drawn.earlier, drawn.days, rules=AutoscaleRules(max=900))
    assert len(drawn.earlier) in (0, LEARNED)
    assert week.waited_share <= 0.02
    assert week.hours <= 1.25 * week.least_hours
