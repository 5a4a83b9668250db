"""What a capability keeps in a value of the core is found again, also in another process; and it stands where it says."""

import pickle
from pathlib import Path

import pytest

import provisioner
from provisioner.capabilities import NAMES
from provisioner.daemon.beside import WORK
from provisioner.extensions import Part, Parts, joined, with_added
from provisioner.settings.sections import SECTIONS
from provisioner.views.parts import VIEWS

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


def test_every_folder_is_in_the_list():
    assert sorted(NAMES) == sorted(path.parent.name for path in FOLDER.glob("*/__init__.py"))


@pytest.mark.parametrize("keys", [[each.part.name for each in SECTIONS.found()], [each.part.name for each in WORK.found()], [
    each.key for each in VIEWS.found()
]], ids=["sections", "work", "views"])  # fmt: skip
def test_no_two_capabilities_use_one_key(keys: list[str]):
    assert len(keys) == len({*keys})


@pytest.mark.parametrize("name", NAMES)
def test_a_capability_is_small(name: str):
    assert len([*(FOLDER / name).glob("**/*.py")]) <= 12
