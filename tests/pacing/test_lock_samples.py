"""Samples of lock domains, from observations."""

from dataclasses import replace

import pytest

from provisioner.execution.executor import settle
from provisioner.model.cluster import membership_domain
from provisioner.model.desktops import Phase
from provisioner.model.ids import PoolName
from provisioner.pacing.lock_samples import clones_of, lock_samples_of, rivals_of
from provisioner.pve.faults import error_for_task
from tests.builders.actions import a_clone, a_start
from tests.builders.cluster import NOW, PVE, a_task, a_view
from tests.builders.core import a_desktop
from tests.builders.execution import a_look, answered, ordered, the_end

TIMEOUT = "clone failed: can't lock file '/var/lock/pve-manager/pve-storage-local' - got timeout"
CLONING = a_desktop(1, Phase.CLONING).guest
CLONED = a_desktop(1, Phase.CLONED).guest
DOMAIN = a_clone(1).lock_domain


def said(executor, view, *, last=None):
    outcomes = settle(executor, view, view.taken_at, task_error=error_for_task)[1].outcomes
    return lock_samples_of(executor.work, outcomes, view, last_seen_at=last or {})


def test_a_clone_that_came_out_is_measured_from_its_order():
    sample = said(answered(a_clone(1)), a_look(CLONED))[DOMAIN]

    assert (sample.began_at, sample.seen_at, sample.ended, sample.timeouts) == (NOW - 5, NOW, 1, 0)


def test_a_clone_under_way_counts_its_time():
    sample = said(answered(a_clone(1)), a_look(CLONING))[DOMAIN]

    assert (sample.seen_at - sample.began_at, sample.ended) == (5, 0)


def test_a_spell_begins_where_the_last_one_ended():
    sample = said(answered(a_clone(1)), a_look(CLONED), last={DOMAIN: NOW - 2})[DOMAIN]

    assert sample.began_at == NOW - 2


def test_a_lock_timeout_is_counted():
    sample = said(answered(a_clone(1)), a_look(tasks=(the_end(TIMEOUT),)))[DOMAIN]

    assert (sample.ended, sample.timeouts) == (0, 1)


def test_a_timeout_of_the_pools_lock_is_that_locks_alone():
    """A5: it does not count against the storage, but one of its places was lost in the meantime."""
    executor = answered(replace(a_clone(1), pool=PoolName("desks")))
    samples = said(executor, a_look(tasks=(the_end("clone failed: cfs-lock 'file-user_cfg' error: got lock request timeout"),)))
    members, storage = samples[membership_domain(PVE)], samples[DOMAIN]

    assert (members.timeouts, members.at_once, storage.timeouts, storage.lost_s) == (1, 1, 0, 5)


def test_a_timeout_of_a_storage_says_nothing_of_the_pools_lock():
    """A5: nor does a clone into no pool."""
    pooled = said(answered(replace(a_clone(1), pool=PoolName("desks"))), a_look(tasks=(the_end(TIMEOUT),)))

    assert (pooled[membership_domain(PVE)].timeouts, pooled[DOMAIN].timeouts) == (0, 1)
    assert said(answered(a_clone(1)), a_look(CLONED)).keys() == {DOMAIN}


def test_a_lock_timeout_loses_its_share_of_the_places():
    first, other = answered(a_clone(1)), answered(a_clone(3), answer="UPID:n1:4:5:6:qmclone:9001:bascule@pve!token:")
    two = replace(first, work={**first.work, **other.work})
    alone = said(first, a_look(tasks=(the_end(TIMEOUT),)))[DOMAIN]
    one_of_two = said(two, a_look(tasks=(the_end(TIMEOUT),)))[DOMAIN]

    assert (alone.lost_s, one_of_two.lost_s) == (5, 2.5)


def test_clones_unanswered_at_the_time_of_the_view_give_no_sample():
    assert said(ordered(a_clone(1)), a_look(CLONING)) == {}
    assert said(answered(a_clone(1), at=NOW + 1), a_look(CLONING)) == {}


def test_only_clones_hold_a_storage_lock():
    assert said(answered(a_start(1)), a_look(replace(CLONED, tags=frozenset()))) == {}


def test_who_else_takes_a_lock_is_counted_by_node():
    ours = answered(a_clone(1))
    (work,) = ours.work.values()
    view = replace(
        a_look(CLONING),
        running=(
            a_task(work.upid),
            a_task("UPID:other", node="n1"),
            a_task("UPID:restore", kind="qmrestore", node="n2"),
            a_task("UPID:start", kind="qmstart", node="n2"),
        ),
    )

    assert {key.node: count for key, count in rivals_of(ours.work, view).items()} == {"n1": 1, "n2": 1}


@pytest.mark.parametrize(
    ("view", "ended", "waiting"),
    [
        pytest.param(a_look(CLONING), False, {DOMAIN: [NOW - 5]}, id="one that is under way"),
        pytest.param(a_look(CLONING), True, {}, id="one that has just ended"),
        pytest.param(a_look(offline=("n1",)), False, {}, id="one on a node that has died"),
        pytest.param(a_view(cluster="lyon"), False, {}, id="one on another cluster"),
    ],
)
def test_clones_under_way_by_lock_domain(view, ended, waiting):
    work = answered(a_clone(1)).work

    assert clones_of(work, view, without=work.keys() if ended else set()) == waiting
