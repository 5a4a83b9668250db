"""Words of the product's source: a docstring has a noun, and what something is not is said with "not"."""

import ast
import re
from collections.abc import Iterator

from tests.builders.source import ROOT, trees

WITHOUT_A_NOUN = re.compile(r"(Of|By|For|From|In|With|As|After|Also|To|On|At|Up|Under|Below|Within)\b")
SHORT = 4
"""Words: a longer phrase has a noun that it is about."""
NO_ATTRIBUTE = re.compile(
    r"\b(?<!there )(?:is|are|was|were) no (?!longer|later|older|fewer|more than|less than|such|matter|way)\w+"
)
TEXTS = ("provisioner/**/*.py", "monitors/**/*.py", "docs/en/*.md", "contributing/*.md", "README.md", "ARCHITECTURE.md")


def docstrings(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Every text that stands alone: of modules, classes, functions and attributes."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
            yield node.lineno, node.value.value


def test_a_docstring_has_a_noun() -> None:
    """Issue 37: "Of `--json`." says of what, and not what."""
    texts = [(file, line, text) for file, tree in trees().items() for line, text in docstrings(tree)]

    assert len(texts) > 5000
    assert [
        f"{file}:{line} {text}" for file, line, text in texts if len(text.split()) <= SHORT and WITHOUT_A_NOUN.match(text)
    ] == []


def test_what_something_is_not_is_said_with_not() -> None:
    """Issue 37: "'x' is no attribute" is not English."""
    files = [path for pattern in TEXTS for path in ROOT.glob(pattern) if path.name != "performance.md"]  # it quotes results
    found = [(path, match) for path in files for match in NO_ATTRIBUTE.finditer(path.read_text(encoding="utf-8"))]

    assert len(files) > 700
    assert [f"{path.relative_to(ROOT)}: {match[0]}" for path, match in found if not _there(match)] == []


def _there(match: re.Match[str]) -> bool:
    """Whether it says that something is not there: "Where there is no X", "there may be no X"."""
    return bool(re.search(r"\b[Tt]here( \w+)?\s+$", match.string[: match.start()][-30:]))
