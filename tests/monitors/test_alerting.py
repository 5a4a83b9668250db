"""Alerts are made of the list of what is wrong, and of nothing beside it."""

import re

import pytest

from monitors.alerting import BASE, BY_HAND, INDEX, RULES, SETTLED, alerts, index, rules
from provisioner.model.budget import Safety
from provisioner.wrong.entry import Severity
from provisioner.wrong.table import TABLE
from tests.monitors.shipped import RULES as SHIPPED
from tests.monitors.shipped import load

_UNITS = {"s": 1.0, "m": 60.0, "h": 3600.0, "d": 86_400.0}


def rules_in(file) -> list[dict]:
    return [rule for group in load(file)["groups"] for rule in group["rules"] if "alert" in rule]


MADE = rules_in(RULES)


def seconds(duration: str) -> float:
    return float(duration[:-1]) * _UNITS[duration[-1]]


def test_the_files_are_up_to_date():
    assert RULES.read_text(encoding="utf-8") == rules(), "run `python -m monitors.alerting`"
    assert INDEX.read_text(encoding="utf-8") == index(INDEX.read_text(encoding="utf-8")), "run `python -m monitors.alerting`"


def test_an_index_that_has_lost_its_mark_is_not_written():
    with pytest.raises(ValueError, match="no line"):
        index("# Runbooks\n")


@pytest.mark.parametrize("code", TABLE)
def test_each_kind_of_entry_has_an_alert_of_its_own_severity_or_it_is_said_why_not(code: str):
    """F2, F12: what the list knows, the alerts know."""
    meaning = TABLE[code]
    asking = [rule for rule in MADE if code in re.findall(r"\w+", rule["expr"].partition("unless")[0])]

    assert bool(meaning.alert) != bool(meaning.no_alert)
    assert [rule["labels"]["severity"] for rule in asking] == ([meaning.severity.value] if meaning.alert else [])
    assert [rule["annotations"]["runbook_url"] for rule in asking] == [
        BASE + meaning.runbook.replace("#", ".md#") for _ in asking
    ]


def test_no_note_calls_anybody():
    assert all(meaning.alert is None for meaning in TABLE.values() if meaning.severity is Severity.NOTE)


def test_both_files_are_shipped_and_no_alert_is_in_both():
    by_hand = [rule["alert"] for rule in rules_in(BY_HAND)]

    assert set(SHIPPED) == {BY_HAND, RULES}
    assert not {alert.name for alert in alerts()}.intersection(by_hand)
    assert len(by_hand) == len(set(by_hand))
    assert len(MADE) == len({rule["alert"] for rule in MADE}) == len(alerts())


def test_nothing_fires_before_the_desktops_of_a_lost_node_are_made_elsewhere():
    """F12: two critical alerts after each loss of a node, and both waves were in time."""
    of_nodes = [rule for rule in MADE if rule["alert"].startswith("BasculeWave")]
    node = next(rule for rule in MADE if rule["alert"] == "BasculeNodeOffline")

    assert len(of_nodes) == 3
    assert all(f"bascule_node_online[{SETTLED}]" in rule["expr"] for rule in of_nodes)
    assert min(seconds(SETTLED), seconds(node["for"])) > Safety().replace_after_s


@pytest.mark.parametrize(
    ("alert", "severity", "within_s"),
    [
        ("BasculeStorageFull", "critical", 180),
        ("BasculeGuestsGiveNoReport", "warning", 180),
        ("BasculeDirectoryStale", "warning", 720),
    ],
)
def test_what_came_late_comes_soon(alert: str, severity: str, within_s: float):
    """F12: a full thin pool after 15 minutes, hung desktops after 17, a directory after 64. Three readings take ten minutes."""
    rule = next(rule for rule in MADE if rule["alert"] == alert)

    assert rule["labels"]["severity"] == severity
    assert seconds(rule["for"]) < within_s


def test_an_alert_names_what_has_it():
    """As the rules by hand did: sites silence and group by these labels."""
    labels = {alert.name: alert.labels for alert in alerts() if alert.labels}

    assert labels["BasculeNodeOffline"] == ("cluster", "node")
    for rule in MADE:
        named = set(re.findall(r"\$labels\.(\w+)", rule["annotations"]["summary"]))
        assert named <= set(labels.get(rule["alert"], ()))
        assert named <= set(re.search(r"by \(([^)]*)\)", rule["expr"])[1].split(", "))
