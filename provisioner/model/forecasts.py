"""A forecast that was given, as it is kept: what was said is compared later with what came."""

from dataclasses import dataclass

from provisioner.model.ids import Instant

FORECASTS_KEPT = 500
"""The latest ones. A score of older ones says nothing about today's cluster."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptForecast:
    """When the last of the wanted desktops was to be ready. It counts people and names none."""

    made_at: Instant
    wanted: int
    ready_then: int
    """Desktops that were ready when it was made."""
    early_at: Instant
    """One in twenty forecasts should come true before."""
    middle_at: Instant
    late_at: Instant
    """One in twenty forecasts should come true after."""
    widened: float = 1.0
    """The power by which the band was widened, because earlier ones were wrong."""
    measured: int = 0
    """Desktops whose clones and boots were known."""


__all__ = ["FORECASTS_KEPT", "KeptForecast"]
