"""Whatever a path is: its root."""

import os
import stat
from pathlib import Path
from typing import IO

from provisioner.adapters.images.archive import root_of_tar
from provisioner.adapters.images.disk import root_of_disk
from provisioner.adapters.images.folder import FolderTree
from provisioner.adapters.images.walking import root_of
from provisioner.adapters.tar_stream import is_tar
from provisioner.errors import ImageError
from provisioner.files import Folder
from provisioner.model.image_root import ImageQuestion, ImageRoot
from provisioner.reasons.images import UNKNOWN_FORMAT, UNREADABLE


def look_at(path: Path, question: ImageQuestion) -> ImageRoot:
    """Of a folder, a tar, a disk image or a block device. Raises ImageError."""
    try:
        if path.is_dir():
            with Folder(path) as folder:
                return root_of(FolderTree(folder), question)
        with os.fdopen(os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC), "rb") as file:
            if not any(kind(os.fstat(file.fileno()).st_mode) for kind in (stat.S_ISREG, stat.S_ISBLK)):
                raise ImageError(UNKNOWN_FORMAT(path=str(path)))  # a pipe, say: reading it would wait without end
            return _root(path, file, question)
    except OSError as error:
        raise ImageError(UNREADABLE(path=str(path), said=error.strerror or str(error))) from error


def _root(path: Path, file: IO[bytes], question: ImageQuestion) -> ImageRoot:
    return root_of_tar(path, file, question) if is_tar(file) else root_of_disk(path, file, question)


__all__ = ["look_at"]
