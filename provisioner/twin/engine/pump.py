"""Drives a twin's event heap by the clock, inside an asyncio loop."""

import asyncio

from provisioner.twin.engine.clock import ScaledClock
from provisioner.twin.engine.events import EventHeap

_GRAIN_S = 0.001
"""Real seconds between two wake-ups at least: events keep their own virtual times, only their answers leave this much later."""


class Pump:
    """Runs due events; wakes up for the next one."""

    def __init__(self, events: EventHeap, clock: ScaledClock, loop: asyncio.AbstractEventLoop) -> None:
        self._events = events
        self._clock = clock
        self._loop = loop
        self._timer: asyncio.TimerHandle | None = None

    def advance(self) -> None:
        """Let virtual time be what the clock says."""
        self._events.advance(self._clock.now())

    def arm(self) -> None:
        """Wake up for the next event."""
        due = self._events.next_at()
        if due is None:
            return
        wake = self._loop.time() + max(_GRAIN_S, self._clock.real_seconds_until(due))
        if self._timer is not None:
            if self._timer.when() <= wake:
                return
            self._timer.cancel()
        self._timer = self._loop.call_at(wake, self._wake)

    def stop(self) -> None:
        """Wake up no more."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _wake(self) -> None:
        self._timer = None
        try:
            self.advance()
        finally:
            self.arm()  # a defect in one event must not stop the clock for all others
