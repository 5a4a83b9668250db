"""The shipped dashboard and alerts, as data."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from ruamel.yaml import YAML

CONFIG = Path(__file__).parents[2] / "config"
DASHBOARD = CONFIG / "grafana" / "bascule.json"
RULES = CONFIG / "prometheus" / "bascule.rules.yml"
SCRAPE = CONFIG / "prometheus" / "prometheus.yml"

_VARIABLES = {"$__rate_interval": "1m", "$cluster": ".*", "$profile": ".*"}


class Query(NamedTuple):
    """One query of one panel."""

    panel: str
    expression: str


def dashboard() -> dict[str, Any]:
    """As Grafana imports it."""
    return dict(json.loads(DASHBOARD.read_text()))


def queries() -> Iterator[Query]:
    """Every query, with the dashboard's variables filled in as for 'all'."""
    for panel in dashboard()["panels"]:
        for target in panel["targets"]:
            expression = target["expr"]
            for name, filled in _VARIABLES.items():
                expression = expression.replace(name, filled)
            yield Query(panel["title"], expression)


def alerts() -> list[dict[str, Any]]:
    """Every alert of the shipped file."""
    return [dict(rule) for group in load(RULES)["groups"] for rule in group["rules"]]


def load(path: Path) -> Any:
    """A YAML file's content."""
    return YAML(typ="safe").load(path)
