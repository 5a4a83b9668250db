"""Parallel clones into a pool: limited only after a time-out of the user.cfg lock."""

import pytest

from provisioner.pacing.clone_limits import CloneRun, membership_limit

NOW = 1_000_000.0


def ended(ago_s: float, *, of: int = 1, timed_out: bool = False, at_once: int = 48) -> list[CloneRun]:
    """So many clones."""
    run = CloneRun(began_at=NOW - ago_s - 2, ended_at=NOW - ago_s, parallel=at_once, timed_out=timed_out)
    return [run] * of


@pytest.mark.parametrize(
    ("samples", "limit"),
    [
        pytest.param([], None, id="nothing was measured"),
        pytest.param(ended(2, of=30), None, id="it was always had"),
        pytest.param(ended(2, timed_out=True), 24, id="half of those that were under way"),
        pytest.param(ended(2, timed_out=True, at_once=1), 1, id="one at least"),
        pytest.param(
            [*ended(4, of=3, timed_out=True), *ended(2, of=40, timed_out=True)],
            24,
            id="from before the cut: no other cut",
        ),
        pytest.param(
            [*ended(30, of=3, timed_out=True), *ended(2, of=3, timed_out=True, at_once=24)], 12, id="those of after it do"
        ),
        pytest.param([*ended(30, of=3, timed_out=True), *ended(2, of=3)], 27, id="one more for each that comes out"),
        pytest.param([*ended(601, of=3, timed_out=True), *ended(2)], None, id="after ten minutes it is forgotten"),
    ],
)
def test_clones_into_a_pool_at_once(samples, limit):
    """A5: one lock for the whole cluster; only other users hold it for long."""
    assert membership_limit(samples, now=NOW) == limit
