"""contributing/: every page is listed, and each test, file, folder and command that it names exists."""

import re
import sys
from pathlib import Path

import pytest

from tests.test_pages import TESTS

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "contributing"
PAGES = sorted(FOLDER.glob("*.md"))
CODE = re.compile(r"`([^`]+)`")
PLACES = ("provisioner/", "monitors/", "tests/", "config/", "docs/", "ansible/", "contributing/")
MOST_LINES, WIDTH = 80, 132


def text_of(page: Path) -> str:
    return page.read_text(encoding="utf-8")


def targets() -> set[str]:
    """Of the Makefile."""
    return set(re.findall(r"^([a-z][a-z-]*):", text_of(ROOT / "Makefile"), re.MULTILINE))


def test_each_page_is_listed_and_each_that_is_listed_is_there():
    listed = re.findall(r"^\| \[(\w+\.md)\]\(\1\) \|", text_of(FOLDER / "README.md"), re.MULTILINE)

    assert sorted([*listed, "README.md"]) == [page.name for page in PAGES]


@pytest.mark.parametrize("page", [ROOT / "CONTRIBUTING.md", *PAGES], ids=lambda page: page.stem)
def test_a_page_is_short(page: Path):
    lines = text_of(page).splitlines()

    assert len(lines) <= MOST_LINES
    assert [line for line in lines if len(line) > WIDTH] == []


@pytest.mark.parametrize("page", [ROOT / "CONTRIBUTING.md", *PAGES], ids=lambda page: page.stem)
def test_what_a_page_names_exists(page: Path):
    quoted = CODE.findall(text_of(page))
    files = [name for name in quoted if name.startswith(PLACES) and " " not in name]
    linked = re.findall(r"\bdocs/[\w/-]+\.md", text_of(page))

    assert {name for name in quoted if re.fullmatch(r"test_\w+", name)} - TESTS == set()
    assert [name for name in (*files, *linked) if not (ROOT / name).exists()] == []
    assert {name.split()[1] for name in quoted if re.match(r"make [a-z]", name)} - targets() == set()


@pytest.mark.parametrize("page", [page for page in PAGES if page.name != "README.md"], ids=lambda page: page.stem)
def test_a_page_has_each_part_and_its_history_names_tests(page: Path):
    parts = re.split(r"^## ", text_of(page), flags=re.MULTILINE)

    assert [part.partition("\n")[0] for part in parts[1:]] == ["History", "Checklist", "Failure patterns"]
    assert re.search(r"`test_\w+`|`tests/[\w/]+\.py`", parts[1])


@pytest.mark.parametrize("file", ["CONTRIBUTING.md", "contributing/README.md", ".pre-commit-config.yaml"])
def test_each_command_exists(file: str):
    """Programs of the environment, and modules that can be started."""
    text = text_of(ROOT / file)
    modules = re.findall(r"python -m ([\w.]+)", text)
    programs = set(re.findall(r"\.venv/bin/([\w-]+)", text))
    own = [ROOT / module.replace(".", "/") for module in modules if module.startswith("tests.")]

    assert programs
    assert [name for name in programs if not (Path(sys.executable).parent / name).exists()] == []
    assert [path for path in own if not path.with_suffix(".py").exists() and not (path / "__main__.py").exists()] == []


def test_before_a_commit_nothing_is_fetched():
    """Local hooks alone, with the tools of the environment."""
    text = text_of(ROOT / ".pre-commit-config.yaml")

    assert re.findall(r"- repo: (\S+)", text) == ["local"]
    assert set(re.findall(r"language: (\S+)", text)) == {"system"}
    assert [path for path in re.findall(r"tests/[\w/.]+", text) if not (ROOT / path).exists()] == []
