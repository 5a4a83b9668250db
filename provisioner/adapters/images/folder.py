"""A root that is mounted or unpacked in a folder."""

import stat
from collections.abc import Mapping

from provisioner.adapters.images.walking import MOST_BYTES, Kind
from provisioner.errors import ImageError
from provisioner.files import Folder, Refused, said_of
from provisioner.reasons.images import UNREADABLE_PART


class FolderTree:
    """Links are not followed, also if they are put there meanwhile: in an image they lead to this machine's own files."""

    def __init__(self, root: Folder) -> None:
        self._root = root

    def entries(self, folder: str) -> Mapping[str, Kind]:
        """By name."""
        try:
            return {name: _kind(found.st_mode) for name, found in self._root.entries(folder).items()}
        except OSError as error:
            raise self._unreadable(folder, error) from error

    def read(self, path: str) -> bytes:
        """A regular file."""
        try:
            return self._root.read(path, most=MOST_BYTES)
        except OSError as error:
            raise self._unreadable(path, error) from error

    def _unreadable(self, path: str, error: OSError) -> ImageError:
        if isinstance(error, Refused):
            return ImageError(error.why)
        return ImageError(UNREADABLE_PART(path=str(self._root.path / path), said=said_of(error)))


def _kind(mode: int) -> Kind:
    if stat.S_ISDIR(mode):
        return Kind.FOLDER
    return Kind.FILE if stat.S_ISREG(mode) else Kind.OTHER
