"""The most sessions that were open at once: on each day, in all desktops and in those of each profile."""

from dataclasses import dataclass
from datetime import UTC, datetime

from provisioner.model.departures import DAY_S
from provisioner.model.ids import Instant
from provisioner.model.session_counts import DayPeak, DayReadings, SessionCounts
from provisioner.model.session_groups import GroupKind
from provisioner.sessions.timeline import Timeline
from provisioner.views.times import stamp


@dataclass(frozen=True, slots=True, kw_only=True)
class DayPeakDocument:
    """One day's peak."""

    day: str
    """The date in UTC, as `2026-11-30`: a day has no other beginning here."""
    profile: str | None
    """None: all desktops together, which is no sum of the profiles' peaks. `other`: profiles of few people."""
    most: int
    at: str
    """When for the first time."""
    exact: bool
    """To the event: every log-on and log-off of the day is counted at its own time, as far as the desktops tell. Otherwise
    some count up to `late_s` late, and the true peak may be another."""
    read_alone: int
    """Desktops that were counted on that day by reading alone, without a push."""
    late_s: float | None
    """The longest time between two documents of such a desktop, or between which a change lies that no event dates. None:
    there were none, or it is not known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PeaksDocument:
    """The peaks of the last year, the newest day first."""

    at: str
    peaks: tuple[DayPeakDocument, ...]


def peaks_document(counts: SessionCounts, *, now: Instant, days: int | None = None) -> PeaksDocument:
    """`days`: only the last so many, with today."""
    found = Timeline(counts).peaks(max(now, counts.settled_at))
    today, readings = int(now // DAY_S), {each.day: each for each in counts.readings}
    first = 0 if days is None else today - days + 1
    chosen = [
        peak for peak in found if peak.day >= first and peak.most and (peak.group is None or peak.group[0] is GroupKind.PROFILE)
    ]
    return PeaksDocument(
        at=stamp(now),
        peaks=tuple(
            _peak(peak, readings.get(peak.day, DayReadings(day=peak.day)), today=today)
            for peak in sorted(chosen, key=lambda peak: (-peak.day, peak.group or ()))
        ),
    )


def _peak(peak: DayPeak, readings: DayReadings, *, today: int) -> DayPeakDocument:
    """Of today, what desktops that are only read will tell at their next reading is missing."""
    return DayPeakDocument(
        day=datetime.fromtimestamp(peak.day * DAY_S, UTC).date().isoformat(),
        profile=None if peak.group is None else peak.group[1],
        most=peak.most,
        at=stamp(peak.at),
        exact=not readings.inferred and not (readings.desktops and peak.day == today),
        read_alone=readings.desktops,
        late_s=readings.within_s or None,
    )


__all__ = ["DayPeakDocument", "PeaksDocument", "peaks_document"]
