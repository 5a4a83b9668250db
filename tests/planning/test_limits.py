"""How many clones a lock domain bears at once."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provisioner.model.spells import Spell
from provisioner.planning.limits import clone_limit, seconds_a_clone


def spells(*ended: int, each_s: float = 2.5, timeouts: int = 0) -> tuple[Spell, ...]:
    """Observations one after the other, with so many clones ended in each; the time-outs are in the last."""
    last = len(ended) - 1
    return tuple(
        Spell(began_at=i * each_s, seen_at=(i + 1) * each_s, ended=count, timeouts=timeouts if i == last else 0)
        for i, count in enumerate(ended)
    )


@pytest.mark.parametrize(
    ("seen", "seconds"),
    [
        pytest.param((), None, id="nothing seen: not measured"),
        pytest.param(spells(0, 0), None, id="nothing has ended yet: not measured"),
        pytest.param(spells(2), 1.25, id="two in 2.5 s"),
        pytest.param(spells(0, 0, 1), 7.5, id="a slow storage: the time it took counts whole"),
        pytest.param(spells(*[1] * 20, *[2] * 6), 1.25, id="only the latest twelve count: it became faster"),
    ],
)
def test_seconds_a_clone(seen, seconds):
    assert seconds_a_clone(seen) == seconds


@pytest.mark.parametrize(
    ("seen", "shared", "ceiling", "limit"),
    [
        pytest.param((), False, 12, 1, id="not measured: one alone"),
        pytest.param((), True, 12, 1, id="not measured, shared: one alone"),
        pytest.param(spells(2, 2, 2), False, 12, 4, id="local, 1.25 s: enough to bridge the time to the next order"),
        pytest.param(spells(2, 2, 2), False, 3, 3, id="the budget is a ceiling"),
        pytest.param(spells(1, 0, 0, 0, 1, 0, 0, 0, 1), False, 12, 2, id="local, 7.5 s: two wait less than 10 s, three do not"),
        pytest.param(spells(*[7] * 4), False, 99, 11, id="local and fast: more, for they end between two observations"),
        pytest.param(spells(1, 1, 1, 1, each_s=1.25), True, 12, 5, id="shared, 0.6 s an operation: five"),
        pytest.param(spells(1, 1, 1, 1, each_s=3.4), True, 12, 2, id="shared, 1.7 s an operation: two"),
        pytest.param(spells(1, 1, each_s=11.0), True, 12, 1, id="shared, 5.5 s an operation: one"),
        pytest.param(spells(1, 1, 1, 1, each_s=1.25, timeouts=1), True, 12, 4, id="after a lock time-out: one less"),
    ],
)
def test_clone_limit(seen, shared, ceiling, limit):
    now = seen[-1].seen_at if seen else 0.0

    assert clone_limit(seen, shared=shared, lag_s=3.5, now=now, ceiling=ceiling) == limit


def test_a_lock_timeout_is_forgiven_after_two_minutes():
    seen = spells(1, 1, 1, 1, each_s=1.25, timeouts=1)

    assert clone_limit(seen, shared=True, lag_s=2.0, now=seen[-1].seen_at + 121.0, ceiling=12) == 5


@given(
    ended=st.lists(st.integers(0, 20), max_size=30),
    each_s=st.floats(0.1, 60.0),
    shared=st.booleans(),
    timeouts=st.integers(0, 3),
    ceiling=st.integers(1, 20),
)
def test_a_limit_is_never_below_one_nor_above_the_budget(ended, each_s, shared, timeouts, ceiling):
    seen = spells(*ended, each_s=each_s, timeouts=timeouts)

    assert 1 <= clone_limit(seen, shared=shared, lag_s=2.0, now=0.0, ceiling=ceiling) <= ceiling
