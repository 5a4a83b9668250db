"""The daemon's time. It never goes backwards, even if the machine's clock is set back."""

import threading

from provisioner.model.ids import Instant
from provisioner.ports import Clock

_TOLERANCE_S = 1.0
"""Steps of NTP are smaller, or rare. After such a step the time stands still until the machine's clock has caught up."""


class SteadyClock:
    """The Clock port over a clock that may be set: the latest time it has shown since the start."""

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
        """Seconds that the machine's clock is behind; 0.0: it was not set back by more than a step of NTP."""
        behind_s = self._latest - self._clock.now()
        return behind_s if behind_s > _TOLERANCE_S else 0.0

    def start(self) -> None:
        """Continue from the machine's clock. Earlier times must not be compared with later times."""
        with self._turn:
            self._latest = self._clock.now()
