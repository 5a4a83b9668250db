"""The event heap: virtual time, and the functions to run at each instant."""

import heapq
from collections.abc import Callable
from itertools import count


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
