"""A status as numbers, computed once for each status that is scraped. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from monitors.metric import Instants, Metric, Rows, View
from monitors.table import TABLE


@dataclass(frozen=True, slots=True, kw_only=True)
class MetricSummary:
    """Values by metric and labels. For ages and timestamps, `since` has the instants."""

    values: Mapping[Metric, Rows] = field(default_factory=dict)
    since: Mapping[Metric, Instants] = field(default_factory=dict)


def summarise(view: View) -> MetricSummary:
    """All gauges of a status."""
    return MetricSummary(
        values={row: row.read(view) for row in TABLE if row.read is not None},
        since={row: row.since(view) for row in TABLE if row.since is not None},
    )
