"""How much parallel boots slow each other down."""

import pytest

from provisioner.pacing.boot_contention import BootShare, boot_shares, contention_limit
from provisioner.pacing.boot_limits import boot_limit, pace_of
from tests.builders.cluster import NOW
from tests.planning.nodes import a_node


def shares_by_crowd(by_crowd: dict[int, tuple[int, float]]) -> list[BootShare]:
    """For each crowd size: how many boots, and how much time of its node each took."""
    return [
        BootShare(parallel=crowd + 0.9, share_s=share_s, latest=True)
        for crowd, (count, share_s) in by_crowd.items()
        for _ in range(count)
    ]


@pytest.mark.parametrize(
    ("boots", "most"),
    [
        pytest.param(shares_by_crowd({}), 998, id="nothing was seen"),
        pytest.param(shares_by_crowd({12: (30, 5.0), 14: (90, 5.6), 16: (90, 5.0)}), 998, id="a tenth more is chance"),
        pytest.param(shares_by_crowd({12: (30, 5.0), 16: (90, 6.0), 18: (90, 7.0)}), 14, id="each costs a fifth more"),
        pytest.param(shares_by_crowd({12: (15, 5.0), 16: (90, 6.0)}), 998, id="so few in the smaller crowd may be chance"),
        pytest.param(shares_by_crowd({12: (30, 5.0), 16: (15, 6.0)}), 998, id="so few in the larger one may be chance"),
        pytest.param(shares_by_crowd({8: (30, 9.0), 12: (30, 5.0)}), 998, id="a small crowd leaves the node idle"),
    ],
)
def test_how_many_at_once_a_node_bears(boots, most):
    assert contention_limit(boots) == most


def test_of_each_boot_what_it_took_and_how_many_there_were():
    boots = a_node([0.0] * 20)

    found = list(boot_shares(boots, ()))

    assert [round(share.parallel) for share in found] == [20] * 20
    assert [round(share.share_s, 1) for share in found] == [5.0] * 20
    assert sum(share.latest for share in found) == 20, "they end together: no one of them is later than another"


def test_one_under_way_is_one_of_the_crowd():
    (share,) = boot_shares(a_node([0.0]), [NOW] * 9)

    assert round(share.parallel) == 10


def test_boots_that_lose_by_a_crowd_are_started_in_smaller_ones():
    """From the thirteenth parallel boot on, each costs the others another twentieth of the node."""
    starts = [float(n) for n in range(16)] + [80.0 + 4.0 * n for n in range(200)]
    pace, lossy = ([(a_node(starts, loss=loss), ())] for loss in (0.0, 0.05))
    durations = [60.0] * 8

    assert boot_limit(pace_of(pace, durations, unmeasured_s=60), 24) == 18
    assert boot_limit(pace_of(lossy, durations, unmeasured_s=60), 24) < 16
