"""Whether the code that a part measured is still the same: a hash of the modules that it runs.

The modules are those that the part imports, by itself or through others; a part that starts processes runs the command line,
too. The reference twins are in the hash; comments, docstrings and the texts of reasons change no figure, and are not.
"""

import ast
import hashlib
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import grimp  # comes with import-linter

ROOT = Path(__file__).parents[2]
TWINS = ROOT / "config" / "twins"
_MODULES = {"alone": "late_alone"}
"""Parts whose module has another name."""
_PROCESSES = dict.fromkeys(("daemon", "peers", "lends", "receiver"), ("provisioner.cli",))
"""Parts that start the command in a process of its own: what they run is more than they import."""
_WORDS_ONLY = ("provisioner.reasons", "provisioner.texts")
_DOCUMENTED = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)


def old_parts(results: Mapping[str, Mapping[str, Any]]) -> frozenset[str]:
    """The parts whose code has changed since, or of which nobody knows."""
    return frozenset(part for part, found in results.items() if not (said := found.get("code")) or said != hash_of(part))


@cache
def hash_of(part: str) -> str:
    """Of the code that this part of the benchmark runs now: 16 hexadecimal digits."""
    twins = sorted(file for file in TWINS.rglob("*") if file.is_file())
    return digest([*map(file_of, sorted(modules_of(part))), *twins])


def digest(files: Iterable[Path]) -> str:
    """Of what these files do, in this order: 16 hexadecimal digits."""
    found = hashlib.sha256()
    for file in files:
        found.update(f"{file.name}\n{_meaning(file)}\n".encode())
    return found.hexdigest()[:16]


def modules_of(part: str) -> frozenset[str]:
    """What it imports, by itself or through others, and itself."""
    graph = _graph()
    roots = {f"tests.bench.{_MODULES.get(part, part)}", *_PROCESSES.get(part, ())}
    own = {module for root in roots for module in {root} | graph.find_descendants(root)}
    found = own.union(*(graph.find_upstream_modules(module) for module in own))
    return frozenset(module for module in found if not module.startswith(_WORDS_ONLY))


def file_of(module: str) -> Path:
    """Where it is written."""
    path = ROOT.joinpath(*module.split("."))
    return file if (file := path.with_suffix(".py")).exists() else path / "__init__.py"


@cache
def _graph() -> grimp.ImportGraph:
    return grimp.build_graph("provisioner", "monitors", "tests", cache_dir=None)


@cache
def _meaning(file: Path) -> str:
    """Of Python the syntax without places, comments and docstrings; of another file the text."""
    if file.suffix != ".py":
        return file.read_text(encoding="utf-8")
    tree = ast.parse(file.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, _DOCUMENTED):
            node.body = [statement for statement in node.body if not _is_text(statement)]
    return ast.dump(tree)


def _is_text(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
