"""Copying of whole images by full clones, outside the storages' locks: copies at the same time share a storage's bandwidth."""

from collections.abc import Iterable
from dataclasses import dataclass

from provisioner.twin.engine.events import EventHeap
from provisioner.twin.engine.processes import Process, Resume, Wait
from provisioner.twin.model.storages import Domain

_NO_TIME_S = 1e-6
"""A copy that would take less has ended: today's dates are floats with steps of 0.2 µs, and the heap would stand still."""


@dataclass(slots=True, kw_only=True, eq=False)
class _Copy:
    left_gib: float
    domains: frozenset[Domain]
    """Where it reads and writes."""
    resume: Resume | None = None

    @property
    def rate(self) -> float:
        """GiB a second: the smaller of its shares."""
        return min(domain.spec.copy_gib_per_second / domain.copies for domain in self.domains)


class Copies:
    """All copies of one cluster. Processor sharing: a storage's bandwidth is divided equally; a copy between two storages is as
    fast as its smaller share, and does not give the rest of the larger share away (*assumed*)."""

    def __init__(self, events: EventHeap) -> None:
        self._events = events
        self._updated = events.now
        self._running: dict[_Copy, None] = {}
        self._alarm = 0

    def copy(self, size_gib: float, domains: Iterable[Domain]) -> Process[None]:
        """Copy this much from and to storages; returns at the end."""
        copy = _Copy(left_gib=size_gib, domains=frozenset(domains))
        self._catch_up()
        self._join(copy)
        self._schedule()
        try:
            yield _end_of(copy)
        finally:
            if copy in self._running:  # interrupted, or its node died
                self._catch_up()
                self._leave(copy)
                self._schedule()

    def _join(self, copy: _Copy) -> None:
        self._running[copy] = None
        for domain in copy.domains:
            domain.copies += 1

    def _leave(self, copy: _Copy) -> None:
        del self._running[copy]
        for domain in copy.domains:
            domain.copies -= 1

    def _catch_up(self) -> None:
        passed_s = self._events.now - self._updated
        self._updated = self._events.now
        for copy in self._running:
            copy.left_gib -= copy.rate * passed_s
        for domain in {domain for copy in self._running for domain in copy.domains}:
            domain.copying_s += passed_s

    def _schedule(self) -> None:
        self._alarm += 1
        if self._running:
            alarm = self._alarm
            next_s = min(max(0.0, copy.left_gib) / copy.rate for copy in self._running)
            self._events.after(next_s, lambda: self._ring(alarm))

    def _ring(self, alarm: int) -> None:
        if alarm != self._alarm:
            return
        self._catch_up()
        ended = [copy for copy in self._running if copy.left_gib <= _NO_TIME_S * copy.rate]
        for copy in ended:
            self._leave(copy)
        self._schedule()
        for copy in ended:
            if copy.resume is not None:
                copy.resume(None)


def _end_of(copy: _Copy) -> Wait:
    def arrange(resume: Resume) -> None:
        copy.resume = resume

    return arrange
