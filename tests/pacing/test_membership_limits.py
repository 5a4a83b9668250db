"""Parallel clones into a pool: limited only after a time-out of the user.cfg lock."""

import pytest

from provisioner.pacing.clone_samples import LockSample
from provisioner.pacing.membership_limits import membership_limit

NOW = 1_000_000.0


def a_spell(ago_s: float, *, ended: int = 0, timeouts: int = 0, at_once: int = 48) -> LockSample:
    return LockSample(began_at=NOW - ago_s - 2, seen_at=NOW - ago_s, ended=ended, timeouts=timeouts, at_once=at_once)


@pytest.mark.parametrize(
    ("samples", "limit"),
    [
        pytest.param([], None, id="nothing was measured"),
        pytest.param([a_spell(2, ended=30)], None, id="it was always had"),
        pytest.param([a_spell(2, timeouts=1)], 24, id="half of those that were under way"),
        pytest.param([a_spell(2, timeouts=1, at_once=1)], 1, id="one at least"),
        pytest.param([a_spell(4, timeouts=3), a_spell(2, timeouts=40)], 24, id="those of before the cut do not cut again"),
        pytest.param([a_spell(30, timeouts=3), a_spell(2, timeouts=3, at_once=24)], 12, id="those of after it do"),
        pytest.param([a_spell(30, timeouts=3), a_spell(2, ended=3)], 27, id="one more for each that comes out"),
        pytest.param([a_spell(601, timeouts=3), a_spell(2, ended=1)], None, id="after ten minutes it is forgotten"),
    ],
)
def test_clones_into_a_pool_at_once(samples, limit):
    """A5: one lock for the whole cluster; only other users hold it for long."""
    assert membership_limit(samples, now=NOW) == limit
