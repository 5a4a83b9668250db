"""The most sessions that were open at once: on each day, in all desktops and in those of each profile."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from provisioner.model.departures import DAY_S
from provisioner.model.ids import Instant
from provisioner.model.order_words import NotedWord
from provisioner.model.session_counts import DayPeak, DayReadings, GroupKind, SessionCounts
from provisioner.ports import JournalEntry
from provisioner.reasons.wrong import DAEMON_BEGINS, DESKTOPS_SILENT
from provisioner.sessions.timeline import Timeline
from provisioner.views.surge_report.spells import spells
from provisioner.views.times import stamp


@dataclass(frozen=True, slots=True, kw_only=True)
class DayPeakDocument:
    """One day's peak."""

    day: str
    """The date in UTC, as `2026-11-30`: a day has no other beginning here."""
    profile: str | None
    """None: all desktops together, which is not a sum of the profiles' peaks. `other`: profiles of few people."""
    most: int
    at: str
    """When for the first time."""
    unknown: int | None
    """Desktops called ready of which nobody knew for minutes who was logged on: the most on that day, over all profiles. The
    true peak is at most so many higher. None: it is not kept whether there were any."""
    exact: bool
    """To the event: every log-on and log-off of the day is counted at its own time, and nothing was unknown. Otherwise some
    count up to `late_s` late, or not at all, and the true peak may be another."""
    read_alone: int
    """Desktops that were counted on that day by reading alone, without a push."""
    late_s: float | None
    """The longest time between two documents of such a desktop, or between which a change lies that no event dates. None:
    there were none, or it is not known."""
    off_by: int
    """Sessions by which the true peak may be higher or lower at most, because no event dates some log-ons and log-offs: what
    the desktops of these can have at once. A single desktop, whatever it says, makes no more of it than its profile's
    `max_sessions`, in each life of the daemon. Of a day before this was kept: 0."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PeaksDocument:
    """The peaks of the last year, the newest day first."""

    at: str
    peaks: tuple[DayPeakDocument, ...]


PEAK_LINES = 20_000
"""Lines of the journal that are asked for, of those about the whole site: some years of them."""


def peaks_document(
    counts: SessionCounts, lines: Iterable[JournalEntry], *, now: Instant, days: int | None = None
) -> PeaksDocument:  # fmt: skip
    """`lines`: of the journal about the whole site, newest first; `days`: only the last so many, with today."""
    unknown = _unknown_by_day(tuple(lines)[::-1], now=max(now, counts.settled_at))
    found = Timeline(counts).peaks(max(now, counts.settled_at))
    today, readings = int(now // DAY_S), {each.day: each for each in counts.readings}
    first = 0 if days is None else today - days + 1
    chosen = [
        peak for peak in found if peak.day >= first and peak.most and (peak.group is None or peak.group[0] is GroupKind.PROFILE)
    ]
    return PeaksDocument(
        at=stamp(now),
        peaks=tuple(
            _peak(peak, readings.get(peak.day, DayReadings(day=peak.day)), unknown.get(peak.day), today=today)
            for peak in sorted(chosen, key=lambda peak: (-peak.day, peak.group or ()))
        ),
    )


def _unknown_by_day(lines: Sequence[JournalEntry], *, now: Instant) -> Mapping[int, int]:
    """The most at once of each day, from the first day on that is wholly in the journal. `lines`: oldest first."""
    first = next((line for line in lines if line.what == NotedWord.DAEMON), None)
    if first is None:
        return {}
    begins = int(first.at // DAY_S) + (first.reason.code != DAEMON_BEGINS.code)  # before a first start there is nothing
    unknown = dict.fromkeys(range(begins, int(now // DAY_S) + 1), 0)
    for spell in spells(lines):
        if spell.trouble == DESKTOPS_SILENT.code:
            until = now if spell.ended_at is None else spell.ended_at
            for day in range(int(spell.began_at // DAY_S), int(until // DAY_S) + 1):
                unknown[day] = max(unknown.get(day, 0), spell.count)
    return unknown


def _peak(peak: DayPeak, readings: DayReadings, unknown: int | None, *, today: int) -> DayPeakDocument:
    """Of today, what desktops that are only read will tell at their next reading is missing."""
    return DayPeakDocument(
        day=datetime.fromtimestamp(peak.day * DAY_S, UTC).date().isoformat(),
        profile=None if peak.group is None else peak.group[1],
        most=peak.most,
        at=stamp(peak.at),
        unknown=unknown,
        exact=unknown == 0 and not readings.inferred and not (readings.desktops and peak.day == today),
        read_alone=readings.desktops,
        late_s=readings.within_s or None,
        off_by=readings.off_by,
    )


__all__ = ["PEAK_LINES", "DayPeakDocument", "PeaksDocument", "peaks_document"]
