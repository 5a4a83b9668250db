"""The rows and headings of docs/en/failures.md, and which test plays each."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

PAGE = Path(__file__).parents[2] / "docs" / "en" / "failures.md"
_HEADS = ("error", "fault")
Test = TypeVar("Test", bound=Callable[..., None])

PLAYED: set[str] = set()
"""What some test says that it plays."""


def plays(*rows: str) -> Callable[[Test], Test]:
    """Marks a test: it plays these rows, by the first words of their first cell, or these headings."""
    PLAYED.update(rows)
    return lambda test: test


def rows() -> Iterator[str]:
    """The first cell of each row of the tables, then each heading, as they read."""
    for line in PAGE.read_text(encoding="utf-8").splitlines():
        if line.startswith("## "):
            yield line[3:]
        elif line.startswith("| ") and (cell := line.split("|")[1].strip()) not in _HEADS:
            yield re.sub(r"[`*]", "", cell)


__all__ = ["PAGE", "PLAYED", "plays", "rows"]
