"""The daemon's time. It goes on at an even pace, even if the machine's clock is set."""

import threading
from collections.abc import Callable

from provisioner.model.ids import Instant
from provisioner.ports import Clock

_BACK_S = 1.0
"""Steps of NTP are smaller, or rare. After such a step the time stands still until the machine's clock has caught up."""
_FORWARD_S = 5.0
"""What is waited for is waited for longer: after such a step nothing is over too soon."""
_AT_ONCE_S = 0.1
"""Two clocks read within this time are read at one instant: far less than a step."""


class SteadyClock:
    """The Clock port over a clock that may be set: until the next `start` it goes on as if it had not been."""

    def __init__(self, clock: Clock, elapsed: Callable[[], float] | None = None) -> None:
        """`elapsed`: seconds by a clock that nobody can set, as `time.monotonic`; None: `clock` is never set forward."""
        self._clock, self._elapsed, self._turn = clock, elapsed, threading.Lock()
        self._latest, self._ticked = self._read()

    def now(self) -> Instant:
        """Seconds since the epoch, never less than before."""
        with self._turn:
            machine, ticks = self._read()
            due = self._due(ticks)
            self._latest, self._ticked = due if self._step_s(machine - due) else max(self._latest, machine), ticks
            return self._latest

    @property
    def set_by_s(self) -> float:
        """Seconds by which the machine's clock was set: negative if back; 0.0: by no more than a step of NTP."""
        with self._turn:
            machine, ticks = self._read()
            return self._step_s(machine - self._due(ticks))

    def start(self) -> None:
        """Continue from the machine's clock. Earlier times must not be compared with later times."""
        with self._turn:
            self._latest, self._ticked = self._read()

    def _read(self) -> tuple[Instant, float]:
        """Both clocks at one instant: a thread that is held up between them would see a step that nobody made."""
        while True:
            before, machine, ticks = self._ticks(), self._clock.now(), self._ticks()
            if ticks - before < _AT_ONCE_S:
                return machine, ticks

    def _due(self, ticks: float) -> Instant:
        """The time if the clock was not set."""
        return self._latest + ticks - self._ticked

    def _step_s(self, set_by_s: float) -> float:
        if self._elapsed is None:
            set_by_s = min(set_by_s, 0.0)
        return set_by_s if set_by_s < -_BACK_S or set_by_s > _FORWARD_S else 0.0

    def _ticks(self) -> float:
        return 0.0 if self._elapsed is None else self._elapsed()
