"""The tables of reasons, by package walk: every file of the product that has one, wherever it is."""

import ast
from importlib import import_module
from pathlib import Path
from types import ModuleType

import provisioner

PRODUCT = Path(provisioner.__file__).parent


def codes_in(path: Path) -> list[str]:
    """The codes of its kinds: `LATE = kind("late", …)`."""
    text = path.read_text(encoding="utf-8")
    if "kind(" not in text:  # most files: they need not be parsed
        return []
    calls = (node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Call))
    made = (call.args for call in calls if ast.unparse(call.func) == "kind" and len(call.args) >= 2)
    return [ast.literal_eval(code) for code, *_ in made]


CODES = {path: codes for path in sorted(PRODUCT.rglob("*.py")) if (codes := codes_in(path))}
"""By file."""


def tables() -> list[ModuleType]:
    """All of them, loaded."""
    return [import_module(".".join(path.relative_to(PRODUCT.parent).with_suffix("").parts)) for path in CODES]
