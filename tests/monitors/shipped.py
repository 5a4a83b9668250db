"""The shipped alerts, as data."""

from functools import cache
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

CONFIG = Path(__file__).parents[2] / "config"
RULES = (CONFIG / "prometheus" / "bascule.rules.yml", CONFIG / "prometheus" / "bascule-wrong.rules.yml")
"""Those that are written by hand, and those that are made of the list of what is wrong."""
SCRAPE = CONFIG / "prometheus" / "prometheus.yml"


def alerts() -> list[dict[str, Any]]:
    """Every alert of the shipped files."""
    return [dict(rule) for rule in _rules() if "alert" in rule]


def records() -> list[dict[str, Any]]:
    """Every recording rule of the shipped files."""
    return [dict(rule) for rule in _rules() if "record" in rule]


def rules() -> list[str]:
    """The names of all recording rules and alerts."""
    return [str(rule.get("alert") or rule["record"]) for rule in _rules()]


@cache
def _rules() -> tuple[dict[str, Any], ...]:
    return tuple(rule for file in RULES for group in load(file)["groups"] for rule in group["rules"])


def load(path: Path) -> Any:
    """A YAML file's content."""
    return YAML(typ="safe").load(path)
