"""Lines and tables that are wider than the terminal."""

from collections.abc import Sequence
from typing import Any

from rich.cells import cell_len
from rich.console import Console
from rich.containers import Lines
from rich.text import Text

NO_BREAK = "\u00a0"
STAND_IN = "\ue000"
"""As wide as a no-break space. Rich takes that for a space like any other."""


class Unbroken(Text):
    """A text in which no line ends at a no-break space: French has one before `:` and inside « »."""

    def wrap(self, console: Console, width: int, **options: Any) -> Lines:
        """Its lines, each at most that wide."""
        return folded(self, console, width, **options)


def folded(text: Text, console: Console, width: int, **options: Any) -> Lines:
    """As `Text.wrap`, but at a no-break space no line ends."""
    bound = Text(text.plain.replace(NO_BREAK, STAND_IN), spans=text.spans, style=text.style, overflow=text.overflow)
    lines = bound.wrap(console, width, **options)
    for line in lines:
        line.rstrip()
        line.plain = line.plain.replace(STAND_IN, NO_BREAK)
    return lines


def widths(columns: Sequence[Sequence[str]], room: int) -> list[int]:
    """How wide each column is, in cells: all together at most `room`, if possible. `columns`: the heading and each cell.

    No word is cut, unless the words alone are too wide. What is left goes where most cells would still be folded.
    """
    sizes = [sorted(map(cell_len, column)) for column in columns]
    if sum(column[-1] for column in sizes) <= room:
        return [column[-1] for column in sizes]
    taken = _least(columns, room)
    for _cell in range(room - sum(taken)):
        folds = [sum(size > width for size in column) for column, width in zip(sizes, taken, strict=True)]
        if not any(folds):
            break
        taken[folds.index(max(folds))] += 1
    return taken


def _least(columns: Sequence[Sequence[str]], room: int) -> list[int]:
    """The longest word of each column; the widest are cut until all fit."""
    longest = [max((cell_len(word) for cell in column for word in cell.split(" ")), default=0) for column in columns]
    while sum(longest) > room and max(longest) > 1:
        longest[longest.index(max(longest))] -= 1
    return longest
