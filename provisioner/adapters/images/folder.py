"""A root that is mounted or unpacked in a folder."""

import os
from collections.abc import Mapping
from pathlib import Path

from provisioner.adapters.images.walking import MOST_BYTES, Kind
from provisioner.errors import ImageError
from provisioner.reasons.images import UNREADABLE_PART


class FolderTree:
    """Links are not followed: in an image they lead to this machine's own files."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def entries(self, folder: str) -> Mapping[str, Kind]:
        """By name."""
        try:
            with os.scandir(self._root / folder) as listed:
                return {entry.name: _kind(entry) for entry in listed}
        except OSError as error:
            raise _unreadable(error) from error

    def read(self, path: str) -> bytes:
        """A regular file."""
        try:
            with (self._root / path).open("rb") as file:
                return file.read(MOST_BYTES)
        except OSError as error:
            raise _unreadable(error) from error


def _kind(entry: "os.DirEntry[str]") -> Kind:
    if entry.is_dir(follow_symlinks=False):
        return Kind.FOLDER
    return Kind.FILE if entry.is_file(follow_symlinks=False) else Kind.OTHER


def _unreadable(error: OSError) -> ImageError:
    return ImageError(UNREADABLE_PART(path=str(error.filename), said=error.strerror or ""))


__all__ = ["FolderTree"]
