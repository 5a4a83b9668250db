"""How many sessions were open at once, to the event, and the most of each day; and what metrics show of it. No event names a
person or a desktop.

Events arrive late and out of order: a lost push is made good a minute later, a pull after minutes. So the events of the last
half hour stay in order of time, and only what is older is summed up. Of days on which desktops were counted by reading alone:
how many, how late, and what no event dated.
"""

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from provisioner.model.departures import DAY_S
from provisioner.model.ids import DesktopName, Instant
from provisioner.model.session_counts import (
    NO_COUNTS,
    DayPeak,
    DayReadings,
    GroupKey,
    GroupKind,
    GroupPlace,
    SessionChange,
    SessionCounts,
    SessionTotals,
    ShownGroups,
)
from provisioner.model.words import FirstBootWord, PushWord, SessionOrderWord

HORIZON_S = 1800.0
"""A push that comes later than this is of no use: its desktop was read long since."""
KEPT_DAYS = 366
"""A year of peaks."""
DETAILS_KEPT_DAYS = 31
"""Of sites and waves: they are many, and each storing of the counts writes all peaks."""

Peaks = dict[int, dict[GroupKey | None, tuple[int, Instant]]]
"""By day and group (None: all): the most, and when."""


_LATE_EVENTS = 128
"""An event that arrives late is nearly always among the last of these: what is before them is not gone through again."""


@dataclass(slots=True, kw_only=True)
class _Walked:
    """What came of the first of the recent events."""

    events: int
    open: Counter[GroupKey | None]
    """Open sessions after them, by group."""
    peaks: Peaks
    since: int
    """The day from which on peaks can still change."""
    until: Instant
    """The time of the last of them."""

    def go_on(self, events: list[SessionChange]) -> None:
        """Take in the events after them."""
        _walk(self.peaks, self.open, events, since=self.until, until=events[-1][0])
        self.events, self.until = self.events + len(events), events[-1][0]

    def copy(self) -> "_Walked":
        """Its own peaks, of the days that can still change."""
        peaks = {day: dict(most) if day >= self.since else most for day, most in self.peaks.items()}
        return _Walked(events=self.events, open=Counter(self.open), peaks=peaks, since=self.since, until=self.until)


class Timeline:
    """Open sessions over time."""

    def __init__(self, kept: SessionCounts = NO_COUNTS) -> None:
        self._settled_at = kept.settled_at
        self._base: Counter[GroupPlace] = Counter(kept.base)
        self._recent: list[SessionChange] = sorted(kept.recent)
        self._peaks: Peaks = {}
        for peak in kept.peaks:
            self._peaks.setdefault(peak.day, {})[peak.group] = peak.most, peak.at
        self._walked = self._from_base()
        self.open: Counter[GroupPlace] = Counter(kept.base)
        """Open now, by the groups as they are shown."""
        for _, change, place in self._recent:
            self.open[place] += change

    def add(self, at: Instant, change: int, place: GroupPlace) -> None:
        """So many sessions have begun, or ended (below 0). What is older than the horizon counts from there."""
        event = (max(at, self._settled_at), change, place)
        position = bisect_right(self._recent, event)
        self._recent.insert(position, event)
        self.open[place] += change
        if position < self._walked.events:
            self._walked = self._from_base()

    def settle(self, now: Instant) -> None:
        """Sum up what is older than the horizon."""
        until = now - HORIZON_S
        count = sum(at < until for at, _, _ in self._recent)
        old, self._recent = self._recent[:count], self._recent[count:]
        _walk(self._peaks, _by_group(self._base), old, since=self._settled_at, until=until)
        for _, change, place in old:
            self._base[place] += change
        self._settled_at = max(self._settled_at, until)
        self._walked.events -= count
        if self._walked.events < 0:
            self._walked = self._from_base()

    def day_peaks(self, now: Instant) -> Mapping[GroupKey | None, int]:
        """The most of today, as far as is known now."""
        return {group: most for group, (most, _) in self._all_peaks(now).get(_day(now), {}).items()}

    def peaks(self, now: Instant) -> tuple[DayPeak, ...]:
        """The most of each day, as far as is known now; in order."""
        return _peaks_of(self._all_peaks(now))

    def _all_peaks(self, now: Instant) -> Peaks:
        walked, there = self._walked, len(self._recent)
        if there - walked.events > 2 * _LATE_EVENTS:
            walked.go_on(self._recent[walked.events : there - _LATE_EVENTS])
        rest = walked.copy()
        _walk(rest.peaks, rest.open, self._recent[rest.events :], since=rest.until, until=now)
        return rest.peaks

    def _from_base(self) -> "_Walked":
        since = _day(self._settled_at)
        peaks = {day: dict(most) if day >= since else most for day, most in self._peaks.items()}
        return _Walked(events=0, open=_by_group(self._base), peaks=peaks, since=since, until=self._settled_at)

    def kept(self) -> SessionCounts:
        """The days to be stored."""
        base = {place: count for place, count in self._base.items() if count}
        today = _day(self._settled_at)
        peaks = tuple(peak for peak in _peaks_of(self._peaks) if today - peak.day < _kept_days(peak))
        return SessionCounts(settled_at=self._settled_at, base=base, recent=tuple(self._recent), peaks=peaks)


