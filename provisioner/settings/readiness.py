"""When the daemon asks by itself how ready the site is, as values."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from provisioner.model.bounds import Bounds


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadinessSettings:
    """When the daemon asks by itself how ready the site is for a surge (`bascule surge readiness`), each night."""

    at: int
    """The time of day, such as `'03:00'`: when nobody works."""
    zone: str | None = None
    """The time zone of `at`; left out: this machine's."""
    scenario: Path | None = None
    """The scenario's file; left out: the scenario in force."""
    trial: bool = True
    """Whether a real desktop is made and deleted, of each profile."""
    within_s: Annotated[float, Bounds(ge=60, le=43_200)] = 7200.0
    """After that the run is ended, and counts as 0: a rehearsal takes minutes, a trial desktop as long as a boot."""


__all__ = ["ReadinessSettings"]
