"""The product's source as trees: each file is parsed once, for all tests that read it."""

import ast
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]


@cache
def trees() -> dict[Path, ast.Module]:
    """Every file of the product, by its path from the checkout."""
    files = (path for top in ("provisioner", "monitors") for path in (ROOT / top).rglob("*.py"))
    return {path.relative_to(ROOT): ast.parse(path.read_text(encoding="utf-8")) for path in files}


__all__ = ["ROOT", "trees"]
