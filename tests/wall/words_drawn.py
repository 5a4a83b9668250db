"""How a value looks by a panel's JSON: its name, text and colour, as Grafana decides them."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, NamedTuple

_GREY = "#5794f2"


class Look(NamedTuple):
    """One value."""

    name: str
    text: str
    colour: str


def look_of(panel: Mapping[str, Any], legend: str, value: float, default: str = "") -> Look:
    """By overrides, mappings and thresholds, in this order."""
    defaults, name = panel["fieldConfig"]["defaults"], legend
    colour = default or _by_steps(defaults.get("thresholds", {}).get("steps", ()), value) or _GREY
    for override in panel["fieldConfig"]["overrides"]:
        if override["matcher"]["options"] == legend:
            properties = {item["id"]: item["value"] for item in override["properties"]}
            name = properties.get("displayName", name)
            colour = properties.get("color", {}).get("fixedColor", colour)
            colour = _by_steps(properties.get("thresholds", {}).get("steps", ()), value) or colour
    text = shown(value, defaults["unit"], defaults.get("decimals"))
    for mapping in defaults.get("mappings", ()):
        found = mapping["options"].get(f"{value:g}")
        if found:
            text, colour = found["text"], found.get("color") or colour
    return Look(name, text, colour)


def shown(value: float, unit: str, decimals: int | None = None) -> str:
    """A number in its unit, short."""
    match unit:
        case "s":
            return _span(value)
        case "percentunit":
            return f"{100 * value:.{decimals or 0}f} %"
        case "bytes":
            return _scaled(value, 1024, (" B", " KiB", " MiB", " GiB", " TiB", " PiB"))
        case "reqps":
            return f"{value:.3g} req/s"
        case "dateTimeAsLocal":
            return datetime.fromtimestamp(value / 1000, tz=UTC).strftime("%H:%M:%S") + " UTC"
        case _:
            return f"{value:.0f}" if value == int(value) or abs(value) >= 100 else f"{value:.3g}"


def _span(seconds: float) -> str:
    for size, name in ((86_400, "days"), (3600, "hours"), (60, "min")):
        if abs(seconds) >= size:
            return f"{seconds / size:.1f} {name}"
    return f"{seconds:.3g} s"


def _scaled(value: float, base: float, names: tuple[str, ...]) -> str:
    for name in names[:-1]:
        if abs(value) < base:
            return f"{value:.3g}{name}"
        value /= base
    return f"{value:.3g}{names[-1]}"


def _by_steps(steps: Any, value: float) -> str:
    colour = ""
    for step in steps:
        if step["value"] is None or value >= step["value"]:
            colour = step["color"]
    return colour
