"""Files that hold secrets, or decide who may do what: read and written only where nobody else can change them.

What others can change is not believed: they would give themselves a role, or have the daemon use a password of their choice.

All raise OSError; `files.Refused`: the system would allow it, but somebody else has a hand in it.
"""

import os
import pwd
import stat
from pathlib import Path

from provisioner.files import Folder, Refused
from provisioner.named_files import open_regular
from provisioner.reasons import files
from provisioner.reasons import held_files as reasons

_ADD = os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
_OTHERS = stat.S_IWGRP | stat.S_IWOTH


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


__all__ = ["append_private", "check_private", "open_private", "read_private", "replace_private"]
