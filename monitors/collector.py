"""The page's content: the table, filled from the recorder's last state. Never calls a cluster."""

from collections.abc import Iterator, Mapping
from importlib.metadata import PackageNotFoundError, version

from prometheus_client import CollectorRegistry, ProcessCollector
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.core import Metric as Family

from monitors import table
from monitors.recorder import Recorder
from monitors.summary import Labels, Rows
from provisioner.model.ids import Instant
from provisioner.ports import Clock


def registry_of(recorder: Recorder, *, clock: Clock) -> CollectorRegistry:
    """A registry of its own with the table, and the client library's `process_…` metrics of this process."""
    registry = CollectorRegistry()
    registry.register(PictureCollector(recorder, clock=clock))
    ProcessCollector(registry=registry)
    return registry


class PictureCollector:
    """One family for each row of the table, in its order."""

    def __init__(self, recorder: Recorder, *, clock: Clock) -> None:
        self._recorder = recorder
        self._clock = clock
        self._version = _version()

    def describe(self) -> Iterator[Family]:
        """What a scrape gives, so that a scrape may ask for some names only."""
        return self.collect()

    def collect(self) -> Iterator[Family]:
        """Every row, with what is known now."""
        state = self._recorder.state
        counted = {family.name: family for family in self._recorder.families()}
        lasting: Mapping[table.Metric, Rows] = {
            table.SESSIONS_PEAK: {(): state.sessions_peak},
            table.BUILD: {(self._version,): 1},
        }
        gauges = {**state.summary.values, **lasting}
        now = self._clock.now()
        for row in table.TABLE:
            if row.kind is table.Kind.GAUGE:
                yield _gauge(row, gauges[row])
            elif row.kind is table.Kind.AGE:
                yield _gauge(row, _ages(state.summary.since[row], now))
            else:
                yield counted[row.name.removesuffix("_total")]


def _ages(since: Mapping[Labels, Instant | None], now: Instant) -> Rows:
    """A clock that was set back makes nothing younger than new."""
    return {labels: max(0.0, now - at) if at is not None else 0.0 for labels, at in since.items()}


def _gauge(row: table.Metric, rows: Rows) -> Family:
    family = GaugeMetricFamily(row.name, row.help, labels=row.labels)
    for labels, value in rows.items():
        family.add_metric(labels, value)
    return family


def _version() -> str:
    try:
        return version("bascule")
    except PackageNotFoundError:  # run from a checkout that was never installed
        return "unknown"
