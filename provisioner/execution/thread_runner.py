"""Carries out commands on threads, against real servers. `next` is the only wait."""

import logging
import queue
import time
from collections import deque
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

from provisioner.errors import BasculeError, HypervisorError
from provisioner.model.actions import CheckGuest
from provisioner.model.commands import Answer, Command, Completion, Observe, ReadDirectory, ReadTaskLog
from provisioner.model.ids import ClusterId, Instant
from provisioner.model.machines.desktops import GuestReport
from provisioner.model.people.profiles import Probe
from provisioner.ports import Clock, Directory, GuestProbe, Hypervisor

_log = logging.getLogger(__name__)
_LONGEST_WAIT_S = 1.0
"""Short enough to handle signals and to feed the watchdog."""
_TOGETHER_S = 0.25
"""Seconds of the clock for which the end of an action waits for others: each waking of the control thread costs like a call.
No cycle waits for it. A cycle decides from observations, which wait for nobody and bring the others along."""
_READERS = 3
"""Threads for each cluster and for the directory: if one observation hangs, the next one has a thread."""


class ThreadCalls:
    """Two pools of threads: one for observations and the directory, one for all other commands. So observations never wait.

    `frozen` is called right before each write, so a freeze stops queued actions too. `clock_rate` is the clock's seconds per
    wall-clock second (1, or a twin's scale).
    """

    def __init__(
        self,
        *,
        hypervisors: Mapping[ClusterId, Hypervisor],
        probes: Mapping[tuple[ClusterId, Probe], GuestProbe],
        directory: Directory,
        clock: Clock,
        frozen: Callable[[], bool] = lambda: False,
        workers: int = 32,
        clock_rate: float = 1.0,
    ) -> None:
        self._hypervisors, self._probes, self._directory = hypervisors, probes, directory
        self._clock, self._frozen, self._rate = clock, frozen, clock_rate
        self._looking = ThreadPoolExecutor(_READERS * (len(hypervisors) + 1), thread_name_prefix="look")
        self._acting = ThreadPoolExecutor(workers, thread_name_prefix="act")
        self._ended: queue.SimpleQueue[Completion | None] = queue.SimpleQueue()
        """Observations, readings of the directory, and nudges."""
        self._actions_ended: deque[Completion] = deque()
        self._asked = 0
        """Actions whose end was not taken yet."""

    def submit(self, command: Command) -> None:
        """Take the command; after `close` it is dropped."""
        with suppress(RuntimeError):  # closed meanwhile
            if isinstance(command, Observe | ReadDirectory):
                self._looking.submit(self._carry_out, command, self._ended.put)
            else:
                self._acting.submit(self._carry_out, command, self._actions_ended.append)
                self._asked += 1

    def next(self, until: Instant) -> Completion | None:
        """The next completion; None at `until`, after a nudge, and at least once a second."""
        wait_until = time.monotonic() + min((until - self._clock.now()) / self._rate, _LONGEST_WAIT_S)
        while True:
            wait, together = wait_until - time.monotonic(), _TOGETHER_S / self._rate if self._asked else _LONGEST_WAIT_S
            over = wait <= together
            try:
                ended, over = self._ended.get(timeout=max(0.0, min(wait, together))), True
            except queue.Empty:
                ended = None
            if ended is not None:
                return ended
            if self._actions_ended:
                self._asked -= 1
                return self._actions_ended.popleft()
            if over:
                return None

    def nudge(self) -> None:
        """Make `next` return. SimpleQueue.put is safe in a signal handler."""
        self._ended.put(None)

    def close(self) -> None:
        """Drop queued commands. Commands under way write nothing more, and end by their own time-outs."""
        self._frozen = lambda: True
        for pool in (self._looking, self._acting):
            pool.shutdown(wait=False, cancel_futures=True)

    def _carry_out(self, command: Command, ended: Callable[[Completion], None]) -> None:
        started_at = self._clock.now()
        answer: Answer = None
        error: BasculeError | None = None
        try:
            answer = self._answer(command)
        except BasculeError as raised:
            error = raised
        except Exception as bug:  # without a completion the command would stay in flight for ever
            _log.exception("a bug: an adapter raised what its port does not allow")
            error = HypervisorError(f"unexpected {type(bug).__name__} in {command.word}")
        ended(Completion(command=command, started_at=started_at, ended_at=self._clock.now(), answer=answer, error=error))

    def _answer(self, command: Command) -> Answer:
        match command:
            case ReadDirectory():
                return self._directory.read(command.since, in_force=command.in_force)
            case Observe():
                return self._hypervisors[command.cluster].observe(command)
            case ReadTaskLog():
                return self._hypervisors[command.cluster].task_log(*command.task)
            case _:
                return self._hypervisors[command.key.cluster].carry_out(command, ask=self._ask, frozen=lambda: self._frozen())

    def _ask(self, check: CheckGuest) -> GuestReport:
        return self._probes[check.key.cluster, check.profile.probe].report(check)
