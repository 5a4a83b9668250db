"""Writes docs/en/metrics.md from the table: `python -m monitors.catalogue`."""

from collections.abc import Iterator
from pathlib import Path

from monitors.collector import TYPES
from monitors.metric import Metric, Room
from monitors.table import ROOMS

_PAGE = Path(__file__).parents[1] / "docs" / "en" / "metrics.md"
_HEAD = """# The metrics

Written by `python -m monitors.catalogue` from the table that the daemon exports (`monitors/gauges/`).

* Ages and Unix times are by the daemon's own clock. Where that is the system's clock, `time() - …_timestamp_seconds` equals
  `…_age_seconds`; while the daemon hangs, only the ages grow with Prometheus' scrapes, and the Unix times stay.
* Labels are few and bounded: profiles, waves, sites, clusters, nodes, storages, and words that do not change. None names an
  agent or a desktop: the number of series does not grow with either. Of sessions, a profile, site or wave with fewer than five
  entitled people is part of the label `other` ([personal data](privacy.md#numbers-about-few-people)).
* A gauge that rests on a cycle has no series before the first cycle: what is not known is not 0.
* A counter begins at zero with the daemon. A name that is going to change is announced in the CHANGELOG a release ahead, and
  both are exported meanwhile.
* Each expression below can be pasted into Prometheus, or into *Explore* in Grafana.
"""


def catalogue() -> str:
    """The page."""
    return "\n".join([_HEAD, *(line for room in ROOMS for line in _room(room))])


def _room(room: Room) -> Iterator[str]:
    yield f"## {room.title}\n"
    for row in room.rows:
        yield from _metric(row)


def _metric(row: Metric) -> Iterator[str]:
    labels = ", ".join(row.labels)
    yield f"**`{row.name}`** ({TYPES[row.kind]}{': ' + labels if labels else ''})  "
    yield f"{row.help}\n"
    yield f"```promql\n{row.query}\n```\n"


if __name__ == "__main__":
    _PAGE.write_text(catalogue(), encoding="utf-8")

__all__ = ["catalogue"]
