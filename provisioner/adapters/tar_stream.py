"""A tar of somebody else, read from its beginning to its end: bounded, held nowhere, and no name in it is followed.

Python's tarfile takes memory as a header asks for it; here sizes are looked at first.
"""

import bz2
import enum
import gzip
import io
import lzma
import tarfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO, Any

from provisioner.reasons import files as reasons
from provisioner.reasons.reason import Reason

MOST_NAME = 4096
"""Bytes of a path, as for Linux."""
_MOST_RECORDS = 1 << 20
"""Bytes of what a tar says of its next member: names, attributes."""
_BLOCK = 512
_CHUNK = 1 << 20
_XZ_MEMORY = 256 << 20
"""Of its decoder; `xz -9` needs 65 MiB."""
_LONG_NAME, _LONG_LINK, _SPARSE = tarfile.GNUTYPE_LONGNAME, tarfile.GNUTYPE_LONGLINK, tarfile.GNUTYPE_SPARSE
_SPARSE_GOES_ON, _MORE_GOES_ON = 482, 504
"""Where the header of a sparse file, and what follows it, say that more follows."""


class TarFault(Exception):
    """It is read no further. `why`: the reason."""

    def __init__(self, why: Reason) -> None:
        super().__init__(str(why))
        self.why = why


class MemberKind(enum.Enum):
    """What a member is."""

    FILE = "file"
    FOLDER = "folder"
    OTHER = "other"
    """A link, a device, a pipe."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TarMember:
    """What a tar says of a member; nothing of it is true."""

    name: str
    kind: MemberKind
    size: int
    """Bytes that follow."""


class TarStream:
    """The members of a tar. While one of them is the current, `read` gives its content; all methods raise TarFault."""

    def __init__(self, stream: IO[bytes], *, most_bytes: int, most_members: int) -> None:
        """`stream`: not packed any more, see `unpacked`. `most_bytes`: of everything, headers as well."""
        self._stream, self._most_bytes, self._most_members = stream, most_bytes, most_members
        self._taken, self._left, self._padding = 0, 0, 0

    def __iter__(self) -> Iterator[TarMember]:
        """From here to the end of the stream: a tar that is cut off between two members looks whole otherwise."""
        for _ in range(self._most_members):
            member = self._next()
            if member is None:
                while self._some(_CHUNK):
                    pass
                return
            yield member
        raise TarFault(reasons.TAR_MANY(most=self._most_members))

    def read(self, most: int) -> bytes:
        """Of the current member; empty: it has no more."""
        content = self._exactly(min(most, self._left, _CHUNK))
        self._left -= len(content)
        return content

    def _next(self) -> TarMember | None:
        name, size = "", -1
        for _ in range(self._most_members):
            self._skip()
            header = self._header()
            if header is None:
                return None
            if header.type in (_LONG_NAME, tarfile.XHDTYPE, tarfile.SOLARIS_XHDTYPE):
                records = self._records(header.size)
                said = {b"path": records.rstrip(b"\0")} if header.type == _LONG_NAME else _said(records)
                name = said[b"path"].decode("utf-8", errors="surrogateescape") if b"path" in said else name
                size = _number(said[b"size"]) if b"size" in said else size
            elif header.type in (_LONG_LINK, tarfile.XGLTYPE):
                self._records(header.size)
            else:
                return self._member(header, name or header.name, header.size if size < 0 else size)
        raise TarFault(reasons.TAR_MANY(most=self._most_members))

    def _member(self, header: tarfile.TarInfo, name: str, size: int) -> TarMember:
        if len(name) > MOST_NAME:
            raise TarFault(reasons.TAR_NAME(most=MOST_NAME))
        if not header.isreg() and header.type in tarfile.SUPPORTED_TYPES:
            size = 0
        self._expect(size)
        kind = MemberKind.FILE if header.isreg() else MemberKind.FOLDER if header.isdir() else MemberKind.OTHER
        return TarMember(name=name, kind=kind, size=size)

    def _header(self) -> tarfile.TarInfo | None:
        block = self._exactly(_BLOCK)
        if not any(block):
            return None
        try:
            header = tarfile.TarInfo.frombuf(block, "utf-8", "surrogateescape")
        except tarfile.HeaderError as error:
            raise TarFault(reasons.TAR_DAMAGED(said=str(error))) from error
        goes_on = header.type == _SPARSE and block[_SPARSE_GOES_ON]
        while goes_on:
            goes_on = self._exactly(_BLOCK)[_MORE_GOES_ON]
        return header

    def _records(self, size: int) -> bytes:
        if size > _MOST_RECORDS:
            raise TarFault(reasons.TAR_NAME(most=MOST_NAME))
        self._expect(size)
        content = self._exactly(size)
        self._left = 0
        return content

    def _expect(self, size: int) -> None:
        """That so many bytes follow: before anything is taken for them."""
        if size < 0:
            raise TarFault(reasons.TAR_DAMAGED(said="size"))
        if size > self._most_bytes - self._taken:
            raise TarFault(reasons.TAR_LONG(most=self._most_bytes))
        self._left, self._padding = size, -size % _BLOCK

    def _skip(self) -> None:
        while self._left:
            self.read(_CHUNK)
        self._exactly(self._padding)
        self._padding = 0

    def _exactly(self, size: int) -> bytes:
        content = self._some(size)
        while len(content) < size:
            more = self._some(size - len(content))
            if not more:
                raise TarFault(reasons.TAR_CUT())
            content += more
        return content

    def _some(self, size: int) -> bytes:
        with _faults():
            content = self._stream.read(size)
        self._taken += len(content)
        if self._taken > self._most_bytes:
            raise TarFault(reasons.TAR_LONG(most=self._most_bytes))
        return content


def is_tar(file: IO[bytes]) -> bool:
    """Whether it begins as a tar, packed or not. Zeros do not: ext4 leaves its first block to a boot loader."""
    try:
        with unpacked(file) as stream, _faults():
            block = stream.read(_BLOCK)
        return any(block) and bool(tarfile.TarInfo.frombuf(block, "utf-8", "surrogateescape").name)
    except (TarFault, tarfile.HeaderError):
        return False
    finally:
        file.seek(0)


@contextmanager
def unpacked(file: IO[bytes]) -> Iterator[IO[bytes]]:
    """What a gzip, bzip2 or xz has in it, as it is read; any other file is itself."""
    begin = file.read(6)
    file.seek(0)
    opened: Any = file
    if begin.startswith(b"\x1f\x8b"):
        opened = gzip.GzipFile(fileobj=file, mode="rb")
    elif begin.startswith(b"BZh"):
        opened = bz2.BZ2File(file)
    elif begin.startswith(b"\xfd7zXZ\0"):
        opened = io.BufferedReader(_Xz(file))
    try:
        yield opened
    finally:
        if opened is not file:
            opened.close()


class _Xz(io.RawIOBase):
    """Python's own sets its decoder no bound of memory."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._decoder = _decoder()

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        content = b""
        while not content:
            packed = b""
            if self._decoder.eof:
                packed = self._decoder.unused_data.lstrip(b"\0") or self._file.read(_CHUNK).lstrip(b"\0")
                if not packed:
                    return 0
                self._decoder = _decoder()
            elif self._decoder.needs_input and not (packed := self._file.read(_CHUNK)):
                raise EOFError
            content = self._decoder.decompress(packed, len(buffer))
        buffer[: len(content)] = content
        return len(content)


