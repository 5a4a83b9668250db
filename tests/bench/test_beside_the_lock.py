"""L1: a storage on which clones take long beside the lock, such as one that copies."""

import pytest

from tests.bench.shapes import Shape, played

pytestmark = pytest.mark.long

DESKTOPS, FEW = 80, 16
MANY_AT_ONCE = (12, 20)
"""Fixed limits: clones a lock domain, boots a node."""


@pytest.mark.parametrize(
    ("twin", "nodes", "beside_s"), [("shared-1", None, 8.0), ("shared-1", None, 16.0), ("local-16", 4, 16.0)]
)
def test_l1_clones_that_do_not_wait_for_each_other_are_not_made_alone(twin, nodes, beside_s):
    """They were, for ever: 4.6, 6.7 and 2.2 times as long as with twelve at once."""
    shape = Shape(title="beside the lock", twin=twin, nodes=nodes, durations={"clone_outside_lock_s": beside_s})

    fixed = played(shape, DESKTOPS, seed=1, fixed=MANY_AT_ONCE)
    own = played(shape, DESKTOPS, seed=1)

    assert len(own.ready_after_s) == DESKTOPS
    assert own.timeouts_percent == 0
    assert own.makespan_s <= 1.6 * fixed.makespan_s


def test_l1_a_storage_too_slow_for_two_loses_no_time_by_the_trial():
    shape = Shape(title="30 s under the lock", twin="shared-1", slower=25.0)

    alone = played(shape, FEW, seed=1, fixed=(1, 20))
    own = played(shape, FEW, seed=1)

    assert own.truth.lock_timeouts <= 1
    assert own.makespan_s <= 1.01 * alone.makespan_s


def test_l1_a_storage_that_becomes_slow_half_way_does_not_count_as_fast_after_the_trial():
    """A fifth of all clones timed out: what they took alone by then was more than earlier ones had taken beside each other."""
    shape = Shape(title="8 times as slow", twin="shared-1", nodes=4, changes_to=8.0, durations={"sigma": 0.4})

    assert played(shape, 120, seed=2).truth.lock_timeouts <= 6
