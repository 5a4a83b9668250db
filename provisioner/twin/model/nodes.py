"""A node: its hardware, pvestatd's passes, and its running processes; its API workers, three calls at a time; and its boots,
which share its capacity: a few at full speed, and losses when very many boot at once."""

import heapq
import math
from collections import deque
from collections.abc import Callable
from itertools import count
from typing import Any

from provisioner.model.machines.twin_spec import Durations, NodeSpec, TwinSpec
from provisioner.twin.engine.draws import Draws
from provisioner.twin.engine.events import EventHeap, Process, Resume, Running

MEMORY_OF_ITS_OWN_MIB = 4096
"""Memory Proxmox VE itself uses on a node (modelled)."""
UP_BEFORE_S = 3 * 86_400.0
"""How long nodes have been up when the twin begins."""
_SLOWEST = 0.1
"""A node keeps at least this share of its throughput, however many guests boot; larger losses are not modelled."""


class TwinNode:
    """One node. A dead node only keeps its name and its guests' configurations."""

    def __init__(self, spec: NodeSpec, twin: TwinSpec, *, events: EventHeap, draws: Draws) -> None:
        self.name = spec.name
        self.cores = spec.cores
        self.memory_mib = spec.memory_mib
        self.speed = spec.speed
        self.events = events
        self.alive = True
        self.maintenance = False
        """In the HA manager's maintenance mode, which survives a reboot."""
        self.starts = True
        """Whether QEMU can start here."""
        self.daemon_up = True
        """Whether pvedaemon answers here."""
        self.died_at = math.inf
        self.stalled_at = math.inf
        """Since when pvestatd hangs."""
        self.booted_at = events.now - UP_BEFORE_S
        self.boots = BootPool(events, twin.durations, speed=spec.speed)
        self.guests_mib = 0
        """Memory of all running guests."""
        self.running: dict[Running[Any], None] = {}
        """Processes that die with the node, in order."""
        self._workers = twin.api.workers
        self.workers = WorkerPool(self._workers)
        self._status = twin.status
        self._phase = draws.share(spec.name, "pvestatd") * twin.status.period_s
        self._pid = 1000

    @property
    def online(self) -> bool:
        """Whether the cluster shows it online."""
        return self.alive or self.events.now < self.died_at + self._status.node_offline_s

    @property
    def forgotten(self) -> bool:
        """Whether its last status is too old to be listed."""
        return self.events.now >= min(self.died_at, self.stalled_at) + self._status.guests_unknown_s

    def last_pass(self) -> float:
        """When pvestatd last reported this node's state to the cluster."""
        period = self._status.period_s
        until = min(self.events.now, self.died_at, self.stalled_at)
        return self._phase + math.floor((until - self._phase) / period) * period

    def uptime(self) -> int:
        """Whole seconds since it was powered on."""
        return int(self.events.now - self.booted_at)

    def next_pid(self) -> int:
        """The process id of the next task."""
        self._pid += 1
        return self._pid

    def die(self) -> None:
        """Lose power: all processes end without an answer."""
        self.alive = False
        self.died_at = self.events.now
        self.boots.clear()
        for process in list(self.running):
            process.kill()
        self.running.clear()

    def come_back(self) -> None:
        """Power on again, with all guests stopped."""
        self.alive = True
        self.died_at = math.inf
        self.booted_at = self.events.now
        self.workers = WorkerPool(self._workers)


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


class WorkerPool:
    """A pool of workers; calls are served in order."""

    def __init__(self, size: int) -> None:
        self._free = size
        self._queue: deque[Resume] = deque()

    @property
    def waiting(self) -> int:
        """Number of queued calls."""
        return len(self._queue)

    def acquire(self) -> Process[None]:
        """Wait for a worker."""
        if self._free > 0:
            self._free -= 1
            return
        yield self._queue.append

    def release(self) -> None:
        """Hand the worker to the next call."""
        if self._queue:
            self._queue.popleft()(None)
        else:
            self._free += 1
