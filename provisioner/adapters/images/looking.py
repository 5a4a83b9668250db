"""Whatever a path is: its root. Here that of a folder, where one is mounted or unpacked, and of a tar, compressed or not,
which is read once from beginning to end."""

import os
import stat
from collections.abc import Mapping
from pathlib import Path
from typing import IO

from provisioner.adapters.images.disk import root_of_disk
from provisioner.adapters.images.walking import MOST_BYTES, MOST_FOUND, Kind, as_text, root_of
from provisioner.adapters.tar_stream import MemberKind, TarFault, TarStream, is_tar, unpacked
from provisioner.errors import ImageError
from provisioner.files import FileRefused, Folder, said_of
from provisioner.model.machines.image_root import ImageQuestion, ImageRoot, matches
from provisioner.reasons.images import MANY_FILES, UNKNOWN_FORMAT, UNREADABLE, UNREADABLE_PART

_MOST_MEMBERS = 5_000_000
"""A Debian with a desktop has 100,000."""
_MOST_TAR = 64 << 30
_PLAIN, _TIMES = 256 << 20, 200
"""A tar of more than 256 MiB is unpacked to at most 200 times its size: real ones have three or four times."""


def look_at(path: Path, question: ImageQuestion) -> ImageRoot:
    """Of a folder, a tar, a disk image or a block device. Raises ImageError."""
    try:
        if path.is_dir():
            with Folder(path) as folder:
                return root_of(FolderTree(folder), question)
        with os.fdopen(os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC), "rb") as file:
            if not any(kind(os.fstat(file.fileno()).st_mode) for kind in (stat.S_ISREG, stat.S_ISBLK)):
                raise ImageError(UNKNOWN_FORMAT(path=str(path)))  # a pipe, say: reading it would wait without end
            return _root(path, file, question)
    except OSError as error:
        raise ImageError(UNREADABLE(path=str(path), said=error.strerror or str(error))) from error


def _root(path: Path, file: IO[bytes], question: ImageQuestion) -> ImageRoot:
    return _root_of_tar(path, file, question) if is_tar(file) else root_of_disk(path, file, question)


class FolderTree:
    """Links are not followed, also if they are put there meanwhile: in an image they lead to this machine's own files."""

    def __init__(self, root: Folder) -> None:
        self._root = root

    def entries(self, folder: str) -> Mapping[str, Kind]:
        """The folder's entries, by name."""
        try:
            return {name: _kind(found.st_mode) for name, found in self._root.entries(folder).items()}
        except OSError as error:
            raise self._unreadable(folder, error) from error

    def read(self, path: str) -> bytes:
        """A regular file."""
        try:
            return self._root.read(path, most=MOST_BYTES)
        except OSError as error:
            raise self._unreadable(path, error) from error

    def _unreadable(self, path: str, error: OSError) -> ImageError:
        if isinstance(error, FileRefused):
            return ImageError(error.why)
        return ImageError(UNREADABLE_PART(path=str(self._root.path / path), said=said_of(error)))


def _kind(mode: int) -> Kind:
    if stat.S_ISDIR(mode):
        return Kind.FOLDER
    return Kind.FILE if stat.S_ISREG(mode) else Kind.OTHER


def _root_of_tar(path: Path, file: IO[bytes], question: ImageQuestion) -> ImageRoot:
    """What it has of the question. Raises ImageError."""
    try:
        with unpacked(file) as stream:
            tar = TarStream(stream, most_bytes=_most(file), most_members=_MOST_MEMBERS)
            return _root_in(path, tar, question)
    except TarFault as fault:
        raise ImageError(UNREADABLE(path=str(path), said=fault.why)) from fault


def _root_in(path: Path, tar: TarStream, question: ImageQuestion) -> ImageRoot:
    found: dict[str, str | None] = {}
    for member in tar:
        name = member.name.removeprefix("./").strip("/")
        if not any(matches(name, pattern) for pattern in question.patterns):
            continue
        text = as_text(tar.read(MOST_BYTES)) if member.kind is MemberKind.FILE and name in question.texts else ""
        found[name] = text if member.kind is MemberKind.FILE else None  # of the same name the last counts, as for tar
        if len(found) > MOST_FOUND:
            raise ImageError(MANY_FILES(path=str(path), most=MOST_FOUND))
    files = {name: text for name, text in found.items() if text is not None}
    return ImageRoot(files=files, others=frozenset(found) - files.keys())


def _most(file: IO[bytes]) -> int:
    size = file.seek(0, 2)
    file.seek(0)
    return min(_MOST_TAR, max(_PLAIN, _TIMES * size))
