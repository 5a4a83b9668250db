"""The event heap: virtual time, and the functions to run at each instant. And processes on it: generators that yield what they
wait for, so an operation reads from top to bottom.

A process can be killed (its node died: no more of it runs) or interrupted (an error is raised where it waits).
"""

import heapq
from collections.abc import Callable, Generator
from itertools import count
from typing import Any, Generic, TypeVar

T = TypeVar("T")

Resume = Callable[[Any], None]
Wait = Callable[[Resume], None]
"""What a process yields: a function that receives `resume` and arranges for one call of it."""
Process = Generator[Wait, Any, T]


class EventHeap:
    """Runs functions at their virtual time; functions of the same instant run in the order they were added.

    Several twins may share one heap. Time moves only in `advance` and `step`.
    """

    def __init__(self, now: float) -> None:
        self._now = now
        self._heap: list[tuple[float, int, Callable[[], None]]] = []
        self._order = count()

    @property
    def now(self) -> float:
        """The virtual time, seconds since the epoch."""
        return self._now

    def at(self, time: float, do: Callable[[], None]) -> None:
        """Run `do` at `time`; a time in the past means now, after all events that are already due."""
        heapq.heappush(self._heap, (max(time, self._now), next(self._order), do))

    def after(self, delay: float, do: Callable[[], None]) -> None:
        """Run `do` after `delay` seconds."""
        self.at(self._now + delay, do)

    def next_at(self) -> float | None:
        """When the next event is due; None: no event is left."""
        return self._heap[0][0] if self._heap else None

    def advance(self, until: float) -> None:
        """Run all events up to and including `until`, then set the time to `until`. Time never goes back."""
        while self._heap and self._heap[0][0] <= until:
            self.step()
        self._now = max(self._now, until)

    def step(self) -> None:
        """Run only the next event, at its time; raises IndexError when there is none."""
        time, _, do = heapq.heappop(self._heap)
        self._now = max(self._now, time)
        do()


class Running(Generic[T]):
    """A running process. Calls `done` or `failed` once at its end, unless it is killed."""

    def __init__(self, process: Process[T], *, done: Callable[[T], None], failed: Callable[[Exception], None]) -> None:
        self._process = process
        self._done = done
        self._failed = failed
        self._step = 0
        self.alive = True

    def start(self) -> None:
        """Run until the first wait, unless already killed."""
        if self.alive:
            self._advance(lambda: self._process.send(None))

    def kill(self) -> None:
        """End it without calling `done` or `failed`; a wait that ends later has no effect."""
        if self.alive:
            self.alive = False
            self._step += 1
            self._process.close()

    def interrupt(self, error: Exception) -> None:
        """Raise an error where it waits."""
        if self.alive:
            self._advance(lambda: self._process.throw(error))

    def _advance(self, run: Callable[[], Wait]) -> None:
        self._step += 1
        try:
            wait = run()
        except StopIteration as end:
            self.alive = False
            self._done(end.value)
        except Exception as error:
            self.alive = False
            self._failed(error)
        else:
            wait(self._resumer(self._step))

    def _resumer(self, step: int) -> Resume:
        def resume(value: Any) -> None:
            if step == self._step:
                self._advance(lambda: self._process.send(value))

        return resume


def pause(events: EventHeap, seconds: float) -> Wait:
    """Wait this many seconds."""
    return lambda resume: events.after(seconds, lambda: resume(None))
