from fractions import Fraction
from math import exp, factorial

import pytest

from provisioner.model.autoscale import LeadDemand
from provisioner.planning.autoscale.stock import base_stock

RUSH = 62 * 45 / 60
"""People who come within a lead time of 45 s at 62 a minute."""


def test_at_62_a_minute_and_45_s_of_lead_it_is_64_for_people_who_come_independently() -> None:
    assert base_stock(LeadDemand(mean=RUSH)) == 64


def test_it_is_79_for_people_who_come_in_groups_with_a_variance_of_three_times_the_mean() -> None:
    assert base_stock(LeadDemand(mean=RUSH, dispersion=3.0)) == 79


@pytest.mark.parametrize("mean", [0.25, 1.0, 4.5, 20.0])
def test_it_is_the_smallest_that_a_poisson_demand_uses_up_with_one_in_a_hundred(mean: float) -> None:
    def used_up(stock: int) -> float:
        return 1.0 - exp(-mean) * sum(mean**count / factorial(count) for count in range(stock))

    stock = base_stock(LeadDemand(mean=mean))
    assert used_up(stock) <= 0.01 < used_up(stock - 1)


@pytest.mark.parametrize(("size", "ratio"), [(1, 2), (3, 4), (10, 3)])
def test_the_same_of_a_negative_binomial_demand_in_exact_numbers(size: int, ratio: int) -> None:
    failure = Fraction(ratio - 1, ratio)

    def used_up(stock: int) -> Fraction:
        choices = (factorial(count + size - 1) // factorial(count) // factorial(size - 1) for count in range(stock))
        return 1 - sum(number * failure**count for count, number in enumerate(choices)) * Fraction(1, ratio) ** size

    stock = base_stock(LeadDemand(mean=size * (ratio - 1.0), dispersion=float(ratio)))
    assert used_up(stock) <= Fraction(1, 100) < used_up(stock - 1)


def test_a_ratio_next_to_1_makes_no_difference() -> None:
    assert {base_stock(LeadDemand(mean=RUSH, dispersion=1.0 + 10.0**-power)) for power in range(3, 16)} == {64}


def test_it_grows_with_the_mean_and_with_the_ratio_without_a_gap() -> None:
    by_mean = [base_stock(LeadDemand(mean=mean / 4, dispersion=2.0)) for mean in range(400)]
    by_ratio = [base_stock(LeadDemand(mean=30.0, dispersion=1.0 + ratio / 10)) for ratio in range(100)]
    assert by_mean == sorted(by_mean)
    assert by_ratio == sorted(by_ratio)


@pytest.mark.parametrize("mean", [0.0, 1e-9])
def test_who_is_not_expected_finds_a_desktop_all_the_same(mean: float) -> None:
    assert base_stock(LeadDemand(mean=mean)) == 1


def test_a_whole_city_is_no_overflow() -> None:
    assert base_stock(LeadDemand(mean=100_000.0, dispersion=5.0)) == pytest.approx(100_000 + 2.326 * 500_000**0.5, abs=10)
