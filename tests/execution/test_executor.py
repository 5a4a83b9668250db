"""Actions in flight, and what each end means: accept, absorb, pause."""

from dataclasses import replace

import pytest

from provisioner import errors
from provisioner.execution.circuit_breakers import Circuit
from provisioner.execution.executor import Effects, absorb, accept
from provisioner.model.actions import Plan, Result
from provisioner.model.machines.desktops import Unheard
from provisioner.model.words import GuestWord
from tests.builders.actions import (
    a_check,
    a_clone,
    a_configure,
    a_delete,
    a_key,
    a_name,
    a_release,
    a_reservation,
    a_start,
    a_stop,
    a_verify,
    an_assignment,
)
from tests.builders.cluster import NOW, PVE
from tests.builders.core import a_report
from tests.builders.execution import UPID, a_look, answered, ended, idle, looked, ordered, the_end, unanswered

LOST = errors.OutcomeUnknown("596")
SEEN_LATER = {"clone": a_clone(), "start": a_start(), "stop": a_stop(), "delete": a_delete(), "configure": a_configure()}


def test_a_plan_is_taken_up_each_action_once():
    actions = (a_clone(1), a_start(2), a_check(3))

    executor, submitted = accept(idle(), Plan(actions=actions), NOW)

    assert submitted == actions
    assert executor.in_flight == {a_key(1): actions[0], a_key(2): actions[1], a_key(3): actions[2]}
    assert accept(executor, Plan(actions=actions), NOW + 1) == (executor, ())


@pytest.mark.parametrize("action", [an_assignment(), a_release()], ids=["an assignment", "a release"])
def test_actions_of_the_store_alone_are_not_sent(action):
    assert accept(idle(), Plan(actions=(action,)), NOW) == (idle(), ())


def test_an_assignment_does_not_keep_a_reading_from_being_sent():
    reading = a_check(1)

    assert accept(idle(), Plan(actions=(an_assignment(1), reading)), NOW)[1] == (reading,)


def test_a_desktop_being_worked_on_takes_no_second_order():
    assert accept(ordered(a_clone(1)), Plan(actions=(a_start(1), a_start(2))), NOW)[1] == (a_start(2),)


@pytest.mark.parametrize("action", SEEN_LATER.values(), ids=SEEN_LATER)
@pytest.mark.parametrize("answer", [UPID, LOST], ids=["answered", "answer lost"])
def test_actions_that_observations_end_stay_in_flight(action, answer):
    executor = unanswered(action, answer) if answer is LOST else answered(action, answer=answer)

    work = executor.work[action.key]
    assert (work.answered_at, work.upid) == (NOW - 4, None if answer is LOST else UPID)


@pytest.mark.parametrize("answer", [UPID, LOST], ids=["answered", "answer lost"])
def test_a_clone_that_was_sent_may_have_come_out(answer):
    """Seed 2000737: it had, a listing that was wrong did not show it, and its VMID was given up as somebody else's."""
    clone, outcome = a_clone(1), {"error": LOST} if answer is LOST else {"answer": answer}

    _, effects = absorb(ordered(clone), ended(clone, **outcome))

    assert effects.maybe_made == a_name(1)


@pytest.mark.parametrize("action", SEEN_LATER.values(), ids=SEEN_LATER)
def test_a_refused_call_is_over_at_once(action):
    executor, effects = absorb(ordered(action), ended(action, error=errors.Refused("no")))

    assert not executor.work
    assert [outcome.result for outcome in effects.outcomes] == [Result.REFUSED]
    assert effects.outcomes[0].started_at == NOW - 5


@pytest.mark.parametrize(
    ("action", "error"),
    [
        pytest.param(a_start(), errors.AlreadySo("VM 5001 already running"), id="start of what runs"),
        pytest.param(a_stop(), errors.AlreadySo("VM 5001 not running"), id="stop of what is off"),
    ],
)
def test_an_action_already_in_effect_is_done(action, error):
    _, effects = absorb(ordered(action), ended(action, error=error))

    assert [outcome.result for outcome in effects.outcomes] == [Result.DONE]


