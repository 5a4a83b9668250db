"""A root in a tar, compressed or not. Read once, from beginning to end; nothing is unpacked."""

import tarfile
import zlib
from lzma import LZMAError
from pathlib import Path

from provisioner.adapters.images.walking import MOST_BYTES, as_text
from provisioner.errors import ImageError
from provisioner.model.image_root import ImageQuestion, ImageRoot, matches
from provisioner.reasons.images import UNREADABLE


def root_of_tar(path: Path, question: ImageQuestion) -> ImageRoot:
    """What it has of the question. Raises ImageError."""
    files: dict[str, str] = {}
    others: set[str] = set()
    try:
        with tarfile.open(path, "r|*") as tar:
            for member in tar:
                name = member.name.removeprefix("./").strip("/")
                if not any(matches(name, pattern) for pattern in question.patterns):
                    continue
                if member.isfile():
                    files[name] = _text(tar, member) if name in question.texts else ""
                else:
                    others.add(name)
    except (tarfile.TarError, OSError, EOFError, zlib.error, LZMAError) as error:
        raise ImageError(UNREADABLE(path=str(path), said=str(error))) from error
    return ImageRoot(files=files, others=frozenset(others))


def _text(tar: tarfile.TarFile, member: tarfile.TarInfo) -> str:
    file = tar.extractfile(member)
    return "" if file is None else as_text(file.read(MOST_BYTES))


__all__ = ["root_of_tar"]
