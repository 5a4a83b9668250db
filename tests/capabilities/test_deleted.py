"""Without a capability's folder the core is whole: what is true of a copy is true of the architecture."""

import shutil
from collections.abc import Iterable
from pathlib import Path

import pytest

from provisioner.capabilities import NAMES
from tests.builders.copies import a_whole_copy, python

CORE = ("capabilities", "model", "monitors", "planning", "reasons", "reconciler", "settings", "views")
"""Folders of the tests that run without any capability: their fast tests, a minute of a processor."""
FAST = "not real and not long and not night"
SHIPPED = tuple(f"tests/monitors/{name}.py" for name in ("test_alerts", "test_shipped_config"))
"""Rules by hand and runbooks are for the whole product: they name metrics and entries of capabilities."""
IMPORTS_ALL = """
import sys
from importlib import import_module
from pkgutil import walk_packages
import monitors, provisioner
assert provisioner.__file__.startswith(sys.argv[1]), provisioner.__file__
for package in (monitors, provisioner):
    for module in walk_packages(package.__path__, f"{package.__name__}."):
        if not module.name.endswith((".__main__", ".migrations.env")):
            import_module(module.name)
"""
"""What extension points add, they add while modules are loaded: documents, the table of metrics, tables of the store."""


def a_copy(folder: Path, *, without: Iterable[str]) -> Path:
    """The product and its tests without the folders of these capabilities, and without their names in the list."""
    a_whole_copy(folder)
    for name in without:
        shutil.rmtree(folder / "provisioner" / "capabilities" / name)
        shutil.rmtree(folder / "tests" / "capabilities" / name)
    page = folder / "provisioner" / "capabilities" / "__init__.py"
    kept = tuple(name for name in NAMES if name not in without)
    text, listed = page.read_text(encoding="utf-8"), f"NAMES: tuple[str, ...] = {NAMES!r}".replace("'", '"')
    assert listed in text
    page.write_text(text.replace(listed, f"NAMES: tuple[str, ...] = {kept!r}"), encoding="utf-8")
    return folder


@pytest.mark.long
@pytest.mark.parametrize("name", NAMES)
def test_without_one_of_them_every_module_can_be_loaded(name: str, tmp_path: Path):
    copy = a_copy(tmp_path / "copy", without=[name])

    assert python(copy, "-c", IMPORTS_ALL, str(copy)) == ""


@pytest.mark.long
def test_without_all_of_them_the_cores_tests_pass(tmp_path: Path):
    copy = a_copy(tmp_path / "copy", without=NAMES)

    assert python(copy, "-m", "provisioner.cli.command_stating") == ""
    assert python(copy, "-m", "provisioner.settings.schemas") == ""
    assert python(copy, "-m", "monitors.catalogue") == ""
    assert python(copy, "-m", "monitors.alerting") == ""
    folders = [f"tests/{name}" for name in CORE]
    words = ["-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", "-m", FAST, *(f"--ignore={path}" for path in SHIPPED)]
    assert python(copy, *words, *folders) == ""
