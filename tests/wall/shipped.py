"""The dashboards that are shipped, as data."""

import json
import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from tests.wall.everything import FOLDER

_FILLED = {"$__rate_interval": "1m", "$__range": "6h", "$cluster": ".*", "$profile": ".*"}


class Asked(NamedTuple):
    """One expression of a dashboard, with its variables filled in as for 'all'."""

    dashboard: str
    where: str
    expression: str
    once: bool
    """Asked for one instant, not for a range."""


def dashboards() -> dict[str, dict[str, Any]]:
    """By language and name, `fr/crisis`."""
    return {f"{path.parent.name}/{path.stem}": json.loads(path.read_text()) for path in sorted(FOLDER.glob("*/*.json"))}


def asked(language: str = "en") -> Iterator[Asked]:
    """Every expression of every panel and every annotation."""
    for name, dashboard in dashboards().items():
        if not name.startswith(language):
            continue
        for panel in dashboard["panels"]:
            for target in panel["targets"]:
                yield Asked(name, panel["title"], filled(target["expr"]), target["instant"])
        for mark in dashboard["annotations"].get("list", ()):
            yield Asked(name, mark["name"], filled(mark["expr"]), False)


def variables() -> Iterator[tuple[str, str]]:
    """(metric, label) of every variable that Prometheus is asked for."""
    for dashboard in dashboards().values():
        for variable in dashboard["templating"]["list"]:
            if variable["type"] == "query":
                found = re.fullmatch(r"label_values\((\w+), (\w+)\)", variable["query"])
                assert found, variable["query"]
                yield found[1], found[2]


def filled(expression: str) -> str:
    """With the variables filled in."""
    for name, value in _FILLED.items():
        expression = expression.replace(name, value)
    return expression


def metrics_in(expression: str) -> set[str]:
    """The names of Bascule's metrics in it, of a histogram without its suffix."""
    names = re.findall(r"bascule_[a-z_0-9]+", expression)
    return {re.sub(r"_(bucket|sum|count)$", "", name) for name in names}
