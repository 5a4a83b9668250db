"""How many API calls are sent to a node at once."""

import pytest

from provisioner.model.actions import Plan
from provisioner.pacing.limits import call_limit, limit_calls
from tests.builders.actions import a_clone, a_reservation, a_start, an_assignment

NODE = a_reservation(1, nodes=1).node_key


@pytest.mark.parametrize(
    ("answer_s", "limit"),
    [
        pytest.param(None, 24, id="not measured: eight for each of three workers"),
        pytest.param(0.1, 300, id="a quick node: as many as it answers within ten seconds"),
        pytest.param(3.0, 10, id="a busy node"),
        pytest.param(20.0, 3, id="a very slow one: as many as it has workers"),
        pytest.param(0.0, 3000, id="no time at all"),
    ],
)
def test_calls_at_once(answer_s, limit):
    assert call_limit(answer_s) == limit


def starts(count: int):
    return tuple(a_start(number, reservation=a_reservation(number, nodes=1), node=NODE) for number in range(1, count + 1))


@pytest.mark.parametrize(
    ("unanswered", "answers_s", "ordered"),
    [
        pytest.param({}, {NODE: 0.1}, 5, id="a quick node is asked everything"),
        pytest.param({NODE: 1}, {NODE: 10.0}, 2, id="what is not answered yet counts"),
        pytest.param({NODE: 22}, {}, 2, id="not measured"),
        pytest.param({NODE: 30}, {NODE: 10.0}, 0, id="more than enough to do"),
    ],
)
def test_a_node_is_asked_no_more_than_it_answers_in_time(unanswered, answers_s, ordered):
    plan = limit_calls(Plan(actions=starts(5)), unanswered, answers_s)

    assert [action.desktop for action in plan.actions] == [action.desktop for action in starts(5)[:ordered]]
    assert len(plan.deferred) == 5 - ordered
    assert {deferral.binds for deferral in plan.deferred} <= {"api"}


def test_who_waits_for_a_nodes_api_is_told_so():
    (deferral,) = limit_calls(Plan(actions=starts(1)), {NODE: 7}, {NODE: 6.0}).deferred

    assert (deferral.what, deferral.agent_id) == ("vd-5001", "agent-0001")
    assert deferral.reason == "start: node n1 still has 7 calls to answer, 6.0 s each"


def test_other_nodes_and_the_store_do_not_wait():
    plan = Plan(actions=(a_clone(2), an_assignment(1)))

    assert limit_calls(plan, {NODE: 99}, {NODE: 10.0}) == plan
