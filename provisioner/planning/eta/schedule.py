"""When desktops are ready: clones under their locks, then boots on the nodes, in order of rank. Pure.

A queue with two stages, no rehearsal: nothing fails, and nobody is placed. 1,700 desktops take some milliseconds.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from heapq import heappop, heappush
from itertools import count
from math import inf

from provisioner.model.ids import Instant, LockDomain, Seat

Rank = tuple[int, float, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A desktop that is not ready."""

    seat: Seat
    rank: Rank
    batch: int
    """Of `Batches`, by its place."""
    clone_from: Instant | None
    """From when on it may be cloned; infinite: once its batch opens. None: it is there already."""
    boot_from: Instant
    """From when on it may be booted: when its batch opens, or before, if it is prepared so far."""
    boot_s: float
    """How long it boots alone, or still boots."""
    boots: bool = False
    """Whether it boots already."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gated:
    """A batch that opens once so many desktops of another batch are ready."""

    before: int
    needed: int
    """Of those that are not ready yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Yard:
    """What desktops are made with, as measured."""

    clone_s: Mapping[LockDomain, float] = field(default_factory=dict)
    """How long each clone holds the lock of each domain."""
    width: float = 1.0
    """Boots at once at full speed, on all nodes together."""
    nodes: int = 1
    between_s: float = 0.0
    """From the end of a clone until the start is ordered: two observations."""

    def scaled(self, *, clones: float = 1.0, boots: float = 1.0) -> "Yard":
        """With clones that take so many times as long, and nodes that boot so many times as much."""
        slower = {domain: seconds * clones for domain, seconds in self.clone_s.items()}
        return replace(self, clone_s=slower, width=self.width * boots)


Ready = Mapping[Seat, Instant]
"""When each desktop is ready; what is missing is never ready."""


def ready_times(jobs: Sequence[Job], yard: Yard, gates: Mapping[int, Gated], *, now: Instant) -> Ready:
    """Play the queue to its end."""
    return _Play(jobs, yard, gates, now).run()


class _Play:
    """One play. Events are (time, number, what, job)."""

    def __init__(self, jobs: Sequence[Job], yard: Yard, gates: Mapping[int, Gated], now: Instant) -> None:
        self._jobs, self._gates, self._between_s = jobs, gates, yard.between_s
        self._holds_s = sorted(yard.clone_s.values())
        self._idle = list(range(len(self._holds_s)))
        """Locks without a clone: the fastest first."""
        self._slots = max(1, round(yard.width))
        self._server: dict[int, int] = {}
        self._may_boot = [job.boot_from for job in jobs]
        self._made: set[int] = set()
        self._ready: dict[Seat, Instant] = {}
        self._done: Counter[int] = Counter()
        self._behind: defaultdict[int, list[int]] = defaultdict(list)
        self._number = count()
        self._to_clone: list[tuple[Rank, int]] = []
        self._to_boot: list[tuple[Rank, int]] = []
        self._events: list[tuple[Instant, int, str, int]] = []
        for at in range(len(jobs)):
            self._begin(at, now)

    def run(self) -> Ready:
        while self._events:
            time = self._events[0][0]
            while self._events and self._events[0][0] == time:
                _, _, what, at = heappop(self._events)
                self._take(what, at, time)
            self._give(time)
        return self._ready

    def _begin(self, at: int, now: Instant) -> None:
        job, gate = self._jobs[at], self._gates.get(self._jobs[at].batch)
        if job.boots:
            self._slots -= 1
            self._later(now + job.boot_s, "ready", at)
            return
        if gate is not None:
            self._may_boot[at] = inf
            self._behind[gate.before].append(at)
        if job.clone_from is None:
            self._made.add(at)
            self._later(max(now, self._may_boot[at]), "boot", at)
        else:
            self._later(max(now, min(job.clone_from, self._may_boot[at])), "clone", at)

    def _later(self, time: Instant, what: str, at: int) -> None:
        if time < inf:
            heappush(self._events, (time, next(self._number), what, at))

    def _take(self, what: str, at: int, time: Instant) -> None:
        job = self._jobs[at]
        if what == "clone":
            heappush(self._to_clone, (job.rank, at))
        elif what == "cloned":
            heappush(self._idle, self._server.pop(at))
            self._made.add(at)
            self._later(max(time + self._between_s, self._may_boot[at]), "boot", at)
        elif what == "boot":
            heappush(self._to_boot, (job.rank, at))
        else:
            self._slots += 1
            self._ready[job.seat] = time
            self._done[job.batch] += 1
            self._open_behind(job.batch, time)

    def _open_behind(self, before: int, time: Instant) -> None:
        """Open the gates that wait for this batch, if enough of it is ready."""
        for at in tuple(self._behind.get(before, ())):
            job = self._jobs[at]
            if self._done[before] >= self._gates[job.batch].needed:
                self._behind[before].remove(at)
                self._may_boot[at] = opens = max(time, job.boot_from)
                if at in self._made:
                    self._later(opens, "boot", at)
                elif job.clone_from == inf:
                    self._later(opens, "clone", at)

    def _give(self, time: Instant) -> None:
        """Give what is free to the most important who wait."""
        while self._idle and self._to_clone:
            server, (_, at) = heappop(self._idle), heappop(self._to_clone)
            self._server[at] = server
            self._later(time + self._holds_s[server], "cloned", at)
        while self._slots > 0 and self._to_boot:
            _, at = heappop(self._to_boot)
            self._slots -= 1
            self._later(time + self._jobs[at].boot_s, "ready", at)
