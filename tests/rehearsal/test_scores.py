"""Forecasts against what came: coverage, bias, width; and how much wider the next ones are."""

from dataclasses import replace

import pytest

from provisioner.model.ids import DesktopName
from provisioner.model.scenario.etas import KeptForecast
from provisioner.rehearsal.bands import Score, score_of

FORECAST = KeptForecast(made_at=1_000.0, wanted=3, ready_then=1, early_at=1_080.0, middle_at=1_100.0, late_at=1_125.0)


def scored(*ready_at: float, forecast: KeptForecast = FORECAST, now: float = 5_000.0) -> Score:
    return score_of([forecast], [(at, DesktopName(f"vd-{number}")) for number, at in enumerate(ready_at)], now=now)


def test_a_forecast_comes_true_when_as_many_desktops_became_ready_as_were_missing():
    (ended,) = scored(900.0, 1_050.0, 1_110.0, 1_400.0).ended

    assert (ended.came_at, ended.held, ended.factor) == (1_110.0, True, pytest.approx(1.1))


def test_a_desktop_that_boots_twice_counts_once():
    twice = [(1_050.0, DesktopName("vd-1")), (1_090.0, DesktopName("vd-1")), (1_120.0, DesktopName("vd-2"))]

    assert score_of([FORECAST], twice, now=5_000.0).ended[0].came_at == 1_120.0


def test_what_has_not_come_is_pending_until_its_band_is_over_and_then_a_miss():
    assert (scored(1_050.0, now=1_100.0).pending, scored(1_050.0, now=1_100.0).ended) == (1, ())
    late = scored(1_050.0, now=1_126.0)
    assert (late.pending, late.coverage, late.bias) == (0, 0.0, None)
    assert late.widening > 2.0


def test_a_forecast_that_was_right_widens_nothing_and_one_that_was_wrong_does():
    right, wrong = scored(1_050.0, 1_110.0), scored(1_050.0, 1_200.0)

    assert (right.coverage, right.widening) == (1.0, 1.0)
    assert (wrong.coverage, wrong.bias) == (0.0, pytest.approx(2.0))
    assert wrong.widening == pytest.approx(3.1, abs=0.05), "a factor of two, where the band reached to 1.25"
    assert scored(1_050.0, 1_200.0, forecast=replace(FORECAST, widened=2.0)).widening == pytest.approx(6.2, abs=0.1)


def test_forecasts_in_quick_succession_count_once():
    many = [replace(FORECAST, made_at=1_000.0 + 60 * number) for number in range(8)]

    assert len(score_of(many, [], now=5_000.0).ended) == 1


def test_of_many_nine_of_ten_are_to_be_held():
    many = [
        replace(FORECAST, made_at=at, early_at=at + 80, middle_at=at + 100, late_at=at + 125, wanted=1, ready_then=0)
        for at in (1_000.0 * number for number in range(1, 21))
    ]
    came = [
        (forecast.made_at + (200 if number == 7 else 105), DesktopName(f"d{number}")) for number, forecast in enumerate(many)
    ]

    score = score_of(many, came, now=50_000.0)

    assert (score.coverage, score.widening) == (0.95, 1.0)
    assert score.width == pytest.approx(125 / 80)
