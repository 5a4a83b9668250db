"""Runs commands against twins on an event heap: the same operations as on a real cluster, in virtual time."""

from collections import deque
from collections.abc import Callable, Mapping

from provisioner.actions.checkguest import by_guest_agent
from provisioner.actions.registry import operation_of
from provisioner.actions.spec import OperationContext
from provisioner.errors import BasculeError
from provisioner.model.actions import Action
from provisioner.model.commands import Answer, Command, Completion, Observe, ReadDirectory, ReadTaskLog
from provisioner.model.ids import ClusterId, Instant
from provisioner.model.machines.ownership import NoteKey
from provisioner.ports import Directory
from provisioner.pve import operations
from provisioner.pve.parsing import Listings
from provisioner.pve.wire import ApiResponse, Operation
from provisioner.twin.engine.events import EventHeap
from provisioner.twin.twin import Twin


class VirtualClock:
    """The port Clock, reading the event heap's time."""

    def __init__(self, events: EventHeap) -> None:
        self._events = events

    def now(self) -> Instant:
        """Virtual seconds since the epoch."""
        return self._events.now


class VirtualCalls:
    """The port Calls on the event heap. Time jumps to the next event, so a night takes seconds."""

    def __init__(
        self,
        *,
        twins: Mapping[ClusterId, Twin],
        events: EventHeap,
        directory: Directory,
        key: NoteKey,
        auth: str | None = None,
    ) -> None:
        self._twins, self._events, self._directory = twins, events, directory
        self._key, self._auth = key, auth
        self._listings = {cluster: Listings(cluster, repeats=True) for cluster in twins}
        self._ended: deque[Completion] = deque()
        self._nudged = False

    def submit(self, command: Command) -> None:
        """Start a command at the current virtual time."""
        started_at = self._events.now
        if isinstance(command, ReadDirectory):
            self._read_directory(command, started_at)
            return
        operation = self._operation(command)
        if operation is None:
            return
        cluster = command.cluster if isinstance(command, Observe | ReadTaskLog) else command.key.cluster
        self._step(self._twins[cluster], operation, lambda: next(operation), command, started_at)

    def next(self, until: Instant) -> Completion | None:
        """Run events until a command ends, `until` is reached, or `nudge` is called."""
        while not self._ended and not self._nudged:
            at = self._events.next_at()
            if at is None or at > until:
                self._events.advance(until)
                break
            self._events.advance(at)
        self._nudged = False
        return self._ended.popleft() if self._ended else None

    def nudge(self) -> None:
        """Make `next` return."""
        self._nudged = True

    def close(self) -> None:
        """Nothing to release."""

    def _operation(self, command: Command) -> Operation[Answer] | None:
        match command:
            case ReadDirectory():
                return None
            case Observe():
                return operations.observe(command, self._listings[command.cluster], now=lambda: self._events.now)
            case ReadTaskLog():
                return operations.task_log(*command.task)
            case _:
                return self._of_action(command)

    def _of_action(self, action: Action) -> Operation[Answer] | None:
        def now() -> Instant:
            return self._events.now

        operation = operation_of(action, OperationContext(key=self._key, now=now))
        return None if operation is None else by_guest_agent(operation, now=now)

    def _step(
        self, twin: Twin, operation: Operation[Answer], advance: Callable[[], object], command: Command, started_at: Instant
    ) -> None:
        """Send the operation's next request; its answer triggers the step after that."""
        try:
            request = advance()
        except StopIteration as end:
            self._end(command, started_at, end.value, None)
        except BasculeError as error:
            self._end(command, started_at, None, error)
        else:

            def answered(response: ApiResponse) -> None:
                self._step(twin, operation, lambda: operation.send(response), command, started_at)

            twin.request(request, answered, auth=self._auth)  # type: ignore[arg-type]

    def _read_directory(self, command: ReadDirectory, started_at: Instant) -> None:
        try:
            self._end(command, started_at, self._directory.read(command.since, in_force=command.in_force), None)
        except BasculeError as error:
            self._end(command, started_at, None, error)

    def _end(self, command: Command, started_at: Instant, answer: Answer, error: BasculeError | None) -> None:
        self._ended.append(
            Completion(command=command, started_at=started_at, ended_at=self._events.now, answer=answer, error=error)
        )


__all__ = ["VirtualCalls", "VirtualClock"]
