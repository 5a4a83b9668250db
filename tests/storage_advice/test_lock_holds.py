"""Lock holds measured from finished clone tasks. Times are whole seconds, as in Proxmox VE's task lists."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provisioner.model.machines.cluster import Task
from provisioner.storage_advice.lock_holds import lock_hold_of
from tests.builders.cluster import a_task

TIMED_OUT = "clone failed: cfs-lock 'storage-thin' error: got lock request timeout"


def a_clone(began: float, ended: float | None, *, status: str = "OK", kind: str = "qmclone") -> Task:
    return a_task(
        f"UPID:{began}:{ended}", kind=kind, started_at=began, ended_at=ended, status=None if ended is None else status
    )


def clones(*spans: tuple[float, float | None]) -> list[Task]:
    return [a_clone(began, ended) for began, ended in spans]


PAIRED = clones(*((2.0 * n, 2.0 * n + 4.0) for n in range(30)))
"""Two always in flight, one ends every 2 s."""


@pytest.mark.parametrize(
    ("domains", "each_s", "count", "in_flight", "peak", "together"),
    [
        pytest.param([PAIRED], 62 / 30, 30, 120 / 62, 2, True, id="two in flight, one ends every 2 s"),
        pytest.param([PAIRED, PAIRED], 62 / 30, 60, 120 / 62, 2, True, id="two storages alike: each by itself"),
        pytest.param([clones((0, 3), (3, 6), (7, 10))], 3.0, 3, 1.0, 1, False, id="one after the other: what each took"),
        pytest.param([clones((0, 3))], 3.0, 1, 1.0, 1, False, id="a single one: a bound"),
        pytest.param(
            [clones((0, 4), (3, 6), (10, 13))], 3.0, 3, 10 / 9, 2, False, id="hardly ever two: a bound, pauses left out"
        ),
        pytest.param([[*PAIRED, *clones((100, 130))]], 62 / 30, 30, 120 / 62, 2, True, id="one alone beside many: left out"),
        pytest.param([[*PAIRED, *clones((100, None))]], 62 / 30, 30, 120 / 62, 2, True, id="one still running: left out"),
        pytest.param([list(reversed(PAIRED))], 62 / 30, 30, 120 / 62, 2, True, id="newest first, as they are listed"),
        pytest.param([[*PAIRED, a_clone(1, 500, kind="vzdump")]], 62 / 30, 30, 120 / 62, 2, True, id="a backup is no clone"),
    ],
)
def test_hold(domains, each_s, count, in_flight, peak, together):
    hold = lock_hold_of(domains)

    assert hold is not None
    assert (hold.each_s, hold.in_flight) == (pytest.approx(each_s), pytest.approx(in_flight))
    assert (hold.clones, hold.peak, hold.together) == (count, peak, together)


@pytest.mark.parametrize(
    "domains",
    [
        pytest.param([], id="no storage"),
        pytest.param([[]], id="no task"),
        pytest.param([[a_clone(0, 5, kind="qmstart")]], id="no clone"),
        pytest.param([[a_clone(0, None)]], id="none has ended"),
        pytest.param([[a_clone(0, 12, status=TIMED_OUT)]], id="none came out"),
    ],
)
def test_nothing_came_out_nothing_is_measured(domains):
    assert lock_hold_of(domains) is None


def test_clones_that_gave_up_are_counted_apart_and_their_waiting_is_in_flight():
    failed = [a_clone(0, 10, status=TIMED_OUT), a_clone(4, 14, status="clone failed: out of space")]
    hold = lock_hold_of([[*PAIRED, *failed]])

    assert hold is not None
    assert (hold.clones, hold.timeouts) == (30, 1)
    assert hold.in_flight == pytest.approx(140 / 62)


def test_only_the_latest_count_the_storage_became_faster():
    slow = clones(*((10.0 * n, 10.0 * n + 20.0) for n in range(500)))
    fast = clones(*((6000 + 2.0 * n, 6000 + 2.0 * n + 4.0) for n in range(400)))
    hold = lock_hold_of([slow + fast])

    assert hold is not None
    assert hold.each_s == pytest.approx(802 / 400)


def test_twenty_clones_with_two_in_flight_are_enough_to_be_sure():
    assert [hold.sure for count in (19, 20) if (hold := lock_hold_of([PAIRED[:count]]))] == [False, True]


@pytest.mark.long
@given(st.lists(st.tuples(st.integers(0, 300), st.integers(0, 60), st.booleans()), max_size=60))
def test_any_tasks_give_a_sensible_hold_or_none(spans):
    hold = lock_hold_of([[a_clone(began, began + took, status="OK" if good else TIMED_OUT) for began, took, good in spans]])

    if hold is not None:
        assert hold.each_s > 0
        assert 1 <= hold.clones <= sum(good for _, _, good in spans)
        assert 0 <= hold.timeouts <= sum(not good for _, _, good in spans)
        assert hold.in_flight > 0
        assert hold.peak >= 0
