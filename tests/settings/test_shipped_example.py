"""The shipped example is complete, loads, and names the true defaults."""

import re
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from provisioner.model.budget import Budget, Naming, Pace, Safety
from provisioner.model.ids import AgentId
from provisioner.model.people.agents import Agent
from provisioner.model.people.profiles import Profile, Selection, Template
from provisioner.model.scenario.scenarios import PreparationLevel
from provisioner.settings.bascule import load_settings
from provisioner.settings.scenario import load_scenario
from provisioner.settings.values import Settings
from tests.builders.settings import SECRET

TODAY = 1_800_000_000.0
"""2027."""
SHIPPED = Path(__file__).parents[2] / "config"


@pytest.fixture
def example(tmp_path):
    """The shipped files in a folder, with the secrets and certificates that a site adds."""
    shutil.copytree(SHIPPED, tmp_path, dirs_exist_ok=True)
    for name in ("secrets/note-key", "secrets/melun-token", "melun-ca.pem", "directory-ca.pem"):
        file = tmp_path / name
        file.parent.mkdir(exist_ok=True)
        file.write_text(SECRET + "\n")
        file.chmod(0o600)
    return tmp_path / "bascule.yaml"


def load(path: Path) -> Settings:
    return load_settings(path, environment={"BASCULE_DIRECTORY_PASSWORD": SECRET})


def test_the_example_loads_to_the_values_that_it_says(example):
    settings = load(example)
    cluster = settings.clusters["melun"]
    standard = settings.profiles["standard"]

    assert cluster.endpoints == ("https://pve01.melun.example.org:8006", "https://pve02.melun.example.org:8006")
    assert cluster.token_secret.reveal() == SECRET
    assert cluster.ca_file == example.parent / "melun-ca.pem"
    assert settings.note_key.installation == settings.installation == "seine"
    assert settings.note_key.secret == SECRET.encode()
    assert settings.naming == Naming(prefix="vd-", vmids={"melun": (20000, 21999)})
    assert settings.directory.password.reveal() == SECRET
    assert settings.store.url == "sqlite:////var/lib/bascule/bascule.db"
    assert settings.entitlements[0].who == Selection(groups=frozenset({"teletravail"}))
    assert standard.templates[0] == Template(cluster="melun", vmid=9001, node="pve01", storage="local-lvm")
    assert (standard.vcpus, standard.memory_mib, standard.disk_gib, standard.vlan) == (2, 4096, 32, 40)
    assert standard.addressing.first == "10.40.0.10"
    assert settings.scenario == load_scenario(example.parent / "scenarios/confinement.yaml")
    assert settings.scenario_file == example.parent / "scenarios/confinement.yaml"


def test_what_the_example_leaves_out_is_the_models_own_default(example):
    settings = load(example)

    assert (settings.budget, settings.safety, settings.pace) == (Budget(), Safety(), Pace())
    defaults = Profile(name="", image="", templates=(), vcpus=1, memory_mib=1, disk_gib=1, bridge="")
    assert settings.profiles["standard"].ready_timeout_s == defaults.ready_timeout_s
    assert settings.profiles["standard"].probe is defaults.probe


@pytest.mark.parametrize("name", ["bascule.yaml", "profiles/standard.yaml"])
def test_each_commented_value_is_the_default(example, name):
    before = load(example)
    file = example.parent / name
    lines = file.read_text().splitlines()
    opened = [re.sub(r"^( *)#(?=[a-z]|  [a-z])", r"\1", line) for line in lines]
    assert sum(old != new for old, new in zip(lines, opened, strict=True)) > 4
    file.write_text("\n".join(opened))

    assert load(example) == before


def test_no_secret_is_in_any_text_of_the_settings(example):
    settings = load(example)

    for text in (repr(settings), str(settings), f"{settings.directory.password}", f"{settings.store.connection_url()}"):
        assert SECRET not in text


def test_every_key_is_in_the_example(example):
    """Who reads the example has seen every key there is, except the choices inside `who:` and secrets."""
    from provisioner.settings.documents import BasculeKeys
    from provisioner.settings.profile import ProfileKeys

    text = "".join((example.parent / name).read_text() for name in ("bascule.yaml", "profiles/standard.yaml"))
    schemas = [BasculeKeys.model_json_schema(), ProfileKeys.model_json_schema()]
    keys = {
        key
        for schema in schemas
        for name, part in [("", schema), *schema["$defs"].items()]
        if name != "SelectionKeys"
        for key in part.get("properties", ())
    }
    assert [key for key in sorted(keys) if not re.search(rf"\b{key}:", text)] == []


@pytest.mark.parametrize("name", ["one-night", "everyone"])
def test_a_shipped_scenario_starts_nothing_until_somebody_writes_when(name, tmp_path):
    text = (SHIPPED / f"scenarios/{name}.yaml").read_text()
    scenario = load_scenario(SHIPPED / f"scenarios/{name}.yaml")
    began = tmp_path / "began.yaml"
    began.write_text(re.sub("(?m)^starts_at:.*\\n", "", text))

    assert scenario.waits(TODAY)
    assert {wave.prepare for wave in scenario.waves} == {PreparationLevel.NONE}
    assert load_scenario(began) == replace(scenario, starts_at=None), "without the line it begins with the daemon, as ever"


@pytest.mark.parametrize(
    ("groups", "wave", "opens_s"),
    [
        pytest.param(
            {"teletravail", "cellule-crise", "services-essentiels"}, "crisis cell", 0, id="the crisis cell comes first"
        ),
        pytest.param({"teletravail", "services-essentiels"}, "essential services", 2, id="then what cannot stop"),
        pytest.param({"teletravail"}, "everyone else", 5, id="then everyone"),
    ],
)
def test_the_shipped_surge(groups, wave, opens_s):
    agent = Agent(agent_id=AgentId("a"), login="a", display_name="A", groups=frozenset(groups))
    scenario = load_scenario(SHIPPED / "scenarios/one-night.yaml")
    chosen = next(wave for wave in scenario.waves if wave.who.matches(agent))

    assert (chosen.name, chosen.after_s) == (wave, opens_s)
    assert sorted(scenario.waves, key=lambda wave: wave.priority) == list(scenario.waves)
