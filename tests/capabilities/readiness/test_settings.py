"""The section `readiness` of bascule.yaml."""

from pathlib import Path

import pytest

from provisioner.capabilities.readiness.settings import READINESS, ReadinessSettings
from provisioner.errors import SettingsError
from tests.builders.cli import a_lonely_site

SECTION = "readiness:\n  at: 03:00\n  zone: Europe/Paris\n  scenario: crisis.yaml\n  within: 3h\n  trial: false\n"
SCENARIO = "name: crisis\nwaves:\n  - {name: all, who: everyone}\n"


def with_section(folder: Path, scenario: str):
    site = a_lonely_site(folder).write("crisis.yaml", scenario)
    site.main.write_text(f"{site.main.read_text(encoding='utf-8')}\n{SECTION}", encoding="utf-8")
    return site


def test_every_key_becomes_a_value(tmp_path):
    settings = with_section(tmp_path, SCENARIO).load()

    assert settings.sections[READINESS] == ReadinessSettings(
        at=180, zone="Europe/Paris", scenario=tmp_path / "crisis.yaml", trial=False, within_s=10_800.0
    )


def test_what_is_wrong_in_the_scenario_that_it_names_is_said_with_its_place(tmp_path):
    """Issue 37: a section reads the files that it names."""
    site = with_section(tmp_path, SCENARIO.replace("who", "whom"))

    with pytest.raises(SettingsError) as wrong:
        site.load()

    assert f"{tmp_path}/crisis.yaml:3:" in str(wrong.value)
