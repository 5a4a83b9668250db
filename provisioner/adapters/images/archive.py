"""A root in a tar, compressed or not. Read once, from beginning to end; nothing is unpacked."""

import bz2
import gzip
import lzma
import tarfile
import zlib
from pathlib import Path
from typing import IO, Any

from provisioner.adapters.images.walking import MOST_BYTES, as_text
from provisioner.errors import ImageError
from provisioner.model.image_root import ImageQuestion, ImageRoot, matches
from provisioner.reasons.images import UNREADABLE

_PACKED: dict[bytes, Any] = {b"\x1f\x8b": gzip.open, b"BZh": bz2.open, b"\xfd7zXZ\0": lzma.open}
"""By the first bytes."""
_CHUNK = 1 << 20


def root_of_tar(path: Path, question: ImageQuestion) -> ImageRoot:
    """What it has of the question. Raises ImageError."""
    files: dict[str, str] = {}
    others: set[str] = set()
    try:
        with _opened(path) as stream, tarfile.open(fileobj=stream, mode="r|") as tar:
            for member in tar:
                name = member.name.removeprefix("./").strip("/")
                if not any(matches(name, pattern) for pattern in question.patterns):
                    continue
                if member.isfile():
                    files[name] = _text(tar, member) if name in question.texts else ""
                else:
                    others.add(name)
            while stream.read(_CHUNK):  # to its end: a tar that is cut off between two members looks whole otherwise
                pass
    except (tarfile.TarError, OSError, EOFError, zlib.error, lzma.LZMAError) as error:
        raise ImageError(UNREADABLE(path=str(path), said=str(error))) from error
    return ImageRoot(files=files, others=frozenset(others))


def _opened(path: Path) -> IO[bytes]:
    with path.open("rb") as file:
        begin = file.read(6)
    opener = next((opener for magic, opener in _PACKED.items() if begin.startswith(magic)), None)
    opened: IO[bytes] = path.open("rb") if opener is None else opener(path, "rb")
    return opened


def _text(tar: tarfile.TarFile, member: tarfile.TarInfo) -> str:
    file = tar.extractfile(member)
    return "" if file is None else as_text(file.read(MOST_BYTES))


__all__ = ["root_of_tar"]