def _by_group(open_now: Mapping[GroupPlace, int]) -> Counter[GroupKey | None]:
    """Open sessions by group, and in all."""
    counts: Counter[GroupKey | None] = Counter()
    for place, count in open_now.items():
        for key in _groups(place):
            counts[key] += count
    return counts


def _walk(
    peaks: Peaks, open_now: Counter[GroupKey | None], events: list[SessionChange], *, since: Instant, until: Instant
) -> None:  # fmt: skip
    """Note the count after each event, and at the beginning of each day. `open_now`: at `since`; changed to what is after."""
    last = since
    for at, change, place in events:
        if _day(at) > _day(last):
            _note_all(peaks, open_now, max(last, _day(at) * DAY_S))
        last = at
        for key in _groups(place):
            open_now[key] += change
            if change > 0:
                _note(peaks, key, open_now[key], at)
    if _day(until) > _day(last):
        _note_all(peaks, open_now, max(last, _day(until) * DAY_S))


def _note_all(peaks: Peaks, open_now: Counter[GroupKey | None], at: Instant) -> None:
    for key, count in open_now.items():
        _note(peaks, key, count, at)


def _note(peaks: Peaks, key: GroupKey | None, most: int, at: Instant) -> None:
    of_day = peaks.setdefault(_day(at), {})
    if key not in of_day or most > of_day[key][0]:
        of_day[key] = most, at


def _peaks_of(peaks: Peaks) -> tuple[DayPeak, ...]:
    return tuple(
        DayPeak(day=day, group=group, most=most, at=at)
        for day, of_day in sorted(peaks.items())
        for group, (most, at) in sorted(of_day.items(), key=lambda each: each[0] or ())
    )


def _kept_days(peak: DayPeak) -> int:
    return KEPT_DAYS if peak.group is None or peak.group[0] is GroupKind.PROFILE else DETAILS_KEPT_DAYS


def _groups(place: GroupPlace) -> Iterator[GroupKey | None]:
    yield None
    yield from zip(GroupKind, place, strict=True)


def _day(at: Instant) -> int:
    return int(at // DAY_S)


class Readings:
    """Changed by one thread."""

    def __init__(self, kept: Iterable[DayReadings] = ()) -> None:
        self._days = {readings.day: readings for readings in kept}
        self._today, self._names, self._undated = 0, set[DesktopName](), set[DesktopName]()
        """The desktops of this day, in this life of the daemon: read alone; and of which something is not dated."""

    def read(self, name: DesktopName, *, before: Instant, at: Instant) -> None:
        """A desktop was read at two moments, and has pushed nothing in between."""
        day = self._begun(at)
        self._names.add(name)
        self._note(day, desktops=len(self._names), within_s=at - before)

    def inferred(self, name: DesktopName, changes: int, *, most: int, before: Instant, at: Instant) -> None:
        """So many log-ons and log-offs lie between two documents, and no event dates them. `most`: that it can have at once."""
        day = self._begun(at)
        off_by = 0 if name in self._undated else most
        self._undated.add(name)
        self._note(day, inferred=changes, off_by=off_by, within_s=at - before)

    def kept(self) -> tuple[DayReadings, ...]:
        """To be stored, in order."""
        newest = max(self._days, default=0)
        return tuple(readings for day, readings in sorted(self._days.items()) if newest - day < KEPT_DAYS)

    def _begun(self, at: Instant) -> int:
        day = _day(at)
        if day != self._today:
            self._today, self._names, self._undated = day, set(), set()
        return day

    def _note(self, day: int, *, desktops: int = 0, inferred: int = 0, off_by: int = 0, within_s: float) -> None:
        known = self._days.get(day, DayReadings(day=day))
        self._days[day] = DayReadings(
            day=day,
            desktops=max(known.desktops, desktops),
            within_s=max(known.within_s, round(within_s, 3)),
            inferred=known.inferred + inferred,
            off_by=known.off_by + off_by,
        )


@dataclass(slots=True, kw_only=True)
class SessionTally:
    """Counts of this life of the daemon, as in `SessionFigures`."""

    documents: Counter[str] = field(default_factory=Counter)
    pushes: Counter[PushWord] = field(default_factory=Counter)
    inferred: int = 0
    disagreements: int = 0
    host_key_changes: int = 0
    first_boots: Counter[FirstBootWord] = field(default_factory=Counter)
    orders: Counter[SessionOrderWord] = field(default_factory=Counter)


def figures_of(
    timeline: Timeline, tally: SessionTally, sources: Mapping[str, int], now: Instant, groups: ShownGroups
) -> SessionTotals:  # fmt: skip
    """A copy of the present figures."""
    peaks = timeline.day_peaks(now)
    return SessionTotals(
        groups=groups,
        open={group: count for group, count in _by_group(timeline.open).items() if group is not None},
        day_peaks={group: most for group, most in peaks.items() if group is not None},
        day_peak=peaks.get(None, 0),
        sources=dict(sources),
        documents=dict(tally.documents),
        pushes=dict(tally.pushes),
        inferred=tally.inferred,
        disagreements=tally.disagreements,
        host_key_changes=tally.host_key_changes,
        first_boots=dict(tally.first_boots),
        orders=dict(tally.orders),
    )
