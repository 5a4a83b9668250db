"""How many sessions were open at once: numbers of desktops and moments, without people and names."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from provisioner.model.ids import Instant, ProfileName
from provisioner.model.words import FirstBootWord, PushWord

SessionChange = tuple[Instant, int, ProfileName]
"""When, +1 (begun) or -1 (ended), and the desktop's profile. Of one moment, ends come first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DayPeak:
    """The most sessions open at once on one day (UTC) in the desktops of a profile, or in all."""

    day: int
    """Days since the epoch."""
    profile: ProfileName | None
    """None: all profiles together."""
    most: int
    at: Instant


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionCounts:
    """What survives a restart of the daemon."""

    settled_at: Instant = 0.0
    base: Mapping[ProfileName, int] = field(default_factory=dict)
    """Open sessions at that time."""
    recent: tuple[SessionChange, ...] = ()
    """What has changed since, in order of time."""
    peaks: tuple[DayPeak, ...] = ()


NO_COUNTS = SessionCounts()


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionFigures:
    """What metrics show of sessions at one moment. The counts of documents are those of this life of the daemon."""

    open: Mapping[ProfileName, int] = field(default_factory=dict)
    """Open sessions, connected and disconnected, to the last event heard."""
    day_peaks: Mapping[ProfileName, int] = field(default_factory=dict)
    """The most of today (UTC)."""
    day_peak: int = 0
    """The most of today over all profiles."""
    sources: Mapping[str, int] = field(default_factory=dict)
    """Desktops that were heard of late, by the source of the last document."""
    documents: Mapping[str, int] = field(default_factory=dict)
    """Documents taken, by source."""
    pushes: Mapping[PushWord, int] = field(default_factory=dict)
    push_delay_s: float = 0.0
    """How long the accepted pushes took, added up."""
    inferred: int = 0
    """Log-ons and log-offs that no event told of: counted when they were seen, not when they happened."""
    disagreements: int = 0
    """Documents that show other sessions than the one before, without an event in between."""
    host_key_changes: int = 0
    first_boots: Mapping[FirstBootWord, int] = field(default_factory=dict)
    """Requests for first-boot data."""


NO_FIGURES = SessionFigures()
