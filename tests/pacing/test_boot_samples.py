"""How long boots take alone, and what ran beside them."""

from math import inf

import pytest

from provisioner.model.ids import ProfileName
from provisioner.pacing.boot_samples import Boot, FastestBoots
from provisioner.pacing.runs import with_parallel
from tests.builders.cluster import NOW

PROFILE = ProfileName("standard")


def a_boot(began: float, took: float) -> Boot:
    return Boot(profile=PROFILE, began_at=NOW + began, ended_at=NOW + began + took)


def took_s(boots: list[Boot], *, oldest_at: float = inf) -> float:
    fastest = FastestBoots()
    for boot in sorted(boots, key=lambda boot: boot.ended_at):
        fastest.record(boot, oldest_at)
    return fastest.took_s


@pytest.mark.parametrize(
    ("finished", "running", "parallel"),
    [
        pytest.param([], [], 1.0, id="alone"),
        pytest.param([a_boot(-50, 100)], [], 1.5, id="another for half of its time"),
        pytest.param([a_boot(-50, 50), a_boot(100, 50)], [], 1.0, id="the others before and after it"),
        pytest.param([], [NOW - 10, NOW + 75], 2.25, id="others that have not ended"),
    ],
)
def test_what_ran_beside_a_boot(finished, running, parallel):
    assert with_parallel(a_boot(0, 100), finished, running).parallel == parallel


def test_the_fastest_group_shows_what_a_boot_takes_alone():
    quick, slow = [a_boot(each, 40) for each in range(16)], [a_boot(100 + each, 90) for each in range(48)]

    assert took_s([*quick, *slow]) == 40


def test_the_fast_ones_of_a_group_do_not_count_before_the_slow_ones_have_ended():
    fast, slow = [a_boot(2 * each, 40) for each in range(16)], [a_boot(2 * each + 1, 80) for each in range(16)]
    fastest = FastestBoots()
    for boot in fast:
        fastest.record(boot, slow[0].began_at)
    for boot, following in zip(slow, [*(boot.began_at for boot in slow[1:]), inf], strict=True):
        fastest.record(boot, following)

    assert fastest.took_s == 60


def test_after_a_day_they_are_measured_anew():
    early, late = [a_boot(each, 40) for each in range(16)], [a_boot(90_000 + each, 70) for each in range(16)]

    assert took_s([*early, *late]) == 70
