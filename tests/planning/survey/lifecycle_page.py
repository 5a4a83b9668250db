"""Writes docs/en/lifecycle.md from the table of edges: `python -m tests.planning.survey.lifecycle_page`."""

from pathlib import Path

from provisioner.planning.survey.lifecycle import EDGES
from tests.planning.survey.diagram import page

PAGE = Path(__file__).parents[3] / "docs" / "en" / "lifecycle.md"

if __name__ == "__main__":
    PAGE.parent.mkdir(exist_ok=True)
    PAGE.write_text(page(EDGES), encoding="utf-8")
