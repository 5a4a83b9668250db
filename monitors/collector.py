"""The page's content: the metric table with the recorder's last values. Never calls a cluster."""

from collections.abc import Iterator, Mapping
from functools import lru_cache

from prometheus_client import CollectorRegistry, ProcessCollector
from prometheus_client.core import Metric as Family
from prometheus_client.samples import Sample

from monitors.metric import Instants, Labels, Metric, MetricKind, Rows
from monitors.recorder import Recorder
from monitors.table import TABLE
from provisioner.model.ids import Instant
from provisioner.ports import Clock


def registry_of(recorder: Recorder, *, clock: Clock) -> CollectorRegistry:
    """A new registry with the table, and the client library's `process_…` metrics of this process."""
    registry = CollectorRegistry()
    registry.register(StatusCollector(recorder, clock=clock))
    ProcessCollector(registry=registry)
    return registry


class StatusCollector:
    """One metric family for each row of the table, in order."""

    def __init__(self, recorder: Recorder, *, clock: Clock) -> None:
        self._recorder = recorder
        self._clock = clock

    def describe(self) -> Iterator[Family]:
        """The metric families, which lets a scrape select some names only."""
        return self.collect()

    def collect(self) -> Iterator[Family]:
        """Every metric family with its current values."""
        return (family_of(row, rows) for row, rows in self.rows())

    def rows(self) -> Iterator[tuple[Metric, Rows]]:
        """Every metric with its current values, as plain numbers."""
        summary, now = self._recorder.summary, self._clock.now()
        for row in TABLE:
            if row.read is not None:
                yield row, summary.values[row]
            elif row.kind is MetricKind.AGE:
                yield row, _ages(summary.since[row], now)
            elif row.kind is MetricKind.TIMESTAMP:
                yield row, {labels: at or 0.0 for labels, at in summary.since[row].items()}
            else:
                yield row, self._recorder.tally.rows(row)


def family_of(row: Metric, rows: Rows) -> Family:
    """A metric's values as a family of the client library."""
    family = Family(row.name.removesuffix("_total"), row.help, TYPES[row.kind])
    if row.kind is MetricKind.HISTOGRAM:
        family.samples = [_sample(row, labels, value) for labels, value in rows.items()]
    else:  # most rows: each call less is a hundredth of a scrape
        name, names = row.name, row.labels
        family.samples = [Sample(name, _named(names, labels), value) for labels, value in rows.items()]
    return family


TYPES = {
    MetricKind.GAUGE: "gauge",
    MetricKind.AGE: "gauge",
    MetricKind.TIMESTAMP: "gauge",
    MetricKind.COUNTER: "counter",
    MetricKind.HISTOGRAM: "histogram",
}
"""Prometheus' types."""


def _sample(row: Metric, labels: Labels, value: float) -> Sample:
    *own, suffix, bound = labels
    named = _named((*row.labels, "le"), (*own, bound)) if bound else _named(row.labels, tuple(own))
    return Sample(row.name + suffix, named, value)


@lru_cache(maxsize=16_384)
def _named(names: Labels, values: Labels) -> dict[str, str]:
    """Labels do not change from scrape to scrape; the library only reads them."""
    return dict(zip(names, values, strict=True))


def _ages(since: Instants, now: Instant) -> Mapping[Labels, float]:
    """The ages in seconds; at least 0, even after the clock was set back."""
    return {labels: max(0.0, now - at) if at is not None else 0.0 for labels, at in since.items()}


__all__ = ["TYPES", "StatusCollector", "family_of", "registry_of"]
