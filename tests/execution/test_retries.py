"""What follows an action's end: done, retry, observe first, another VMID, or give up."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provisioner import errors
from provisioner.execution.retries import ActionEnding, after, attempts_after, backoff_s, done, log_tail
from provisioner.model.actions import Result
from provisioner.model.machines.desktops import Attempts
from tests.builders.actions import a_clone, a_configure, a_delete, a_name, a_start, a_stop, a_tag, a_verify, an_outcome
from tests.builders.cluster import NOW
from tests.builders.core import a_budget

ENDING = ActionEnding(started_at=NOW - 5, now=NOW, reason="as asked")
AGAIN, LOOK, NEVER, SO = Result.RETRY, Result.UNKNOWN, Result.REFUSED, Result.DONE

WRITES = {
    "clone": a_clone(),
    "configure": a_configure(),
    "start": a_start(),
    "stop": a_stop(),
    "tag": a_tag(),
    "delete": a_delete(),
}
MEANING = {
    errors.NotSent: dict.fromkeys(WRITES, AGAIN),
    errors.NodeRefuses: dict.fromkeys(WRITES, AGAIN),
    errors.OutcomeUnknown: dict.fromkeys(WRITES, LOOK),
    errors.LockBusy: dict.fromkeys(WRITES, AGAIN),
    errors.UserConfigBusy: dict.fromkeys(WRITES, AGAIN),
    errors.GuestBusy: dict.fromkeys(WRITES, AGAIN),
    errors.WorkerBusy: dict.fromkeys(WRITES, AGAIN),
    errors.IdTaken: dict.fromkeys(WRITES, LOOK),
    errors.LeftoverImage: dict.fromkeys(WRITES, LOOK),
    errors.GoneOrMoved: dict.fromkeys(WRITES, AGAIN),
    errors.AlreadySo: {**dict.fromkeys(WRITES, AGAIN), "start": SO, "stop": SO},
    errors.InUse: dict.fromkeys(WRITES, AGAIN),
    errors.PlaceElsewhere: dict.fromkeys(WRITES, AGAIN),
    errors.HollowClone: dict.fromkeys(WRITES, NEVER),
    errors.KeepWithTemplate: dict.fromkeys(WRITES, AGAIN),
    errors.Refused: dict.fromkeys(WRITES, NEVER),
    errors.NotOurs: dict.fromkeys(WRITES, NEVER),
    errors.OtherKey: dict.fromkeys(WRITES, AGAIN),
    errors.Unseen: dict.fromkeys(WRITES, AGAIN),
    errors.NoQuorum: dict.fromkeys(WRITES, AGAIN),
    errors.Unauthorised: dict.fromkeys(WRITES, AGAIN),
    errors.Forbidden: dict.fromkeys(WRITES, AGAIN),
    errors.StorageFull: dict.fromkeys(WRITES, AGAIN),
    errors.HypervisorError: dict.fromkeys(WRITES, AGAIN),
}
CASES = [
    pytest.param(error, WRITES[what], result, id=f"{what} with {error.__name__}: {result}")
    for error, row in MEANING.items()
    for what, result in row.items()
]


@pytest.mark.parametrize(("error", "action", "result"), CASES)
def test_each_error_means_one_thing_for_each_action(error, action, result):
    outcome = after(error("no luck"), action, ENDING)

    assert (outcome.result, outcome.reason) == (result, "no luck")
    assert outcome.error == errors.word_for(error)
    assert (outcome.desktop, outcome.started_at, outcome.ended_at) == (a_name(), NOW - 5, NOW)


def test_no_error_of_the_hypervisor_is_left_out():
    def leaves(kind):
        below = kind.__subclasses__()
        return {kind}.union(*(leaves(subclass) for subclass in below))

    assert leaves(errors.HypervisorError) - MEANING.keys() == {errors.Paused}


@pytest.mark.parametrize("action", [a_configure(), a_start()], ids=["configure", "start"])
def test_a_note_that_does_not_prove_it_ours_gives_up_no_desktop(action):
    """The note is read again first: a wrong note_key for some minutes once made every stopped desktop fail."""
    outcome = after(errors.NotOurs("the note does not prove it"), action, ENDING)

    assert attempts_after(outcome, Attempts(), a_budget()) == Attempts()
    assert attempts_after(outcome, Attempts(count=1), a_budget()) == Attempts(count=1)


def test_a_successful_end_is_done():
    outcome = done(a_start(), ENDING)

    assert (outcome.result, outcome.action, outcome.reason, outcome.error) == (Result.DONE, "start", "as asked", "")


@pytest.mark.parametrize(
    ("error", "retired"),
    [
        pytest.param(errors.LeftoverImage("x"), True, id="a leftover image makes the VMID useless"),
        pytest.param(errors.IdTaken("x"), False, id="a VMID that is taken may be our own"),
        pytest.param(errors.LockBusy("x"), False, id="a busy lock says nothing of the VMID"),
    ],
)
def test_which_error_retires_the_vmid(error, retired):
    assert after(error, a_clone(), ENDING).retire_vmid is retired


BEFORE = Attempts(count=2, reason="older", retry_at=NOW - 99)
BUDGET = a_budget(max_attempts=5, retry_base_s=10, retry_cap_s=300)


@pytest.mark.parametrize(
    ("outcome", "count", "gave_up"),
    [
        pytest.param(an_outcome(result=AGAIN, error="hypervisor_error"), 3, False, id="a failure counts"),
        pytest.param(an_outcome(result=AGAIN, error="lock_busy"), 2, False, id="a busy lock is waited for"),
        pytest.param(an_outcome(result=AGAIN, error="guest_busy"), 2, False, id="another's work on the VM is waited for"),
        pytest.param(an_outcome(result=AGAIN, error="worker_busy"), 2, False, id="a busy node is waited for"),
        pytest.param(an_outcome(result=AGAIN, error="place_elsewhere"), 3, False, id="a place that cannot do it, once"),
        pytest.param(an_outcome(result=LOOK, error="outcome_unknown"), 3, False, id="an unknown outcome counts"),
        pytest.param(an_outcome(result=NEVER, error="refused"), 3, True, id="a refusal ends it at once"),
        pytest.param(an_outcome(result=AGAIN, error="not_sent"), 2, False, id="never sent: nobody's fault"),
        pytest.param(an_outcome(result=AGAIN, error="unauthorised"), 2, False, id="a bad token is not the desktop's fault"),
        pytest.param(an_outcome(result=AGAIN, error="forbidden"), 2, False, id="a missing right is not its fault"),
        pytest.param(an_outcome(result=AGAIN, error="no_quorum"), 2, False, id="a lost quorum is not its fault"),
        pytest.param(an_outcome(result=AGAIN, error="storage_full"), 2, False, id="a full storage is not its fault"),
    ],
)
def test_tries_in_a_row(outcome, count, gave_up):
    attempts = attempts_after(outcome, BEFORE, BUDGET)

    assert (attempts.count, attempts.gave_up) == (count, gave_up)
    assert NOW <= attempts.retry_at <= NOW + 40
    assert "no luck" in attempts.reason


def test_progress_resets_the_count():
    assert attempts_after(an_outcome(result=SO), BEFORE, BUDGET) == Attempts()


def test_too_many_tries_are_given_up_with_the_count():
    attempts = attempts_after(an_outcome(error="hypervisor_error"), Attempts(count=4), BUDGET)

    assert attempts.gave_up
    assert attempts.reason == "gave up after 5 tries: no luck"


@pytest.mark.parametrize(
    ("lines", "tail"),
    [
        pytest.param(["one", "two", "three", "four"], "two / three / four", id="the last three"),
        pytest.param(["  no room  ", "", "TASK ERROR: clone failed"], "no room", id="not what the exit status says"),
        pytest.param(["said before", "news"], "news", id="not what is said already"),
        pytest.param(
            [
                "2026-11-24 08:00:00 starting migration of VM 5001 to node 'pve2' (192.0.2.2)",
                "2026-11-24 08:00:03 ERROR: migration aborted (duration 00:00:03): bridge 'vmbr9' does not exist",
                "TASK ERROR: migration aborted",
            ],
            "migration aborted (duration 00:00:03): bridge 'vmbr9' does not exist",
            id="K6: of a move, its error, without the time",
        ),
        pytest.param(["x" * 999], "x" * 300, id="no more than fits a table"),
        pytest.param([], "", id="nothing"),
    ],
)
def test_what_the_end_of_a_log_adds(lines, tail):
    assert log_tail(lines, known="gave up: said before") == tail


def test_a_busy_vm_is_retried_with_growing_delays_and_never_fails():
    attempts = Attempts()
    for _ in range(50):
        attempts = attempts_after(an_outcome(error="lock_busy"), attempts, BUDGET)

    assert (attempts.gave_up, attempts.count, attempts.waited, attempts.tries) == (False, 0, 50, 50)
    assert attempts.retry_at == NOW + backoff_s(a_name(), 50, BUDGET)


@pytest.mark.parametrize(
    ("error", "misplaced", "gave_up"),
    [
        pytest.param("place_elsewhere", 2, True, id="its node cannot do it: given up there"),
        pytest.param("storage_full", 2, False, id="its storage is full: nobody's fault"),
        pytest.param("hypervisor_error", 1, False, id="anything else says nothing of the place"),
    ],
)
def test_a_second_failure_that_speaks_of_the_place(error, misplaced, gave_up):
    once = attempts_after(an_outcome(error="place_elsewhere"), Attempts(), BUDGET)

    twice = attempts_after(an_outcome(error=error), once, BUDGET)

    assert (once.misplaced, once.gave_up, once.error) == (1, False, "place_elsewhere")
    assert (twice.misplaced, twice.gave_up, twice.error) == (misplaced, gave_up, error)


def test_where_it_was_tried_before_is_remembered_over_progress():
    moved = Attempts(count=1, reason="no luck", avoid=("n1",))

    assert attempts_after(an_outcome(result=SO), moved, BUDGET) == Attempts(avoid=("n1",))
    assert attempts_after(an_outcome(error="lock_busy"), moved, BUDGET).avoid == ("n1",)


def test_after_an_unknown_outcome_an_observation_comes_first():
    assert attempts_after(an_outcome(result=LOOK), Attempts(), BUDGET).retry_at == NOW + 10


@given(st.integers(1, 2000), st.integers(1, 20))
def test_backing_off_is_bounded_doubles_and_repeats_itself(number, count):
    waited = backoff_s(a_name(number), count, BUDGET)

    assert 0 <= waited <= min(300, 10 * 2 ** (count - 1))
    assert waited == backoff_s(a_name(number), count, BUDGET)


def test_backing_off_spreads_desktops():
    waits = [backoff_s(a_name(number), 5, BUDGET) for number in range(1, 201)]

    assert len(set(waits)) == 200
    assert 60 < sum(waits) / 200 < 100, "the mean of a spread from 0 to 160 s"


def test_a_note_whose_reading_was_lost_is_read_again():
    outcome = after(errors.OutcomeUnknown("596"), a_verify(), ENDING)

    assert (outcome.result, outcome.action) == (LOOK, "verify")


@pytest.mark.parametrize(
    ("outcome", "again_in_s"),
    [
        pytest.param(an_outcome(action="stop", result=NEVER, error="refused"), 300, id="what will not stop still works"),
        pytest.param(an_outcome(action="stop", result=AGAIN, error="hypervisor_error"), 300, id="it does not obey"),
        pytest.param(an_outcome(action="stop", result=AGAIN, error="in_use"), 10, id="somebody has logged on"),
    ],
)
def test_a_desktop_that_cannot_be_stopped_is_never_given_up(outcome, again_in_s):
    attempts = attempts_after(outcome, Attempts(count=4), BUDGET)

    assert attempts == Attempts(count=4, reason="no luck", retry_at=NOW + again_in_s, error=outcome.error)
