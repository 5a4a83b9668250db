"""The slowest of several boots that differ by chance (F10)."""

from math import exp
from random import Random
from statistics import median, quantiles

import pytest

from provisioner.pacing.runs import slowest

SPREAD = 0.5


def drawn(of: int, *, begun: float = 0.0, times: int = 1000) -> list[float]:
    """The slowest of so many boots that have all got so far, ascending."""
    random = Random(f"slowest {of} {begun}")
    return sorted(max(one_boot(random, begun) for _ in range(of)) for _ in range(times))


def one_boot(random: Random, begun: float) -> float:
    return next(took for took in iter(lambda: exp(random.gauss(0.0, SPREAD)), None) if took > begun)


@pytest.mark.parametrize("of", [1, 3, 21])
@pytest.mark.parametrize("begun", [0.0, 0.8, 1.6])
def test_it_is_what_comes_of_boots_that_are_drawn(of: int, begun: float):
    """Of those that boot at once one in three has begun late enough to be the last."""
    found = drawn(max(1, of // 3), begun=begun)

    assert slowest(of, spread=SPREAD, begun=begun) == pytest.approx(median(found), rel=0.08)
    assert slowest(of, spread=SPREAD, begun=begun, by=0.95) == pytest.approx(quantiles(found, n=20)[-1], rel=0.15)


def test_the_usual_boot_alone_is_no_slower_than_usual():
    assert slowest(1, spread=SPREAD) == pytest.approx(1.0)
    assert slowest(0, spread=SPREAD) == pytest.approx(1.0)


def test_who_is_far_over_time_is_expected_no_sooner_than_now():
    assert slowest(1, spread=0.05, begun=30.0) == 30.0
