"""The state file of a served twin: what a client, a test or another process needs to reach it, and to tell its time: scaled
real time."""

import json
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path

from provisioner.files import Folder
from provisioner.model.ids import Instant

CONTROL_HEADER = "X-Twin-Control"
"""Carries the control secret of the state file."""


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


@dataclass(frozen=True, slots=True, kw_only=True)
class TwinState:
    """A twin's address, time and secrets. Its repr hides the secrets."""

    port: int
    """The port on 127.0.0.1."""
    ca_file: str
    """PEM file of the authority that signed its certificate."""
    cluster: str
    epoch0: float
    monotonic0: float
    scale: float
    tokens: Mapping[str, str] = field(default_factory=dict, repr=False)
    """`user@realm!id` -> secret."""
    control: str = field(default="", repr=False)
    """Secret for `/twin/…`, in the header `X-Twin-Control`."""

    @property
    def url(self) -> str:
        """The root of its API, without `/api2`."""
        return f"https://127.0.0.1:{self.port}"

    @property
    def clock(self) -> ScaledClock:
        """A clock that shows its time."""
        return ScaledClock(epoch0=self.epoch0, monotonic0=self.monotonic0, scale=self.scale)

    def write(self, path: Path) -> None:
        """Write the file atomically, readable by its owner only."""
        with Folder(path.absolute().parent) as folder:
            folder.write(path.name, json.dumps(asdict(self), indent=1).encode(), mode=0o600)

    @classmethod
    def read(cls, path: Path) -> "TwinState":
        """Read a file that `write` wrote."""
        return cls(**json.loads(path.read_text(encoding="utf-8")))
