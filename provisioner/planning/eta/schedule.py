"""When desktops are ready: clones under their locks, then boots on the nodes, in order of rank. Pure.

A queue with two stages, no rehearsal: nothing fails. 1,700 desktops take some milliseconds. A desktop that has a place keeps
it: a clone waits for that place's own lock, and boots on its own nodes, however idle others are.
"""

from bisect import insort
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from heapq import heappop, heappush
from itertools import count
from math import inf

from provisioner.model.ids import Instant, LockDomain, Seat

Rank = tuple[int, float, str]
_SHORTEST_S = 0.001
"""Of a lock's hold."""


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
    alone_s: float = 0.0
    """How long a whole boot of its image takes alone."""
    boots: bool = False
    """Whether it boots already."""
    site: int | None = None
    """Where it is, or is to be cloned: of `Yard.sites`, by its place. None: it has no place yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gated:
    """A batch that opens once so many desktops of another batch are ready."""

    before: int
    needed: int
    """Of those that are not ready yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """Nodes among which desktops are spread, and the locks under which they are cloned there.

    A node with a storage of its own, or all nodes of a shared storage.
    """

    clone_s: Mapping[LockDomain, float] = field(default_factory=dict)
    """How long each clone holds the lock of each domain."""
    width: float = 1.0
    """Boots at once at full speed, on all its nodes together."""
    nodes: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Yard:
    """What desktops are made with, as measured."""

    sites: tuple[Site, ...] = ()
    between_s: float = 0.0
    """From the end of a clone until the start is ordered: two observations."""

    @property
    def domains(self) -> tuple[LockDomain, ...]:
        """Every lock."""
        return tuple(domain for site in self.sites for domain in site.clone_s)

    @property
    def width_of_node(self) -> float:
        """Boots at once at full speed, on a node like the others."""
        return sum(site.width for site in self.sites) / max(1, sum(site.nodes for site in self.sites))

    def scaled(self, *, clones: float = 1.0, boots: float = 1.0) -> "Yard":
        """With clones that take so many times as long, and nodes that boot so many times as much."""
        sites = (
            replace(
                site, width=site.width * boots, clone_s={domain: each_s * clones for domain, each_s in site.clone_s.items()}
            )
            for site in self.sites
        )
        return replace(self, sites=tuple(sites))


Ready = Mapping[Seat, Instant]
"""When each desktop is ready; what is missing is never ready."""


def ready_times(jobs: Sequence[Job], yard: Yard, gates: Mapping[int, Gated], *, now: Instant) -> Ready:
    """Play the queue to its end."""
    return _Play(jobs, yard, gates, now).run()


