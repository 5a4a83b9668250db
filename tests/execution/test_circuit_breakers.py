"""When one answer pauses a whole cluster or storage, and how a trial ends the pause."""

from dataclasses import replace

import pytest

from provisioner.execution.circuit_breakers import PAUSE_S, Circuits
from provisioner.model.ids import LockDomain
from provisioner.reasons.targets import NO_QUORUM
from tests.builders.actions import a_check, a_clone, a_configure, a_start, a_verify, an_assignment
from tests.builders.cluster import NOW, PVE, a_view

N1, N2 = LockDomain("pve/n1/local"), LockDomain("pve/n2/local")
CLOSED = Circuits()


def refused(action, error="unauthorised", *, at=NOW):
    return CLOSED.after_failure(action, error, f"no: {error}", at)


@pytest.mark.parametrize(
    ("action", "error", "clusters", "storages"),
    [
        pytest.param(a_clone(), "unauthorised", {PVE}, set(), id="401: the cluster"),
        pytest.param(a_configure(), "forbidden", set(), set(), id="403: nothing, for it speaks of one path"),
        pytest.param(a_start(), "no_quorum", {PVE}, set(), id="no quorum: the cluster"),
        pytest.param(a_clone(1), "storage_full", set(), {N1}, id="no space for a clone: its storage"),
        pytest.param(a_start(), "storage_full", set(), set(), id="no space for a start: where it lies is not known"),
        pytest.param(a_clone(), "lock_busy", set(), set(), id="a busy lock: nothing"),
        pytest.param(a_clone(), "refused", set(), set(), id="refused: nothing"),
        pytest.param(a_check(), "forbidden", set(), set(), id="a guest that may not be asked: nothing"),
        pytest.param(a_verify(), "forbidden", set(), set(), id="a note that may not be read: nothing"),
    ],
)
def test_what_an_answer_opens(action, error, clusters, storages):
    circuits = refused(action, error)

    assert (circuits.clusters.keys(), circuits.storages.keys()) == (clusters, storages)
    assert all(pause.reason == f"no: {error}" for pause in circuits.storages.values())


@pytest.mark.parametrize(
    ("at", "under_way", "paused"),
    [
        pytest.param(NOW, [], True, id="just opened"),
        pytest.param(NOW + PAUSE_S - 1, [], True, id="its time is not over"),
        pytest.param(NOW + PAUSE_S, [], False, id="its time is over: one order may go"),
        pytest.param(NOW + PAUSE_S + 5, [(a_clone(), NOW - 5)], False, id="an order from before it opened is no trial"),
        pytest.param(NOW + PAUSE_S + 5, [(a_check(), NOW + PAUSE_S)], False, id="a reading is no trial"),
        pytest.param(NOW + PAUSE_S + 5, [(a_clone(), NOW + PAUSE_S)], True, id="a trial is under way: the others wait"),
    ],
)
def test_how_long_nothing_is_sent(at, under_way, paused):
    assert refused(a_clone()).paused(at, under_way) == (
        {PVE: "no: unauthorised; one order is tried every 30 s"} if paused else {}
    )


@pytest.mark.parametrize(
    ("action", "ordered_at", "closed"),
    [
        pytest.param(a_clone(), NOW + PAUSE_S, True, id="the trial was taken"),
        pytest.param(a_clone(), NOW - 1, False, id="an order from before was taken late"),
        pytest.param(a_check(), NOW + PAUSE_S, False, id="a reading says nothing of writing"),
        pytest.param(an_assignment(), NOW + PAUSE_S, False, id="an assignment never leaves us"),
    ],
)
def test_what_closes_a_clusters_circuit(action, ordered_at, closed):
    circuits = refused(a_clone()).after_answer(action, ordered_at=ordered_at)

    assert (circuits == CLOSED) is closed


def test_a_trial_that_is_refused_opens_it_again():
    again = refused(a_clone()).after_failure(a_clone(), "unauthorised", "still no", NOW + 40)

    assert again.paused(NOW + 40 + PAUSE_S - 1, []) == {PVE: "still no; one order is tried every 30 s"}


