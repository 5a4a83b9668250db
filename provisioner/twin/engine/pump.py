"""Drives a twin's event heap by the clock, inside an asyncio loop."""

import asyncio

from provisioner.twin.engine.clock import ScaledClock
from provisioner.twin.engine.events import EventHeap

_GRAIN_S = 0.001
"""At least this many real seconds between two wake-ups. Events keep their virtual times; only answers leave this much later."""


class Pump:
    """Runs due events, and wakes up for the next event."""

    def __init__(self, events: EventHeap, clock: ScaledClock, loop: asyncio.AbstractEventLoop) -> None:
        self._events = events
        self._clock = clock
        self._loop = loop
        self._timer: asyncio.TimerHandle | None = None

    def advance(self) -> None:
        """Advance virtual time to the clock's."""
        self._events.advance(self._clock.now())

    def arm(self) -> None:
        """Wake up for the next event."""
        next_at = self._events.next_at()
        if next_at is None:
            return
        wake = self._loop.time() + max(_GRAIN_S, self._clock.real_seconds_until(next_at))
        if self._timer is not None:
            if self._timer.when() <= wake:
                return
            self._timer.cancel()
        self._timer = self._loop.call_at(wake, self._wake)

    def stop(self) -> None:
        """Cancel the next wake-up."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _wake(self) -> None:
        self._timer = None
        try:
            self.advance()
        finally:
            self.arm()  # a defect in one event must not stop the clock for all others
