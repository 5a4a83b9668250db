"""The state file of a served twin: all that a client, a test or another process needs to know of it."""

import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path

from provisioner.twin.engine.clock import ScaledClock

CONTROL_HEADER = "X-Twin-Control"
"""Carries the control secret of the state file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TwinState:
    """Where a twin listens, how its time runs, and what opens it. Its repr hides the secrets."""

    port: int
    """On 127.0.0.1."""
    ca_file: str
    """The authority that signed its certificate, PEM."""
    cluster: str
    epoch0: float
    monotonic0: float
    scale: float
    tokens: Mapping[str, str] = field(default_factory=dict, repr=False)
    """`user@realm!id` -> secret."""
    control: str = field(default="", repr=False)
    """What `/twin/…` asks for in the header `X-Twin-Control`."""

    @property
    def url(self) -> str:
        """The root of its API, without `/api2`."""
        return f"https://127.0.0.1:{self.port}"

    @property
    def clock(self) -> ScaledClock:
        """Its time."""
        return ScaledClock(epoch0=self.epoch0, monotonic0=self.monotonic0, scale=self.scale)

    def write(self, path: Path) -> None:
        """Write it in one step, readable by the owner alone: whoever finds the file finds it whole."""
        draft = path.with_name(f".{path.name}.{os.getpid()}")
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            json.dump(asdict(self), file, indent=1)
        draft.replace(path)

    @classmethod
    def read(cls, path: Path) -> "TwinState":
        """Read what `write` wrote."""
        return cls(**json.loads(path.read_text(encoding="utf-8")))