class _Play:
    """One play. Events are (time, number, what, job)."""

    def __init__(self, jobs: Sequence[Job], yard: Yard, gates: Mapping[int, Gated], now: Instant) -> None:
        sites = yard.sites or (Site(),)
        self._jobs, self._gates, self._between_s = jobs, gates, yard.between_s
        self._locks = sorted((hold_s, site) for site, each in enumerate(sites) for hold_s in each.clone_s.values())
        """The fastest first."""
        self._per_s = sum(1.0 / max(hold_s, _SHORTEST_S) for hold_s, _ in self._locks)
        """Clones a second, under all locks."""
        self._idle = list(range(len(self._locks)))
        self._with_locks = {site for _, site in self._locks}
        self._width = [max(1, round(site.width)) for site in sites]
        self._free = list(self._width)
        """Places to boot."""
        self._backlog = [0] * len(sites)
        """Desktops of each site that may boot, made or being cloned, and are not ready."""
        self._counted: set[int] = set()
        """Of the backlogs."""
        self._site = [job.site for job in jobs]
        self._lock: dict[int, int] = {}
        self._may_boot = [job.boot_from for job in jobs]
        self._made: set[int] = set()
        self._ready: dict[Seat, Instant] = {}
        self._done: Counter[int] = Counter()
        self._behind: defaultdict[int, list[int]] = defaultdict(list)
        self._number = count()
        self._to_clone: defaultdict[int | None, list[tuple[Rank, int]]] = defaultdict(list)
        """By the site that they are bound to; None: they are free to go anywhere."""
        self._to_boot: defaultdict[int, list[tuple[Rank, int]]] = defaultdict(list)
        self._waiting = 0
        """Desktops that wait for a lock."""
        self._changed: set[int] = set()
        """Sites where a place to boot came free, or somebody came to wait for one."""
        self._events: list[tuple[Instant, int, str, int]] = []
        for at in range(len(jobs)):
            self._begin(at, now)

    def run(self) -> Ready:
        while self._events:
            time = self._events[0][0]
            while self._events and self._events[0][0] == time:
                _, _, what, at = heappop(self._events)
                self._take(what, at, time)
            self._clone(time)
            self._boot(time)
        return self._ready

    def _begin(self, at: int, now: Instant) -> None:
        job, gate = self._jobs[at], self._gates.get(self._jobs[at].batch)
        if job.boots:
            self._free[self._count(at)] -= 1
            self._later(now + job.boot_s, "ready", at)
            return
        if gate is not None:
            self._may_boot[at] = inf
            self._behind[gate.before].append(at)
        if job.clone_from is None:
            self._made.add(at)
            self._later(max(now, self._may_boot[at]), "boot", at)
        else:
            self._site[at] = job.site if job.site in self._with_locks else None
            self._later(max(now, min(job.clone_from, self._may_boot[at])), "clone", at)

    def _count(self, at: int) -> int:
        """Add to its site's backlog; returns the site."""
        site = self._site[at] or 0
        self._backlog[site] += at not in self._counted
        self._counted.add(at)
        return site

    def _later(self, time: Instant, what: str, at: int) -> None:
        if time < inf:
            heappush(self._events, (time, next(self._number), what, at))

    def _take(self, what: str, at: int, time: Instant) -> None:
        job = self._jobs[at]
        if what == "clone":
            heappush(self._to_clone[self._site[at]], (job.rank, at))
            self._waiting += 1
        elif what == "cloned":
            insort(self._idle, self._lock.pop(at))
            self._made.add(at)
            self._later(max(time + self._between_s, self._may_boot[at]), "boot", at)
        elif what == "boot":
            site = self._count(at)
            heappush(self._to_boot[site], (job.rank, at))
            self._changed.add(site)
        else:
            site = self._site[at] or 0
            self._changed.add(site)
            self._free[site] += 1
            self._backlog[site] -= 1
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

    def _clone(self, time: Instant) -> None:
        """Give what locks are free to the most important who may be cloned under them."""
        for lock in tuple(self._idle) if self._waiting else ():
            hold_s, site = self._locks[lock]
            queue = self._queue(site)
            if queue is None:
                continue
            _, at = heappop(queue)
            self._idle.remove(lock)
            self._waiting -= 1
            self._site[at], self._lock[at] = site, lock
            if self._may_boot[at] <= time:
                self._count(at)
            self._later(time + hold_s, "cloned", at)

    def _queue(self, site: int) -> list[tuple[Rank, int]] | None:
        """Where the next clone of this site is taken from: what is bound to it, and what is free to go anywhere."""
        bound, free = self._to_clone[site], self._to_clone[None]
        if bound and (not free or bound[0] < free[0]):
            return bound
        return free if free and not self._refuses(site, free[0][1]) else bound or None

    def _refuses(self, site: int, at: int) -> bool:
        """As placing does (`placement/balance`): a desktop would be ready later there than behind the last clone elsewhere."""
        boot_s = self._jobs[at].boot_s
        cloned_after_s = len(self._to_clone[None]) / self._per_s
        return self._backlog[site] * boot_s / self._width[site] >= cloned_after_s + boot_s

    def _boot(self, time: Instant) -> None:
        """Give the places to boot to the most important of each site."""
        while self._changed:
            site = self._changed.pop()
            while self._free[site] > 0 and self._to_boot[site]:
                _, at = heappop(self._to_boot[site])
                self._free[site] -= 1
                self._later(time + self._jobs[at].boot_s, "ready", at)
