"""Whatever a path is: its root."""

import tarfile
from pathlib import Path

from provisioner.adapters.images.archive import root_of_tar
from provisioner.adapters.images.disk import root_of_disk
from provisioner.adapters.images.folder import FolderTree
from provisioner.adapters.images.walking import root_of
from provisioner.errors import ImageError
from provisioner.model.image_root import ImageQuestion, ImageRoot
from provisioner.reasons.images import UNKNOWN_FORMAT, UNREADABLE

_BLOCK = 512
"""Of a tar."""


def look_at(path: Path, question: ImageQuestion) -> ImageRoot:
    """Of a folder, a tar, a disk image or a block device. Raises ImageError."""
    try:
        if path.is_dir():
            return root_of(FolderTree(path), question)
        if path.exists() and not (path.is_file() or path.is_block_device()):
            raise ImageError(UNKNOWN_FORMAT(path=str(path)))  # a pipe, say: reading it would wait without end
        packed = _is_tar(path)
    except OSError as error:
        raise ImageError(UNREADABLE(path=str(path), said=error.strerror or str(error))) from error
    return root_of_tar(path, question) if packed else root_of_disk(path, question)


def _is_tar(path: Path) -> bool:
    """Zeros are an empty tar, too, and ext4 leaves its first block to a boot loader: so they are a disk."""
    with path.open("rb") as file:
        return any(file.read(_BLOCK)) and tarfile.is_tarfile(path)


__all__ = ["look_at"]
