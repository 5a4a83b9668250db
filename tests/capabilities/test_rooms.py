"""The core knows no capability, and its tests do not, either."""

import ast
from collections.abc import Iterator
from pathlib import Path

TESTS = Path(__file__).parents[1]
WHOLE = ("bench", "capabilities", "law", "pins", "wall")
"""Tests of capabilities, and of the product with all of them."""


def imported(path: Path) -> Iterator[str]:
    """Every module that a file imports, or imports from; of a file without the word, none."""
    text = path.read_text(encoding="utf-8")
    for node in ast.walk(ast.parse(text)) if "capabilities" in text else ():
        if isinstance(node, ast.ImportFrom):
            yield node.module or ""
        elif isinstance(node, ast.Import):
            yield from (each.name for each in node.names)


def test_no_test_of_the_core_imports_a_capability():
    files = [path for path in TESTS.rglob("*.py") if path.relative_to(TESTS).parts[0] not in WHOLE]
    assert len(files) > 500

    assert [
        f"{path.relative_to(TESTS)}: {module}"
        for path in files
        for module in imported(path)
        if module.startswith(("provisioner.capabilities.", "tests.capabilities."))
    ] == []
