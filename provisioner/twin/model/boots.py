"""How the boots of a node share its capacity: a few at full speed, and losses when very many boot at once."""

import heapq
from collections.abc import Callable
from itertools import count

from provisioner.model.twin_spec import Durations
from provisioner.twin.engine.events import EventHeap

_SLOWEST = 0.1
"""A node keeps at least this share of its throughput, however many guests boot; larger losses are not modelled."""


class BootPool:
    """Processor sharing: each of n boots advances at throughput(n) ÷ n, and no faster than alone."""

    def __init__(self, events: EventHeap, durations: Durations, *, speed: float) -> None:
        """`speed`: the node's, relative to the durations."""
        self._events = events
        self._durations = durations
        self._speed = speed
        self._progress = 0.0
        """Seconds of work that a boot present since the start would have completed."""
        self._updated = events.now
        self._boots: list[tuple[float, int, Callable[[], None]]] = []
        self._gone: set[int] = set()
        self._order = count()
        self._alarm = 0

    @property
    def in_flight(self) -> int:
        """Number of boots in progress."""
        return len(self._boots) - len(self._gone)

    def begin(self, work: float, done: Callable[[], None]) -> int:
        """Start a boot of `work` seconds; `done` is called at its end. Returns a ticket for `leave`."""
        self._catch_up()
        ticket = next(self._order)
        heapq.heappush(self._boots, (self._progress + work, ticket, done))
        self._schedule()
        return ticket

    def left_s(self, ticket: int) -> float:
        """Seconds of work that a boot in progress has yet to do."""
        self._catch_up()
        return next(end - self._progress for end, number, _ in self._boots if number == ticket)

    def leave(self, ticket: int) -> None:
        """Remove a boot whose guest was powered off before its end."""
        if any(number == ticket for _, number, _ in self._boots):
            self._catch_up()
            self._gone.add(ticket)
            self._schedule()

    def clear(self) -> None:
        """Remove all boots: the node died."""
        self._boots.clear()
        self._gone.clear()
        self._alarm += 1

    def rate(self) -> float:
        """Seconds of work each boot completes in one second now."""
        n = self.in_flight
        if n == 0:
            return 0.0
        lost = self._durations.boots_loss * max(0, n - self._durations.boots_before_loss)
        return self._speed * (min(n, self._durations.boots_width) * max(_SLOWEST, 1.0 - lost) / n)

    def _catch_up(self) -> None:
        self._progress += (self._events.now - self._updated) * self.rate()
        self._updated = self._events.now

    def _schedule(self) -> None:
        self._alarm += 1
        while self._boots and self._boots[0][1] in self._gone:
            self._gone.discard(heapq.heappop(self._boots)[1])
        if self._boots:
            alarm = self._alarm
            left = max(0.0, self._boots[0][0] - self._progress)
            self._events.after(left / self.rate(), lambda: self._ring(alarm))

    def _ring(self, alarm: int) -> None:
        if alarm != self._alarm:
            return
        self._catch_up()
        _, _, done = heapq.heappop(self._boots)
        self._schedule()
        done()
