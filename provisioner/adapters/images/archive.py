"""A root in a tar, compressed or not. Read once, from beginning to end; nothing is unpacked."""

from pathlib import Path
from typing import IO

from provisioner.adapters.images.walking import MOST_BYTES, MOST_FOUND, as_text
from provisioner.adapters.tar_stream import MemberKind, TarFault, TarStream, unpacked
from provisioner.errors import ImageError
from provisioner.model.image_root import ImageQuestion, ImageRoot, matches
from provisioner.reasons.images import MANY_FILES, UNREADABLE

_MOST_MEMBERS = 5_000_000
"""A Debian with a desktop has 100,000."""
_MOST_TAR = 64 << 30
_PLAIN, _TIMES = 256 << 20, 200
"""A tar of more than 256 MiB is unpacked to at most 200 times its size: real ones have three or four times."""


def root_of_tar(path: Path, file: IO[bytes], question: ImageQuestion) -> ImageRoot:
    """What it has of the question. Raises ImageError."""
    try:
        with unpacked(file) as stream:
            tar = TarStream(stream, most_bytes=_most(file), most_members=_MOST_MEMBERS)
            return _root(path, tar, question)
    except TarFault as fault:
        raise ImageError(UNREADABLE(path=str(path), said=fault.why)) from fault


def _root(path: Path, tar: TarStream, question: ImageQuestion) -> ImageRoot:
    found: dict[str, str | None] = {}
    for member in tar:
        name = member.name.removeprefix("./").strip("/")
        if not any(matches(name, pattern) for pattern in question.patterns):
            continue
        text = as_text(tar.read(MOST_BYTES)) if member.kind is MemberKind.FILE and name in question.texts else ""
        found[name] = text if member.kind is MemberKind.FILE else None  # of the same name the last counts, as for tar
        if len(found) > MOST_FOUND:
            raise ImageError(MANY_FILES(path=str(path), most=MOST_FOUND))
    files = {name: text for name, text in found.items() if text is not None}
    return ImageRoot(files=files, others=frozenset(found) - files.keys())


def _most(file: IO[bytes]) -> int:
    size = file.seek(0, 2)
    file.seek(0)
    return min(_MOST_TAR, max(_PLAIN, _TIMES * size))


__all__ = ["root_of_tar"]
