"""Which task logs are read, and how many at once."""

import pytest

from provisioner.model.actions import Result
from provisioner.model.ids import NodeKey, NodeName, TaskKey, Upid
from provisioner.reasons.reason import as_reason
from provisioner.reconciler.action_ends import TaskLogs
from tests.builders.actions import an_outcome
from tests.builders.cluster import PVE

TASK = TaskKey(NodeKey(PVE, NodeName("n1")), Upid("UPID:x"))


@pytest.mark.parametrize(
    ("outcome", "read"),
    [
        pytest.param(an_outcome(result=Result.FAILED, task=TASK), 1, id="given up by a task"),
        pytest.param(an_outcome(result=Result.REFUSED, task=TASK), 1, id="refused by a task"),
        pytest.param(an_outcome(result=Result.RETRY, task=TASK), 0, id="tried again"),
        pytest.param(an_outcome(result=Result.RETRY, task=TASK, action="migrate", reason=as_reason("no")), 1, id="K6: a move"),
        pytest.param(an_outcome(result=Result.FAILED), 0, id="given up without a task"),
    ],
)
def test_which_logs_are_read(outcome, read):
    logs = TaskLogs()
    logs.note(outcome)

    assert [(log.task, log.desktop, log.cluster) for log in logs.take_due()] == [(TASK, outcome.desktop, PVE)] * read


def test_four_are_read_at_once_and_all_in_the_end():
    logs = TaskLogs()
    for number in range(1, 11):
        logs.note(an_outcome(number, result=Result.FAILED, task=TASK))

    assert len(list(logs.take_due())) == 4
    assert list(logs.take_due()) == []
    logs.ended()
    assert len(list(logs.take_due())) == 1
    read = 5
    while read < 10:
        logs.ended()
        read += len(list(logs.take_due()))
    assert list(logs.take_due()) == []
