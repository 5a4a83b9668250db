"""Actions carried out on one cluster: the checks before a stop, and the actions that a freeze allows."""

import json
from dataclasses import replace

import pytest

from provisioner.actions.checkguest import UPTIME_FILE
from provisioner.actions.client import PveClient
from provisioner.errors import GuestUnknown, InUse, NotSent
from provisioner.model.machines.ownership import note_for
from tests.builders.actions import a_release, an_assignment
from tests.builders.core import a_report, a_session
from tests.builders.pve import (
    CLUSTER,
    NOTE_KEY,
    NOW,
    ScriptedCluster,
    a_check,
    a_clone,
    a_configure,
    a_delete,
    a_reservation,
    a_start,
    a_stop,
    a_tag,
    a_verify,
    ok,
    refused,
)
from tests.pve.recorded import UPID

CONFIG = "GET /nodes/pve1/qemu/5001/config"
FILE_READ = "GET /nodes/pve1/qemu/5001/agent/file-read"
SHUTDOWN = "POST /nodes/pve1/qemu/5001/status/shutdown"
STATUS = {
    "version": 1,
    "written_at": NOW,
    "booted_at": NOW - 60,
    "first_boot": "done",
    "logon_port": "open",
    "ready_at": NOW - 50,
    "sessions": [],
}
NOBODY = a_report(read_at=NOW, sessions=())


def a_cluster():
    """A cluster that accepts every request, and whose guest reports no session."""
    return ScriptedCluster(
        {
            CONFIG: ok({"description": note_for(a_reservation(), NOTE_KEY)}),
            FILE_READ: ok({"content": json.dumps(STATUS)}),
            SHUTDOWN: ok(UPID),
            "POST /nodes/pve1/qemu/9000/clone": ok(UPID),
            "POST /nodes/pve1/qemu/5001/status/start": ok(UPID),
            "PUT /nodes/pve1/qemu/5001/config": ok(),
            "DELETE /nodes/pve1/qemu/5001": ok(UPID),
        }
    )


def carry_out(cluster, action, **how):
    return PveClient(CLUSTER, cluster.send, key=NOTE_KEY, now=lambda: NOW).carry_out(action, **how)


def asked(cluster):
    return [f"{request.method} {request.path}" for request in cluster.asked]


def saying(report):
    """Asks a desktop: a report, or an error."""

    def ask(_):
        if isinstance(report, Exception):
            raise report
        return report

    return ask


def test_a_stop_asks_its_desktop_first_and_gives_a_task():
    cluster, questions = a_cluster(), []

    task = carry_out(cluster, a_stop(), ask=lambda check: questions.append(check) or NOBODY)

    assert (task, asked(cluster), questions) == (UPID, [SHUTDOWN], [a_stop().reading])


def test_a_desktop_is_asked_through_its_guest_agent_unless_another_way_is_named():
    cluster = a_cluster()

    assert carry_out(cluster, a_stop()) == UPID
    assert asked(cluster) == [FILE_READ, SHUTDOWN]


@pytest.mark.parametrize(
    ("report", "error", "text"),
    [
        pytest.param(
            replace(NOBODY, sessions=(a_session(),)),
            InUse,
            "stop vd-5001: 1 session(s) began since it was ordered: it was not sent",
            id="somebody has logged on since",
        ),
        pytest.param(
            replace(NOBODY, written_at=NOW - 31),
            GuestUnknown,
            "stop vd-5001: its status document is 31 s old (it should be written every 10 s): it was not sent",
            id="the guest has stopped writing reports",
        ),
        pytest.param(
            replace(NOBODY, read_at=NOW - 60, written_at=NOW - 60),
            GuestUnknown,
            "stop vd-5001: its status document is 60 s old (it should be written every 10 s): it was not sent",
            id="A6: the answer came late, and counts as of when it was written",
        ),
        pytest.param(GuestUnknown("no agent"), GuestUnknown, "no agent", id="the guest does not answer any more"),
    ],
)
def test_a_stop_is_not_sent_unless_nobody_is_logged_on(report, error, text):
    cluster = a_cluster()

    with pytest.raises(error) as caught:
        carry_out(cluster, a_stop(), ask=saying(report))

    assert (str(caught.value), asked(cluster)) == (text, [])


