"""Writes the drawing of the packages in ARCHITECTURE.md: `python -m tests.architecture`.

Which package stands above which is the import contract's word (pyproject.toml), what each is for its own docstring's.
"""

import ast
import textwrap
import tomllib
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "ARCHITECTURE.md"
TOP = "provisioner"
BEGIN, END = f"```\n{TOP}/\n", "```\n"
WIDTH, COLUMN = 132, 18
SHOWN = 2
"""Of a package with more layers than that its own are shown, too."""
FOLDERS = """\
config/            examples of everything that a site writes; config/schema/ is generated, for editors
ansible/           the role that installs the daemon
tests/             mirrors of the packages, and much that crosses them; docs/en/tests.md says what guards what
"""
"""What no contract is about."""
Layers = list[list[str]]


def layers(container: str) -> Layers:
    """The contract's layers of a package, from the top down; those side by side do not import each other. None: no contract."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]["contracts"]
    found = [each["layers"] for each in contracts if each["type"] == "layers" and each["containers"] == [container]]
    return [layer.split(" | ") for layer in found[0]] if found else []


def drawing() -> str:
    """The lines of the block."""
    lines = (line for alike, group in groupby(layers(TOP), key=_is_files) for line in _drawn(alike, list(group)))
    return "\n".join([*lines, _described("monitors", "", ""), FOLDERS])


def page(text: str) -> str:
    """The page with the drawing as the contracts and the packages are now."""
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}{drawing()}{END}{after}"


def _is_files(layer: list[str]) -> bool:
    return not any((ROOT / TOP / name).is_dir() for name in layer)


def _drawn(files: bool, group: Layers) -> Iterator[str]:
    """Layers of single files that follow each other are one line, and packages a line each, `|` before those side by side."""
    if files and len(group) > 1:
        yield from textwrap.wrap(_row(group), WIDTH, initial_indent="  ", subsequent_indent="  ")
        return
    for layer in group:
        for name in layer:
            yield _described(name, TOP, "  " if name == layer[0] else "| ")
            inner = layers(f"{TOP}.{name}")
            if len(inner) > SHOWN:
                yield from textwrap.wrap(_row(inner), WIDTH, initial_indent="    ", subsequent_indent="    ")


def _row(group: Layers) -> str:
    return " > ".join(" | ".join(layer) for layer in group)


def _described(name: str, above: str, mark: str) -> str:
    """A package, and what a line has room for of its docstring's first paragraph: whole sentences, or a part of the first."""
    package = ROOT / above / name
    file, shown = (package / "__init__.py", f"{name}/") if package.is_dir() else (package.with_suffix(".py"), f"{name}.py")
    said = ast.get_docstring(ast.parse(file.read_text(encoding="utf-8"))) or ""
    text = " ".join(said.partition("\n\n")[0].split())
    for between in (". ", ", "):
        while between in text and len(text.removesuffix(".")) > WIDTH - COLUMN - 1:
            text = text.rpartition(between)[0]
    return f"{mark}{shown}".ljust(COLUMN) + " " + text.removesuffix(".")


if __name__ == "__main__":
    PAGE.write_text(page(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
