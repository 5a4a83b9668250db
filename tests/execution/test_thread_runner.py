"""Commands run by threads: `next` returns every end, whatever happens, and a freeze drops queued commands."""

import threading
from contextlib import contextmanager
from dataclasses import dataclass, field

import pytest

from provisioner.errors import DirectoryUnavailable, GuestUnknown, LockBusy, NotSent
from provisioner.execution.thread_runner import ThreadCalls
from provisioner.model.actions import CheckGuest
from provisioner.model.commands import Observe, ReadDirectory, ReadTaskLog
from provisioner.model.ids import NodeKey, NodeName, TaskKey, Upid
from provisioner.model.people.profiles import Probe
from tests.builders.actions import (
    a_check,
    a_clone,
    a_configure,
    a_delete,
    a_name,
    a_reservation,
    a_start,
    a_verify,
)
from tests.builders.cluster import NOW, PVE, a_profile, a_view
from tests.builders.core import a_report, a_roster

LATER = NOW + 1000
QUICK = 1000.0
"""Seconds of the clock per real second: ends of actions wait for others a quarter of a thousandth."""
OBSERVE = Observe(cluster=PVE)


class StillClock:
    def now(self):
        return NOW


@dataclass
class Outside:
    """A cluster, its guests and a directory with scripted answers. They record each request."""

    answers: dict = field(default_factory=dict)
    """Name of a method or word of an action -> an answer, an exception to raise, or a function."""
    asked: list = field(default_factory=list)
    cluster = PVE

    def __getattr__(self, method):
        if method not in ("observe", "report", "read", "task_log"):
            raise AttributeError(method)
        return lambda *command, **_: self._answer(method, *command)

    def carry_out(self, action, *, ask, frozen):
        if isinstance(action, CheckGuest):
            return ask(action)
        if frozen():
            raise NotSent("frozen")
        return self._answer(action.word, action)

    def _answer(self, method, *command):
        self.asked.append((method, *command))
        answer = self.answers.get(method)
        if isinstance(answer, Exception):
            raise answer
        return answer() if callable(answer) else answer


@contextmanager
def calls_to(outside, **changed):
    calls = ThreadCalls(
        hypervisors={PVE: outside},
        probes={(PVE, Probe.GUEST_AGENT): outside, (PVE, Probe.SSH): Outside({"report": GuestUnknown("by SSH")})},
        directory=outside,
        clock=StillClock(),
        **{"clock_rate": QUICK, **changed},
    )
    try:
        yield calls
    finally:
        calls.close()


def ask(outside, command, **changed):
    with calls_to(outside, **changed) as calls:
        calls.submit(command)
        while (completion := calls.next(until=LATER)) is None:
            pass
        return completion


VIEW, ROSTER, REPORT, RESERVATION = a_view(), a_roster(), a_report(read_at=NOW), a_reservation()


@pytest.mark.parametrize(
    ("command", "method", "answer"),
    [
        pytest.param(OBSERVE, "observe", VIEW, id="an observation gives a view"),
        pytest.param(a_clone(), "clone", "UPID:c", id="a clone gives a task"),
        pytest.param(a_configure(), "configure", None, id="a configure gives nothing"),
        pytest.param(a_start(), "start", "UPID:s", id="a start gives a task"),
        pytest.param(a_delete(), "delete", "UPID:d", id="a delete gives a task"),
        pytest.param(a_verify(), "verify", RESERVATION, id="a note gives a reservation"),
        pytest.param(a_check(), "report", REPORT, id="a guest gives a report"),
    ],
)
def test_each_command_calls_the_adapter_it_belongs_to(command, method, answer):
    outside = Outside({method: answer})

    completion = ask(outside, command)

    assert outside.asked == [(method, command)]
    assert (completion.command, completion.answer, completion.error) == (command, answer, None)
    assert (completion.started_at, completion.ended_at) == (NOW, NOW)


def test_a_tasks_log_is_asked_of_its_cluster():
    outside = Outside({"task_log": ("one", "two")})
    task = TaskKey(NodeKey(PVE, NodeName("n1")), Upid("UPID:x"))

    completion = ask(outside, ReadTaskLog(task=task, desktop=a_name()))

    assert outside.asked == [("task_log", *task)]
    assert (completion.answer, completion.error) == (("one", "two"), None)


def test_the_directory_is_read():
    assert ask(Outside({"read": ROSTER}), ReadDirectory()).answer == ROSTER


def test_a_profile_says_how_its_guests_are_asked():
    completion = ask(Outside(), a_check(profile=a_profile(probe=Probe.SSH)))

    assert str(completion.error) == "by SSH"


