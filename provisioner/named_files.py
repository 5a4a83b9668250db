"""The one reader of files that a configuration or a command names: regular files only, and no more than is good for them.

A pipe would be waited for, a device never ends, and a folder opens like a file. Nothing is opened for writing. Standard library
only, for commands that must start at once.
"""

import errno
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from io import BufferedReader
from pathlib import Path

from provisioner.reasons.files import FILE_LARGE, NOT_REGULAR

MOST_BYTES = 64_000_000
"""Of a file that has no bound of its own: certificates, host keys, a directory, of which 2,500 people without photographs take
2 MB."""


class UnfitFile(OSError):
    """It is there, and not such as can be read. Its `strerror` is a reason."""


def read_named(path: Path, *, most: int = MOST_BYTES) -> bytes:
    """All of a regular file. Raises OSError, and UnfitFile above `most` bytes; ValueError: no file can have this name."""
    with open_named(path) as file:
        return _whole(file, path, most)


def read_text_named(path: Path, *, most: int = MOST_BYTES) -> str:
    """The same as text; UnicodeDecodeError (a ValueError) for what is not UTF-8."""
    return read_named(path, most=most).decode("utf-8")


def read_text_given(path: Path) -> str:
    """The same of a file that a person names on a command line: it may be a pipe, `<(…)`, and is bounded all the same."""
    with path.open("rb") as file:
        return _whole(file, path, MOST_BYTES).decode("utf-8")


def look_at_named(path: Path, *, most: int = MOST_BYTES) -> None:
    """Whether it can be read: its first byte is. Raises as `read_named`."""
    with open_named(path) as file:
        file.read(1)
        if os.fstat(file.fileno()).st_size > most:
            raise UnfitFile(errno.EFBIG, FILE_LARGE(limit=most), str(path))


@contextmanager
def open_named(path: Path, *, follow: bool = True) -> Iterator[BufferedReader]:
    """A regular file, open for reading. `follow`: whether it may be a link. Raises OSError and ValueError."""
    with os.fdopen(open_regular(path, follow=follow), "rb") as file:
        yield file


def open_regular(path: Path, *, follow: bool = True, pipe: bool = False) -> int:
    """Its descriptor, to be closed by the caller. `pipe`: it may be one, too. Raises OSError and ValueError."""
    flags = os.O_RDONLY | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC
    file = os.open(path, flags if follow else flags | os.O_NOFOLLOW)
    mode = os.fstat(file).st_mode
    if stat.S_ISREG(mode):
        return file
    if pipe and stat.S_ISFIFO(mode):
        os.set_blocking(file, True)
        return file
    os.close(file)
    if stat.S_ISDIR(mode):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
    raise UnfitFile(errno.EINVAL, NOT_REGULAR(), str(path))


def _whole(file: BufferedReader, path: Path, most: int) -> bytes:
    raw = file.read(most + 1)
    if len(raw) > most:
        raise UnfitFile(errno.EFBIG, FILE_LARGE(limit=most), str(path))
    return raw


__all__ = [
    "MOST_BYTES",
    "UnfitFile",
    "look_at_named",
    "open_named",
    "open_regular",
    "read_named",
    "read_text_given",
    "read_text_named",
]
