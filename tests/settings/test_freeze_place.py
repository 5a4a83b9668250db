"""D1: where the freeze file is, found also in a configuration that cannot be loaded."""

import json
from pathlib import Path

import pytest

from provisioner.settings.freeze_place import NamedPlaces, named_places
from tests.builders.settings import a_site

PLAIN = "/srv/bascule/freeze"


@pytest.mark.parametrize(
    ("line", "name"),
    [
        pytest.param("freeze_file: freeze", "freeze", id="beside the configuration"),
        pytest.param(f"freeze_file: {PLAIN}", PLAIN, id="absolute"),
        pytest.param(f"freeze_file:   {PLAIN}   # ours", PLAIN, id="with a comment"),
        pytest.param("freeze_file: a b/c#d", None, id="a sign that may begin a comment"),
        pytest.param("freeze_file: a b/c", "a b/c", id="with a space"),
        pytest.param('"freeze_file": "x\\u00e9/y"', "xé/y", id="in double quotes"),
        pytest.param("freeze_file : 'it''s'  # so", "it's", id="in single quotes"),
        pytest.param('freeze_file: "a\\x41"', None, id="an escape of YAML alone"),
        pytest.param("freeze_file: &here x", None, id="an anchor"),
        pytest.param("freeze_file: |\n  x", None, id="a block"),
        pytest.param("freeze_file: one\n  two", None, id="over two lines"),
        pytest.param("freeze_file:\n  x", None, id="in the next line"),
        pytest.param("#freeze_file: x", None, id="a comment"),
        pytest.param("", None, id="not named"),
    ],
)
def test_a_sound_configuration_is_read_as_the_daemon_reads_it_or_not_at_all(tmp_path: Path, line: str, name: str | None):
    site = a_site(tmp_path).append(f"{line}\n")

    found = named_places(site.main).file

    assert found == (None if name is None else tmp_path / name)
    if found is not None:
        assert found == site.load().freeze_file


@pytest.mark.parametrize("fault", ["budget: [clones\n", "instalation: x\n", "a: b: c\n", "store: {url: postgresql://}\n"])
def test_a_faulty_configuration_names_it_too(tmp_path: Path, fault: str):
    site = a_site(tmp_path).append(f"freeze_file: freeze\n{fault}")

    assert named_places(site.main).file == tmp_path / "freeze"


def test_a_document_of_json_is_read_as_such(tmp_path: Path):
    file = tmp_path / "bascule.yaml"
    file.write_text(json.dumps({"budget": {"freeze_file": "no"}, "freeze_file": "yes"}, indent=1), encoding="utf-8")

    assert named_places(file).file == tmp_path / "yes"


@pytest.mark.parametrize(
    "text",
    [
        "freeze_file: a\nfreeze_file: b\n",
        "budget:\n  freeze_file: a\n",
        '{"freeze_file": 3}',
        "[" * 5000,
        "\udcff\0",
        '{\n  "freeze_file": "a",\n  oops',
    ],
    ids=["twice", "inside", "a number", "nested deeply", "no text", "half a document of JSON"],
)
def test_what_could_be_misread_names_no_file(tmp_path: Path, text: str):
    file = tmp_path / "bascule.yaml"
    file.write_bytes(text.encode(errors="surrogateescape"))

    assert named_places(file) == NamedPlaces()


def test_a_configuration_that_is_not_there_names_none(tmp_path: Path):
    assert named_places(tmp_path / "gone.yaml") == NamedPlaces()
    assert named_places(tmp_path) == NamedPlaces()


def test_a_store_on_a_server_may_serve_a_daemon_elsewhere(tmp_path: Path):
    site = a_site(tmp_path).append("store: {url: postgresql+psycopg://bascule@db/bascule}\n")

    assert named_places(site.main).elsewhere
    assert not named_places(a_site(tmp_path).main).elsewhere
