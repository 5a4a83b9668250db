"""How many clones run at once in a lock domain."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provisioner.pacing.clone_limits import CloneRun, DomainHistory, clone_limit, seconds_per_clone
from tests.builders.cluster import NOW


def clones(count: int, *, parallel: int, took_s: float, timed_out: bool = False, ago_s: float = 0.0) -> list[CloneRun]:
    """So many clones that took so long each."""
    run = CloneRun(began_at=NOW - took_s - ago_s, ended_at=NOW - ago_s, parallel=parallel, timed_out=timed_out)
    return [run] * count


def copies(count: int, **changed) -> list[CloneRun]:
    """So many full clones."""
    return [replace(run, copied=True) for run in clones(count, **changed)]


def history(*runs: CloneRun, alone_s: float | None = 2.0, **changed) -> DomainHistory:
    return DomainHistory(runs=runs, alone_s=alone_s, ended=changed.pop("ended", 1000), **changed)


def settled(each_s: float, *, shared: bool, outside_s: float = 1.0) -> int:
    """The limit after it was followed for long: a clone waits for each other clone, and for what is outside the lock."""
    runs, limit = clones(1, parallel=1, took_s=each_s + outside_s), 1
    for _ in range(60):
        limit = clone_limit(history(*runs, alone_s=each_s + outside_s, ended=len(runs)), shared=shared, now=NOW)
        runs += clones(limit, parallel=limit, took_s=max(limit * each_s, each_s) + outside_s)
    return limit


@pytest.mark.parametrize(
    ("runs", "alone_s", "seconds"),
    [
        pytest.param([], None, None, id="nothing has ended: not measured"),
        pytest.param(clones(1, parallel=1, took_s=2), 2.0, 2.0, id="one alone: all of its time at most"),
        pytest.param(clones(2, parallel=3, took_s=4), 2.0, 1.5, id="a few together: in part as they waited"),
        pytest.param(clones(24, parallel=5, took_s=6), 2.0, 1.0, id="many together: as they waited for each other"),
        pytest.param(
            [*clones(24, parallel=5, took_s=6), *clones(6, parallel=5, took_s=14)],
            2.0,
            3.0,
            id="the latest few say: slower",
        ),
        pytest.param(
            [*clones(24, parallel=5, took_s=14), *clones(6, parallel=5, took_s=6)], 2.0, 2.5, id="faster: many are asked"
        ),
        pytest.param(
            [
                *clones(24, parallel=5, took_s=6),
                *clones(9, parallel=3, took_s=12, timed_out=True),
                *clones(2, parallel=1, took_s=26),
            ],
            26.0,
            26.0,
            id="too slow for two at once: those alone say how slow",
        ),
        pytest.param(
            [*clones(24, parallel=5, took_s=6), *clones(1, parallel=1, took_s=26)],
            2.0,
            1.0,
            id="a single slow one may be chance",
        ),
        pytest.param(clones(24, parallel=5, took_s=60), 60.0, 0.02, id="full clones, which copy beside each other: no wait"),
    ],
)
def test_seconds_a_clone(runs, alone_s, seconds):
    assert seconds_per_clone(history(*runs, alone_s=alone_s)) == (None if seconds is None else pytest.approx(seconds))


@pytest.mark.parametrize(
    ("each_s", "shared", "limit"),
    [
        pytest.param(1.2, False, 4, id="local: the lock is busy, and three wait"),
        pytest.param(12.0, False, 2, id="local and slow: two wait less than 10 s for each operation, three do not"),
        pytest.param(30.0, False, 1, id="local and very slow: one"),
        pytest.param(0.36, True, 14, id="shared and fast: many, for the pollers keep its lock busy"),
        pytest.param(1.2, True, 5, id="shared, 0.6 s an operation: five"),
        pytest.param(3.4, True, 2, id="shared, 1.7 s an operation: two"),
        pytest.param(11.0, True, 1, id="shared, 5.5 s an operation: one"),
    ],
)
def test_the_limit_follows_the_storage(each_s, shared, limit):
    assert settled(each_s, shared=shared) == limit


def test_the_first_clone_runs_alone_and_then_there_are_more_with_each_generation():
    limits = [clone_limit(history(*clones(1, parallel=1, took_s=2), ended=ended), shared=True, now=NOW) for ended in (1, 2, 8)]

    assert clone_limit(DomainHistory(), shared=True, now=NOW) == 1
    assert limits == [2, 3, 3]


@pytest.mark.parametrize(
    ("runs", "history_of", "limit"),
    [
        pytest.param(clones(1, parallel=1, took_s=16), {"ended": 1}, 1, id="one alone: nothing is known"),
        pytest.param(clones(2, parallel=1, took_s=16), {"ended": 2}, 2, id="two alone: two are tried"),
        pytest.param(
            [*clones(2, parallel=1, took_s=16), *clones(6, parallel=2, took_s=16.5)], {}, 11, id="they did not wait: more"
        ),
        pytest.param(
            [*clones(2, parallel=1, took_s=16), *clones(6, parallel=2, took_s=30)], {}, 1, id="they waited for each other: one"
        ),
        pytest.param(
            [*clones(2, parallel=1, took_s=30), *clones(1, parallel=2, took_s=40, timed_out=True, ago_s=600)],
            {"ended": 199, "refuted": 1},
            1,
            id="in vain: one",
        ),
        pytest.param(clones(96, parallel=1, took_s=30), {"ended": 200, "refuted": 1}, 2, id="long ago in vain: again"),
    ],
)
def test_l1_two_are_tried_where_a_clone_alone_takes_long(runs, history_of, limit):
    """A clone that copies for 16 s beside the lock was made alone for ever: 5.5 to 7.2 times as long as need be."""
    alone_s = runs[0].took_s

    assert clone_limit(history(*runs, alone_s=alone_s, **history_of), shared=True, now=NOW) == limit


@pytest.mark.parametrize(
    ("ago_s", "oldest_s", "limit"),
    [
        pytest.param(100.0, None, 4, id="just now"),
        pytest.param(600.0, None, 2, id="ten minutes ago"),
        pytest.param(600.0, 3.0, 2, id="and none since has ended"),
        pytest.param(5.0, 3.0, 4, id="the first has ended"),
    ],
)
def test_l1_after_a_pause_two_show_what_the_lock_allows_now(ago_s, oldest_s, limit):
    """Storages that had become eight times as slow while nothing was cloned got five at once, and five more after them."""
    oldest_at = None if oldest_s is None else NOW - oldest_s
    runs = clones(24, parallel=5, took_s=2 + 4 * 1.2, ago_s=ago_s)

    assert clone_limit(history(*runs, alone_s=2.0, oldest_at=oldest_at), shared=True, now=NOW) >= limit
    assert (clone_limit(history(*runs, alone_s=2.0, oldest_at=oldest_at), shared=True, now=NOW) == 2) is (limit == 2)


@pytest.mark.parametrize("shared", [True, False])
@pytest.mark.parametrize(
    ("runs", "limit"),
    [
        pytest.param(copies(6, parallel=1, took_s=24), 4, id="alone: others may copy meanwhile"),
        pytest.param(copies(6, parallel=2, took_s=36), 5, id="half of the time is not copying"),
        pytest.param(copies(6, parallel=8, took_s=108), 4, id="many gain nothing"),
        pytest.param([*copies(6, parallel=2, took_s=36), *copies(1, parallel=3, took_s=22, timed_out=True)], 2, id="too many"),
    ],
)
def test_l1_full_clones_are_as_many_as_keep_the_storage_busy(runs, limit, shared):
    """They were made alone where two copies took longer than one."""
    assert clone_limit(history(*runs, alone_s=24.0), shared=shared, now=NOW) == limit


@pytest.mark.parametrize(("parallel", "took_s", "limit"), [(1, 24, 2), (2, 36, 3), (8, 108, 2)])
def test_l6_once_a_full_clone_has_timed_out_beside_another_hardly_any_waits_for_the_copies(parallel, took_s, limit):
    """Of 80 to 100 desktops up to 58 % timed out, and again every two minutes."""
    runs = copies(6, parallel=parallel, took_s=took_s)

    assert clone_limit(history(*runs, alone_s=24.0, refuted=1), shared=False, now=NOW) == limit


@pytest.mark.parametrize(
    ("before", "beside", "limit"),
    [
        pytest.param(
            [*clones(30, parallel=6, took_s=4), *clones(2, parallel=1, took_s=12)],
            [*clones(1, parallel=2, took_s=12), *clones(1, parallel=2, took_s=24)],
            2,
            id="L1: slower since: what fast ones took, less what one takes now, made 45 at once",
        ),
        pytest.param(
            clones(8, parallel=1, took_s=12),
            [run for took_s in (1, 2, 3, 4, 5, 3) for run in clones(1, parallel=3, took_s=took_s)],
            6,
            id="L1: faster since: nothing that is shorter than one alone was would count as a wait",
        ),
    ],
)
def test_l1_what_a_clone_takes_alone_is_of_the_same_time_as_what_others_take_beside_each_other(before, beside, limit):
    assert clone_limit(history(*before, *beside, alone_s=12.0), shared=True, now=NOW) <= limit


@pytest.mark.parametrize(
    ("ago_s", "limit"), [pytest.param(0, 4, id="one less than there were"), pytest.param(121, 6, id="for two minutes")]
)
def test_after_a_lock_timeout(ago_s, limit):
    failed = clones(1, parallel=5, took_s=12, timed_out=True, ago_s=ago_s)

    assert clone_limit(history(*failed, *clones(24, parallel=5, took_s=6)), shared=True, now=NOW) == limit


def test_l1_clones_that_hardly_wait_for_each_other_are_not_made_fewer_and_fewer_by_time_outs_of_chance():
    failed = [clones(1, parallel=parallel, took_s=12, timed_out=True)[0] for parallel in (5, 4, 3, 2)]

    assert clone_limit(history(*failed, *clones(24, parallel=5, took_s=4)), shared=True, now=NOW) == 5


@pytest.mark.parametrize(
    ("ago_s", "limit"), [pytest.param(6, 6, id="as long as it may"), pytest.param(40, 2, id="far too long: fewer are added")]
)
def test_a_clone_that_does_not_end_is_evidence(ago_s, limit):
    waiting = history(*clones(24, parallel=5, took_s=6), in_flight=5, oldest_at=NOW - ago_s)

    assert clone_limit(waiting, shared=True, now=NOW) == limit


@pytest.mark.long
@given(
    took_s=st.lists(st.tuples(st.floats(0.1, 600.0), st.integers(1, 32), st.booleans()), min_size=1, max_size=30),
    shared=st.booleans(),
    age_s=st.floats(0.0, 1000.0),
)
def test_a_limit_is_never_below_one(took_s, shared, age_s):
    runs = [run for took, parallel, failed in took_s for run in clones(1, parallel=parallel, took_s=took, timed_out=failed)]
    alone_s = min((run.took_s for run in runs if not run.timed_out), default=None)

    assert clone_limit(history(*runs, alone_s=alone_s, oldest_at=NOW - age_s), shared=shared, now=NOW) >= 1
