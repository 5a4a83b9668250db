"""How many sessions were open at once, by which groups that is shown, and how many people came in each minute, filed by
quarters of an hour. Numbers and moments only, without people and names.

A small group is shown with others: no number is one person's. `sessions.groups` decides which are merged,
`sessions.shown_pools` which pools are shown by themselves.
"""

import enum
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from provisioner.model.ids import DesktopPoolName, Instant
from provisioner.model.machines.guest_bounds import Flow
from provisioner.model.words import FirstBootWord, PushWord, SessionOrderWord

OTHER = "other"
"""The label of everything that is merged, and of people without a site or wave that is known."""
NONE_GIVEN = "none"
"""The site of people for whom the directory has none, and the wave of people whom the scenario does not select."""
MINUTE_S = 60.0
MINUTES = 15
"""Of a quarter of an hour."""
QUARTER_S = MINUTE_S * MINUTES
ARRIVALS_KEPT_S = 60 * 86400.0
"""Ten days of each kind are learned from: week-ends and holidays come no more often than this."""


class GroupKind(enum.StrEnum):
    """What people are grouped by."""

    PROFILE = "profile"
    SITE = "site"
    WAVE = "wave"


class GroupPlace(NamedTuple):
    """Where a desktop's person belongs: one label of each kind, in their order."""

    profile: str
    site: str
    wave: str


GroupKey = tuple[GroupKind, str]
"""One group: its kind, and its label."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownGroups:
    """Which labels are shown."""

    merged: Mapping[GroupKind, frozenset[str]] = field(default_factory=dict)
    """Shown as `other`. All others are shown as they are."""
    labels: Mapping[GroupKind, tuple[str, ...]] = field(default_factory=dict)
    """Every label that is shown, sorted."""
    pools: frozenset[DesktopPoolName] = frozenset()
    """Pools of desktops that are shown by themselves, too. Their sessions also count in their profile."""

    def label(self, kind: GroupKind, label: str) -> str:
        """The label that is shown."""
        return OTHER if label in self.merged.get(kind, ()) else label

    def of(self, place: GroupPlace) -> GroupPlace:
        """The place that is shown."""
        return GroupPlace(*(self.label(kind, label) for kind, label in zip(GroupKind, place, strict=True)))


ALL_SHOWN = ShownGroups()


SessionChange = tuple[Instant, int, GroupPlace]
"""When, how many have begun, or ended (below 0), and the groups, as they are shown. Of one moment, ends come first."""


class Heard(NamedTuple):
    """The last document of a desktop that says who is logged on."""

    at: Instant
    source: str
    """Its way: `push`, `guest_agent` or `ssh`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DayPeak:
    """The most sessions open at once on one day (UTC) in a group, or in all."""

    day: int
    """Days since the epoch."""
    group: GroupKey | None
    """As it is shown; None: all."""
    most: int
    at: Instant


