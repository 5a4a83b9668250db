"""Metrics that are on no panel, and why. A metric is on a panel, or has its line here."""

from collections.abc import Mapping

from monitors.metric import MetricKind
from monitors.table import TABLE

_ALONE = {
    "bascule_sessions_peak": "since the daemon's start: bascule_sessions_day_peak is shown, exact and kept through restarts",
    "bascule_desktop_words_cut_total": "what was cut of pushes and questions is on their panels; the status names the desktops",
    "bascule_node_memory_bytes": "it does not change: bascule_node_headroom_memory_bytes is shown, which does",
}
_NAMES = {row.name for row in TABLE}


def _age_of(timestamp: str) -> str:
    return timestamp.replace("_timestamp_seconds", "_age_seconds")


UNSHOWN: Mapping[str, str] = {
    **{
        row.name: f"the same as {_age_of(row.name)}, for who reads a clock"
        for row in TABLE
        if row.kind is MetricKind.TIMESTAMP and _age_of(row.name) in _NAMES
    },
    **_ALONE,
}
"""By the metric's name. Of an age and its instant one is enough."""

__all__ = ["UNSHOWN"]
