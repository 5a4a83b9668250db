"""The queue of clones and boots, by hand."""

from math import inf

import pytest

from provisioner.model.ids import LockDomain, Seat
from provisioner.planning.eta.schedule import Gated, Job, Yard, ready_times

LOCK, OTHER = LockDomain("pve/ceph"), LockDomain("pve/nfs")


def a_job(number, *, batch=0, priority=0, **changed):
    values = {"clone_from": inf, "boot_from": 0.0, "boot_s": 40.0, **changed}
    return Job(seat=Seat(f"agent:{number}"), rank=(priority, 0.0, f"u{number}"), batch=batch, **values)


def times(jobs, yard, gates=None):
    found = ready_times(jobs, yard, gates or {}, now=0.0)
    return [found.get(job.seat, inf) for job in jobs]


@pytest.mark.parametrize(
    ("jobs", "yard", "expected"),
    [
        pytest.param(
            [a_job(1), a_job(2), a_job(3)], Yard(clone_s={LOCK: 2.0}, width=9), [42.0, 44.0, 46.0], id="one lock, one at a time"
        ),
        pytest.param(
            [a_job(1), a_job(2)], Yard(clone_s={LOCK: 2.0, OTHER: 3.0}, width=9), [42.0, 43.0], id="two locks, side by side"
        ),
        pytest.param(
            [a_job(number, clone_from=None) for number in (1, 2, 3)], Yard(width=2), [40.0, 40.0, 80.0], id="two boots at once"
        ),
        pytest.param(
            [a_job(1, clone_from=None, boots=True, boot_s=5.0), a_job(2, clone_from=None)],
            Yard(width=1),
            [5.0, 45.0],
            id="a boot that goes on keeps its place",
        ),
        pytest.param(
            [a_job(1, priority=9), a_job(2)], Yard(clone_s={LOCK: 2.0}, width=9), [44.0, 42.0], id="the most important first"
        ),
        pytest.param(
            [a_job(1, clone_from=0.0, boot_from=100.0)],
            Yard(clone_s={LOCK: 2.0}, width=9),
            [140.0],
            id="prepared: a boot is left",
        ),
        pytest.param([a_job(1)], Yard(width=9), [inf], id="nowhere to clone: never"),
        pytest.param([a_job(1)], Yard(clone_s={LOCK: 2.0}, width=9, between_s=5.0), [47.0], id="an end is seen late"),
    ],
)
def test_each_waits_for_a_lock_and_for_a_place_to_boot(jobs, yard, expected):
    assert times(jobs, yard) == expected


def test_a_batch_behind_a_gate_opens_once_enough_of_the_batch_before_is_ready():
    before = [a_job(1, clone_from=None, boot_s=10.0), a_job(2, clone_from=None, boot_s=30.0)]
    behind = [a_job(3, batch=1), a_job(4, batch=1, clone_from=0.0)]

    found = times([*before, *behind], Yard(clone_s={LOCK: 2.0}, width=9), {1: Gated(before=0, needed=1)})

    assert found == [10.0, 30.0, 52.0, 50.0], "what was prepared has only the boot left"


def test_a_gate_that_never_opens_lets_nobody_through():
    found = times([a_job(1), a_job(2, batch=1)], Yard(clone_s={LOCK: 2.0}, width=9), {1: Gated(before=0, needed=2)})

    assert found == [42.0, inf]


def test_a_more_important_desktop_that_opens_later_overtakes():
    late, early = a_job(1, priority=0, boot_from=3.0, clone_from=inf), [a_job(n, priority=5) for n in range(2, 6)]

    found = times([late, *early], Yard(clone_s={LOCK: 2.0}, width=9))

    assert found == [46.0, 42.0, 44.0, 48.0, 50.0]
