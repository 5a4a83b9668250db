"""The committed schemas match the models, and the examples name them."""

import json
from pathlib import Path

import pytest

from provisioner.api.contract import FILE as CONTRACT
from provisioner.settings.documents import REQUIRED
from provisioner.settings.profile import ProfileKeys
from provisioner.settings.schemas import complete_example, schema_texts, write_schemas

CONFIG = Path(__file__).parents[2] / "config"
SCHEMAS = dict(schema_texts())


@pytest.mark.parametrize("name", sorted(SCHEMAS))
def test_the_committed_schema_is_current(name):
    assert (CONFIG / "schema" / name).read_text(encoding="utf-8") == SCHEMAS[name], "make schema writes it anew"


def test_no_schema_is_left_over():
    assert {file.name for file in (CONFIG / "schema").glob("*.json")} == {*SCHEMAS, CONTRACT.name}


@pytest.mark.parametrize(
    "file",
    [
        file
        for folder in (".", "calendars", "profiles", "scenarios", "twins")
        for file in sorted((CONFIG / folder).glob("*.yaml"))
    ],
    ids=lambda file: str(file.relative_to(CONFIG)),
)
def test_each_example_names_its_schema(file):
    first = file.read_text(encoding="utf-8").splitlines()[0]
    prefix = "# yaml-language-server: $schema="

    assert first.startswith(prefix)
    assert (file.parent / first.removeprefix(prefix)).resolve().parent == CONFIG / "schema"
    assert (file.parent / first.removeprefix(prefix)).exists()


def test_an_editor_asks_for_required_fields():
    assert json.loads(SCHEMAS["bascule.schema.json"])["required"] == list(REQUIRED)


def test_schemas_are_written_where_they_are_wanted(tmp_path):
    write_schemas(tmp_path / "schema")

    assert {file.name: file.read_text() for file in (tmp_path / "schema").iterdir()} == SCHEMAS


def test_a_key_that_the_example_lacks_is_added_with_its_default():
    example = (CONFIG / "profiles" / "standard.yaml").read_text(encoding="utf-8")
    without = "\n".join(line for line in example.splitlines() if "max_sessions" not in line)

    assert complete_example(example, ProfileKeys) == example
    assert complete_example(without, ProfileKeys).splitlines()[-1] == "#max_sessions: 4"
