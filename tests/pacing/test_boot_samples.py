"""How long boots take alone, and what ran beside them."""

import pytest

from provisioner.model.ids import ProfileName
from provisioner.pacing.boot_limits import Boot, QuietBoots
from provisioner.pacing.runs import with_parallel
from tests.builders.cluster import NOW

PROFILE = ProfileName("standard")


def a_boot(began: float, took: float, *, parallel: float = 1.0, image: str = "", expected_s: float = 0.0) -> Boot:
    ended_at = NOW + began + took
    return Boot(
        profile=PROFILE, began_at=NOW + began, ended_at=ended_at, parallel=parallel, image=image, expected_s=expected_s
    )  # fmt: skip


def took_s(*boots: Boot) -> float:
    quiet = QuietBoots()
    for boot in sorted(boots, key=lambda boot: boot.ended_at):
        quiet.record(boot)
    return quiet.took_s


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


def test_the_sixteen_with_the_fewest_others_show_what_a_boot_takes_alone():
    quiet = [a_boot(each, 40, parallel=4) for each in range(16)]
    crowd = [a_boot(100 + each, 90, parallel=10) for each in range(48)]

    assert took_s(*crowd) == 90
    assert took_s(*quiet, *crowd) == 40


def test_after_a_month_they_are_measured_anew():
    assert took_s(a_boot(0, 40, parallel=2), a_boot(31 * 86_400, 70, parallel=9)) == 70


def test_another_image_is_measured_anew():
    assert took_s(a_boot(0, 40, parallel=2), a_boot(1000, 70, parallel=9, image="golden-2")) == 70


@pytest.mark.parametrize(
    ("boots", "alone_s"),
    [
        pytest.param([(120, 10)] * 16, pytest.approx(50, abs=2), id="all had many: most of what the profile does not explain"),
        pytest.param([(120, 1)] * 16, 120, id="they had none: the profile is wrong"),
        pytest.param([(120, 5)] * 16 + [(125, 12)] * 16, 120, id="more others made no difference: the profile is wrong"),
        pytest.param([(120, 5)] * 16 + [(290, 12)] * 16, pytest.approx(59, abs=2), id="with more others they took longer"),
        pytest.param([(30, 10)] * 16, 30, id="quicker than the profile says"),
    ],
)
def test_l6_boots_that_all_had_many_others_are_not_taken_for_boots_alone(boots, alone_s):
    """Of a node of width 2 that loses by crowding; the profile says 40 s."""
    assert took_s(*(a_boot(each, s, parallel=n, expected_s=40.0) for each, (s, n) in enumerate(boots))) == alone_s


def test_l6_without_a_profile_boots_count_as_they_are():
    assert took_s(*[a_boot(each, 120, parallel=10) for each in range(16)]) == 120
