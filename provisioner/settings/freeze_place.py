"""The freeze file that a configuration names, found even if the rest of it is faulty. Standard library only.

For `bascule freeze`, which must not wait. YAML is not parsed here: it may be broken, and the parser is slow to load. Only the
line of `freeze_file` is read. Where that could be misread, no file is named: then the caller takes the file that every daemon
watches.
"""

import json
import re
from dataclasses import dataclass
from pathlib import Path

from provisioner.named_files import open_named

_MAX_BYTES = 1_000_000
"""A larger file is not a configuration."""
_KEY = re.compile(r"""^(?P<indent>[ ]*)(?P<quote>["']?)freeze_file(?P=quote)[ ]*:(?P<value>[ ].*|)$""", re.MULTILINE)
_DOUBLE = re.compile(r'("(?:[^"\\]|\\.)*")[ ]*(?:[ ]#.*)?')
_SINGLE = re.compile(r"'((?:[^']|'')*)'[ ]*(?:[ ]#.*)?")
_PLAIN = re.compile(r"([\w./][^\s:#]*(?:[ ]+[^\s:#]+)*)[ ]*(?:[ ]#.*)?")


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedPlaces:
    """What a configuration says about the place of a freeze, as far as it can be read."""

    file: Path | None = None
    """Its freeze file; None: it names none, or not readably."""
    elsewhere: bool = False
    """Whether its store may be on another machine, and the daemon too."""


def named_places(config: Path) -> NamedPlaces:
    """Look into a configuration, which may be faulty or missing."""
    try:
        with open_named(config) as file:
            text = file.read(_MAX_BYTES).decode(errors="replace")
    except (OSError, ValueError):
        return NamedPlaces()
    name = _named(text)
    return NamedPlaces(file=None if not name else (config.parent / name).absolute(), elsewhere="postgresql" in text)


def _named(text: str) -> str | None:
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        return _named_in_lines(text)
    name = document.get("freeze_file") if isinstance(document, dict) else None
    return name if isinstance(name, str) else None


def _named_in_lines(text: str) -> str | None:
    found = list(_KEY.finditer(text))
    if len(found) != 1 or found[0]["indent"] or _goes_on(text[found[0].end() :]):
        return None
    value = found[0]["value"].strip()
    if match := _DOUBLE.fullmatch(value):
        return _unescaped(match[1])
    if match := _SINGLE.fullmatch(value):
        return match[1].replace("''", "'")
    match = _PLAIN.fullmatch(value)
    return match[1] if match else None


def _goes_on(after: str) -> bool:
    """Whether the value may go on in the next line."""
    line = next((line for line in after.split("\n")[1:] if line.strip() and not line.lstrip().startswith("#")), "")
    return line.startswith((" ", "\t"))


def _unescaped(quoted: str) -> str | None:
    try:
        name = json.loads(quoted)
    except ValueError:
        return None
    return name if isinstance(name, str) else None
