"""A root in a disk image: ext4, alone or in a partition; read by debugfs, which needs neither root nor a mount."""

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from provisioner.adapters.images.walking import MOST_BYTES, Kind, root_of
from provisioner.errors import ImageError
from provisioner.model.image_root import ImageQuestion, ImageRoot
from provisioner.reasons.images import TOOL_FAILED, TOOL_MISSING, UNKNOWN_FORMAT, UNREADABLE

_SECTOR = 512
_QCOW2 = b"QFI\xfb"
_EXT_AT, _EXT = 1024 + 0x38, b"\x53\xef"
"""Where an ext file system has its mark."""
_TIMEOUT_S = 600.0
"""Unpacking 32 GiB from a slow disk."""
_PACKAGES = {"debugfs": "e2fsprogs", "partx": "util-linux", "qemu-img": "qemu-utils"}
_PATH = os.pathsep.join((os.environ.get("PATH", os.defpath), "/usr/sbin", "/sbin"))
"""People who are not root have no sbin in theirs."""
_ENTRY = re.compile(r"^/(\d+)/(\d+)/\d+/\d+/(.+)/\d*/$")
_FILE, _FOLDER = 0o100000, 0o040000
_KINDS = 0o170000


def root_of_disk(path: Path, question: ImageQuestion) -> ImageRoot:
    """What the first partition with a system has of the question. Raises ImageError."""
    with _raw(path) as raw:
        try:
            trees = [DiskTree(raw, offset) for offset in _file_systems(raw)]
        except OSError as error:
            raise ImageError(UNREADABLE(path=str(path), said=error.strerror or str(error))) from error
        roots = [tree for tree in trees if {"etc", "usr"} <= tree.entries("").keys()]
        if not roots:
            raise ImageError(UNKNOWN_FORMAT(path=str(path)))
        return root_of(roots[0], question)


class DiskTree:
    """Asks debugfs by inode: names come from the image, and debugfs has a language of its own."""

    def __init__(self, disk: Path, offset: int) -> None:
        self._disk = f"{disk}?offset={offset}"
        self._inodes = {"": 2}

    def entries(self, folder: str) -> Mapping[str, Kind]:
        """By name."""
        listed = self._asked("ls -p", folder).decode("utf-8", errors="surrogateescape").split("\n")
        found = [(int(line[1]), int(line[2], 8), line[3]) for entry in listed if (line := _ENTRY.match(entry))]
        inside = [(inode, mode, name) for inode, mode, name in found if name not in (".", "..") and inode]
        self._inodes |= {f"{folder}/{name}" if folder else name: inode for inode, _, name in inside}
        return {name: _kind(mode) for _, mode, name in inside}

    def read(self, path: str) -> bytes:
        """A regular file."""
        return self._asked("cat", path)[:MOST_BYTES]

    def _asked(self, command: str, path: str) -> bytes:
        return _output("debugfs", "-R", f"{command} <{self._inodes[path]}>", self._disk)


def _kind(mode: int) -> Kind:
    return {_FILE: Kind.FILE, _FOLDER: Kind.FOLDER}.get(mode & _KINDS, Kind.OTHER)


@contextmanager
def _raw(path: Path) -> Iterator[Path]:
    """The disk itself; a qcow2 is unpacked beside the other temporary files."""
    with path.open("rb") as file:
        packed = file.read(len(_QCOW2)) == _QCOW2
    if not packed:
        yield path
        return
    with tempfile.TemporaryDirectory(prefix="bascule-image-") as folder:
        raw = Path(folder) / "disk.raw"
        _output("qemu-img", "convert", "-f", "qcow2", "-O", "raw", str(path), str(raw))
        yield raw


def _file_systems(raw: Path) -> Iterator[int]:
    """Where ext file systems begin, in bytes."""
    listed = _output("partx", "--show", "--noheadings", "--output", "START", str(raw), fails=True).split()
    with raw.open("rb") as disk:
        for offset in (0, *(int(start) * _SECTOR for start in listed)):
            disk.seek(offset + _EXT_AT)
            if disk.read(len(_EXT)) == _EXT:
                yield offset


def _output(tool: str, *arguments: str, fails: bool = False) -> bytes:
    """What a tool prints. `fails`: that it ends with an error is an answer, too."""
    found = shutil.which(tool, path=_PATH) or tool
    try:
        command = [found, *arguments]
        done = subprocess.run(command, check=False, capture_output=True, timeout=_TIMEOUT_S)  # noqa: S603 (our words, no shell)
    except FileNotFoundError as error:
        raise ImageError(TOOL_MISSING(path=arguments[-1], tool=tool, package=_PACKAGES[tool])) from error
    except subprocess.TimeoutExpired as error:
        raise ImageError(TOOL_FAILED(path=arguments[-1], tool=tool, said=str(error))) from error
    if done.returncode and not fails:
        said = done.stderr.decode("utf-8", errors="replace").strip()[:200]
        raise ImageError(TOOL_FAILED(path=arguments[-1], tool=tool, said=said))
    return done.stdout


__all__ = ["DiskTree", "root_of_disk"]