def test_the_end_of_something_no_longer_under_way_changes_nothing():
    executor = ordered(a_clone(1))

    assert absorb(executor, ended(a_clone(2), answer=UPID)) == (executor, Effects())
    assert absorb(executor, ended(a_clone(1), answer=UPID)) == (executor, Effects()), "an older order of the same desktop"


def test_a_report_comes_out_with_when_it_was_asked():
    reading = a_check()
    report = a_report()

    executor, effects = absorb(ordered(reading), ended(reading, answer=report))

    assert (effects.report, effects.checked, effects.outcomes) == ((a_name(), report), a_name(), ())
    assert not executor.work


def test_a_guest_that_gives_no_answer_was_asked_all_the_same():
    reading = a_check()

    executor, effects = absorb(ordered(reading), ended(reading, error=errors.GuestUnknown("no agent")))

    unheard = Unheard(word=GuestWord.OTHER, text="no agent", since=NOW - 4)
    assert effects == Effects(checked=a_name(), unheard=(a_name(), unheard))
    assert not executor.work


def test_a_proven_note_is_adopted():
    verify, found = a_verify(), a_reservation()

    _, effects = absorb(ordered(verify), ended(verify, answer=found))

    assert effects.adopted == (found,)
    assert [(outcome.action, outcome.result, outcome.retire_vmid) for outcome in effects.outcomes] == [
        ("verify", Result.DONE, False)
    ]


def test_a_vm_without_a_note_of_ours_is_left_alone_for_ever():
    verify = a_verify(name=None)

    _, effects = absorb(ordered(verify), ended(verify, answer=None))

    (outcome,) = effects.outcomes
    assert (outcome.desktop, outcome.result, outcome.retire_vmid) == ("vm-5001", Result.DONE, True)
    assert outcome.reason == ("VM 5001 is in our VMID range without a note of ours: foreign, its VMID is never used")
    assert not effects.adopted


def test_a_note_that_could_not_be_read_proves_nothing_either_way():
    verify = a_verify()

    _, effects = absorb(ordered(verify), ended(verify, error=errors.NotSent("595")))

    assert [(outcome.result, outcome.retire_vmid) for outcome in effects.outcomes] == [(Result.RETRY, False)]
    assert not effects.adopted


# -- circuits ----------------------------------------------------------------------------------------------------------


def test_the_answer_to_an_order_of_ours_opens_a_circuit_and_anothers_does_not():
    error = errors.Unauthorised("401")
    assert not absorb(ordered(a_clone()), ended(a_clone(), error=error))[0].paused(NOW), "another order's answer"

    action = a_clone()
    executor = absorb(ordered(action), ended(action, error=error))[0]

    assert executor.paused(NOW) == {PVE: "401; one order is tried every 30 s"}


def test_a_task_that_failed_for_want_of_room_opens_its_storages_circuit_alone():
    action = a_clone()
    view = a_look(tasks=(the_end("clone failed: No space left on device"),))

    executor, effects = looked(answered(action), view)

    assert executor.circuits.full(NOW) == {action.lock_domain: effects.outcomes[0].reason}
    assert executor.paused(NOW) == {}


def test_a_task_that_failed_for_want_of_quorum_pauses_its_cluster():
    executor, _ = looked(answered(a_start()), a_look(tasks=(the_end("cluster not ready - no quorum?"),)))

    assert PVE in executor.paused(NOW)


@pytest.mark.parametrize(
    ("before", "quorate", "paused"),
    [
        pytest.param(None, True, False, id="nothing wrong"),
        pytest.param(None, False, True, id="quorum seen lost before any write failed"),
        pytest.param(Circuit(reason="no", until=NOW - 1), True, False, id="quorum is back"),
        pytest.param(Circuit(reason="no", until=NOW - 1), False, True, id="quorum is not back"),
    ],
)
def test_quorum_is_a_matter_of_observation(before, quorate, paused):
    view = replace(a_look(), quorate=quorate)

    executor, _ = looked(idle(paused=before), view)

    assert (PVE in executor.paused(NOW)) is paused