@dataclass(frozen=True, slots=True, kw_only=True)
class DayReadings:
    """What makes a day's (UTC) counts less than exact to the event."""

    day: int
    """Days since the epoch."""
    desktops: int = 0
    """That were counted by reading alone: read twice, without a push in between. After a restart of the daemon: the most of one
    of its lives."""
    within_s: float = 0.0
    """The longest time between two documents of one of these desktops, or between which an undated change lies."""
    inferred: int = 0
    """Log-ons and log-offs that no event dates: they count when they were seen."""
    off_by: int = 0
    """Sessions that the desktops of these can have, added up: because of them the count is off by no more at any moment of the
    day. A desktop counts once in each life of the daemon."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionCounts:
    """What survives a restart of the daemon."""

    settled_at: Instant = 0.0
    base: Mapping[GroupPlace, int] = field(default_factory=dict)
    """Open sessions at that time."""
    recent: tuple[SessionChange, ...] = ()
    """What has changed since, in order of time."""
    peaks: tuple[DayPeak, ...] = ()
    readings: tuple[DayReadings, ...] = ()
    """Only of days with some."""


NO_COUNTS = SessionCounts()


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionTotals:
    """What metrics show of sessions at one moment. The counts of documents are those of this life of the daemon."""

    groups: ShownGroups = ALL_SHOWN
    open: Mapping[GroupKey, int] = field(default_factory=dict)
    """Open sessions, connected and disconnected, to the last event heard, by group: those of one kind add up to all."""
    day_peaks: Mapping[GroupKey, int] = field(default_factory=dict)
    """The most of today (UTC), by group. Not to be added up."""
    day_peak: int = 0
    """The most of today in all."""
    oldest_at: Instant | None = None
    """The oldest document that `open` is of: what has changed since on that desktop is not counted. None: there is none."""
    last_known: int = 0
    """Sessions that desktops whose sessions are unknown had when they last said: they may go on. Not in `open`."""
    sources: Mapping[str, int] = field(default_factory=dict)
    """Desktops that were heard of late, by the source of the last document."""
    documents: Mapping[str, int] = field(default_factory=dict)
    """Documents taken, by source."""
    pushes: Mapping[PushWord, int] = field(default_factory=dict)
    push_delay_s: float | None = None
    """How long the last push of each desktop took, of those heard by push of late: the median. None: there are none."""
    inferred: int = 0
    """Log-ons and log-offs that no event told of: counted when they were seen, not when they happened."""
    disagreements: int = 0
    """Documents that show other sessions than the one before, without an event in between."""
    host_key_changes: int = 0
    first_boots: Mapping[FirstBootWord, int] = field(default_factory=dict)
    """Requests for first-boot data."""
    orders: Mapping[SessionOrderWord, int] = field(default_factory=dict)
    """Questions what to do with sessions, and what was ordered."""
    cut: Mapping[Flow, int] = field(default_factory=dict)
    """What desktops have said beyond their bounds, and was not taken."""

    def by(self, kind: GroupKind, counts: Mapping[GroupKey, int]) -> dict[str, int]:
        """One kind of `open` or `day_peaks`: every label that is shown, and those that have been today."""
        labels = dict.fromkeys((*self.groups.labels.get(kind, (OTHER,)), *(label for each, label in counts if each is kind)))
        return {label: counts.get((kind, label), 0) for label in labels}

    @property
    def all_open(self) -> int:
        """Open sessions in all: each counts once in every kind of group."""
        return sum(self.by(GroupKind.PROFILE, self.open).values())


NO_FIGURES = SessionTotals()


@dataclass(frozen=True, slots=True, kw_only=True)
class ArrivalQuarter:
    """The people who came in one quarter of an hour."""

    at: Instant
    """Its begin: a multiple of 900 s since the epoch, which is a quarter of an hour by the wall clock of every zone."""
    minutes: tuple[int, ...]
    """How many came in each of its fifteen minutes."""

    @property
    def count(self) -> int:
        """All of them."""
        return sum(self.minutes)


@dataclass(frozen=True, slots=True, kw_only=True)
class PoolQuarter:
    """The people who asked for a desktop of one pool in one quarter of an hour: how many, and not who."""

    pool: DesktopPoolName
    quarter: ArrivalQuarter
    waited: int = 0
    """Of them, how many got no desktop that was ready at once."""


def quarter_begin(at: Instant) -> Instant:
    """The begin of the quarter of an hour that this moment is in."""
    return at // QUARTER_S * QUARTER_S


def quarters_of(arrivals: Iterable[Instant]) -> tuple[ArrivalQuarter, ...]:
    """The quarters in which anybody came, in their order."""
    return tuple(with_arrivals({}, arrivals).values())


def with_arrivals(quarters: Mapping[Instant, ArrivalQuarter], arrivals: Iterable[Instant]) -> dict[Instant, ArrivalQuarter]:
    """The quarters with these arrivals counted as well, by their begins, in their order."""
    counted = {at: list(quarter.minutes) for at, quarter in quarters.items()}
    for arrival in arrivals:
        begin = quarter_begin(arrival)
        counted.setdefault(begin, [0] * MINUTES)[int((arrival - begin) // MINUTE_S)] += 1
    return {at: ArrivalQuarter(at=at, minutes=tuple(counted[at])) for at in sorted(counted)}
