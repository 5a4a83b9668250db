"""Finds the files of a tree that match a question: folder by folder, so that what is not of interest is not looked at."""

import enum
from collections.abc import Iterable, Mapping
from fnmatch import fnmatchcase
from typing import Protocol

from provisioner.errors import ImageError
from provisioner.model.machines.image_root import ImageQuestion, ImageRoot
from provisioner.reasons.images import MANY_FILES

MOST_BYTES = 1 << 20
"""Of a text. The largest that is asked for, xrdp.ini, has 11 KB in Debian."""

MOST_FOUND = 10_000
"""Files that match a question, and folders that are looked into: an image has some hundred."""


class Kind(enum.Enum):
    """What an entry of a folder is."""

    FILE = "file"
    FOLDER = "folder"
    OTHER = "other"
    """A link, which is not followed, or a device."""


class Tree(Protocol):
    """A tree of files; the root's path is empty."""

    def entries(self, folder: str) -> Mapping[str, Kind]:
        """By name; empty: there is no such folder. Raises ImageError."""

    def read(self, path: str) -> bytes:
        """At most `MOST_BYTES` of a regular file that `entries` has shown. Raises ImageError."""


def root_of(tree: Tree, question: ImageQuestion) -> ImageRoot:
    """What the tree has of it. Raises ImageError."""
    found: dict[str, Kind] = {}
    _walk(tree, "", [pattern.split("/") for pattern in question.patterns], found, [])
    files = {path: as_text(tree.read(path)) if path in question.texts else "" for path in found if found[path] is Kind.FILE}
    return ImageRoot(files=files, others=frozenset(found) - files.keys())


def as_text(content: bytes) -> str:
    """Whatever it is."""
    return content[:MOST_BYTES].decode("utf-8", errors="replace")


def _walk(tree: Tree, folder: str, patterns: Iterable[list[str]], found: dict[str, Kind], walked: list[str]) -> None:
    """`patterns`: what is left of them below this folder. `walked`: the folders so far."""
    walked.append(folder)
    for name, kind in tree.entries(folder).items():
        path = f"{folder}/{name}" if folder else name
        here = [pattern for pattern in patterns if fnmatchcase(name, pattern[0])]
        if any(len(pattern) == 1 for pattern in here):
            found[path] = kind
        if kind is Kind.FOLDER and (below := [pattern[1:] for pattern in here if len(pattern) > 1]):
            _walk(tree, path, below, found, walked)
        if len(found) + len(walked) > MOST_FOUND:
            raise ImageError(MANY_FILES(path=path, most=MOST_FOUND))


__all__ = ["MOST_BYTES", "MOST_FOUND", "Kind", "Tree", "as_text", "root_of"]
