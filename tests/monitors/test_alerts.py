"""Every alert, on promtool: it fires in some situation, in others it must not, and a surge with its accidents raises few."""

from pathlib import Path

import pytest
from ruamel.yaml import YAML

from tests.monitors.alert_cases import CASES
from tests.monitors.shipped import CONFIG, RULES, alerts
from tests.servers.prometheus import promtool

RUNBOOKS = CONFIG.parent / "docs" / "en" / "runbooks"
BASE = "https://bascule.example/docs/en/runbooks/"


@pytest.mark.parametrize("alert", [pytest.param(alert, id=alert["alert"]) for alert in alerts()])
def test_each_alert_has_a_case_in_which_it_fires_and_another_in_which_it_does_not(alert: dict):
    name = alert["alert"]

    assert [case.name for case in CASES if case.fires.get(name)]
    assert [case.name for case in CASES if case.name.startswith(f"{name} not: ")]


@pytest.mark.real
@pytest.mark.parametrize("every", sorted({case.judged_every for case in CASES}))
def test_the_alerts_fire_when_they_should_and_only_then(tmp_path: Path, every: str):
    cases = [case.as_test() for case in CASES if case.judged_every == every]
    tests = {"rule_files": [*map(str, RULES)], "evaluation_interval": every, "tests": cases}
    with (tmp_path / "tests.yml").open("w") as file:
        YAML(typ="safe").dump(tests, file)
    code, said = promtool("test", "rules", "tests.yml", folder=tmp_path)

    assert code == 0, said


@pytest.mark.parametrize("alert", [pytest.param(alert, id=alert["alert"]) for alert in alerts()])
def test_each_alert_leads_to_a_section_of_a_runbook_that_begins_with_its_command(alert: dict):
    page, _, anchor = alert["annotations"]["runbook_url"].removeprefix(BASE).partition("#")
    text = (RUNBOOKS / page).read_text(encoding="utf-8")
    section = text.partition(f"## {alert['alert']}\n")[2].partition("\n## ")[0]

    assert anchor == alert["alert"].lower()
    assert alert["annotations"]["command"] in section.strip().partition("\n")[0]


def test_every_section_of_a_runbook_is_about_an_alert_that_exists():
    sections = {line[3:] for page in RUNBOOKS.glob("*.md") for line in page.read_text().splitlines() if line.startswith("## ")}

    assert sections == {alert["alert"] for alert in alerts()}
