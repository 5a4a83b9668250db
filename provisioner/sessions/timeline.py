"""How many sessions were open at once, to the event, and the most of each day. No event names a person or a desktop.

Events arrive late and out of order: a lost push is made good a minute later, a pull after minutes. So the events of the last
half hour stay in order of time, and only what is older is summed up.
"""

from bisect import insort
from collections import Counter
from collections.abc import Iterator, Mapping

from provisioner.model.departures import DAY_S
from provisioner.model.ids import Instant, ProfileName
from provisioner.model.session_counts import NO_COUNTS, DayPeak, SessionChange, SessionCounts

HORIZON_S = 1800.0
"""After this time without a word a desktop's sessions are unknown (Pace.session_interval_s, twice): older news is of no use."""
KEPT_DAYS = 366
"""A year of peaks."""


class Timeline:
    """Open sessions over time."""

    def __init__(self, kept: SessionCounts = NO_COUNTS) -> None:
        self._settled_at = kept.settled_at
        self._base: Counter[ProfileName] = Counter(kept.base)
        self._recent: list[SessionChange] = sorted(kept.recent)
        self._peaks = {(peak.day, peak.profile): peak for peak in kept.peaks}
        self.open: Counter[ProfileName] = Counter(kept.base)
        """Open now, by profile."""
        for _, change, profile in self._recent:
            self.open[profile] += change

    def add(self, at: Instant, change: int, profile: ProfileName) -> None:
        """A session has begun (+1) or ended (-1). What is older than the horizon counts from there."""
        insort(self._recent, (max(at, self._settled_at), change, profile))
        self.open[profile] += change

    def settle(self, now: Instant) -> None:
        """Sum up what is older than the horizon."""
        until = now - HORIZON_S
        count = sum(at < until for at, _, _ in self._recent)
        old, self._recent = self._recent[:count], self._recent[count:]
        for peak in _walk(self._base, old, since=self._settled_at, until=until):
            self._note(self._peaks, peak)
        for _, change, profile in old:
            self._base[profile] += change
        self._settled_at = max(self._settled_at, until)

    def peaks(self, now: Instant) -> Mapping[tuple[int, ProfileName | None], DayPeak]:
        """The most of each day, as far as is known now."""
        peaks = dict(self._peaks)
        for peak in _walk(self._base, self._recent, since=self._settled_at, until=now):
            self._note(peaks, peak)
        return peaks

    def kept(self) -> SessionCounts:
        """To be stored."""
        base = {profile: count for profile, count in self._base.items() if count}
        since = _day(self._settled_at) - KEPT_DAYS
        keys = sorted((key for key in self._peaks if key[0] > since), key=lambda key: (key[0], key[1] or ""))
        peaks = tuple(self._peaks[key] for key in keys)
        return SessionCounts(settled_at=self._settled_at, base=base, recent=tuple(self._recent), peaks=peaks)

    @staticmethod
    def _note(peaks: dict[tuple[int, ProfileName | None], DayPeak], peak: DayPeak) -> None:
        known = peaks.get((peak.day, peak.profile))
        if known is None or peak.most > known.most:
            peaks[peak.day, peak.profile] = peak


def _walk(base: Mapping[ProfileName, int], events: list[SessionChange], *, since: Instant, until: Instant) -> Iterator[DayPeak]:
    """The count after each event, and at the beginning of each day."""
    open_now = Counter(base)
    last = since
    for at, change, profile in [*events, (until, 0, None)]:
        if _day(at) > _day(last):
            yield from _all(open_now, max(last, _day(at) * DAY_S))
        last = at
        if profile is not None:
            open_now[profile] += change
            if change > 0:
                yield DayPeak(day=_day(at), profile=profile, most=open_now[profile], at=at)
                yield DayPeak(day=_day(at), profile=None, most=open_now.total(), at=at)


def _all(open_now: Counter[ProfileName], at: Instant) -> Iterator[DayPeak]:
    yield from (DayPeak(day=_day(at), profile=profile, most=count, at=at) for profile, count in open_now.items())
    yield DayPeak(day=_day(at), profile=None, most=open_now.total(), at=at)


def _day(at: Instant) -> int:
    return int(at // DAY_S)
