"""The page's content: the metric table with the recorder's last values. Never calls a cluster."""

from collections.abc import Iterator, Mapping
from importlib.metadata import PackageNotFoundError, version

from prometheus_client import CollectorRegistry, ProcessCollector
from prometheus_client.core import Metric as Family
from prometheus_client.samples import Sample

from monitors import table
from monitors.recorder import Recorder
from monitors.summary import Labels, Rows
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
        self._version = _version()

    def describe(self) -> Iterator[Family]:
        """The metric families, which lets a scrape select some names only."""
        return self.collect()

    def collect(self) -> Iterator[Family]:
        """Every metric family with its current values."""
        return (family_of(row, rows) for row, rows in self.rows())

    def rows(self) -> Iterator[tuple[table.Metric, Rows]]:
        """Every metric with its current values, as plain numbers."""
        state = self._recorder.state
        lasting: Mapping[table.Metric, Rows] = {
            table.SESSIONS_PEAK: {(): state.sessions_peak},
            table.BUILD: {(self._version,): 1},
        }
        gauges = {**state.summary.values, **lasting}
        now = self._clock.now()
        for row in table.TABLE:
            if row.kind is table.MetricKind.GAUGE:
                yield row, gauges[row]
            elif row.kind is table.MetricKind.AGE:
                yield row, _ages(state.summary.since[row], now)
            else:
                yield row, self._recorder.tally.rows(row)


def family_of(row: table.Metric, rows: Rows) -> Family:
    """A metric's values as a family of the client library."""
    family = Family(row.name.removesuffix("_total"), row.help, _TYPES[row.kind])
    family.samples = [_sample(row, labels, value) for labels, value in rows.items()]
    return family


_TYPES = {
    table.MetricKind.GAUGE: "gauge",
    table.MetricKind.AGE: "gauge",
    table.MetricKind.COUNTER: "counter",
    table.MetricKind.HISTOGRAM: "histogram",
}


def _sample(row: table.Metric, labels: Labels, value: float) -> Sample:
    if row.kind is not table.MetricKind.HISTOGRAM:
        return Sample(row.name, dict(zip(row.labels, labels, strict=True)), value)
    *own, suffix, bound = labels
    named = dict(zip(row.labels, own, strict=True))
    return Sample(row.name + suffix, {**named, "le": bound} if bound else named, value)


def _ages(since: Mapping[Labels, Instant | None], now: Instant) -> Rows:
    """The ages in seconds; at least 0, even after the clock was set back."""
    return {labels: max(0.0, now - at) if at is not None else 0.0 for labels, at in since.items()}


def _version() -> str:
    try:
        return version("bascule")
    except PackageNotFoundError:  # run from a checkout that was never installed
        return "unknown"
