"""Names that say nothing: a variable is named for what it holds."""

import ast
import re
from collections.abc import Iterator

from tests.builders.source import ROOT, trees

EMPTY = {"one", "ones", "those", "told", "seen"}
PUBLIC = {"provisioner/model/machines/drift.py": "seen"}
"""Fields that `--json` prints: their names stay."""
BINDS = re.compile(rf"\b(?:{'|'.join(sorted(EMPTY))})(?:\s*(?:[:=,()\]]|in\b)|$)", re.MULTILINE)
"""What stands behind a name where it is bound, and in some prose: only such files are parsed."""


def test_no_variable_argument_or_function_has_an_empty_name() -> None:
    files = [path.relative_to(ROOT) for top in ("provisioner", "monitors", "tests") for path in (ROOT / top).rglob("*.py")]
    assert len(files) > 700
    texts = {file: text for file in files if BINDS.search(text := (ROOT / file).read_text(encoding="utf-8"))}
    names = [(file, name, line) for file, text in texts.items() for name, line in bound(ast.parse(text))]
    assert [
        f"{file}:{line} {name}" for file, name, line in names if name in EMPTY and PUBLIC.get(file.as_posix()) != name
    ] == []


def bound(tree: ast.AST) -> Iterator[tuple[str, int]]:
    """Every name that a module gives to something, with its line."""
    for node in ast.walk(tree):
        match node:
            case ast.Name(id=name, ctx=ast.Store()) | ast.arg(arg=name) | ast.Attribute(attr=name, ctx=ast.Store()):
                yield name, node.lineno
            case ast.FunctionDef(name=name) | ast.ClassDef(name=name) | ast.AsyncFunctionDef(name=name):
                yield name, node.lineno
            case ast.MatchAs(name=str(name)) | ast.MatchStar(name=str(name)) | ast.ExceptHandler(name=str(name)):
                yield name, node.lineno
            case _:
                pass


def test_the_check_finds_each_way_to_bind_a_name() -> None:
    source = """
def f(one):
    self.told = 1
    [those for those in x]
    with a as seen: pass
    match x:
        case ones: pass
"""
    assert {name for name, _ in bound(ast.parse(source))} >= EMPTY
    assert set(re.findall(r"\w+", " ".join(BINDS.findall(source)))) >= EMPTY


def test_no_public_class_name_stands_for_two_things() -> None:
    """Issue 37: 57 names stood twice or more, `Verdict` and `OutsideHours` three times."""
    homes: dict[str, list[str]] = {}
    for file, tree in trees().items():
        for node in tree.body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                homes.setdefault(node.name, []).append(file.as_posix())

    assert len(homes) > 1000
    assert {name: files for name, files in homes.items() if len(files) > 1} == {}