def _decoder() -> lzma.LZMADecompressor:
    return lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=_XZ_MEMORY)


@contextmanager
def _faults() -> Iterator[None]:
    try:
        yield
    except EOFError as error:
        raise TarFault(reasons.TAR_CUT()) from error
    except (OSError, zlib.error, lzma.LZMAError, ValueError) as error:
        said = (error.strerror if isinstance(error, OSError) else "") or str(error)
        raise TarFault(reasons.TAR_DAMAGED(said=said)) from error


def _said(records: bytes) -> dict[bytes, bytes]:
    """PAX: `length key=value` in lines, the length of the whole line."""
    said = {}
    while records:
        length, _, _ = records.partition(b" ")
        line, records = records[: _number(length)], records[_number(length) :]
        key, equals, value = line[len(length) + 1 :].partition(b"=")
        if not equals or not value.endswith(b"\n"):
            raise TarFault(reasons.TAR_DAMAGED(said="PAX"))
        said[key] = value[:-1]
    return said


def _number(text: bytes) -> int:
    if not text.isdigit() or len(text) > 20:
        raise TarFault(reasons.TAR_DAMAGED(said="PAX"))
    return int(text)


__all__ = ["MOST_NAME", "MemberKind", "TarFault", "TarMember", "TarStream", "is_tar", "unpacked"]
