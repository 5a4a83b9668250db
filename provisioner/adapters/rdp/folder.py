"""The folder with a connection file for each person."""

import os
import stat
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from provisioner.adapters.rdp.signing import MARK
from provisioner.errors import BasculeError
from provisioner.reasons.connections import FILE_NOT_OURS, FOLDER_OPEN, FOLDER_UNUSABLE

SUFFIX = ".rdp"
_HALF = ".bascule-new"
"""The end of the name of a file that is being written."""
_MOST_BYTES = 64 * 1024
"""Of a file that is looked at: ours have some 8 KiB."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """What was done in the folder: names of files."""

    written: tuple[str, ...]
    unchanged: tuple[str, ...]
    removed: tuple[str, ...]


def file_name(login: str) -> str:
    """`zmartin.rdp`. A login with other signs than letters, digits, `.`, `_`, `-`, `@` has them as `%2F`.

    In small letters: a share may not tell large from small.
    """
    name = quote(login.casefold(), safe="@")
    return ("%2E" + name[1:] if name.startswith(".") else name) + SUFFIX


class ConnectionFolder:
    """A folder of ours, mode 0700. Files in it that do not have our mark are never touched."""

    def __init__(self, path: Path, *, installation: str) -> None:
        """Makes the folder if it is not there. Raises BasculeError if others have rights to it."""
        self._path, self._mark = path, f"{MARK}{installation}"
        try:
            path.mkdir(mode=0o700, parents=True, exist_ok=True)
            found = path.stat()
        except OSError as error:
            raise BasculeError(FOLDER_UNUSABLE(path=str(path), said=error.strerror or "")) from error
        if found.st_uid != os.geteuid() or stat.S_IMODE(found.st_mode) & 0o077:
            raise BasculeError(FOLDER_OPEN(path=str(path), mode=f"{stat.S_IMODE(found.st_mode):04o}"))

    def write(self, files: Mapping[str, bytes], *, keep: Mapping[str, bytes], alone: bool) -> Written:
        """Write these files. Of the others with our mark, those in `keep` stay if they are as given there; the rest are
        removed, unless `alone`: then only these files are looked at.
        """
        try:
            foreign = [name for name in files if self._is_there(name) and not self._is_ours(name)]
            if foreign:
                raise BasculeError(FILE_NOT_OURS(path=str(self._path / foreign[0])))
            unchanged = tuple(sorted(name for name, content in files.items() if self._content(name) == content))
            written = tuple(sorted(files.keys() - set(unchanged)))
            for name in written:
                self._replace(name, files[name])
            removed = () if alone else self._remove_stale({**keep, **files})
        except OSError as error:
            raise BasculeError(FOLDER_UNUSABLE(path=str(self._path), said=error.strerror or "")) from error
        return Written(written=written, unchanged=unchanged, removed=removed)

    def _replace(self, name: str, content: bytes) -> None:
        half = self._path / f".{name}{_HALF}"
        with suppress(FileNotFoundError):
            half.unlink()
        file = os.open(half, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
        with os.fdopen(file, "wb") as opened:
            opened.write(content)
            opened.flush()
            os.fsync(opened.fileno())
        half.replace(self._path / name)

    def _remove_stale(self, valid: Mapping[str, bytes]) -> tuple[str, ...]:
        names = sorted(path.name for path in self._path.iterdir() if path.name.endswith(SUFFIX))
        stale = [name for name in names if self._is_ours(name) and self._content(name) != valid.get(name)]
        for name in stale:
            (self._path / name).unlink()
        return tuple(stale)

    def _is_there(self, name: str) -> bool:
        return os.path.lexists(self._path / name)

    def _is_ours(self, name: str) -> bool:
        content = self._content(name)
        return content is not None and self._mark in content.decode("utf-16", errors="replace").split("\r\n")

    def _content(self, name: str) -> bytes | None:
        """None: it is no file, or cannot be one of ours."""
        try:
            file = os.open(self._path / name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        except OSError:
            return None
        with os.fdopen(file, "rb") as opened:
            if not stat.S_ISREG(os.fstat(file).st_mode):
                return None
            return opened.read(_MOST_BYTES)
