"""The event heap: virtual time, and what happens when."""

import heapq
from collections.abc import Callable
from itertools import count


class EventHeap:
    """Runs functions at their virtual time, in order; those of one instant in the order they were given.

    Several twins may share one heap. Time moves only in `advance`.
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
        """Run `do` at `time`; a time that has passed means now, after what is already due."""
        heapq.heappush(self._heap, (max(time, self._now), next(self._order), do))

    def after(self, delay: float, do: Callable[[], None]) -> None:
        """Run `do` after `delay` seconds."""
        self.at(self._now + delay, do)

    def next_at(self) -> float | None:
        """When the next event is due; None: never."""
        return self._heap[0][0] if self._heap else None

    def advance(self, until: float) -> None:
        """Run all that is due up to and including `until`, and let that be now. Never goes back."""
        while self._heap and self._heap[0][0] <= until:
            self.step()
        self._now = max(self._now, until)

    def step(self) -> None:
        """Run the next event alone, at its time; raises IndexError when there is none."""
        time, _, do = heapq.heappop(self._heap)
        self._now = max(self._now, time)
        do()
