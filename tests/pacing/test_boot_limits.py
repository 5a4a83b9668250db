"""How many boots run at once on a node: measured on a modelled node."""

from dataclasses import replace
from random import Random

import pytest

from provisioner.pacing.boot_limits import INITIAL, NodePace, busy_boots, node_pace, slower_by, spread_of, width_of
from tests.builders.cluster import NOW
from tests.pacing.nodes import ALONE_S, PROFILE, a_full_node, a_node

ALONE = {PROFILE: ALONE_S}


def pace_of(boots, *, anywhere=()) -> NodePace:
    return node_pace(boots, anywhere, 0, ALONE)


def settled(*, width: float, loss: float = 0.0) -> float:
    """The limit after it was followed for some generations."""
    limit = float(INITIAL)
    for _ in range(6):
        limit = pace_of(a_full_node(round(limit), width=width, loss=loss)).limit
    return limit


def test_before_any_boot_has_ended_there_are_as_many_as_users_recommend():
    assert pace_of([]) == NodePace(limit=INITIAL, width=INITIAL, measured=False)


@pytest.mark.long
@pytest.mark.parametrize("width", [2, 4, 8, 16, 40])
def test_the_limit_follows_the_node(width):
    """Three wait, so that the node is busy until an end is seen."""
    assert settled(width=width) == pytest.approx(width + 3, abs=1)


@pytest.mark.long
def test_on_a_node_that_loses_much_with_many_boots_there_are_fewer():
    assert settled(width=8, loss=0.08) < settled(width=8)


def test_boots_that_are_as_fast_as_alone_let_half_as_many_more_start():
    assert pace_of(a_full_node(8, width=20)).limit == pytest.approx(12, abs=1)


def test_a_node_that_was_never_full_keeps_the_first_limit():
    few = a_node([60.0 * each for each in range(20)], width=8)

    assert pace_of(few).limit == INITIAL


def test_the_limit_grows_by_one_for_each_end_at_most():
    elsewhere = a_full_node(20, width=40)

    assert [pace_of(elsewhere[:ended], anywhere=elsewhere).limit for ended in (0, 1, 4)] == [INITIAL, INITIAL + 1, INITIAL + 4]


def test_a_node_without_boots_of_its_own_is_taken_for_one_like_the_others():
    assert pace_of([], anywhere=a_full_node(8, width=4)).limit == pytest.approx(7, abs=1)


def test_of_an_earlier_night_the_boots_count_that_had_many_others():
    night = a_full_node(10, width=4)

    busy = busy_boots(night, ALONE)

    assert 0 < len(busy) < len(night)
    assert pace_of(busy).limit == pytest.approx(7, abs=1)


def test_earlier_boots_that_did_not_wait_show_no_limit():
    assert busy_boots(a_node([60.0 * each for each in range(20)], width=4), ALONE) == ()


@pytest.mark.parametrize("slower", [0.5, 1.0, 2.0, 4.0])
@pytest.mark.parametrize("width", [4, 8])
def test_l3_a_slow_node_is_told_from_a_narrow_one_by_boots_with_more_and_fewer_others(slower, width):
    boots = ramp(slower=slower, width=width)

    assert slower_by(boots, ALONE, usual=8.0) == pytest.approx(slower, rel=0.3)


@pytest.mark.parametrize("took_s", [0.0, 0.001, 1e9])
def test_l3_what_a_few_guests_say_of_their_boots_makes_no_node_slow_or_fast(took_s):
    boots = ramp(slower=1.0, width=8)
    said = [replace(boot, ended_at=boot.began_at + took_s) if at % 12 == 0 else boot for at, boot in enumerate(boots)]

    assert slower_by(said, ALONE, usual=8.0) == 1.0


def test_l3_few_boots_show_no_speed():
    assert width_of(ramp(slower=4.0, width=8)[:7], ALONE) is None


def ramp(*, slower, width):
    """Some boots with few others, some with many, on a node that is slower than others."""
    boots = [boot for count in (4, 12, 6) for boot in a_full_node(count, width=width, boots=36)]
    return [replace(boot, ended_at=boot.began_at + slower * boot.took_s) for boot in boots]


@pytest.mark.parametrize("sigma", [0.1, 0.5])
def test_how_much_boots_differ_by_chance_is_measured_beside_each_nodes_usual_boot(sigma):
    """F10: also where one node is slow."""
    random = Random(7)
    nodes = [
        [
            replace(
                a_node([60.0 * at], width=8)[0], ended_at=NOW + 60.0 * at + slower * ALONE_S * random.lognormvariate(0.0, sigma)
            )
            for at in range(60)
        ]
        for slower in (1.0, 3.0)
    ]

    assert spread_of(nodes, ALONE) == pytest.approx(sigma, rel=0.25)


def test_until_a_generation_of_boots_has_ended_how_much_they_differ_is_a_guess():
    assert spread_of([a_full_node(8, width=8)[:3]], ALONE) == spread_of([], ALONE) == 0.2
