"""Folders where somebody else may have put something: no link is followed, nothing is half written.

`Folder`: what is below a folder that is held open. A folder or file that is replaced meanwhile leads nowhere else.

All raise OSError; `Refused`: the system would allow it, but what is there is not what it has to be. `said_of`: its reason.
"""

import os
import stat
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path, PurePosixPath
from types import TracebackType
from typing import Self

from provisioner.reasons import files as reasons
from provisioner.reasons.reason import Reason

_WALK = os.O_PATH | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_LOOK = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC

DRAFT = ".bascule-"
"""How the name of a file begins that is being written: one stays where its writer was killed."""
Owner = tuple[int, int]
"""Numbers of account and group."""


class FileRefused(OSError):
    """What is there is not what it has to be. `why` names the path."""

    def __init__(self, why: Reason, path: str) -> None:
        super().__init__(0, str(why), path)
        self.why = why


def said_of(error: OSError) -> Reason | str:
    """For a reason's argument: why, without the system's number."""
    return error.why if isinstance(error, FileRefused) else error.strerror or str(error)


class Folder:
    """A folder that is held open. Its own path may have links, for somebody has named it; paths below it are not followed."""

    def __init__(self, path: Path) -> None:
        """Raises OSError."""
        self.path = path
        self._root = os.open(path, os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Let go of it."""
        os.close(self._root)

    def status(self, below: str = "") -> os.stat_result | None:
        """Of a path, a link's own; None: there is nothing."""
        if not below:
            return os.fstat(self._root)
        try:
            with self._at(below) as (folder, name):
                return os.stat(name, dir_fd=folder, follow_symlinks=False)
        except FileNotFoundError:
            return None

    def entries(self, below: str = "") -> Mapping[str, os.stat_result]:
        """What a folder holds, by name; of links their own status."""
        with self._held(_parts(below) if below else ()) as folder:
            listing = os.open(".", os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC, dir_fd=folder)
        try:
            return {name: os.stat(name, dir_fd=listing, follow_symlinks=False) for name in os.listdir(listing)}
        finally:
            os.close(listing)

    def open(self, below: str, *, flags: int = _LOOK, mode: int = 0) -> int:
        """A regular file; by default for reading."""
        with self._at(below) as (folder, name):
            file = self._opened(below, name, flags, folder, mode)
        if not stat.S_ISREG(os.fstat(file).st_mode):
            os.close(file)
            raise FileRefused(reasons.NO_REGULAR(path=self._named(below)), self._named(below))
        return file

    def read(self, below: str, *, most: int) -> bytes:
        """The first `most` bytes of a regular file."""
        with os.fdopen(self.open(below), "rb") as file:
            return file.read(most)

    def write(
        self, below: str, content: bytes | Iterable[bytes], *, mode: int, owner: Owner | None = None, new: bool = False
    ) -> None:
        """The whole file or nothing, whatever the umask is. A link in its place is replaced, never followed.

        Folders above it that are not there raise FileNotFoundError: `make`. `new`: FileExistsError if anything is there.
        """
        with self._at(below) as (folder, name):
            draft = f"{DRAFT}{os.urandom(8).hex()}"
            try:
                with os.fdopen(os.open(draft, _NEW, 0o600, dir_fd=folder), "wb") as file:
                    file.writelines([content] if isinstance(content, bytes) else content)
                    if owner is not None:
                        os.fchown(file.fileno(), *owner)
                    os.fchmod(file.fileno(), mode)
                    file.flush()
                    os.fsync(file.fileno())
                if new:
                    os.link(draft, name, src_dir_fd=folder, dst_dir_fd=folder, follow_symlinks=False)
                else:
                    os.rename(draft, name, src_dir_fd=folder, dst_dir_fd=folder)
            except OSError as error:
                error.filename, error.filename2 = self._named(below), None
                raise
            finally:
                with suppress(FileNotFoundError):
                    os.unlink(draft, dir_fd=folder)

    def make(self, below: str, *, mode: int, owner: Owner | None = None) -> None:
        """A folder and those above it, where they are not there yet; only new ones get mode and owner."""
        parts = _parts(below)
        for length in range(1, len(parts) + 1):
            path = "/".join(parts[:length])
            with self._at(path) as (folder, name), suppress(FileExistsError):
                os.mkdir(name, 0o700, dir_fd=folder)
                made = self._opened(path, name, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC, folder)
                try:
                    if owner is not None:
                        os.fchown(made, *owner)
                    os.fchmod(made, mode)
                finally:
                    os.close(made)
        with self._held(parts):
            pass  # what was there is a folder, too

    def status_of(self, below: str, file: int) -> os.stat_result:
        """Of an open file under this name. By the name: the number of names and that this is the file's are of one moment.

        A second name of a file elsewhere, taken away once it was opened, would leave it with a single one.
        """
        there, ours = self.status(below), os.fstat(file)
        if there is None or (there.st_dev, there.st_ino) != (ours.st_dev, ours.st_ino):
            raise FileRefused(reasons.NO_REGULAR(path=self._named(below)), self._named(below))
        return there

    def remove(self, below: str) -> None:
        """A file, or a link itself."""
        with self._at(below) as (folder, name):
            os.unlink(name, dir_fd=folder)

    @contextmanager
    def _at(self, below: str) -> Iterator[tuple[int, str]]:
        """The open folder of a path, and the path's name in it."""
        *folders, name = _parts(below)
        with self._held(folders) as folder:
            yield folder, name

    @contextmanager
    def _held(self, folders: Sequence[str]) -> Iterator[int]:
        held = os.dup(self._root)
        try:
            for number, part in enumerate(folders, start=1):
                above, held = held, self._opened("/".join(folders[:number]), part, _WALK, held)
                os.close(above)
            yield held
        finally:
            os.close(held)

    def _opened(self, below: str, name: str, flags: int, folder: int, mode: int = 0) -> int:
        try:
            return os.open(name, flags, mode, dir_fd=folder)
        except OSError as error:
            error.filename = path = self._named(below)
            with suppress(FileNotFoundError):
                if stat.S_ISLNK(os.stat(name, dir_fd=folder, follow_symlinks=False).st_mode):
                    raise FileRefused(reasons.LINK(path=path), path) from error
            raise

    def _named(self, below: str) -> str:
        return str(self.path / below)


def _parts(below: str) -> tuple[str, ...]:
    parts = PurePosixPath(below).parts
    if not parts or below.startswith("/") or ".." in parts or "\0" in below:
        raise FileRefused(reasons.NO_PLACE(path=below), below)
    return parts


__all__ = ["DRAFT", "FileRefused", "Folder", "Owner", "said_of"]
