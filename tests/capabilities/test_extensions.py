"""What a capability keeps in a value of the core is found again, also in another process; and it stands where it says."""

import ast
import pickle
from pathlib import Path

import pytest

import provisioner
from monitors.table import ADDED
from provisioner import capabilities
from provisioner.capabilities import NAMES
from provisioner.cli.added import COMMANDS
from provisioner.daemon.beside import WORK
from provisioner.daemon.reaching import SERVICES
from provisioner.doctor.findings import CHECKS
from provisioner.extensions import Part, Parts, joined, with_added
from provisioner.model.kept.store_fit import TABLES
from provisioner.sessions.evidence import EVIDENCE
from provisioner.settings.sections import SECTIONS
from provisioner.texts.lines import LINES
from provisioner.views.parts import VIEWS
from provisioner.wrong.alerts import ADDED as ALERTS

POINTS = (SECTIONS, WORK, SERVICES, TABLES, VIEWS, LINES, CHECKS, ALERTS, EVIDENCE, COMMANDS, ADDED)
FOLDER = Path(provisioner.__file__).parent / "capabilities"
NUMBER = Part("number", 7)


def test_a_part_that_nobody_has_put_there_is_absent():
    assert Parts()[NUMBER] == 7


def test_parts_are_found_after_a_pickle():
    parts = pickle.loads(pickle.dumps(Parts().having(NUMBER, 8)))

    assert (parts[NUMBER], parts) == (8, Parts().having(NUMBER, 8))


def test_of_two_values_of_a_part_the_later_counts():
    assert joined([Parts().having(NUMBER, 1), Parts().having(NUMBER, 2)])[NUMBER] == 2


def test_what_is_added_stands_after_its_key_in_the_order_of_the_list():
    assert [*with_added({"a": 0, "b": 0}, [("a", "x", 1), ("b", "y", 2), ("a", "z", 3)])] == ["a", "x", "z", "b", "y"]


def test_nothing_stands_after_another_addition():
    """It may be gone."""
    with pytest.raises(ValueError, match="'y' is to stand after 'x', which the core does not have"):
        with_added({"a": 0}, [("a", "x", 1), ("x", "y", 2)])


def made(path: Path) -> set[str]:
    """The names that a file gives to something."""
    lines = (line for line in ast.parse(path.read_text(encoding="utf-8")).body if isinstance(line, ast.Assign))
    return {ast.unparse(target) for line in lines for target in line.targets}


def test_what_an_extension_point_asks_for_is_in_the_file_where_it_asks():
    """Elsewhere it would not be found, and nobody would say so."""
    asked = {point.name: point.file for point in POINTS}
    found = [(path.stem, name) for path in FOLDER.glob("*/*.py") for name in made(path) & asked.keys()]

    assert [(file, name) for file, name in found if asked[name] != file] == []
    assert sorted({file for file, _ in found}) == sorted({point.file for point in POINTS if [*point.found()]})


def test_the_page_names_every_extension_point():
    assert [point for point in POINTS if f"`{point.file}.py`: `{point.name}`" not in (capabilities.__doc__ or "")] == []


def test_every_folder_is_in_the_list():
    assert sorted(NAMES) == sorted(path.parent.name for path in FOLDER.glob("*/__init__.py"))


@pytest.mark.parametrize("keys", [[each.part.name for each in SECTIONS.found()], [each.part.name for each in WORK.found()], [
    each.key for each in VIEWS.found()
]], ids=["sections", "work", "views"])  # fmt: skip
def test_no_two_capabilities_use_one_key(keys: list[str]):
    assert len(keys) == len({*keys})


@pytest.mark.parametrize("name", NAMES)
def test_a_capability_is_small(name: str):
    assert len([*(FOLDER / name).glob("**/*.py")]) <= 25
