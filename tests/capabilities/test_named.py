"""How many files of the core still name a capability in their code."""

import ast
import re
from collections.abc import Iterator
from functools import cache

import pytest

from tests.builders.source import trees

WORDS = {
    "brokers": re.compile("broker|guacamole", re.IGNORECASE),
    "readiness": re.compile("(?i:drill|canary)|Readiness(?!Level)|^/readiness"),  # a profile has a key of that name
    "rotation": re.compile("rotation", re.IGNORECASE),
}
"""By which a capability is known, for those whose words mean nothing else."""
MOST = {"brokers": 5, "readiness": 5, "rotation": 44}
"""Rotation is no room, and why is in contributing/rotation.md: what gathers it lowers this number, and nothing raises it."""


@cache
def core() -> dict[str, str]:
    """Of each file of the core every identifier and key: what is imported, defined, used, and texts of a single word."""
    files = {file: tree for file, tree in trees().items() if "capabilities" not in file.parts}
    return {str(file): "\n".join(sorted(set(named_in(tree)))) for file, tree in files.items()}


def named_in(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and not re.search(r"\s", node.value):
            yield node.value
        yield from (
            name
            for field in ("id", "attr", "arg", "name", "asname", "module")
            if isinstance(name := getattr(node, field, None), str)
        )


@pytest.mark.parametrize("capability", WORDS)
def test_few_files_of_the_core_name_it(capability: str):
    assert len(core()) > 500
    naming = [file for file, names in core().items() if WORDS[capability].search(names)]

    assert len(naming) <= MOST[capability], sorted(naming)
