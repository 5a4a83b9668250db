"""Finished and running tasks, from the task lists of the nodes and of the cluster."""

import pytest

from provisioner.errors import OutcomeUnknown
from provisioner.model.commands import Observe
from provisioner.model.ids import NodeName
from provisioner.pve import operations, parsing
from provisioner.pve.wire import ApiRequest, run
from tests.builders.pve import CLUSTER, NODE, NOW, ScriptedCluster, ok, refused
from tests.pve.recorded import RECORDED, observed, resources


def test_one_nodes_lost_task_list_does_not_lose_the_rest():
    cluster = ScriptedCluster(
        {
            **resources("two nodes up"),
            "GET /nodes/pve1/tasks": ok(RECORDED["tasks of a node"]),
            "GET /nodes/pve2/tasks": refused(595, "No route to host"),
            "GET /nodes/pve3/tasks": OutcomeUnknown("pve3: no answer within 35 s"),
        }
    )
    order = Observe(cluster=CLUSTER, tasks_of=frozenset(map(NodeName, ("pve1", "pve2", "pve3"))), since=NOW - 60.5)

    view = observed(order, cluster)

    assert view.tasks_of == {"pve1"}
    assert [(task.kind, task.guest, task.status, task.succeeded) for task in view.tasks] == [
        ("qmdestroy", 2049, "OK", True),
        ("qmdestroy", 2048, "OK", True),
    ]
    assert cluster.asked[1].params == {"source": "all", "since": int(NOW - 60.5), "limit": 1000, "start": 0}


def test_a_long_task_list_is_read_to_its_end():
    entries = [a_task_entry(number) for number in range(1500)]

    def page(request: ApiRequest):
        start = int(request.params["start"])
        # Between the two pages a task was started, and everything moved down by one.
        return ok(entries[:1000] if start == 0 else entries[start - 1 :])

    found = run(operations.tasks_since(NODE, since=NOW), ScriptedCluster({"GET /nodes/pve1/tasks": page}).send)

    assert [task.upid for task in found] == [entry["upid"] for entry in entries]


def a_task_entry(number: int, **others: object) -> dict:
    return {
        "upid": f"UPID:pve1:{number:08X}:0002A7FD:6B05941E:qmstart:{5000 + number}:root@pam:",
        "type": "qmstart",
        "id": str(5000 + number),
        "user": "root@pam",
        "starttime": 1795527710,
        **others,
    }


@pytest.mark.parametrize(
    ("entry", "ended_at", "status"),
    [
        pytest.param(a_task_entry(1), None, None, id="no end: it runs"),
        pytest.param(a_task_entry(1, status="RUNNING"), None, None, id="no end: it runs, whatever the status says"),
        pytest.param(a_task_entry(1, endtime="1795527720", status="OK"), 1795527720.0, "OK", id="ended"),
        pytest.param(a_task_entry(1, endtime=1795527720), 1795527720.0, "unknown", id="ended, nobody knows how"),
    ],
)
def test_whether_a_task_runs(entry, ended_at, status):
    (task,) = parsing.tasks([entry], NODE)

    assert (task.ended_at, task.status) == (ended_at, status)


def test_a_plain_observation_is_one_call():
    cluster = ScriptedCluster(resources("two nodes up"))

    observed(Observe(cluster=CLUSTER), cluster)

    assert [request.path for request in cluster.asked] == ["/cluster/resources"]