@pytest.mark.parametrize(
    ("command", "method", "error"),
    [
        pytest.param(a_clone(), "clone", LockBusy("busy"), id="a cluster's refusal"),
        pytest.param(a_check(), "report", GuestUnknown("no agent"), id="a guest without an answer"),
        pytest.param(ReadDirectory(), "read", DirectoryUnavailable("down"), id="a directory that is down"),
    ],
)
def test_an_error_is_an_end_like_any_other(command, method, error):
    completion = ask(Outside({method: error}), command)

    assert (completion.error, completion.answer) == (error, None)


def test_a_bug_in_an_adapter_ends_its_command_and_tells_no_secret():
    completion = ask(Outside({"clone": KeyError("token=s3cret")}), a_clone())

    assert str(completion.error) == "unexpected KeyError in clone"


def test_a_freeze_is_asked_about_by_who_carries_out():
    completion = ask(Outside(), a_clone(), frozen=lambda: True)

    assert isinstance(completion.error, NotSent)


def test_looking_never_queues_behind_acting():
    gate = threading.Event()
    outside = Outside({"clone": lambda: gate.wait(10), "observe": VIEW})

    with calls_to(outside, workers=1) as calls:
        calls.submit(a_clone(1))
        calls.submit(a_clone(2))
        calls.submit(OBSERVE)
        first = calls.next(until=LATER)
        gate.set()
        rest = {calls.next(until=LATER).command for _ in range(2)}

    assert first.command == OBSERVE
    assert rest == {a_clone(1), a_clone(2)}


def test_the_ends_of_actions_wait_for_others_and_come_with_the_next_observation():
    """L8: the control thread does not wake for each of them."""
    answered = threading.Semaphore(0)
    outside = Outside({"clone": answered.release, "observe": answered.release})
    with calls_to(outside, clock_rate=1e-3) as calls:  # alone they would wait for minutes
        for command in (a_clone(1), a_clone(2), OBSERVE):
            calls.submit(command)
        assert all(answered.acquire(timeout=10) for _ in range(3))
        taken = [calls.next(until=LATER)]
        while len(taken) < 3:
            taken += filter(None, [calls.next(until=NOW)])

    assert taken[0].command == OBSERVE
    assert {completion.command for completion in taken[1:]} == {a_clone(1), a_clone(2)}


def test_a_nudge_brings_what_has_ended():
    """Nudges that come more often than ends are taken keep none of them back."""
    answered = threading.Event()
    with calls_to(Outside({"clone": answered.set}), clock_rate=1e-3) as calls:
        calls.submit(a_clone())
        assert answered.wait(10)
        completion = None
        while completion is None:
            calls.nudge()
            completion = calls.next(until=LATER)

    assert completion.command == a_clone()


def test_a_nudge_ends_the_wait():
    with calls_to(Outside()) as calls:
        calls.nudge()

        assert calls.next(until=LATER) is None


@pytest.mark.parametrize("until", [NOW, NOW - 60], ids=["now", "long past"])
def test_nothing_has_ended_by_then(until):
    with calls_to(Outside()) as calls:
        assert calls.next(until=until) is None


def test_what_is_queued_when_it_is_closed_is_dropped():
    gate, begun = threading.Event(), threading.Event()

    def hold():
        begun.set()
        return gate.wait(10)

    outside = Outside({"clone": hold})
    with calls_to(outside, workers=1) as calls:
        calls.submit(a_clone(1))
        calls.submit(a_clone(2))
        assert begun.wait(10)
        calls.close()
        gate.set()
        assert calls.next(until=LATER).command == a_clone(1)
        assert calls.next(until=NOW) is None

    assert outside.asked == [("clone", a_clone(1))]


def test_what_is_under_way_when_it_is_closed_writes_no_more():
    begun, closed, written = threading.Event(), threading.Event(), []

    class Slow(Outside):
        def carry_out(self, action, *, ask, frozen):
            begun.set()
            closed.wait(10)
            written.append(not frozen())
            ended.set()

    ended = threading.Event()
    with calls_to(Slow()) as calls:
        calls.submit(a_configure())
        assert begun.wait(10)
        calls.close()
        closed.set()

        assert ended.wait(10)
    assert written == [False]


def test_what_comes_after_closing_is_dropped():
    outside = Outside()
    with calls_to(outside) as calls:
        calls.close()
        calls.submit(a_clone())
        calls.submit(OBSERVE)

        assert calls.next(until=NOW) is None
    assert not outside.asked
