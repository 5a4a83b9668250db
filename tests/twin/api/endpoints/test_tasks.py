"""Task identifiers, lists, status and logs, as recorded on pve-manager 9.2.11."""

import re

import pytest

from tests.builders.twin import NODE, TEMPLATE, Lab, a_spec

TASKS = f"/nodes/{NODE}/tasks"
UNKNOWN = "UPID:pve1:0000AAAA:00000001:6B059400:qmstart:100:root@pam:"


def test_a_upid_has_the_recorded_form() -> None:
    upid = Lab().clone(101)

    assert re.fullmatch(rf"UPID:{NODE}:[0-9A-F]{{8}}:[0-9A-F]{{8}}:[0-9A-F]{{8}}:qmclone:{TEMPLATE}:root@pam:", upid)


def test_status_of_a_running_and_of_an_ended_task() -> None:
    lab = Lab()
    upid = lab.clone(101)
    running = lab.get(f"{TASKS}/{upid}/status")
    lab.finish(upid)
    ended = lab.get(f"{TASKS}/{upid}/status")

    keys = {"id", "type", "starttime", "user", "node", "pstart", "upid", "pid", "status"}
    assert (running["status"], running.keys()) == ("running", keys)
    assert (ended["status"], ended["exitstatus"], ended.keys()) == ("stopped", "OK", keys | {"exitstatus"})
    assert (ended["id"], ended["type"], ended["user"]) == (str(TEMPLATE), "qmclone", "root@pam")


@pytest.mark.parametrize(
    ("params", "kinds"),
    [
        pytest.param({}, ["qmstart", "qmclone"], id="by default those that have ended, newest first"),
        pytest.param({"source": "active"}, ["qmclone"], id="active: those under way"),
        pytest.param({"source": "all"}, ["qmclone", "qmstart", "qmclone"], id="all"),
        pytest.param({"source": "all", "limit": 2}, ["qmclone", "qmstart"], id="limit"),
        pytest.param({"source": "all", "start": 2}, ["qmclone"], id="start"),
        pytest.param({"source": "all", "vmid": 102}, [], id="of a new VM: none, its clone is the template's"),
        pytest.param({"source": "all", "typefilter": "qmstart"}, ["qmstart"], id="of one type"),
        pytest.param({"source": "all", "errors": 1}, ["qmstart"], id="only errors"),
        pytest.param({"statusfilter": "ok"}, ["qmclone"], id="by status"),
        pytest.param({"source": "all", "userfilter": "nobody"}, [], id="by user"),
    ],
)
def test_task_lists(params: dict[str, str | int], kinds: list[str]) -> None:
    lab = Lab().cloned(101)
    lab.do("POST", f"/nodes/{NODE}/qemu/{TEMPLATE}/status/start")
    lab.clone(102)

    assert [task["type"] for task in lab.get(TASKS, **params)] == kinds


def test_since_counts_from_the_start_of_a_task() -> None:
    lab = Lab().cloned(101)
    lab.wait(10)
    since = int(lab.events.now)
    lab.cloned(102)
    listed = lab.get(TASKS, source="all", since=since)

    assert [task["starttime"] >= since for task in listed] == [True]


def test_a_running_entry_has_no_end() -> None:
    lab = Lab()
    lab.clone(101)
    entry = lab.get(TASKS, source="all")[0]

    assert "endtime" not in entry
    assert "status" not in entry


def test_a_list_tells_how_many_there_are_in_all() -> None:
    lab = Lab().cloned(101, 102, 103)
    page = lab.get(TASKS, limit=1)

    assert (len(page), page.total) == (1, 3)


@pytest.mark.parametrize(
    ("method", "path", "errors"),
    [
        pytest.param("GET", f"{TASKS}/{UNKNOWN}/status", {"upid": "no such task"}, id="status of an unknown task"),
        pytest.param("GET", f"{TASKS}/UPID:foo/status", {"upid": "unable to parse worker upid"}, id="status of nonsense"),
        pytest.param("GET", f"{TASKS}/garbage/log", {"upid": "unable to parse worker upid"}, id="log of nonsense"),
        pytest.param("DELETE", f"{TASKS}/{UNKNOWN}", {"upid": "no such task"}, id="stop of an unknown task"),
    ],
)
def test_unknown_tasks(method: str, path: str, errors: dict[str, str]) -> None:
    answer = Lab().ask(method, path)

    assert (answer.status, answer.reason, answer.errors) == (400, "Parameter verification failed.", errors)


def test_the_log_of_an_unknown_task_is_one_line() -> None:
    assert Lab().get(f"{TASKS}/{UNKNOWN}/log") == [{"n": 1, "t": "unable to open file - No such file or directory"}]


def test_a_log_comes_in_pages_or_whole() -> None:
    lab = Lab()
    upid = lab.clone(101)
    lab.finish(upid)

    page = lab.get(f"{TASKS}/{upid}/log", start=5, limit=10)
    assert (page, page.total) == ([{"n": 6, "t": "TASK OK"}], 6)
    assert lab.get(f"{TASKS}/{upid}/log", download=1).endswith("\nTASK OK\n")
    assert lab.get(f"{TASKS}/{upid}") == [{"name": "log"}, {"name": "status"}]


def test_tasks_stand_with_their_own_node() -> None:
    lab = Lab(a_spec(nodes=2)).cloned(201, node="pve2")

    assert lab.get(TASKS) == []
    assert len(lab.get("/nodes/pve2/tasks")) == 1


def test_stopping_an_ended_task_changes_nothing() -> None:
    lab = Lab()
    upid = lab.clone(101)
    lab.finish(upid)

    assert lab.ask("DELETE", f"{TASKS}/{upid}").ok
    assert lab.get(f"{TASKS}/{upid}/status")["exitstatus"] == "OK"
