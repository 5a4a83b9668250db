"""Every example of docs/en/scenarios.md and docs/fr/scenarios.md is loaded, and they show every key."""

import re
from pathlib import Path

import pytest

from provisioner.settings.calendar import CalendarKeys, ClosedKeys, load_calendar
from provisioner.settings.checking import Document
from provisioner.settings.rotation import RotatingKeys, RotationKeys
from provisioner.settings.scenario import load_scenario
from provisioner.settings.scenario_documents import (
    BatchesKeys,
    CeilingKeys,
    DuringKeys,
    EndKeys,
    FewerKeys,
    GateKeys,
    KeptKeys,
    LessKeys,
    PrepareKeys,
    ScenarioKeys,
    WaveKeys,
)
from provisioner.settings.scenario_people import ExceptKeys, ListedKeys

DOCS = Path(__file__).parents[2] / "docs"
PAGES = [(DOCS / language / "scenarios.md").read_text(encoding="utf-8") for language in ("en", "fr")]
IN_ENGLISH, IN_FRENCH = (re.findall(r"^```yaml\n(.*?)^```", page, re.DOTALL | re.MULTILINE) for page in PAGES)
EXAMPLES = IN_ENGLISH + IN_FRENCH
CALENDARS = [example for example in EXAMPLES if example.startswith("zone:")]
SCENARIOS = [example for example in EXAMPLES if example.startswith("name:")]
DOCUMENTS: list[type[Document]] = [
    ScenarioKeys, WaveKeys, BatchesKeys, PrepareKeys, ListedKeys, ExceptKeys, CalendarKeys,
    ClosedKeys, EndKeys, KeptKeys, GateKeys,
    DuringKeys, CeilingKeys, LessKeys, FewerKeys, RotationKeys, RotatingKeys,
]  # fmt: skip


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "calendars").mkdir()
    (tmp_path / "calendars" / "departement.yaml").write_text(CALENDARS[0])
    for name in re.findall(r"logins_from: ([\w.]+)", "".join(PAGES)):
        (tmp_path / name).write_text("login\nlogin0001\n")
    (tmp_path / "away.csv").write_text("login,from,until\nlogin0001,2026-12-01,2026-12-04\n")
    return tmp_path


@pytest.mark.parametrize("example", SCENARIOS, ids=lambda example: example.splitlines()[0])
def test_each_scenario_of_the_page_is_one(folder, example):
    (folder / "scenario.yaml").write_text(example)

    scenario = load_scenario(folder / "scenario.yaml")
    assert scenario.waves or scenario.rotation


def test_the_calendar_of_the_page_is_the_one_that_is_shipped(folder):
    shipped = Path(__file__).parents[2] / "config" / "calendars" / "departement.yaml"

    assert load_calendar(folder / "calendars" / "departement.yaml") == load_calendar(shipped)


def test_no_example_is_of_another_kind():
    assert sorted(EXAMPLES) == sorted([*SCENARIOS, *CALENDARS])


def test_an_example_in_french_differs_in_names_and_file_names_alone():
    assert [keys(example) for example in IN_FRENCH] == [keys(example) for example in IN_ENGLISH]


def keys(example: str) -> list[str]:
    """The keys of an example, in their order, without the names of ceilings."""
    return [key for key in re.findall(r"[\w-]+(?=: )", example) if "licences" not in key]


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda document: document.__name__)
def test_the_examples_show_every_key(document):
    keys = {field.alias or name for name, field in document.model_fields.items()}

    assert [key for key in sorted(keys) if not re.search(rf"\b{key}:", "".join(EXAMPLES))] == []
