"""How many boots run at once on a node: measured on a modelled node."""

import pytest

from provisioner.pacing.boot_limits import INITIAL, NodePace, busy_boots, node_pace
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
