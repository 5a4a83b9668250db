"""The twin's time for a process that talks to it: scaled real time."""

import time
from dataclasses import dataclass

from provisioner.model.ids import Instant


@dataclass(frozen=True, slots=True, kw_only=True)
class ScaledClock:
    """Virtual time that runs `scale` times as fast as real time. Every process with the same three figures reads the same time.

    Based on the machine's monotonic clock, which all its processes share and nobody can set.
    """

    epoch0: float
    """The virtual time, seconds since the epoch, at `monotonic0`."""
    monotonic0: float
    """Seconds of the machine's monotonic clock."""
    scale: float = 1.0
    """Virtual seconds a real second."""

    def now(self) -> Instant:
        """Seconds since the epoch, virtual."""
        return self.epoch0 + (time.monotonic() - self.monotonic0) * self.scale

    def real_seconds_until(self, instant: Instant) -> float:
        """How long to wait in real time; 0 for an instant in the past."""
        return max(0.0, (instant - self.now()) / self.scale)


def clock_from(epoch0: float, *, scale: float) -> ScaledClock:
    """A clock that shows `epoch0` now."""
    return ScaledClock(epoch0=epoch0, monotonic0=time.monotonic(), scale=scale)
