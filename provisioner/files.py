"""Files where somebody else may have put something: no link is followed, nothing is half written, a secret has one owner.

* `Folder`: what is below a folder that is held open. A folder or file that is replaced meanwhile leads nowhere else.
* `open_private`, `read_private`, `replace_private`, `append_private`: files that hold secrets, or decide who may do what. What
  others can change is not believed: they would give themselves a role, or have the daemon use a password of their choice.

All raise OSError; `Refused`: the system would allow it, but what is there is not what it has to be. `said_of`: its reason.
"""

import os
import pwd
import secrets
import stat
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path, PurePosixPath
from types import TracebackType
from typing import Self

from provisioner.named_files import open_regular
from provisioner.reasons import files
from provisioner.reasons import held_files as reasons
from provisioner.reasons.reason import Reason

_WALK = os.O_PATH | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_LOOK = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
_ADD = os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
_OTHERS = stat.S_IWGRP | stat.S_IWOTH

DRAFT = ".bascule-"
"""How the name of a file begins that is being written: one stays where its writer was killed."""
Owner = tuple[int, int]
"""Numbers of account and group."""


class Refused(OSError):
    """What is there is not what it has to be. `why` names the path."""

    def __init__(self, why: Reason, path: str) -> None:
        super().__init__(0, str(why), path)
        self.why = why


def said_of(error: OSError) -> Reason | str:
    """For a reason's argument: why, without the system's number."""
    return error.why if isinstance(error, Refused) else error.strerror or str(error)


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
            raise Refused(reasons.NO_REGULAR(path=self._named(below)), self._named(below))
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
            draft = f"{DRAFT}{secrets.token_hex(8)}"
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
            raise Refused(reasons.NO_REGULAR(path=self._named(below)), self._named(below))
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
                    raise Refused(reasons.LINK(path=path), path) from error
            raise

    def _named(self, below: str) -> str:
        return str(self.path / below)


def open_private(path: Path, *, secret: bool = True) -> int:
    """A descriptor for reading a file that nobody else can change. `secret`: that not everyone may read, either.

    It is looked at once it is open, so that nobody can exchange it in between. Links in its own path are followed, for somebody
    has named it.
    """
    file = open_regular(path)
    try:
        _check_exposure(path, os.fstat(file), path.parent.stat(), secret=secret)
    except BaseException:
        os.close(file)
        raise
    return file


def read_private(path: Path, *, most: int, secret: bool = True) -> bytes:
    """At most `most` bytes of such a file."""
    with os.fdopen(open_private(path, secret=secret), "rb") as file:
        content = file.read(most + 1)
    if len(content) > most:
        raise Refused(reasons.LARGE(path=str(path), most=most), str(path))
    return content


def replace_private(path: Path, content: bytes, *, mode: int = 0o600, secret: bool = True) -> None:
    """In one step. What is there already keeps its mode and its owner, and is refused where it would not be read."""
    with Folder(path.absolute().parent) as folder:
        owner, there = None, folder.status(path.name)
        if there is not None:
            _check(path, there, folder, secret=secret, for_others=True)
            mode, owner = stat.S_IMODE(there.st_mode), (there.st_uid, there.st_gid)
        folder.write(path.name, content, mode=mode, owner=owner)


def append_private(path: Path, line: str, *, secret: bool = True) -> None:
    """A line of its own, whoever adds another meanwhile. A new file can be read by everyone unless it is `secret`."""
    mode = 0o600 if secret else 0o644
    with Folder(path.absolute().parent) as folder, os.fdopen(folder.open(path.name, flags=_ADD, mode=mode), "rb+", 0) as file:
        status = folder.status_of(path.name, file.fileno())
        _check(path, status, folder, secret=secret)
        begun = status.st_size > 0 and os.pread(file.fileno(), 1, status.st_size - 1) != b"\n"
        file.write(f"{chr(10) * begun}{line}\n".encode())


def check_private(path: Path, *, secret: bool = True) -> None:
    """For a file that somebody else opens: raises Refused where `open_private` would."""
    _check_exposure(path, path.stat(), path.parent.stat(), secret=secret)


def _check(path: Path, status: os.stat_result, folder: Folder, *, secret: bool, for_others: bool = False) -> None:
    """Before writing: raises Refused for a link, too, and for a file with a second name."""
    above, named = folder.status(), str(path)
    assert above is not None, "it is held open"
    if stat.S_ISLNK(status.st_mode):
        raise Refused(reasons.LINK(path=named), named)
    if not stat.S_ISREG(status.st_mode) or status.st_nlink != 1:
        raise Refused(reasons.NO_REGULAR(path=named), named)
    _check_exposure(path, status, above, secret=secret, for_others=for_others)


def _check_exposure(
    path: Path, status: os.stat_result, above: os.stat_result, *, secret: bool, for_others: bool = False
) -> None:
    """Raises Refused: somebody else could replace it, or write to it. `for_others`: root writes it for its owner."""
    named, given = str(path), for_others and os.geteuid() == 0 and not above.st_mode & stat.S_IWOTH
    for wrong, why in (
        (secret and status.st_mode & stat.S_IROTH, files.SECRET_PUBLIC(file=named)),
        (status.st_mode & _OTHERS, files.FILE_WRITABLE(file=named)),
        # Whoever owns the folder can put another file there anyway; commands of root's read what is the daemon's.
        (
            not given and status.st_uid not in (0, os.geteuid(), above.st_uid) and not _is_meant_for(status.st_uid, above),
            files.FILE_OF_ANOTHER(file=named, owner=_name(status.st_uid)),
        ),
        (above.st_mode & stat.S_IWOTH and not above.st_mode & stat.S_ISVTX, reasons.OPEN_FOLDER(path=named)),
    ):
        if wrong:
            raise Refused(why, named)


def _is_meant_for(uid: int, above: os.stat_result) -> bool:
    """Whether root alone puts files into the folder, and has given it to this account's group: the file is of its choice."""
    if (above.st_uid, above.st_mode & _OTHERS) != (0, 0) or above.st_gid == 0:
        return False
    try:
        return pwd.getpwuid(uid).pw_gid == above.st_gid
    except KeyError:
        return False


def _name(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return f"uid {uid}"


def _parts(below: str) -> tuple[str, ...]:
    parts = PurePosixPath(below).parts
    if not parts or below.startswith("/") or ".." in parts or "\0" in below:
        raise Refused(reasons.NO_PLACE(path=below), below)
    return parts


__all__ = [
    "DRAFT",
    "Folder",
    "Owner",
    "Refused",
    "append_private",
    "check_private",
    "open_private",
    "read_private",
    "replace_private",
    "said_of",
]
