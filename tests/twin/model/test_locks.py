"""The two kinds of storage lock, and the VM's."""

from collections.abc import Callable

import pytest

from provisioner.twin.engine.events import EventHeap, Process, Running, pause
from provisioner.twin.model.locks import CfsLock, Flock, quiet

Lock = Flock | CfsLock


class Users:
    """Processes that take a lock, hold it, and give it back."""

    def __init__(self, make: Callable[[EventHeap], Lock]) -> None:
        self.heap = EventHeap(0.0)
        self.lock = make(self.heap)
        self.got: dict[str, float] = {}
        self.gave_up: dict[str, float] = {}
        self.running: dict[str, Running[None]] = {}

    def user(self, name: str, *, at: float, hold: float) -> "Users":
        self.heap.at(at, lambda: self._begin(name, hold))
        return self

    def run(self, until: float = 100.0) -> "Users":
        self.heap.advance(until)
        return self

    def _begin(self, name: str, hold: float) -> None:
        self.running[name] = Running(self._use(name, hold), done=lambda _: None, failed=_no_error)
        self.running[name].start()

    def _use(self, name: str, hold: float) -> Process[None]:
        if not (yield from self.lock.acquire(quiet)):
            self.gave_up[name] = round(self.heap.now, 3)
            return
        self.got[name] = round(self.heap.now, 3)
        yield pause(self.heap, hold)
        self.lock.release()


def _no_error(error: Exception) -> None:
    raise error


def a_flock(heap: EventHeap) -> Lock:
    return Flock(heap, path="/var/lock/x")


def a_cfs_lock(heap: EventHeap) -> Lock:
    return CfsLock(heap, name="storage-x", quorate=lambda: True)


def test_a_file_lock_goes_to_the_next_in_line_at_once() -> None:
    users = Users(a_flock).user("a", at=0, hold=2).user("b", at=0.1, hold=3).user("c", at=0.2, hold=1).run()

    assert users.got == {"a": 0, "b": 2, "c": 5}
    assert users.lock.busy_s == pytest.approx(6)


def test_a_file_lock_is_waited_for_ten_seconds() -> None:
    users = Users(a_flock).user("a", at=0, hold=12).user("b", at=1, hold=1).user("c", at=3, hold=1).run()

    assert users.gave_up == {"b": 11}
    assert users.got == {"a": 0, "c": 12}
    assert users.lock.timeouts == 1
    assert users.lock.timeout_text == "can't lock file '/var/lock/x' - got timeout"


def test_a_killed_waiter_does_not_keep_a_file_lock_from_the_next() -> None:
    users = Users(a_flock).user("a", at=0, hold=2).user("b", at=0.1, hold=9).user("c", at=0.2, hold=1)
    users.run(1.0)
    users.running["b"].kill()
    users.run()

    assert users.got == {"a": 0, "c": 2}


def test_shared_holders_keep_an_exclusive_one_waiting() -> None:
    heap = EventHeap(0.0)
    lock = Flock(heap, path="/var/lock/x")
    got: list[tuple[str, float]] = []

    def use(name: str, *, shared: bool, hold: float) -> Process[None]:
        yield from lock.acquire(quiet, shared=shared)
        got.append((name, heap.now))
        yield pause(heap, hold)
        lock.release(shared=shared)

    for name, shared in (("reader", True), ("other reader", True), ("writer", False), ("late reader", True)):
        Running(use(name, shared=shared, hold=2), done=lambda _: None, failed=_no_error).start()
    heap.advance(100)

    assert got == [("reader", 0), ("other reader", 0), ("writer", 2), ("late reader", 4)]


def test_a_cluster_lock_stands_idle_until_its_waiter_looks_again() -> None:
    users = Users(a_cfs_lock).user("a", at=0, hold=1.5).user("b", at=0.1, hold=1).run()

    assert users.got["b"] == pytest.approx(0.1 + 1.0 + 0.9 + 2 * 0.05), (
        "1.0 s, then 0.1 × what is left, and each try's own time"
    )


def test_a_cluster_lock_goes_to_the_first_poll_not_to_the_longest_wait() -> None:
    users = Users(a_cfs_lock).user("a", at=0, hold=1.2).user("early", at=0.05, hold=5).user("late", at=1.21, hold=0.1).run()

    assert users.got["late"] < users.got["early"]


def test_a_cluster_lock_is_waited_for_ten_seconds_and_some_tries() -> None:
    lines: list[str] = []
    users = Users(a_cfs_lock).user("a", at=0, hold=60)
    users.run(0.0)
    waiting = users.lock.acquire(lines.append)
    answers: list[bool] = []
    Running(waiting, done=answers.append, failed=_no_error).start()
    users.run(9.9)
    assert answers == []
    users.run(13.0)

    assert answers == [False]
    assert lines == ["trying to acquire cfs lock 'storage-x' ..."] * 9, "as often as in the recorded logs"
    assert users.lock.timeout_text == "cfs-lock 'storage-x' error: got lock request timeout"


def test_a_dead_holders_cluster_lock_is_given_up_after_two_minutes() -> None:
    users = Users(a_cfs_lock).user("a", at=0, hold=1e9)
    users.run(1.0)
    users.running["a"].kill()
    users.lock.abandon()
    users.user("b", at=115, hold=1).run(200)

    assert 121 <= users.got["b"] <= 123


def test_without_quorum_no_task_gets_a_cluster_lock() -> None:
    heap = EventHeap(0.0)
    lock = CfsLock(heap, name="file-user_cfg", quorate=lambda: False)
    answers: list[bool] = []
    Running(lock.acquire(quiet), done=answers.append, failed=_no_error).start()
    heap.advance(20)

    assert answers == [False]
    assert lock.timeout_text == "cfs-lock 'file-user_cfg' error: no quorum!"
