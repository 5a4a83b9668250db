"""What the daemon knows of itself beside the status: its certificates, its API, its journal."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import inf

from provisioner.model.ids import Instant


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiLoad:
    """What the daemon's own API has done since its start, and what it does now."""

    answers: Mapping[str, int] = field(default_factory=dict)
    """By class of HTTP status: 2xx, 3xx, 4xx, 5xx."""
    shed: int = 0
    """Connections that were closed to make room for another."""
    connections: int = 0
    streams: int = 0
    """Event streams that are open."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ForecastScore:
    """Earlier forecasts against what came."""

    at: Instant = -inf
    """When they were compared: it takes a second, so it is done once an hour."""
    judged: int = 0
    """Forecasts of which it is known whether they were right, at most 50."""
    held: int = 0
    """Of them, those whose band held what came."""
    bias: float | None = None
    """How many times as long it took as the middle of the band, in the median; None: none has come."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DaemonFacts:
    """Taken once a minute."""

    certificates: Mapping[str, Instant | None] = field(default_factory=dict)
    """The end of each certificate that bascule.yaml names, by its key there; None: not known."""
    api: ApiLoad = ApiLoad()
    forecasts: ForecastScore = ForecastScore()
    journal_sequence: int = 0
    """The number of the journal's last line."""


__all__ = ["ApiLoad", "DaemonFacts", "ForecastScore"]
