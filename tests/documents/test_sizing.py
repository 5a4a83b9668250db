"""docs/en/sizing.md: its figures are measured ones."""

import re
from pathlib import Path

DOCS = Path(__file__).parents[2] / "docs/en"


def test_each_figure_of_the_tables_is_on_the_page_of_measurements():
    """In a row there; so a new measurement that changes it is noticed."""
    measured = {
        cell.strip() for line in (DOCS / "performance.md").read_text(encoding="utf-8").splitlines() for cell in line.split("|")
    }
    rows = re.findall(r"(?m)^\| ([^|\n]*\d[^\n]*) \|$", (DOCS / "sizing.md").read_text(encoding="utf-8"))
    figures = {cell.strip() for row in rows for cell in row.split("|") if re.fullmatch(r"[\d,.]+", cell.strip())}

    assert len(figures) >= 18
    assert figures - measured == set()


def test_each_figure_of_the_text_is_on_the_page_of_measurements():
    text = (DOCS / "performance.md").read_text(encoding="utf-8")
    figures = re.findall(r"\d[\d,]*\.\d+|\d+(?:\.\d+)?%", (DOCS / "sizing.md").read_text(encoding="utf-8"))

    assert len(figures) >= 10
    assert [figure for figure in figures if figure not in text] == []
