"""Session readings that wait for a slot of their node: a cycle comes each ten seconds, and an answer within a tenth of one."""

from collections import Counter, deque
from collections.abc import Iterable, Iterator, Mapping

from provisioner.actions.registry import node_asked
from provisioner.execution import executor
from provisioner.model.actions import CheckGuest, Plan
from provisioner.model.ids import Instant, NodeKey
from provisioner.pacing.limits import call_limit
from provisioner.reconciler.in_flight import InFlight


class ReadingQueue:
    """What the last plan left for later, by node. Only the control thread uses it."""

    def __init__(self, flight: InFlight) -> None:
        self._flight = flight
        self._waiting: dict[NodeKey, deque[CheckGuest]] = {}
        self._answers_s: Mapping[NodeKey, float] = {}

    def fill(self, readings: Iterable[CheckGuest], answers_s: Mapping[NodeKey, float]) -> None:
        """Instead of what is left of the plan before. `answers_s`: how long a call to a node takes, where it was measured."""
        self._waiting, self._answers_s = {}, answers_s
        for reading in readings:
            self._waiting.setdefault(reading.node, deque()).append(reading)

    def take(self, at_once: int, now: Instant) -> tuple[CheckGuest, ...]:
        """The readings for which there is room now; they are under way from here on. `at_once`: questions to a node."""
        if not self._waiting:
            return ()
        unanswered = self._flight.executor.unanswered
        asking = Counter(action.node for action in unanswered if isinstance(action, CheckGuest))
        calls = Counter(filter(None, map(node_asked, unanswered)))
        room = {
            node: min(at_once - asking[node], call_limit(self._answers_s.get(node)) - calls[node]) for node in self._waiting
        }
        taken = tuple(reading for node, free in room.items() for reading in self._of(node, free))
        if taken:
            self._flight.executor, _ = executor.accept(self._flight.executor, Plan(actions=taken), now)
        return taken

    def _of(self, node: NodeKey, free: int) -> Iterator[CheckGuest]:
        """The next readings of a node, of desktops to which nothing is done meanwhile."""
        waiting = self._waiting[node]
        while free > 0 and waiting:
            reading = waiting.popleft()
            if reading.key not in self._flight.executor.work:
                free -= 1
                yield reading
        if not waiting:
            del self._waiting[node]


__all__ = ["ReadingQueue"]
