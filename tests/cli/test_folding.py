"""F21: tables and lines on 80 columns: no word is cut, and no line begins with French punctuation."""

import io

import pytest
from rich.console import Console

from provisioner.cli.folding import Unbroken, folded, widths


@pytest.mark.parametrize(
    ("columns", "room", "expected"),
    [
        pytest.param([["vm"], ["agent"]], 80, [2, 5], id="all fit: as wide as they are"),
        pytest.param([["vm", "local-16/10001"], ["why", "off and idle"]], 20, [14, 6], id="a word is not cut"),
        pytest.param([["wave", "crisis cell", "all the others"], ["next batch"]], 19, [14, 5], id="most cells are folded"),
        pytest.param([["a" * 30], ["b" * 10]], 20, [10, 10], id="words too wide for the room: the widest is cut"),
        pytest.param([[""], [""]], 10, [0, 0], id="nothing in it"),
    ],
)
def test_the_widths_of_columns(columns, room, expected):
    assert widths(columns, room) == expected


@pytest.mark.parametrize("width", range(13, 30))
def test_no_line_ends_at_a_no_break_space(width):
    console = Console(file=io.StringIO(), width=width)
    text = Unbroken("la vague «\u00a0crise\u00a0»\u00a0: tout va bien\u00a0; suite", "red")

    for lines in (folded(text, console, width), text.wrap(console, width)):
        plain = [line.plain.rstrip() for line in lines]
        assert " ".join(plain) == text.plain
        assert not any(line.startswith((":", ";", "»")) or line.endswith("«") for line in plain)
