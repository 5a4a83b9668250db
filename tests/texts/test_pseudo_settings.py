"""Each problem of a configuration is translated, except for places, keys, values and file names."""

import ast
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from provisioner.errors import SettingsError
from provisioner.settings.addresses import DATE_FORMATS
from provisioner.settings.schemas import schema_texts
from provisioner.settings.twins import load_twin
from provisioner.texts.translate import translated_error
from tests.builders.cli import a_lonely_site
from tests.builders.pseudo import pseudo, untranslated
from tests.builders.settings import STANDARD, a_site
from tests.reasons.tables import PRODUCT
from tests.settings import test_problems_bascule as main_file
from tests.settings import test_problems_profile as profiles
from tests.settings import test_problems_scenario as scenarios
from tests.settings import test_problems_sections as sections
from tests.twin import test_twin_files as twins

Break = Callable[[Path], object]
DIRECTORY = "directory:\n  urls: [ldaps://directory.example.org]\n  base: dc=example\n"
WORD = re.compile(r"[A-Za-z]+")
KEYS = {*DATE_FORMATS, "ldap"} | set(
    WORD.findall(" ".join(re.findall(r'"([a-z_]+)"', "".join(text for _, text in schema_texts()))))
)
"""Names, and words that are values."""
OF_OTHERS = set(WORD.findall("No such file or directory; unterminated character set at position"))
"""Words of the operating system, and Python's words about a regular expression."""


def _rows(test: Any) -> Iterator[tuple[Any, ...]]:
    """The table of a parametrized test, without the expected texts."""
    (mark,) = (mark for mark in test.pytestmark if mark.name == "parametrize")
    return (row.values for row in mark.args[1])


def _breaks() -> Iterator[Break]:
    for old, new, _ in _rows(main_file.test_one_problem_of_the_main_file):
        yield lambda folder, old=old, new=new: a_site(folder).change(old, new).load()
    for more, _, _ in _rows(sections.test_one_problem_of_a_section):
        yield lambda folder, more=more: a_site(folder).append(f"{more}\n").load()
    for text, _ in _rows(sections.test_the_directory):
        yield lambda folder, text=text: a_site(folder).change(DIRECTORY, f"directory: {text}\n").load()
    for more, _ in _rows(profiles.test_problems_of_a_profile_file):
        yield lambda folder, more=more: a_site(folder).append(more, name="standard.yaml").load()
    for old, new, _ in _rows(profiles.test_what_a_profile_gets_wrong):
        yield lambda folder, old=old, new=new: a_site(folder).change(old, new, name="standard.yaml").load()
    for surge, _ in _rows(scenarios.test_problems_of_the_scenario):
        yield lambda folder, surge=surge: a_site(folder).append("scenario: surge.yaml\n").write("surge.yaml", surge).load()
    for old, new, _ in _rows(twins.test_bad_files):
        yield lambda folder, old=old, new=new: load_twin(twins.a_file(folder, twins.GOOD.replace(old, new, 1)))


@pytest.mark.usefixtures("catalogue")
@pytest.mark.parametrize("broken", list(_breaks()))
def test_a_problem_is_translated_but_for_keys_and_values(tmp_path: Path, broken: Break) -> None:
    text = _complaint(broken, tmp_path)
    files = list(tmp_path.iterdir())
    written = " ".join([str(tmp_path), STANDARD, *(file.read_text() for file in files)])

    assert set(untranslated(text, names=[file.name for file in files])) <= KEYS | OF_OTHERS | set(WORD.findall(written))


def _complaint(broken: Break, folder: Path) -> str:
    """The complaint, or an empty text: the tables also have correct rows."""
    try:
        broken(folder)
    except SettingsError as error:
        return translated_error(error)
    return ""


_SETTINGS = [path for path in sorted(PRODUCT.rglob("*.py")) if {"settings", "settings.py"} & {*path.parts}]
"""The package, and each file of this name."""


@pytest.mark.parametrize("path", _SETTINGS, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_a_check_raises_a_reason(path: Path) -> None:
    raised = [call for call in ast.walk(ast.parse(path.read_text())) if isinstance(call, ast.Call)]
    texts = [call.args for call in raised if isinstance(call.func, ast.Name) and call.func.id == "ValueError"]

    assert [text for text in texts if isinstance(text[0], ast.Constant | ast.JoinedStr)] == []


def test_a_command_says_each_problem_in_its_language(tmp_path: Path) -> None:
    site = a_lonely_site(tmp_path).append("budgt: {}\nlog: {level: loud}\n")

    ended = pseudo("status", "--offline", "-c", str(site.main))

    assert ended.code == 2
    names = ["budgt", "budget", "log.level", "debug", "info", "warning", "error"]
    assert untranslated(ended.err.replace(str(site.main), ""), names=names) == []
