"""The daemon's time: a machine's clock may be set back, and the daemon's never goes backwards."""

import threading

from provisioner.model.ids import Instant
from provisioner.ports import Clock

_TOLERANCE_S = 1.0
"""Steps of NTP are smaller, or rare: until such a step is made up for, the time stands still."""


class SteadyClock:
    """The Clock port, from a clock that may be set: the latest time that it has shown, from one start to the next."""

    def __init__(self, clock: Clock) -> None:
        self._clock, self._turn = clock, threading.Lock()
        self._latest = clock.now()

    def now(self) -> Instant:
        """Seconds since the epoch, never less than before."""
        with self._turn:
            self._latest = max(self._latest, self._clock.now())
            return self._latest

    @property
    def behind_s(self) -> float:
        """How far the clock beneath is behind; 0.0: it was not set back by more than a step of NTP."""
        behind_s = self._latest - self._clock.now()
        return behind_s if behind_s > _TOLERANCE_S else 0.0

    def start(self) -> None:
        """Go on from the time that the clock beneath shows now: nothing that was dated before may be compared with it."""
        with self._turn:
            self._latest = self._clock.now()
