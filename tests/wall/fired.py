"""Which of the shipped alerts a recorded surge raises: each expression over time, with its `for`, as Prometheus would."""

from collections.abc import Iterator, Mapping

from tests.monitors.shipped import alerts, records
from tests.servers.prometheus import Prometheus

STEP_S = 15.0
"""The evaluation interval of the shipped prometheus.yml."""
_UNITS = {"s": 1.0, "m": 60.0, "h": 3600.0, "d": 86_400.0}
Labels = tuple[tuple[str, str], ...]


def fired(
    server: Prometheus, *, begins: float, ends: float, has_everything: bool = False
) -> dict[str, dict[Labels, list[float]]]:
    """By alert and labels: the instants at which it fires. Alerts on `up` and on what rules record are left out, unless the
    server has that, too."""
    found: dict[str, dict[Labels, list[float]]] = {}
    for alert in alerts():
        if not has_everything and ("bascule:" in alert["expr"] or "up{" in alert["expr"]):
            continue
        for series in server.over(alert["expr"], begins=begins, ends=ends, step=STEP_S):
            moments = list(_after(series["values"], _seconds(alert.get("for", "0s"))))
            if moments:
                labels = {**series["metric"], **alert["labels"], "alertname": alert["alert"], "alertstate": "firing"}
                labels.pop("__name__", None)
                found.setdefault(alert["alert"], {})[tuple(sorted(labels.items()))] = moments
    return found


def recorded_by_rules(server: Prometheus, *, begins: float, ends: float) -> Iterator[str]:
    """What the shipped recording rules make of what the server has, as OpenMetrics text, without its end."""
    for rule in records():
        yield f"# TYPE {rule['record']} gauge\n"
        for series in server.over(rule["expr"], begins=begins, ends=ends, step=STEP_S):
            labels = ",".join(f'{name}="{value}"' for name, value in series["metric"].items() if name != "__name__")
            yield from (f"{rule['record']}{{{labels}}} {value} {at}\n" for at, value in series["values"])


def as_samples(found: Mapping[str, Mapping[Labels, list[float]]]) -> Iterator[str]:
    """OpenMetrics text, without its end."""
    yield "# TYPE ALERTS gauge\n"
    for of_alert in found.values():
        for labels, moments in of_alert.items():
            named = ",".join(f'{name}="{value}"' for name, value in labels)
            yield from (f"ALERTS{{{named}}} 1 {at}\n" for at in moments)


def _after(values: list[tuple[float, str]], hold_s: float) -> Iterator[float]:
    """The instants from which it was true for long enough, without a gap."""
    since = before = -1.0
    for at, _ in values:
        since = since if at - before <= STEP_S * 1.5 else at
        before = at
        if at - since >= hold_s:
            yield at


def _seconds(duration: str) -> float:
    return float(duration[:-1]) * _UNITS[duration[-1]]
