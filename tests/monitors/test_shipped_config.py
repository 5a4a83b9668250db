"""The shipped alerts are whole, and name only metrics that exist."""

import re

import pytest

from monitors.metric import MetricKind
from monitors.table import TABLE
from provisioner.settings.values import ExpositionSettings
from tests.monitors.shipped import SCRAPE, alerts, load

_EXPORTED = {
    name
    for row in TABLE
    for name in (
        [f"{row.name}_{part}" for part in ("bucket", "sum", "count")] if row.kind is MetricKind.HISTOGRAM else [row.name]
    )
}
_LABELS = {row.name: set(row.labels) for row in TABLE}


def metrics_in(expression: str) -> set[str]:
    return set(re.findall(r"bascule_[a-z_0-9]+", expression))


@pytest.mark.parametrize("alert", [pytest.param(alert, id=alert["alert"]) for alert in alerts()])
def test_every_alert_is_graded_explained_and_says_what_to_do(alert: dict):
    assert alert["labels"]["severity"] in {"critical", "warning", "info"}
    assert set(alert["annotations"]) == {"summary", "description", "command", "runbook_url"}
    assert all(len(text) > 10 for text in alert["annotations"].values())
    assert alert["alert"].startswith("Bascule")


@pytest.mark.parametrize("expression", [pytest.param(alert["expr"], id=alert["alert"]) for alert in alerts()])
def test_alerts_name_only_exported_metrics(expression: str):
    assert metrics_in(expression) <= _EXPORTED


@pytest.mark.parametrize("expression", [alert["expr"] for alert in alerts()])
def test_selectors_use_only_labels_the_metric_has(expression: str):
    for name, selector in re.findall(r"(bascule_[a-z_0-9]+)\{([^}]*)\}", expression):
        base = re.sub(r"_(bucket|sum|count)$", "", name) if name not in _LABELS else name
        assert set(re.findall(r"(\w+)\s*=~?", selector)) <= _LABELS[base]


def test_the_scrape_goes_to_the_default_port():
    settings = ExpositionSettings()
    (job,) = load(SCRAPE)["scrape_configs"]

    assert job["job_name"] == "bascule"
    assert job["static_configs"][0]["targets"] == [f"{settings.address}:{settings.port}"]
