"""The queue of clones and boots, by hand."""

from math import inf
from types import MappingProxyType

import pytest

from provisioner.model.ids import LockDomain, Seat
from provisioner.planning.eta.schedule import Gated, Job, Site, Yard, ready_times

LOCK, OTHER = LockDomain("pve/ceph"), LockDomain("pve/nfs")


def a_job(number, *, batch=0, priority=0, **changed):
    values = {"clone_from": inf, "boot_from": 0.0, "boot_s": 40.0, **changed}
    return Job(seat=Seat(f"agent:{number}"), rank=(priority, 0.0, f"u{number}"), batch=batch, **values)


def a_yard(clone_s=MappingProxyType({}), *, width=9, **changed):
    return Yard(sites=(Site(clone_s=clone_s, width=width),), **changed)


def times(jobs, yard, gates=None):
    found = ready_times(jobs, yard, gates or {}, now=0.0)
    return [found.get(job.seat, inf) for job in jobs]


@pytest.mark.parametrize(
    ("jobs", "yard", "expected"),
    [
        pytest.param([a_job(1), a_job(2), a_job(3)], a_yard({LOCK: 2.0}), [42.0, 44.0, 46.0], id="one lock, one at a time"),
        pytest.param([a_job(1), a_job(2)], a_yard({LOCK: 2.0, OTHER: 3.0}), [42.0, 43.0], id="two locks, side by side"),
        pytest.param(
            [a_job(number, clone_from=None) for number in (1, 2, 3)],
            a_yard(width=2),
            [40.0, 40.0, 80.0],
            id="two boots at once",
        ),
        pytest.param(
            [a_job(1, clone_from=None, boots=True, boot_s=5.0), a_job(2, clone_from=None)],
            a_yard(width=1),
            [5.0, 45.0],
            id="a boot that goes on keeps its place",
        ),
        pytest.param([a_job(1, priority=9), a_job(2)], a_yard({LOCK: 2.0}), [44.0, 42.0], id="the most important first"),
        pytest.param(
            [a_job(1, clone_from=0.0, boot_from=100.0)],
            a_yard({LOCK: 2.0}),
            [140.0],
            id="prepared: a boot is left",
        ),
        pytest.param([a_job(1)], a_yard(width=9), [inf], id="nowhere to clone: never"),
        pytest.param([a_job(1)], a_yard({LOCK: 2.0}, between_s=5.0), [47.0], id="an end is seen late"),
    ],
)
def test_each_waits_for_a_lock_and_for_a_place_to_boot(jobs, yard, expected):
    assert times(jobs, yard) == expected


def test_a_batch_behind_a_gate_opens_once_enough_of_the_batch_before_is_ready():
    before = [a_job(1, clone_from=None, boot_s=10.0), a_job(2, clone_from=None, boot_s=30.0)]
    behind = [a_job(3, batch=1), a_job(4, batch=1, clone_from=0.0)]

    found = times([*before, *behind], a_yard({LOCK: 2.0}), {1: Gated(before=0, needed=1)})

    assert found == [10.0, 30.0, 52.0, 50.0], "what was prepared has only the boot left"


def test_a_gate_that_never_opens_lets_nobody_through():
    found = times([a_job(1), a_job(2, batch=1)], a_yard({LOCK: 2.0}), {1: Gated(before=0, needed=2)})

    assert found == [42.0, inf]


def test_a_more_important_desktop_that_opens_later_overtakes():
    late, early = a_job(1, priority=0, boot_from=3.0, clone_from=inf), [a_job(n, priority=5) for n in range(2, 6)]

    found = times([late, *early], a_yard({LOCK: 2.0}))

    assert found == [46.0, 42.0, 44.0, 48.0, 50.0]


def on_two_nodes(slow_s=20.0):
    return Yard(sites=(Site(clone_s={LOCK: slow_s}, width=1), Site(clone_s={OTHER: 2.0}, width=2)))


def test_a_clone_that_has_a_place_waits_for_the_lock_of_that_place_however_idle_others_are():
    assert times([a_job(1, site=0), a_job(2, site=0), a_job(3)], on_two_nodes()) == [60.0, 100.0, 42.0]


def test_a_desktop_boots_on_its_own_node_however_idle_others_are():
    made = [a_job(number, clone_from=None, site=0) for number in (1, 2, 3)]

    assert times([*made, a_job(4, clone_from=None, site=1)], on_two_nodes()) == [40.0, 80.0, 120.0, 40.0]


def test_what_was_placed_where_nothing_is_cloned_any_more_gets_another_place():
    closed = Yard(sites=(Site(width=1), Site(clone_s={OTHER: 2.0}, width=2)))

    assert times([a_job(1, site=0)], closed) == [42.0]


def test_a_gate_waits_for_those_of_the_batch_before_that_are_on_a_slow_storage():
    before = [a_job(1, site=0), a_job(2, site=1)]
    behind = a_job(3, batch=1, clone_from=None, site=1)

    assert times([*before, behind], on_two_nodes(slow_s=500.0), {1: Gated(before=0, needed=2)}) == [540.0, 42.0, 580.0]


def test_a_node_with_more_than_it_boots_gets_no_more_clones_than_pay():
    jobs = [a_job(number) for number in range(1, 41)]

    ready = times(jobs, Yard(sites=(Site(clone_s={LOCK: 8.0}, width=9), Site(clone_s={OTHER: 0.5}, width=1))))

    assert max(ready) < 400.0, "20 of them on the node with one place to boot would take 800 s"
