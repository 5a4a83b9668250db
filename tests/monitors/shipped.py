"""The shipped alerts, as data."""

from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

CONFIG = Path(__file__).parents[2] / "config"
RULES = CONFIG / "prometheus" / "bascule.rules.yml"
SCRAPE = CONFIG / "prometheus" / "prometheus.yml"


def alerts() -> list[dict[str, Any]]:
    """Every alert of the shipped file."""
    return [dict(rule) for group in load(RULES)["groups"] for rule in group["rules"] if "alert" in rule]


def rules() -> list[str]:
    """The names of all recording rules and alerts."""
    return [str(rule.get("alert") or rule["record"]) for group in load(RULES)["groups"] for rule in group["rules"]]


def load(path: Path) -> Any:
    """A YAML file's content."""
    return YAML(typ="safe").load(path)
