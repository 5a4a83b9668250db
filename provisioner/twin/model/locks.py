"""The locks that decide how fast clones are: flock (node-local storage, a VM) and the cluster file system's (shared storage).

`yield from lock.acquire(...)` returns whether the lock was acquired in time; `release` gives it back.
"""

import math
from collections import deque
from collections.abc import Callable
from typing import Protocol

from provisioner.twin.engine.events import EventHeap, Process, Resume, Wait, pause

LOCK_WAIT_S = 10.0
"""Both locks' time-out in Proxmox VE."""
TRY_S = 0.05
"""One attempt on pmxcfs's lock goes through the cluster file system; Proxmox VE does not count it as waiting (fitted)."""
SHORTEST_NAP_S = 0.1
"""Fitted."""
STALE_S = 120.0
"""pmxcfs releases a lock this long after its holder's node died."""

Say = Callable[[str], None]


class StorageLock(Protocol):
    """The lock of one storage: one disk operation at a time."""

    busy_s: float
    """Total seconds the lock was held."""
    timeouts: int

    @property
    def timeout_text(self) -> str:
        """Proxmox VE's error text for a time-out."""

    def acquire(self, say: Say) -> Process[bool]:
        """Wait up to 10 s; `say` writes to the task's log. Returns whether the lock was acquired."""

    def release(self) -> None:
        """Release the lock."""

    def abandon(self) -> None:
        """Handle the death of the holder's node."""


class _Ticket:
    """A waiter's place in the queue."""

    def __init__(self, *, shared: bool) -> None:
        self.shared = shared
        self.resume: Resume | None = None
        self.settled = False

    def settle(self, acquired: bool) -> None:
        self.settled = True
        if self.resume is not None:
            self.resume(acquired)

    def wait(self) -> Wait:
        def arrange(resume: Resume) -> None:
            self.resume = resume

        return arrange


class Flock:
    """A file lock. Waiters are served in order, and the next wakes at once. Shared holders exclude an exclusive holder."""

    def __init__(self, events: EventHeap, *, path: str) -> None:
        self._events = events
        self._queue: deque[_Ticket] = deque()
        self._shared = 0
        self._exclusive = False
        self._since = 0.0
        self.busy_s = 0.0
        self.timeouts = 0
        self._path = path

    @property
    def timeout_text(self) -> str:
        """Proxmox VE's error text for a time-out."""
        return f"can't lock file '{self._path}' - got timeout"

    @property
    def free(self) -> bool:
        """Whether it has neither a holder nor a waiter."""
        return not (self._shared or self._exclusive or self._queue)

    def acquire(self, say: Say, *, timeout: float = LOCK_WAIT_S, shared: bool = False) -> Process[bool]:
        """Wait for the lock; `say` receives the lines of Proxmox VE's task log. Returns whether it was acquired."""
        if not self._queue and self._may_take(shared=shared):
            self._take(shared=shared)
            return True
        say("trying to acquire lock...")
        acquired = yield from self._queued(timeout, shared=shared)
        if acquired:
            say(" OK")
        else:
            self.timeouts += 1
        return acquired

    def release(self, *, shared: bool = False) -> None:
        """Release the lock, and wake the next waiter."""
        if shared:
            self._shared -= 1
        else:
            self._exclusive = False
            self.busy_s += self._events.now - self._since
        self._serve()

    def abandon(self) -> None:
        """Drop holders and waiters: file locks end with their node."""
        self._queue.clear()
        self._shared = 0
        self._exclusive = False

    def _queued(self, timeout: float, *, shared: bool) -> Process[bool]:
        ticket = _Ticket(shared=shared)
        self._queue.append(ticket)
        self._events.after(timeout, lambda: self._expire(ticket))
        try:
            acquired: bool = yield ticket.wait()
        except BaseException:
            self._withdraw(ticket)
            raise
        return acquired

    def _expire(self, ticket: _Ticket) -> None:
        if not ticket.settled and ticket in self._queue:
            self._queue.remove(ticket)
            ticket.settle(False)
            self._serve()

    def _withdraw(self, ticket: _Ticket) -> None:
        if ticket in self._queue:
            self._queue.remove(ticket)

    def _may_take(self, *, shared: bool) -> bool:
        return not self._exclusive and (shared or not self._shared)

    def _take(self, *, shared: bool) -> None:
        if shared:
            self._shared += 1
            return
        self._exclusive = True
        self._since = self._events.now

    def _serve(self) -> None:
        while self._queue and self._may_take(shared=self._queue[0].shared):
            ticket = self._queue.popleft()
            self._take(shared=ticket.shared)
            ticket.settle(True)


class CfsLock:
    """pmxcfs's lock: a directory that waiters try to create, in no order, at intervals that shrink with the time left."""

    def __init__(self, events: EventHeap, *, name: str, quorate: Callable[[], bool]) -> None:
        self._events = events
        self._name = name
        self._quorate = quorate
        self._held = False
        self._since = 0.0
        self.busy_s = 0.0
        self.timeouts = 0

    @property
    def timeout_text(self) -> str:
        """Proxmox VE's error text for a time-out, or for a cluster without quorum."""
        why = "got lock request timeout" if self._quorate() else "no quorum!"
        return f"cfs-lock '{self._name}' error: {why}"

    def acquire(self, say: Say) -> Process[bool]:
        """Poll, first every second and finally every 0.1 s (0.1 s × the seconds left). Returns whether it was acquired."""
        left, logged = LOCK_WAIT_S, 0
        while self._held or not self._quorate():
            if left <= 0.0:
                self.timeouts += 1
                return False
            if math.ceil(left) not in (logged, 1):
                logged = math.ceil(left)
                say(f"trying to acquire cfs lock '{self._name}' ...")
            nap = min(max(0.1 * left, SHORTEST_NAP_S), left)
            left -= nap
            yield pause(self._events, nap + TRY_S)
        self._held = True
        self._since = self._events.now
        return True

    def release(self) -> None:
        """Release the lock; the next waiter to poll acquires it."""
        if self._held:
            self._held = False
            self.busy_s += self._events.now - self._since

    def abandon(self) -> None:
        """The holder's node died: the lock stays held until pmxcfs releases it."""
        self._events.after(STALE_S, self.release)


def quiet(_: str) -> None:
    """Log nothing."""


__all__ = ["LOCK_WAIT_S", "CfsLock", "Flock", "Say", "StorageLock", "quiet"]