@pytest.mark.parametrize("report", [GuestUnknown("no agent"), replace(NOBODY, written_at=NOW - 31)])
def test_an_operator_answers_for_what_is_unknown(report):
    assert carry_out(a_cluster(), replace(a_stop(), though_unknown=True), ask=saying(report)) == UPID


@pytest.mark.parametrize(("though_unknown", "error"), [(False, GuestUnknown), (True, InUse)])
def test_an_operator_answers_for_no_known_session_of_a_desktop_whose_uptime_is_not_known(though_unknown, error):
    """The uptime is not asked for where the answer could hide a session."""
    session = {"user": "jdupont", "state": "connected", "since": NOW - 5}
    cluster, document = a_cluster(), {**STATUS, "sequence": 60_000_000, "sessions": [session] if though_unknown else []}
    answers = {UPTIME_FILE: refused(500, "QEMU guest agent is not running")}
    cluster.answers[FILE_READ] = lambda request: answers.get(request.params["file"], ok({"content": json.dumps(document)}))

    with pytest.raises(error):
        carry_out(cluster, replace(a_stop(), though_unknown=though_unknown))


def test_an_operator_who_answers_for_a_session_ends_it_and_by_force_only_if_asked():
    for by_force, params in ((False, {}), (True, {"forceStop": 1})):
        cluster = a_cluster()
        stop = replace(a_stop(), even_with_session=True, by_force=by_force)

        assert carry_out(cluster, stop, ask=saying(GuestUnknown("nobody is to be asked"))) == UPID
        assert [request.params for request in cluster.asked] == [params]


def test_a_freeze_that_comes_while_a_stop_reads_the_sessions_stops_it():
    cluster, frozen = a_cluster(), []

    with pytest.raises(NotSent, match="frozen by an operator before it was sent"):
        carry_out(cluster, a_stop(), ask=lambda _: frozen.append(True) or NOBODY, frozen=lambda: bool(frozen))

    assert asked(cluster) == []


def test_a_freeze_that_comes_between_reading_and_writing_stops_the_write():
    cluster, frozen = a_cluster(), []
    answer = cluster.answers[CONFIG]
    cluster.answers[CONFIG] = lambda _: frozen.append(True) or answer

    with pytest.raises(NotSent):
        carry_out(cluster, a_configure(), frozen=lambda: bool(frozen))

    assert asked(cluster) == [CONFIG]


@pytest.mark.parametrize(
    ("action", "stopped"),
    [
        pytest.param(a_clone(), True, id="no clone"),
        pytest.param(a_configure(), True, id="no configure"),
        pytest.param(a_start(), True, id="no start"),
        pytest.param(a_stop(), True, id="no stop"),
        pytest.param(a_tag(), True, id="no tag"),
        pytest.param(a_delete(), True, id="no delete"),
        pytest.param(a_verify(), False, id="notes are read"),
        pytest.param(a_check(), False, id="guests are asked"),
    ],
)
def test_under_freeze(action, stopped):
    cluster = a_cluster()

    if stopped:
        with pytest.raises(NotSent):
            carry_out(cluster, action, frozen=lambda: True)
    else:
        carry_out(cluster, action, frozen=lambda: True)

    assert [request for request in asked(cluster) if not request.startswith("GET")] == []
    # The same action is sent without a freeze: so it is the freeze that stops it.
    carry_out(cluster, action)
    assert any(not request.startswith("GET") for request in asked(cluster)) is stopped


@pytest.mark.parametrize("action", [an_assignment(), a_release()], ids=["assign", "release"])
def test_an_action_on_the_store_alone_sends_no_request(action):
    cluster = a_cluster()

    assert carry_out(cluster, action) is None
    assert asked(cluster) == []
