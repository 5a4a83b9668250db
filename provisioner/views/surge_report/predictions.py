"""The forecasts that were given, against what came."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class PredictionReport:
    """One forecast: when the last of the wanted desktops was to be ready."""

    made_at: str
    wanted: int
    ready_then: int
    early_at: str
    middle_at: str
    late_at: str
    came_at: str | None
    """None: not in time for its band, and not yet."""
    held: bool | None
    """Whether it came within the band; None: that is not known yet."""


__all__ = ["PredictionReport"]
