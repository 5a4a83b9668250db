"""Counters and histograms as plain numbers, so that a scrape copies them instead of calling thousands of objects."""

import threading
from bisect import bisect_left
from collections.abc import Mapping
from itertools import accumulate

from prometheus_client.utils import floatToGoString

from monitors.metric import KnownNames, Labels, Metric, MetricKind, Rows
from monitors.table import TABLE


class Tally:
    """Every counter and histogram that events change. Thread-safe; a series never disappears."""

    def __init__(self, known: KnownNames) -> None:
        self._lock = threading.Lock()
        counted = [row for row in TABLE if row.read is None]
        self._counts: Mapping[Metric, dict[Labels, float]] = {row: {} for row in counted if row.kind is MetricKind.COUNTER}
        self._spreads: Mapping[Metric, dict[Labels, _Spread]] = {row: {} for row in counted if row.kind is MetricKind.HISTOGRAM}
        for row in (*self._counts, *self._spreads):
            for labels in row.zeros(known) if row.zeros else [()]:
                self.begin(row, labels)

    def begin(self, row: Metric, labels: Labels) -> None:
        """Begin a series at zero, unless it exists: rate() misses the first event of a series that appears with it."""
        with self._lock:
            if row.kind is MetricKind.COUNTER:
                self._counts[row].setdefault(labels, 0.0)
            else:
                self._spread(row, labels)

    def count(self, row: Metric, labels: Labels, *, by: float = 1.0) -> None:
        """Add to a counter; `by` is not negative."""
        with self._lock:
            counted = self._counts[row]
            counted[labels] = counted.get(labels, 0.0) + by

    def measure(self, row: Metric, labels: Labels, value: float) -> None:
        """Add a value to a histogram."""
        with self._lock:
            self._spread(row, labels).add(value)

    def rows(self, row: Metric) -> Rows:
        """Current values. A histogram's labels end in the sample's suffix and, for a bucket, its upper bound."""
        with self._lock:
            if row.kind is MetricKind.COUNTER:
                return dict(self._counts[row])
            return {key: value for spread in self._spreads[row].values() for key, value in spread.rows()}

    def _spread(self, row: Metric, labels: Labels) -> "_Spread":
        spreads = self._spreads[row]
        if labels not in spreads:
            spreads[labels] = _Spread(row.buckets, labels)
        return spreads[labels]


def number(value: float) -> str:
    """A number's text on the page."""
    text: str = floatToGoString(value)  # type: ignore[no-untyped-call]
    return text


class _Spread:
    """One series of a histogram."""

    def __init__(self, bounds: tuple[float, ...], labels: Labels) -> None:
        self._bounds = bounds
        self._filled = [0.0] * (len(bounds) + 1)
        self._sum = 0.0
        upper = (*(number(bound) for bound in bounds), "+Inf")
        self._buckets: tuple[Labels, ...] = tuple((*labels, "_bucket", bound) for bound in upper)
        self._ends: tuple[Labels, Labels] = ((*labels, "_count", ""), (*labels, "_sum", ""))

    def add(self, value: float) -> None:
        self._filled[bisect_left(self._bounds, value)] += 1
        self._sum += value

    def rows(self) -> "list[tuple[Labels, float]]":
        """The series' samples. Buckets are cumulative: each counts all values up to its bound."""
        reached = list(accumulate(self._filled))
        return [*zip(self._buckets, reached, strict=True), *zip(self._ends, (reached[-1], self._sum), strict=True)]
