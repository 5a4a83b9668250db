"""How many clones run at once in a lock domain."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provisioner.pacing.clone_limits import clone_limit, seconds_per_clone
from provisioner.pacing.clone_samples import DomainHistory, LockSample


def samples(*ended: int, each_s: float = 2.5, timeouts: int = 0) -> tuple[LockSample, ...]:
    """Successive observations, with this number of finished clones in each; the time-outs are in the last."""
    last = len(ended) - 1
    return tuple(
        LockSample(began_at=i * each_s, seen_at=(i + 1) * each_s, ended=count, timeouts=timeouts if i == last else 0)
        for i, count in enumerate(ended)
    )


@pytest.mark.parametrize(
    ("history", "seconds"),
    [
        pytest.param((), None, id="nothing seen: not measured"),
        pytest.param(samples(0, 0), None, id="nothing has ended yet: not measured"),
        pytest.param(samples(2), 1.25, id="two in 2.5 s"),
        pytest.param(samples(0, 0, 1), 7.5, id="a slow storage: the time it took counts whole"),
        pytest.param(samples(*[1] * 12, *[2] * 6), 1.25, id="the latter half alone: the first clones had few beside them"),
        pytest.param(
            samples(*[1] * 36, *[2] * 6), 2.5 * 18 / 24, id="the latest twelve say that it became faster: many are asked"
        ),
        pytest.param(samples(*[2] * 20, *[1] * 12), 2.5, id="they say that it became slower: they alone count"),
        pytest.param(samples(*[1] * 80, *[2] * 1, *[1] * 10), 2.5 * 35 / 36, id="about as before: the latest 36 even it out"),
    ],
)
def test_seconds_a_clone(history, seconds):
    assert seconds_per_clone(history) == seconds


@pytest.mark.parametrize(
    ("history", "shared", "limit"),
    [
        pytest.param((), False, 1, id="not measured: one alone"),
        pytest.param((), True, 1, id="not measured, shared: one alone"),
        pytest.param(samples(2, 2, 2), False, 5, id="local, 1.25 s: enough to bridge the time to the next order, and one"),
        pytest.param(samples(1, 0, 0, 0, 1, 0, 0, 0, 1), False, 2, id="local, 7.5 s: two wait less than 10 s, three do not"),
        pytest.param(samples(*[7] * 4), False, 12, id="local and fast: more, for they end between two observations"),
        pytest.param(samples(1, 1, 1, 1, each_s=1.25), True, 5, id="shared, 0.6 s an operation: five"),
        pytest.param(samples(1, 1, 1, 1, each_s=3.4), True, 2, id="shared, 1.7 s an operation: two"),
        pytest.param(samples(1, 1, each_s=11.0), True, 1, id="shared, 5.5 s an operation: one"),
        pytest.param(samples(*[5] * 8, each_s=2.05), True, 16, id="shared, 0.2 s an operation: sixteen"),
        pytest.param(samples(1, 1, 1, 1, each_s=1.25, timeouts=1), True, 4, id="after a lock time-out: one less"),
    ],
)
def test_clone_limit(history, shared, limit):
    now = history[-1].seen_at if history else 0.0

    assert clone_limit(DomainHistory(samples=history), shared=shared, lag_s=3.5, now=now) == limit


@pytest.mark.parametrize(
    ("lost_s", "seconds"),
    [
        pytest.param(0.0, 3.0, id="all places were served"),
        pytest.param(10.0, 2.0, id="a third of the places was taken by one that was never served: the rest made ten"),
        pytest.param(25.0, 1.5, id="hardly any was served: half of the time counts all the same"),
    ],
)
def test_places_that_were_never_served_say_nothing_of_the_storage(lost_s, seconds):
    """Otherwise others' locks would lower the limit, and the slower pace would lower it further."""
    history = tuple(replace(sample, lost_s=lost_s / 10) for sample in samples(*[1] * 10, each_s=3.0))

    assert seconds_per_clone(history) == pytest.approx(seconds)


def test_a_lock_timeout_is_forgiven_after_two_minutes():
    history = samples(1, 1, 1, 1, each_s=1.25, timeouts=1)

    assert clone_limit(DomainHistory(samples=history), shared=True, lag_s=2.0, now=history[-1].seen_at + 121.0) == 5


@pytest.mark.parametrize(
    ("changed", "limit"),
    [
        pytest.param({"rivals": 2}, 3, id="others wait for the same lock: their places are taken off"),
        pytest.param({"rivals": 9}, 1, id="many others wait: one of ours"),
        pytest.param({"in_flight": 4, "oldest_at": -20.0}, 5, id="the oldest takes as long as it may"),
        pytest.param({"in_flight": 4, "oldest_at": -21.5}, 1, id="the oldest takes far longer than expected: none is added"),
    ],
)
def test_what_lowers_a_limit(changed, limit):
    history = samples(1, 1, 1, 1, each_s=1.25)
    now = history[-1].seen_at
    if "oldest_at" in changed:
        changed = {**changed, "oldest_at": now + changed["oldest_at"]}

    assert clone_limit(DomainHistory(samples=history, **changed), shared=True, lag_s=2.0, now=now) == limit


@given(
    ended=st.lists(st.integers(0, 20), max_size=30),
    each_s=st.floats(0.1, 60.0),
    shared=st.booleans(),
    timeouts=st.integers(0, 3),
    rivals=st.integers(0, 20),
)
def test_a_limit_is_never_below_one(ended, each_s, shared, timeouts, rivals):
    history = DomainHistory(samples=samples(*ended, each_s=each_s, timeouts=timeouts), rivals=rivals)

    assert clone_limit(history, shared=shared, lag_s=2.0, now=0.0) >= 1
