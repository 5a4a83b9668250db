"""What a metric is, and the rooms in which metrics are declared, each together with the function that reads its values."""

import enum
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from monitors.census import Census
from monitors.facts import DaemonFacts
from provisioner.model.ids import ClusterId, Instant, ProfileName, WaveName
from provisioner.model.status import Status
from provisioner.wrong.entry import Wrong

T = TypeVar("T")
Labels = tuple[str, ...]
Rows = Mapping[Labels, float]
"""Values by labels, in the order of the metric's labels."""
Instants = Mapping[Labels, Instant | None]
"""Instants by labels; None: there is none."""


class MetricKind(enum.StrEnum):
    """How a metric's value is computed."""

    GAUGE = "gauge"
    """Taken from the last status."""
    AGE = "age"
    """A gauge in seconds. Stored as the instant it counts from, so it grows while nothing happens."""
    TIMESTAMP = "timestamp"
    """A gauge: an instant in Unix time; 0: there is none."""
    COUNTER = "counter"
    HISTOGRAM = "histogram"


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownNames:
    """Names in the configuration: their series exist from the start, at zero."""

    profiles: tuple[ProfileName, ...] = ()
    clusters: tuple[ClusterId, ...] = ()
    waves: tuple[WaveName, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """Everything that a gauge is read from: one status, with what was counted in it."""

    status: Status
    census: Census
    profiles: tuple[str, ...]
    """Sorted; of the configuration, the desktops and the capacity."""
    clusters: tuple[str, ...]
    waves: tuple[str, ...]
    started_at: Instant
    """When the daemon started."""
    facts: DaemonFacts
    wrong: tuple[Wrong, ...] | None = ()
    """The list of what is wrong; None: nothing has been judged yet."""
    looked: bool = False
    """Whether a cycle has ended: before that nothing is known, which is not none."""


def view_of(
    status: Status,
    census: Census,
    known: KnownNames,
    *,
    started_at: Instant,
    facts: DaemonFacts,
    wrong: tuple[Wrong, ...] | None = (),
) -> View:
    """The view of a status that `census` has followed."""
    return View(
        status=status,
        census=census,
        profiles=_union(known.profiles, {profile for profile, *_ in census.desktops}, status.capacity),
        clusters=_union(known.clusters, status.snapshot.clusters, status.paused),
        waves=known.waves,
        started_at=started_at,
        facts=facts,
        wrong=wrong,
        looked=status.planned_at is not None,
    )


def _union(*names: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted({str(name) for group in names for name in group}))


@dataclass(frozen=True, slots=True, kw_only=True)
class Metric:
    """One metric: a row of the table."""

    name: str
    help: str
    kind: MetricKind
    query: str
    """An expression that somebody would paste into Prometheus."""
    labels: Labels = ()
    buckets: tuple[float, ...] = ()
    """Upper bounds in the unit of the name; only for a histogram."""
    read: Callable[[View], Rows] | None = None
    """Of a gauge, and of a counter whose values the status has."""
    since: Callable[[View], Instants] | None = None
    """Of an age or a timestamp."""
    zeros: Callable[[KnownNames], Iterable[Labels]] | None = None
    """Of a counter or histogram: series that exist from the start. rate() misses the first event of a series that appears
    with it."""


class Room:
    """The metrics of one subject. Each declaration adds a row."""

    def __init__(self, title: str, *, after: str = "", of_cycle: bool = False) -> None:
        """`of_cycle`: its gauges rest on a cycle, so before the first one they have no value."""
        self.title, self.after, self._of_cycle = title, after, of_cycle
        """For the page of the metrics; and the title of the core's room before it, if a capability adds it."""
        self.rows: list[Metric] = []

    def gauge(
        self, name: str, labels: str = "", *, help: str, query: str = "", of_cycle: bool | None = None
    ) -> Callable[[Callable[[View], Rows]], Metric]:
        """Declare a gauge: the decorated function reads its values. `of_cycle`: as of the room; None: as its room says."""
        rests = self._of_cycle if of_cycle is None else of_cycle

        def declare(read: Callable[[View], Rows]) -> Metric:
            read_or_not = _after_a_cycle(read) if rests else read
            return self._add(_row(name, MetricKind.GAUGE, labels, help=help, query=query, read=read_or_not))

        return declare

    def total(self, name: str, labels: str = "", *, help: str, query: str = "") -> Callable[[Callable[[View], Rows]], Metric]:
        """Declare a counter whose values the status has: the decorated function reads them."""

        def declare(read: Callable[[View], Rows]) -> Metric:
            return self._add(_row(name, MetricKind.COUNTER, labels, help=help, query=query, read=read))

        return declare

    def age(self, name: str, labels: str = "", *, help: str, query: str = "") -> Callable[[Callable[[View], Instants]], Metric]:
        """Declare `NAME_age_seconds` and `NAME_timestamp_seconds`: the decorated function reads the instants."""

        def declare(since: Callable[[View], Instants]) -> Metric:
            since_or_not = _after_a_cycle(since) if self._of_cycle else since
            age = self._add(_row(f"{name}_age_seconds", MetricKind.AGE, labels, help=help, query=query, since=since_or_not))
            stamp_help = f"Unix time from which {age.name} counts, by the daemon's clock; 0: there is none."
            self.timestamp(name, labels, help=stamp_help)(since)
            return age

        return declare

    def timestamp(
        self, name: str, labels: str = "", *, help: str, query: str = ""
    ) -> Callable[[Callable[[View], Instants]], Metric]:
        """Declare `NAME_timestamp_seconds`: the decorated function reads its instants."""

        def declare(since: Callable[[View], Instants]) -> Metric:
            stamp = f"{name}_timestamp_seconds"
            query_or = query or f"time() - bascule_{stamp}"
            since_or_not = _after_a_cycle(since) if self._of_cycle else since
            return self._add(_row(stamp, MetricKind.TIMESTAMP, labels, help=help, query=query_or, since=since_or_not))

        return declare

    def counter(
        self,
        name: str,
        labels: str = "",
        *,
        help: str,
        query: str = "",
        zeros: Callable[[KnownNames], Iterable[Labels]] | None = None,
    ) -> Metric:
        """Declare a counter. The recorder counts."""
        query = query or f"increase(bascule_{name}[1h])"
        return self._add(_row(name, MetricKind.COUNTER, labels, help=help, query=query, zeros=zeros))

    def histogram(
        self,
        name: str,
        labels: str = "",
        *,
        help: str,
        buckets: tuple[float, ...],
        query: str = "",
        zeros: Callable[[KnownNames], Iterable[Labels]] | None = None,
    ) -> Metric:
        """Declare a histogram. The recorder measures."""
        by = ", ".join((*labels.split(), "le"))
        query = query or f"histogram_quantile(0.9, sum by ({by}) (rate(bascule_{name}_bucket[15m])))"
        return self._add(_row(name, MetricKind.HISTOGRAM, labels, help=help, query=query, buckets=buckets, zeros=zeros))

    def _add(self, row: Metric) -> Metric:
        self.rows.append(row)
        return row


def _after_a_cycle(read: Callable[[View], Mapping[Labels, T]]) -> Callable[[View], Mapping[Labels, T]]:
    """Before the first cycle nothing is known of what it rests on, which is not none."""
    return lambda view: read(view) if view.looked else {}


def _row(
    name: str,
    kind: MetricKind,
    labels: str,
    *,
    help: str,
    query: str,
    buckets: tuple[float, ...] = (),
    read: Callable[[View], Rows] | None = None,
    since: Callable[[View], Instants] | None = None,
    zeros: Callable[[KnownNames], Iterable[Labels]] | None = None,
) -> Metric:
    return Metric(
        name=f"bascule_{name}",
        help=help,
        kind=kind,
        query=query or f"bascule_{name}",
        labels=tuple(labels.split()),
        buckets=buckets,
        read=read,
        since=since,
        zeros=zeros,
    )


__all__ = ["Instants", "KnownNames", "Labels", "Metric", "MetricKind", "Room", "Rows", "View", "view_of"]
