"""The page as text, in Prometheus' format. Most values are those of the scrape before, whose text is taken again."""

from prometheus_client import CollectorRegistry, ProcessCollector, generate_latest

from monitors.collector import TYPES, StatusCollector
from monitors.metric import Labels, Metric, MetricKind, Rows
from monitors.tally import number

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
"""Which every Prometheus reads, and the only format that is written: a site with 50 clusters has 17,000 series."""


class PageText:
    """Writes all metrics; the same bytes as the client library's, which takes ten times as long. Any thread may call."""

    def __init__(self, collector: StatusCollector) -> None:
        self._collector = collector
        self._families = {row.name: _Family(row) for row, _ in collector.rows()}
        self._process = CollectorRegistry()
        ProcessCollector(registry=self._process)

    def text(self) -> bytes:
        """Of this moment."""
        own = "".join(self._families[row.name].text(rows) for row, rows in self._collector.rows())
        return own.encode() + generate_latest(self._process)


class _Family:
    """One metric: its last values, and what was written of them."""

    def __init__(self, row: Metric) -> None:
        self._row = row
        name = row.name if row.kind is MetricKind.COUNTER else row.name.removesuffix("_total")
        self._head = f"# HELP {name} {_escaped(row.help)}\n# TYPE {name} {TYPES[row.kind]}\n"
        self._begins: dict[Labels, str] = {}
        self._last: tuple[Rows, str] = ({}, self._head)

    def text(self, rows: Rows) -> str:
        """Of these values."""
        last, written = self._last
        if rows == last:
            return written
        begins = self._begins = {labels: self._begins.get(labels) or self._begin(labels) for labels in rows}
        text = self._head + "".join([f"{begins[labels]} {number(value)}\n" for labels, value in rows.items()])
        self._last = dict(rows), text  # a copy: some gauges are counters that go on
        return text

    def _begin(self, labels: Labels) -> str:
        """A line without its value."""
        name, names = self._row.name, self._row.labels
        if self._row.kind is MetricKind.HISTOGRAM:
            *own, suffix, bound = labels
            name, labels, names = name + suffix, (*own, bound) if bound else tuple(own), (*names, "le") if bound else names
        named = ",".join(f'{label}="{_quoted(value)}"' for label, value in sorted(zip(names, labels, strict=True)))
        return f"{name}{{{named}}}" if named else name


def _escaped(text: str) -> str:
    return text.replace("\\", r"\\").replace("\n", r"\n")


def _quoted(value: str) -> str:
    return _escaped(value).replace('"', r"\"")


__all__ = ["CONTENT_TYPE", "PageText"]
