"""How many files of the core still name a capability in their code."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
WORDS = {
    "brokers": re.compile("broker|guacamole", re.IGNORECASE),
    "readiness": re.compile("(?i:drill|canary)|Readiness(?!Level)|^/readiness"),  # a profile has a key of that name
    "rotation": re.compile("rotation", re.IGNORECASE),
}
"""By which a capability is known, for those whose words mean nothing else."""
MOST = {"brokers": 5, "readiness": 5, "rotation": 44}
"""Rotation is no room, and why is in contributing/rotation.md: what gathers it lowers this number, and nothing raises it."""


def named_in(path: Path) -> Iterator[str]:
    """Every identifier and key in a file: what is imported, defined, used, and texts of a single word. No sentence."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and not re.search(r"\s", node.value):
            yield node.value
        yield from (
            name
            for field in ("id", "attr", "arg", "name", "asname", "module")
            if isinstance(name := getattr(node, field, None), str)
        )


@pytest.mark.parametrize("capability", WORDS)
def test_few_files_of_the_core_name_it(capability: str):
    core = [
        path for root in ("provisioner", "monitors") for path in (ROOT / root).rglob("*.py") if "capabilities" not in path.parts
    ]
    assert len(core) > 500
    naming = {str(path.relative_to(ROOT)) for path in core if any(map(WORDS[capability].search, named_in(path)))}

    assert len(naming) <= MOST[capability], sorted(naming)
