"""F21: the files that `init` writes have comments in the language that it speaks, and the same keys and values in each."""

import re
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from provisioner.settings.shipped import shipped
from tests.builders.english import english_in
from tests.setup.test_writing import written

FRENCH = shipped() / "fr"
FILES = sorted(str(path.relative_to(FRENCH)) for path in FRENCH.rglob("*.yaml"))
_SCHEMA = "# yaml-language-server:"
_BEHIND = re.compile(r"(?<=\S)\s{2,}#\s?(.*)$")
_LAST = re.compile(r"(?<=\S)\s{2,}.*$")
_OFF = re.compile(r"\s*#+\s*(?:#\s*)?(?:- )?(?:\{)?[a-z][\w-]*:(?=\s|$)(?! .*[a-zé]{3,} [a-zé]{2,}.*[.:]$)")
"""A key that is commented out."""


def code(line: str) -> str:
    """Without the comment behind it, and without the names of scenarios and waves."""
    return re.sub(r"\bname: [^,{}]*", "name:", _LAST.sub("", line))


def keys(name: str, place: Path) -> list[str]:
    """Every line that is a key, also if it is commented out, in the order of the file."""
    lines = (place / name).read_text(encoding="utf-8").splitlines()
    return [code(line) for line in lines if line.strip() and (not line.lstrip().startswith("#") or _OFF.match(line))]


def comments(text: str) -> list[str]:
    """Those that are prose."""
    found = []
    for line in text.splitlines():
        if behind := _BEHIND.search(line):
            found.append(behind[1])
        elif line.lstrip().startswith("#") and not _OFF.match(line) and not line.startswith(_SCHEMA):
            found.append(line.lstrip(" #"))
    return found


def without_names(value):
    """Scenarios and waves have a name in the language of their file."""
    if isinstance(value, dict):
        return {key: without_names(part) for key, part in value.items() if key != "name"}
    return [without_names(part) for part in value] if isinstance(value, list) else value


def test_every_file_that_init_writes_is_there_in_french():
    english = [path for name in ("scenarios", "calendars") for path in (shipped() / name).glob("*.yaml")]

    assert {"bascule.yaml", "profiles/standard.yaml", *(str(path.relative_to(shipped())) for path in english)} == set(FILES)


@pytest.mark.parametrize("name", FILES)
def test_both_files_have_the_same_values(name: str):
    french, english = (YAML(typ="safe").load(folder / name) for folder in (FRENCH, shipped()))

    assert without_names(french) == without_names(english)
    assert list(french) == list(english)


@pytest.mark.parametrize("name", FILES)
def test_both_files_have_the_same_keys_in_the_same_order_also_those_that_are_commented_out(name: str):
    assert keys(name, FRENCH) == keys(name, shipped())


@pytest.mark.parametrize("name", FILES)
def test_no_comment_is_english(name: str):
    text = (FRENCH / name).read_text(encoding="utf-8")

    assert [(line, found) for line in comments(text) if (found := english_in(line))] == []
    assert [line for line in text.splitlines() if len(line) > 128] == []


@pytest.mark.parametrize("name", [name for name in FILES if name.startswith("scenarios/")])
@pytest.mark.parametrize("language", ["en", "fr"])
def test_the_order_in_a_scenarios_comment_names_the_scenario(name: str, language: str):
    """`bascule surge start power-cut` stood there: the name is `power cut`, and the order was refused."""
    text = ((FRENCH if language == "fr" else shipped()) / name).read_text(encoding="utf-8")
    ordered = re.search(r"surge start (?:\"([^\"]*)\"|(\S+))", text)

    assert ordered is None or (ordered[1] or ordered[2]) == YAML(typ="safe").load(text)["name"]


def folder(path: Path) -> Path:
    path.mkdir()
    return path


@pytest.mark.parametrize("changes", [{}, {"own_places": False}])
def test_a_french_init_writes_no_english_comment_and_the_same_settings(tmp_path, changes):
    english, french = (written(folder(tmp_path / language), language=language, **changes) for language in ("en", "fr"))
    text = (tmp_path / "fr" / "site" / "bascule.yaml").read_text(encoding="utf-8")

    assert [line for line in comments(text) if english_in(line)] == []
    assert french.directory == english.directory
    assert (french.budget, french.safety, french.naming) == (english.budget, english.safety, english.naming)
    assert [wave.name for wave in french.scenario.waves] == ["tout le monde"]
