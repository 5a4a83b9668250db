"""A policy is a file and a line: with the Sunday file in it, a copy of the product is right in all that it counts and says."""

import shutil
from pathlib import Path

import pytest

from tests.builders.copies import a_whole_copy, python

HERE = Path(__file__).parent
TABLE = "    outside_hours,  #"
"""The place of the first policy in the table."""


def with_sundays(copy: Path) -> Path:
    """The file, and its line."""
    folder = copy / "provisioner" / "planning" / "rests"
    shutil.copy(HERE / "sundays.py", folder)
    table = folder / "resting.py"
    text = table.read_text(encoding="utf-8")
    assert text.count(TABLE) == 1
    imported = "from provisioner.planning.rests.sundays import sundays\n\nPOLICIES"
    table.write_text(text.replace(TABLE, f"    sundays,\n{TABLE}").replace("\nPOLICIES", imported, 1), encoding="utf-8")
    return copy


@pytest.mark.long
def test_nobody_waits_for_a_desktop_that_rests_on_sunday(tmp_path: Path):
    copy = with_sundays(a_whole_copy(tmp_path / "copy"))

    assert python(copy, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", "tests/planning/rests/on_sundays.py") == ""
