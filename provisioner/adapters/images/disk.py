"""A root in a disk image: ext4, alone or in a partition; read by debugfs, which needs neither root nor a mount."""

import os
import re
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from provisioner.adapters.images.qcow2 import MAGIC, unpack
from provisioner.adapters.images.tools import Asking, output
from provisioner.adapters.images.walking import MOST_BYTES, Kind, root_of
from provisioner.errors import ImageError
from provisioner.model.image_root import ImageQuestion, ImageRoot
from provisioner.reasons.images import UNKNOWN_FORMAT

_SECTOR = 512
_EXT_AT, _EXT = 1024 + 0x38, b"\x53\xef"
"""Where an ext file system has its mark."""
_MOST_LISTED = 16 << 20
"""Bytes of a folder's or a partition table's listing."""
_MOST_PARTITIONS = 128
_ENTRY = re.compile(r"^/(\d+)/(\d+)/\d+/\d+/(.+)/\d*/$")
_FILE, _FOLDER = 0o100000, 0o040000
_KINDS = 0o170000


def root_of_disk(path: Path, file: IO[bytes], question: ImageQuestion) -> ImageRoot:
    """What the first partition with a system has of the question. Raises ImageError, OSError."""
    with _raw(path, file) as raw:
        trees = (DiskTree(path, raw, offset) for offset in _file_systems(path, raw))
        root = next((tree for tree in trees if {"etc", "usr"} <= tree.entries("").keys()), None)
        if root is None:
            raise ImageError(UNKNOWN_FORMAT(path=str(path)))
        return root_of(root, question)


class DiskTree:
    """Asks debugfs by inode: names come from the image, and debugfs has a language of its own."""

    def __init__(self, named: Path, disk: IO[bytes], offset: int) -> None:
        """`named`: for people."""
        self._named, self._disk, self._offset = named, disk, offset
        self._inodes = {"": 2}

    def entries(self, folder: str) -> Mapping[str, Kind]:
        """By name."""
        listed = self._asked("ls -p", folder, most=_MOST_LISTED).decode("utf-8", errors="surrogateescape").split("\n")
        found = [(int(line[1]), int(line[2], 8), line[3]) for entry in listed if (line := _ENTRY.match(entry))]
        inside = [(inode, mode, name) for inode, mode, name in found if name not in (".", "..") and inode]
        self._inodes |= {f"{folder}/{name}" if folder else name: inode for inode, _, name in inside}
        return {name: _kind(mode) for _, mode, name in inside}

    def read(self, path: str) -> bytes:
        """A regular file."""
        return self._asked("cat", path, most=MOST_BYTES, cut=True)

    def _asked(self, command: str, path: str, *, most: int, cut: bool = False) -> bytes:
        place = f"{_place(self._disk)}?offset={self._offset}"
        asking = Asking(self._named, self._disk, most=most, cut=cut)
        return output(asking, "debugfs", "-R", f"{command} <{self._inodes[path]}>", place)


def _kind(mode: int) -> Kind:
    return {_FILE: Kind.FILE, _FOLDER: Kind.FOLDER}.get(mode & _KINDS, Kind.OTHER)


@contextmanager
def _raw(path: Path, file: IO[bytes]) -> Iterator[IO[bytes]]:
    """The disk itself; a qcow2 is unpacked into a temporary file without a name."""
    packed = file.read(len(MAGIC)) == MAGIC
    if not packed:
        yield file
        return
    with tempfile.TemporaryFile(prefix="bascule-image-") as raw:
        unpack(str(path), file, raw)
        yield raw


def _file_systems(path: Path, disk: IO[bytes]) -> Iterator[int]:
    """Where ext file systems begin, in bytes."""
    asking = Asking(path, disk, most=_MOST_LISTED, fails=True)
    listed = output(asking, "partx", "--show", "--noheadings", "--output", "START", _place(disk)).split()
    end = disk.seek(0, os.SEEK_END)
    for offset in (0, *(int(start) * _SECTOR for start in listed[:_MOST_PARTITIONS] if start.isdigit())):
        if offset + _EXT_AT < end:
            disk.seek(offset + _EXT_AT)
            if disk.read(len(_EXT)) == _EXT:
                yield offset


def _place(disk: IO[bytes]) -> str:
    """The open file, whatever is under its name meanwhile."""
    return f"/proc/self/fd/{disk.fileno()}"


__all__ = ["DiskTree", "root_of_disk"]
