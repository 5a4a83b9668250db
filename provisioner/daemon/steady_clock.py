"""The daemon's time. It goes on at an even pace, even if the machine's clock is set."""

import threading
from collections.abc import Callable

from provisioner.model.ids import Instant
from provisioner.ports import Clock

_BACK_S = 1.0
"""Steps of NTP are smaller, or rare. After such a step the time stands still until the machine's clock has caught up."""
_FORWARD_S = 5.0
"""What is waited for is waited for longer: after such a step nothing is over too soon."""


class SteadyClock:
    """The Clock port over a clock that may be set: until the next `start` it goes on as if it had not been."""

    def __init__(self, clock: Clock, elapsed: Callable[[], float] | None = None) -> None:
        """`elapsed`: seconds by a clock that nobody can set, as `time.monotonic`; None: `clock` is never set forward."""
        self._clock, self._elapsed, self._turn = clock, elapsed, threading.Lock()
        self._latest, self._ticked = clock.now(), self._ticks()

    def now(self) -> Instant:
        """Seconds since the epoch, never less than before."""
        with self._turn:
            due, set_by_s = self._look()
            self._latest = due if set_by_s else max(self._latest, self._clock.now())
            self._ticked = self._ticks()
            return self._latest

    @property
    def set_by_s(self) -> float:
        """Seconds by which the machine's clock was set: negative if back; 0.0: by no more than a step of NTP."""
        with self._turn:
            return self._look()[1]

    def start(self) -> None:
        """Continue from the machine's clock. Earlier times must not be compared with later times."""
        with self._turn:
            self._latest, self._ticked = self._clock.now(), self._ticks()

    def _look(self) -> tuple[Instant, float]:
        """The time if the clock was not set, and by how much it was."""
        machine, due = self._clock.now(), self._latest + self._ticks() - self._ticked
        set_by_s = machine - due
        if self._elapsed is None:
            set_by_s = min(set_by_s, 0.0)
        return due, set_by_s if set_by_s < -_BACK_S or set_by_s > _FORWARD_S else 0.0

    def _ticks(self) -> float:
        return 0.0 if self._elapsed is None else self._elapsed()
