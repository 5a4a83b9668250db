"""A root in a disk image: ext4, alone or in a partition; read by debugfs, which needs neither root nor a mount.

What programs say that look into a disk is somebody else's, so bytes, time and memory of theirs are bounded.
"""

import os
import re
import resource
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from provisioner.adapters.images.qcow2 import MAGIC, unpack
from provisioner.adapters.images.walking import MOST_BYTES, Kind, root_of
from provisioner.errors import ImageError
from provisioner.model.machines.image_root import ImageQuestion, ImageRoot
from provisioner.reasons.images import TOOL_FAILED, TOOL_LONG, TOOL_MISSING, UNKNOWN_FORMAT

_SECTOR = 512
_EXT_AT, _EXT = 1024 + 0x38, b"\x53\xef"
"""Where an ext file system has its mark."""
_MOST_LISTED = 16 << 20
"""Bytes of a folder's or a partition table's listing."""
_MOST_PARTITIONS = 128
_ENTRY = re.compile(r"^/(\d+)/(\d+)/\d+/\d+/(.+)/\d*/$")
_FILE, _FOLDER = 0o100000, 0o040000
_KINDS = 0o170000
_PACKAGES = {"debugfs": "e2fsprogs", "partx": "util-linux"}
_PATH = os.pathsep.join((os.environ.get("PATH", os.defpath), "/usr/sbin", "/sbin"))
"""People who are not root have no sbin in theirs."""
_LIMITS: Mapping[int, int] = {resource.RLIMIT_CPU: 60, resource.RLIMIT_AS: 1 << 30, resource.RLIMIT_FSIZE: 1 << 20}
"""Seconds of a processor; bytes of memory; bytes of its complaints."""
_CHUNK = 1 << 16


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
        """The folder's entries, by name."""
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
        asking = _Asking(self._named, self._disk, most=most, cut=cut)
        return _output(asking, "debugfs", "-R", f"{command} <{self._inodes[path]}>", place)


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
    asking = _Asking(path, disk, most=_MOST_LISTED, fails=True)
    listed = _output(asking, "partx", "--show", "--noheadings", "--output", "START", _place(disk)).split()
    end = disk.seek(0, os.SEEK_END)
    for offset in (0, *(int(start) * _SECTOR for start in listed[:_MOST_PARTITIONS] if start.isdigit())):
        if offset + _EXT_AT < end:
            disk.seek(offset + _EXT_AT)
            if disk.read(len(_EXT)) == _EXT:
                yield offset


def _place(disk: IO[bytes]) -> str:
    """The open file, whatever is under its name meanwhile."""
    return f"/proc/self/fd/{disk.fileno()}"


@dataclass(frozen=True, slots=True)
class _Asking:
    """About which disk, and how much is listened to."""

    named: Path
    disk: IO[bytes]
    most: int
    """Bytes."""
    cut: bool = False
    """More than `most` is not an error: the rest is not wanted."""
    fails: bool = False
    """That the program ends with an error is an answer, too."""


def _output(asking: _Asking, tool: str, *arguments: str) -> bytes:
    """What a program prints. Raises ImageError."""
    found = shutil.which(tool, path=_PATH) or tool
    with tempfile.TemporaryFile() as complaints:
        try:
            running = subprocess.Popen(  # noqa: S603 (our words, no shell)
                [found, *arguments],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=complaints,
                pass_fds=[asking.disk.fileno()],
            )
        except FileNotFoundError as error:
            raise ImageError(TOOL_MISSING(path=str(asking.named), tool=tool, package=_PACKAGES[tool])) from error
        content, ended = _listened(running, asking.most)
        if ended is None and not asking.cut:
            raise ImageError(TOOL_LONG(path=str(asking.named), tool=tool, most=asking.most))
        if ended and not asking.fails:
            complaints.seek(0)
            said = complaints.read(200).decode("utf-8", errors="replace").strip() or str(ended)
            raise ImageError(TOOL_FAILED(path=str(asking.named), tool=tool, said=said))
    return content


def _listened(running: "subprocess.Popen[bytes]", most: int) -> tuple[bytes, int | None]:
    """What it has printed, and its exit code; None: it had more to say."""
    with running:
        try:
            _bound(running.pid)
            assert running.stdout is not None, "it is a pipe"
            content = running.stdout.read(most + 1)
            return content[:most], None if len(content) > most else running.wait()
        finally:
            running.kill()


def _bound(pid: int) -> None:
    for limit, most in _LIMITS.items():
        with suppress(ProcessLookupError, ValueError, PermissionError):  # it has ended, or has a lower one already
            resource.prlimit(pid, limit, (most, most))


__all__ = ["DiskTree", "root_of_disk"]
