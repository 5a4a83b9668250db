"""Change values in a YAML file's text and keep everything else, comments above all. Pure."""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from ruamel.yaml import YAML

_COMMENT = re.compile(r"(?<=\S)\s{2,}#.*$")
Path = tuple[str | int, ...]


class YamlText:
    """The text, and the changes to it. Positions are those of the original text."""

    def __init__(self, text: str) -> None:
        self._lines = text.split("\n")
        self._root: Any = YAML(typ="rt").load(text)
        self._changes: dict[tuple[int, int], list[str]] = {}

    def put(self, path: Path, value: object) -> None:
        """Another value: a text, a number, a truth, a list or a mapping. A comment behind a single line stays."""
        first, last, key = self._place(path)
        indent = " " * self._column(path)
        comment = found[0] if first == last and (found := _COMMENT.search(self._lines[first])) else ""
        lines = _rendered(f"{indent}{key}:", value, indent)
        self._changes[(first, last + 1)] = [lines[0] + comment, *lines[1:]]

    def comment_out(self, path: Path) -> None:
        """As if the key were not there; the line stays, to be taken up by hand."""
        first, last, _ = self._place(path)
        column = self._column(path)
        lines = [f"{line[:column]}# {line[column:]}" for line in self._lines[first : last + 1]]
        self._changes[(first, last + 1)] = lines

    def rename(self, path: Path, name: str) -> None:
        """Another name for a key whose value is a mapping."""
        first = self._parent(path).lc.key(path[-1])[0]
        self._changes[(first, first + 1)] = [f"{' ' * self._column(path)}{scalar(name)}:"]

    def swap(self, old: str, new: str) -> None:
        """Whole lines instead of others, for what is commented out in the original. A comment behind a line stays.

        Raises ValueError unless they are there once.
        """
        wanted, bare = old.split("\n"), [_COMMENT.sub("", line) for line in self._lines]
        found = [at for at in range(len(bare)) if bare[at : at + len(wanted)] == wanted]
        if len(found) != 1:
            raise ValueError(f"{len(found)} places for {wanted[0]!r}")
        first, end = found[0], found[0] + len(wanted)
        lines = new.split("\n")
        for at, line in enumerate(lines[: len(wanted)]):
            comment = self._lines[first + at].removeprefix(bare[first + at])
            lines[at] = f"{line.ljust(len(wanted[at]))}{comment}" if comment else line
        self._changes[(first, end)] = lines

    def add_after(self, path: Path, name: str, value: object) -> None:
        """A key that the original lacks, behind another."""
        _, last, _ = self._place(path)
        self._changes[(last + 1, last + 1)] = [f"{' ' * self._column(path)}{name}: {scalar(value)}"]

    def text(self) -> str:
        """The text with all changes."""
        lines = list(self._lines)
        for (first, end), new in sorted(self._changes.items(), reverse=True):
            lines[first:end] = new
        return "\n".join(lines)

    def _parent(self, path: Path) -> Any:
        node = self._root
        for part in path[:-1]:
            node = node[part]
        return node

    def _column(self, path: Path) -> int:
        column: int = self._parent(path).lc.key(path[-1])[1]
        return column

    def _place(self, path: Path) -> tuple[int, int, str]:
        """First and last line, and the key."""
        parent = self._parent(path)
        first: int = parent.lc.key(path[-1])[0]
        return first, max(first, _last_line(parent, path[-1])), str(path[-1])


def scalar(value: object) -> str:
    """A single value as YAML: plain if that reads as the same value."""
    if isinstance(value, str):
        plain = "" if not value or value != value.strip() or "\n" in value else value
        try:
            same = bool(plain) and YAML(typ="safe").load(f"k: {plain}") == {"k": value}
        except Exception:
            same = False
        return plain if same else json.dumps(value, ensure_ascii=False)
    return json.dumps(value)


def _rendered(head: str, value: object, indent: str) -> list[str]:
    if isinstance(value, Mapping):
        return [
            head,
            *(line for key, part in value.items() for line in _rendered(f"{indent}  {scalar(key)}:", part, f"{indent}  ")),
        ]
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [head, *(line for part in value for line in _item(part, f"{indent}  "))] if value else [f"{head} []"]
    return [f"{head} {scalar(value)}"]


def _item(value: object, indent: str) -> list[str]:
    if not isinstance(value, Mapping):
        return [f"{indent}- {scalar(value)}"]
    lines = [line for key, part in value.items() for line in _rendered(f"{indent}  {scalar(key)}:", part, f"{indent}  ")]
    return [f"{indent}- {lines[0].lstrip()}", *lines[1:]]


def _last_line(parent: Any, key: str | int) -> int:
    node: Any = parent[key]
    if isinstance(node, Mapping):
        return max((_last_line(node, part) for part in node), default=0)
    if isinstance(node, list):
        lines = [node.lc.item(at)[0] for at in range(len(node))]  # type: ignore[attr-defined]
        inner = [_last_line(part, name) for part in node if isinstance(part, Mapping) for name in part]
        return max([*lines, *inner], default=0)
    line: int = parent.lc.value(key)[0]
    return line
