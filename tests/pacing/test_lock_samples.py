"""Samples of lock domains, from observations."""

from dataclasses import replace

import pytest

from provisioner.execution.executor import settle
from provisioner.model.ids import PoolName
from provisioner.model.machines.cluster import membership_domain
from provisioner.model.machines.desktops import Phase
from provisioner.model.people.profiles import CloneKind
from provisioner.pacing.clone_limits import clone_runs_of, clones_of
from provisioner.pve.faults import error_for_task
from tests.builders.actions import a_clone, a_start
from tests.builders.cluster import NOW, PVE, a_profile, a_view
from tests.builders.core import a_desktop
from tests.builders.execution import a_look, answered, ordered, the_end

TIMEOUT = "clone failed: can't lock file '/var/lock/pve-manager/pve-storage-local' - got timeout"
CLONING = a_desktop(1, Phase.CLONING).guest
CLONED = a_desktop(1, Phase.CLONED).guest
DOMAIN = a_clone(1).lock_domain


def said(executor, view):
    outcomes = settle(executor, view, view.taken_at, task_error=error_for_task)[1].outcomes
    return clone_runs_of(executor.work, outcomes, view)


def test_a_clone_that_came_out_is_measured_from_its_order():
    (run,) = said(answered(a_clone(1)), a_look(CLONED))[DOMAIN]

    assert (run.began_at, run.ended_at, run.timed_out) == (NOW - 5, NOW, False)


def test_l1_a_full_clone_is_measured_as_such():
    full = a_clone(1, profile=a_profile(clone=CloneKind.FULL))

    assert [said(answered(clone), a_look(CLONED))[DOMAIN][0].copied for clone in (full, a_clone(1))] == [True, False]


def test_a_clone_under_way_is_no_evidence_yet():
    assert said(answered(a_clone(1)), a_look(CLONING)) == {}


def test_a_lock_timeout_is_evidence():
    (run,) = said(answered(a_clone(1)), a_look(tasks=(the_end(TIMEOUT),)))[DOMAIN]

    assert run.timed_out


def test_a_timeout_of_the_pools_lock_is_that_locks_alone():
    """A5: it does not count against the storage."""
    executor = answered(replace(a_clone(1), pool=PoolName("desks")))
    runs = said(executor, a_look(tasks=(the_end("clone failed: cfs-lock 'file-user_cfg' error: got lock request timeout"),)))

    assert [run.timed_out for run in runs[membership_domain(PVE)]] == [True]
    assert DOMAIN not in runs


def test_a_timeout_of_a_storage_says_nothing_of_the_pools_lock():
    """A5: nor does a clone into no pool."""
    pooled = said(answered(replace(a_clone(1), pool=PoolName("desks"))), a_look(tasks=(the_end(TIMEOUT),)))

    assert pooled.keys() == {DOMAIN}
    assert said(answered(a_clone(1)), a_look(CLONED)).keys() == {DOMAIN}


def test_a_clone_unanswered_at_the_time_of_the_view_is_no_evidence():
    assert said(ordered(a_clone(1)), a_look(CLONING)) == {}


def test_only_clones_hold_a_storage_lock():
    assert said(answered(a_start(1)), a_look(replace(CLONED, tags=frozenset()))) == {}


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
