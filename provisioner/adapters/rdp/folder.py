"""The folder with a connection file for each person."""

import hashlib
import os
import stat
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from provisioner.adapters.rdp.signing import MARK
from provisioner.errors import BasculeError
from provisioner.files import DRAFT, Folder, said_of
from provisioner.reasons.views import FILE_NOT_OURS, FOLDER_OPEN, FOLDER_UNUSABLE

SUFFIX = ".rdp"
_MOST_NAME, _BEGINNING, _DIGITS = 200, 120, 32
"""Letters: no file's name may have more than 255 bytes."""
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

    In small letters: a share may not tell large from small. Of a long one its beginning, and `%~` with a digest of it, which is
    the name of no other.
    """
    name = quote(login.casefold(), safe="@")
    if len(name) > _MOST_NAME:
        name = f"{name[:_BEGINNING]}%~{hashlib.sha256(name.encode()).hexdigest()[:_DIGITS]}"
    return ("%2E" + name[1:] if name.startswith(".") else name) + SUFFIX


class ConnectionFolder:
    """A folder of ours, mode 0700. Files in it that do not have our mark are never touched."""

    def __init__(self, path: Path, *, installation: str) -> None:
        """Makes the folder if it is not there. Raises BasculeError if others have rights to it."""
        self._path, self._mark = path, f"{MARK}{installation}"
        with self._opened():
            pass

    def write(self, files: Mapping[str, bytes], *, keep: Mapping[str, bytes], alone: bool) -> Written:
        """Write these files. Of the others with our mark, those in `keep` stay if they are as given there; the rest are
        removed, unless `alone`: then only these files are looked at.
        """
        with self._opened() as folder:
            foreign = [name for name in files if folder.status(name) is not None and not self._is_ours(_content(folder, name))]
            if foreign:
                raise BasculeError(FILE_NOT_OURS(path=str(self._path / foreign[0])))
            unchanged = tuple(sorted(name for name, content in files.items() if _content(folder, name) == content))
            written = tuple(sorted(files.keys() - set(unchanged)))
            for name in written:
                folder.write(name, files[name], mode=0o600)
            removed = () if alone else self._remove_stale(folder, {**keep, **files})
        return Written(written=written, unchanged=unchanged, removed=removed)

    @contextmanager
    def _opened(self) -> Iterator[Folder]:
        """Held open from the look at its rights to the last file."""
        try:
            self._path.mkdir(mode=0o700, parents=True, exist_ok=True)
            with Folder(self._path) as folder:
                found = folder.status()
                assert found is not None, "it is held open"
                if found.st_uid != os.geteuid() or stat.S_IMODE(found.st_mode) & 0o077:
                    raise BasculeError(FOLDER_OPEN(path=str(self._path), mode=f"{stat.S_IMODE(found.st_mode):04o}"))
                yield folder
        except OSError as error:
            raise BasculeError(FOLDER_UNUSABLE(path=str(self._path), said=said_of(error))) from error

    def _remove_stale(self, folder: Folder, valid: Mapping[str, bytes]) -> tuple[str, ...]:
        contents = {name: _content(folder, name) for name in sorted(folder.entries()) if name.endswith(SUFFIX)}
        stale = [name for name, content in contents.items() if self._is_ours(content) and content != valid.get(name)]
        for name in (*stale, *(name for name in folder.entries() if name.startswith(DRAFT))):
            folder.remove(name)
        return tuple(stale)

    def _is_ours(self, content: bytes | None) -> bool:
        return content is not None and self._mark in content.decode("utf-16", errors="replace").split("\r\n")


def _content(folder: Folder, name: str) -> bytes | None:
    """None: it is not a file, or cannot be one of ours."""
    try:
        return folder.read(name, most=_MOST_BYTES)
    except OSError:
        return None