def test_the_next_of_the_kind_that_was_refused_is_the_one_to_try_with():
    assert refused(a_configure()).clusters[PVE].tripped_by == "configure"


def test_no_order_closes_what_a_lost_quorum_opened():
    circuits = refused(a_clone(), "no_quorum")

    assert circuits.after_answer(a_clone(), ordered_at=NOW + 99) == circuits
    assert circuits.paused(NOW + 99, []) == {PVE: NO_QUORUM()}


@pytest.mark.parametrize(
    ("circuits", "quorate", "at", "paused"),
    [
        pytest.param(CLOSED, True, NOW, False, id="all is well"),
        pytest.param(CLOSED, False, NOW, True, id="seen lost before a write failed"),
        pytest.param(refused(a_clone(), "no_quorum"), True, NOW + 1, True, id="seen there a moment after a refusal: not yet"),
        pytest.param(refused(a_clone(), "no_quorum"), True, NOW + PAUSE_S, False, id="seen there: at once"),
        pytest.param(refused(a_clone(), "no_quorum"), False, NOW + 99, True, id="still lost"),
    ],
)
def test_quorum_is_seen_and_not_tried(circuits, quorate, at, paused):
    looked = circuits.after_look(a_view(quorate=quorate), at)

    assert bool(looked.paused(at, [])) is paused


def test_a_look_closes_nothing_but_a_want_of_quorum():
    circuits = refused(a_clone())

    assert circuits.after_look(a_view(), NOW + 99) == circuits


@pytest.mark.parametrize(
    ("action", "ordered_at", "closed"),
    [
        pytest.param(a_clone(1), NOW + PAUSE_S, True, id="a clone there came out"),
        pytest.param(a_clone(1), NOW, False, id="one that was ordered before it was full"),
        pytest.param(a_clone(2), NOW + PAUSE_S, False, id="a clone on another storage"),
        pytest.param(a_start(1), NOW + PAUSE_S, False, id="a start"),
    ],
)
def test_what_closes_a_storages_circuit(action, ordered_at, closed):
    full = refused(a_clone(1), "storage_full")

    assert full.full(NOW + PAUSE_S - 1) == {N1: "no: storage_full"}
    assert full.full(NOW + PAUSE_S) == {}, "one clone may try"
    assert (full.after_success(action, ordered_at=ordered_at) == CLOSED) is closed


def test_storages_are_full_each_for_itself():
    both = refused(a_clone(1), "storage_full").after_failure(a_clone(2), "storage_full", "full too", NOW + 10)

    assert both.full(NOW + PAUSE_S + 1) == {N2: "full too"}


def test_an_order_to_retry_shortens_every_wait_but_that_for_the_quorum():
    """K6: a storage that was full, and a template that could not be cloned to another node (an hour), waited all the same."""
    waits = refused(a_clone(1), "storage_full").after_failure(a_clone(2), "keep_with_template", "local", NOW)
    at_once = waits.at_once(NOW + 1)

    assert (waits.full(NOW + 1).keys(), bool(waits.tied(NOW + 1))) == ({N1}, True)
    assert (at_once.full(NOW + 1), at_once.tied(NOW + 1)) == ({}, {})
    assert refused(a_clone()).at_once(NOW + 1).paused(NOW + 1, []) == {}
    assert refused(a_clone(), "no_quorum").at_once(NOW + 1).paused(NOW + 99, []) == {PVE: NO_QUORUM()}


@pytest.mark.parametrize(("at", "waits"), [(NOW + PAUSE_S - 1, True), (NOW + PAUSE_S, False)])
def test_where_no_observation_says_whether_the_quorum_is_back_an_order_is_tried(at, waits):
    """K4: without Sys.Audit on / the pause never ended."""
    view = replace(a_view(), quorate=None, quorum_asked_at=NOW)

    assert bool(refused(a_clone(), "no_quorum").after_look(view, at).paused(at, [])) is waits
