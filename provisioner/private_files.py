"""Files that hold secrets, or decide who may do what: read and written only where nobody else can change them.

What others can change is not believed: they would give themselves a role, or have the daemon use a password of their choice.
`why_exposed` is the rule, pure but for the names of accounts.

All others raise OSError; `files.Refused`: the system would allow it, but somebody else has a hand in it.
"""

import os
import pwd
import stat
from pathlib import Path

from provisioner.files import FileRefused, Folder
from provisioner.named_files import open_regular
from provisioner.reasons import files
from provisioner.reasons import files as reasons
from provisioner.reasons.reason import Reason

_ADD = os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
_OTHERS = stat.S_IWGRP | stat.S_IWOTH


def open_private(path: Path, *, secret: bool = True, pipe: bool = False) -> int:
    """A descriptor for reading a file that nobody else can change. `secret`: that not everyone may read, either.

    `pipe`: it may be one, too.

    It is looked at once it is open, so that nobody can exchange it in between. Links in its own path are followed, for somebody
    has named it.
    """
    file = open_regular(path, pipe=pipe)
    try:
        _check_named(path, os.fstat(file), secret=secret)
    except BaseException:
        os.close(file)
        raise
    return file


def read_private(path: Path, *, most: int, secret: bool = True) -> bytes:
    """At most `most` bytes of such a file."""
    return _whole(open_private(path, secret=secret), path, most)


def read_given_secret(path: Path, *, most: int) -> bytes:
    """The same of a file that a person names on a command line: it may be a pipe, `<(…)`."""
    return _whole(open_private(path, pipe=True), path, most)


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
    _check_named(path, path.stat(), secret=secret)


def why_exposed(
    path: Path,
    status: os.stat_result,
    above: os.stat_result,
    *,
    reader: int,
    secret: bool = True,
    for_others: bool = False,
) -> Reason | None:
    """Why somebody else could replace the file, write to it or read it; None: nobody could.

    `status`, `above`: of the file and of its folder; `reader`: the account's number; `for_others`: root writes for the owner.
    """
    open_folder = above.st_mode & _OTHERS
    given = for_others and reader == 0 and not open_folder
    # Whoever owns the folder can put another file there anyway; commands of root's read what is the daemon's.
    ours = given or status.st_uid in (0, reader, above.st_uid) or _is_meant_for(status.st_uid, above)
    if secret and status.st_mode & stat.S_IROTH:
        return files.SECRET_PUBLIC(file=str(path))
    if status.st_mode & _OTHERS:
        return files.FILE_WRITABLE(file=str(path))
    if not ours:
        return files.FILE_OF_ANOTHER(file=str(path), owner=_name(status.st_uid))
    return _why_exchangeable(path, above)


def _why_exchangeable(path: Path, above: os.stat_result) -> Reason | None:
    if not above.st_mode & _OTHERS or above.st_mode & stat.S_ISVTX:
        return None
    mode = f"{stat.S_IMODE(above.st_mode):04o}"
    return reasons.OPEN_FOLDER(path=str(path), folder=str(path.parent), mode=mode)


def _check_named(path: Path, status: os.stat_result, *, secret: bool) -> None:
    """A link can be exchanged where it is, and what it leads to there."""
    _check_exposure(path, status, path.parent.stat(), secret=secret)
    real = path.resolve()
    if why := _why_exchangeable(real, real.parent.stat()):
        raise FileRefused(why, str(path))


def _check(path: Path, status: os.stat_result, folder: Folder, *, secret: bool, for_others: bool = False) -> None:
    """Before writing: raises Refused for a link, too, and for a file with a second name."""
    above, named = folder.status(), str(path)
    assert above is not None, "it is held open"
    if stat.S_ISLNK(status.st_mode):
        raise FileRefused(reasons.LINK(path=named), named)
    if not stat.S_ISREG(status.st_mode) or status.st_nlink != 1:
        raise FileRefused(reasons.NO_REGULAR(path=named), named)
    _check_exposure(path, status, above, secret=secret, for_others=for_others)


def _check_exposure(
    path: Path, status: os.stat_result, above: os.stat_result, *, secret: bool, for_others: bool = False
) -> None:
    if why := why_exposed(path, status, above, reader=os.geteuid(), secret=secret, for_others=for_others):
        raise FileRefused(why, str(path))


def _whole(opened: int, path: Path, most: int) -> bytes:
    with os.fdopen(opened, "rb") as file:
        content = file.read(most + 1)
    if len(content) > most:
        raise FileRefused(reasons.LARGE(path=str(path), most=most), str(path))
    return content


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


__all__ = [
    "append_private", "check_private", "open_private", "read_given_secret", "read_private", "replace_private", "why_exposed",
]  # fmt: skip
