"""Panels, queries and dashboards, as values."""

import enum
from collections.abc import Mapping
from dataclasses import dataclass

from tests.wall.palette import DIM, LOOK
from tests.wall.texts import NOTHING, Text

CLOCK = "time:HH:mm:ss"
"""A unit: a time of the day; what happens in a crisis is of today."""
DAY = "time:DD/MM HH:mm"
"""The same with the date."""
OLD_READING_S = 100.0
"""A desktop that does not push is read each minute, and after two its sessions are unknown, if not set otherwise."""
Steps = tuple[tuple[float | None, str], ...]
"""Colours from a value on; the first from minus infinity on."""


class Kind(enum.StrEnum):
    """How a panel looks."""

    NUMBER = "stat"
    """One or a few large numbers."""
    NAME = "name"
    """The series' names, large, with their values."""
    LINES = "timeseries"
    AREAS = "areas"
    """Lines that are stacked."""
    BARS = "bargauge"
    TABLE = "table"


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """One expression of a panel."""

    expr: str
    legend: Text = NOTHING
    """May name labels, `{{wave}}`."""
    colour: str = ""
    """Of its line; only if the legend is a fixed text."""
    steps: Steps = ()
    """Its own colours by value, instead of the panel's; only if the legend is a fixed text."""
    unit: str = ""
    """Its own, instead of the panel's; only if the legend is a fixed text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column of a table."""

    label: str
    """The label that it shows, or `Value #A`, `Value #B`, … for the queries' values."""
    title: Text
    unit: str = ""
    words: Mapping[str, Text] | None = None
    steps: Steps = ()
    wide: int = 0
    """Pixels; 0: what the others leave, equally."""
    first: bool = False
    """Whether the rows are in its order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """One panel."""

    kind: Kind
    title: Text
    about: Text
    """What it says, and what to type when it looks bad."""
    queries: tuple[Query, ...]
    wide: int
    """Of 24."""
    high: int
    unit: str = "none"
    steps: Steps = ()
    words: Mapping[str, Text] | None = None
    """What a value means, instead of the number."""
    colours: Mapping[str, str] | None = None
    """The colour of each such value."""
    none: Text = NOTHING
    """What stands there without any series."""
    most: float | None = None
    """The end of the scale; None: by the values."""
    decimals: int | None = None
    columns: tuple[Column, ...] = ()
    many: bool = False
    """Whether there may be more bars than five."""
    runbook: str = ""
    """The page under docs/en/runbooks/."""
    command: str = ""
    """What to type, beside the title: on the wall nobody opens a description."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """Events that are marked in all graphs."""

    name: Text
    expr: str
    colour: str
    title: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Dashboard:
    """One dashboard. Panels follow each other from left to right, and from top to bottom."""

    uid: str
    title: Text
    about: Text
    panels: tuple[Panel, ...]
    marks: tuple[Mark, ...] = ()
    variables: tuple[str, ...] = ()
    """Of profile and cluster."""
    values_of: str = "bascule_desktops"
    """The metric whose labels these are. Metrics of sessions have other profiles: few people are shown with others."""
    since: str = "now-6h"
    refresh: str = "30s"


def query(expr: str, en: str = "", fr: str = "", colour: str = "", *, steps: Steps = (), unit: str = "") -> Query:
    """A query; a legend that is the same in both languages is given once."""
    return Query(expr=expr, legend=Text(en, fr or en), colour=colour, steps=steps, unit=unit)


def band(chosen: str = "") -> tuple[Query, Query, Query]:
    """What stands beside each number of sessions: of how many desktops it is, of how many it is not known, how old it may be.

    `chosen`: labels, as `{profile=~"$profile"}`; the age is of the whole site.
    """
    return (
        query(f"sum(bascule_desktops_sessions_known{chosen})", "desktops counted", "postes comptés", steps=((None, DIM),)),
        query(f"sum(bascule_desktops_sessions_unknown{chosen})", "unknown", "inconnus", steps=((None, DIM), (1.0, LOOK))),
        query(
            "max(bascule_sessions_oldest_reading_age_seconds)",
            "oldest reading",
            "lecture la plus ancienne",
            steps=((None, DIM), (OLD_READING_S, LOOK)),
            unit="s",
        ),
    )


def most_unknown(span: str, chosen: str = "") -> str:
    """The most desktops with unknown sessions at once in this time."""
    return f"max_over_time(sum(bascule_desktops_sessions_unknown{chosen})[{span}:5m])"


def mean(histogram: str, *, span: str, by: str = "", only: str = "") -> str:
    """The mean of what was measured in this time. A quantile is of the buckets: between 1 s and 2.5 s it is made up."""
    summed, counted = (f"sum by ({by}) (rate({histogram}_{part}{only}[{span}]))" for part in ("sum", "count"))
    return f"{summed} / ({counted} > 0)"


def ever_above_zero(metric: str, label: str) -> str:
    """The sums by a label, without those that were zero all the time. For areas: a series with gaps would stand askew."""
    ever = f"max_over_time({metric}[$__range])"
    return f"sum by ({label}) ({metric}) and sum by ({label}) ({ever}) > 0"


def extreme(metric: str, *, number: int, lowest: bool = False) -> str:
    """The series that were highest, or lowest, in the graph's time, the same for the whole graph: a series with gaps would be
    drawn across them."""
    which, most = ("bottomk", "min_over_time") if lowest else ("topk", "max_over_time")
    return f"{metric} and {which}({number}, {most}({metric}[$__range] @ end()))"


def most_sessions(span: str) -> str:
    """The most sessions at once in this time: each day's peak is exact to the event, and survives a restart of the daemon."""
    return f"max(max_over_time(bascule_sessions_day_peak[{span}]))"
