"""Every event in every state of a run has an answer: a next state, or a reason."""

from itertools import product

import pytest

from provisioner.model.scenario.surges import ORDERED, TRANSITIONS, SurgeEvent, SurgeRun, SurgeState, moved, next_state
from provisioner.reasons.reason import Reason

STATES, EVENTS = tuple(SurgeState), tuple(SurgeEvent)


def a_run(state=SurgeState.RUNNING):
    run = SurgeRun.begun("confinement", 1000.0, number=3)
    return moved(run, state, by="claire", at=2000.0)


@pytest.mark.parametrize(("event", "state"), list(product(EVENTS, STATES)))
def test_every_event_in_every_state_has_an_answer(event, state):
    answer = next_state(a_run(state), event)
    assert isinstance(answer, SurgeState) or (isinstance(answer, Reason) and answer.code)


@pytest.mark.parametrize("event", [event for event in EVENTS if event not in ORDERED])
def test_what_the_daemon_finds_by_itself_is_never_refused(event):
    assert all(isinstance(answer, SurgeState) for answer in TRANSITIONS[event].values())


@pytest.mark.parametrize("event", ORDERED)
def test_without_a_run_only_a_start_is_possible(event):
    assert isinstance(next_state(None, event), SurgeState) is (event is SurgeEvent.START)


@pytest.mark.parametrize("state", [state for state in STATES if state is not SurgeState.ENDED])
def test_two_surges_at_once_are_refused_and_the_first_is_named(state):
    refused = next_state(a_run(state), SurgeEvent.START)
    assert isinstance(refused, Reason)
    assert "run 3 of scenario 'confinement'" in refused


@pytest.mark.parametrize("state", STATES)
def test_from_every_state_orders_lead_to_the_end(state):
    reached, todo = set(), {state}
    while todo:
        here = todo.pop()
        reached.add(here)
        answers = (next_state(a_run(here), event) for event in (SurgeEvent.ABORT, SurgeEvent.FINISH, SurgeEvent.DONE))
        todo |= {answer for answer in answers if isinstance(answer, SurgeState)} - reached
    assert SurgeState.ENDED in reached


def test_the_same_order_again_says_since_when_and_by_whom():
    assert next_state(a_run(SurgeState.PAUSED), SurgeEvent.PAUSE) == (
        "run 3 of scenario 'confinement' is paused already, since 1970-01-01T00:33:20Z, by claire"
    )


@pytest.mark.parametrize(
    ("state", "event", "after"),
    [
        pytest.param(SurgeState.PAUSED, SurgeEvent.RESUME, SurgeState.RUNNING, id="a pause ends"),
        pytest.param(SurgeState.ABORTING, SurgeEvent.RESUME, SurgeState.RUNNING, id="an abort is taken back"),
        pytest.param(SurgeState.RETURNING, SurgeEvent.RESUME, SurgeState.RUNNING, id="a return is taken back"),
        pytest.param(SurgeState.RETURNING, SurgeEvent.ABORT, SurgeState.ENDED, id="a return is ended where it is"),
        pytest.param(SurgeState.ENDED, SurgeEvent.FINISH, SurgeState.RETURNING, id="a return after an abort"),
        pytest.param(SurgeState.ENDED, SurgeEvent.START, SurgeState.RUNNING, id="the same again"),
        pytest.param(SurgeState.RUNNING, SurgeEvent.SHUT, SurgeState.GATED, id="a gate"),
        pytest.param(SurgeState.PAUSED, SurgeEvent.SHUT, SurgeState.PAUSED, id="a gate says nothing while paused"),
    ],
)
def test_states_follow(state, event, after):
    assert next_state(a_run(state), event) is after
