"""Every file, folder and test named in ARCHITECTURE.md and the packages' pages exists."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
MAP = ROOT / "ARCHITECTURE.md"
PACKAGES = sorted(path.parent for top in ("provisioner", "monitors") for path in (ROOT / top).rglob("__init__.py"))
# Many files of one kind, each named for its subject.
UNLISTED = {"actions", "cli", "conditions", "model", "settings", "endpoints", "migrations", "versions", "provisioner"}
TESTS = {
    name
    for file in (ROOT / "tests").rglob("*.py")
    for name in re.findall(r"^ *def (test_\w+)", file.read_text(encoding="utf-8"), re.MULTILINE)
}


def page(package: Path) -> str:
    """The docstring at the top of the package."""
    return ast.get_docstring(ast.parse((package / "__init__.py").read_text(encoding="utf-8"))) or ""


def named_files(text: str) -> Iterator[str]:
    """`planning/safety.py`, `tests/chaos/rules/work.py`, config/schema/."""
    yield from re.findall(r"(?<![\w/.])(?:[a-z_0-9]+/)+(?:[a-z_0-9.\-]+\.(?:py|md|yaml|json))?(?=[\s`,;.):]|$)", text)


@pytest.mark.parametrize("file", [MAP, *(package / "__init__.py" for package in PACKAGES)], ids=lambda file: file.parent.name)
def test_files_and_folders_that_are_named_exist(file: Path):
    text = file.read_text(encoding="utf-8") if file == MAP else page(file.parent)
    places = (ROOT, ROOT / "provisioner", ROOT / "tests", file.parent)
    floors = {f"{package.name}/" for package in PACKAGES}
    named = [name for name in named_files(text) if name not in floors]

    assert [name for name in named if not any((place / name).exists() for place in places)] == []


def test_tests_that_are_named_exist():
    named = set(re.findall(r"`(test_\w+)`", MAP.read_text(encoding="utf-8")))

    assert len(named) >= 20
    assert named <= TESTS


def test_the_map_stays_a_map():
    assert len(MAP.read_text(encoding="utf-8").splitlines()) <= 120


@pytest.mark.parametrize("package", PACKAGES, ids=lambda package: package.name)
def test_a_page_names_what_is_in_its_package(package: Path):
    text = page(package)
    files = {path.stem for path in package.glob("*.py")} - {"__init__"}
    folders = {path.name for path in package.iterdir() if (path / "__init__.py").exists()}
    listed = set() if package.name in UNLISTED else files | folders

    assert text
    assert {name for name in listed if not re.search(rf"\b{name}\b", text)} == set()
