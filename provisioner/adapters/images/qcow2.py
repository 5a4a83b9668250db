"""A qcow2 image, unpacked without QEMU: what is in the file alone. Backing and data files, which are others, are refused.

Every number in it is somebody's claim: looked at before memory or disk is taken for it.
"""

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO

from provisioner.errors import ImageError
from provisioner.reasons import files as reasons
from provisioner.reasons.reason import Reason

MAGIC = b"QFI\xfb"
MOST_UNPACKED = 64 << 30
"""Bytes of content, which a table may name many times over."""
_PLAIN, _TIMES = 256 << 20, 200
"""More than 256 MiB is unpacked to at most 200 times the file's size."""
_MOST_TABLE = 32 << 20
"""Bytes of the first table, as for QEMU; the second ones have a cluster."""
_MOST_CLUSTERS = 1 << 26
"""Of a disk, whether anything is in them or not: 4 TiB with usual ones."""
_BEGIN = struct.Struct(">4sIQIIQIIQQIIQ")
_MORE = struct.Struct(">QQQII")
"""What version 3 adds."""
_DIRTY, _CORRUPT, _DATA_FILE, _COMPRESSION = 1, 2, 4, 8
_BACKING_FORMAT, _DATA_FILE_NAME, _LUKS = 0xE2792ACA, 0x44415441, 0x0537BE77
_OFFSET, _PACKED, _ZERO = 0x00FFFFFFFFFFFE00, 1 << 62, 1
_SECTOR = 512


@dataclass(frozen=True, slots=True, kw_only=True)
class _Header:
    version: int
    cluster: int
    """Bytes."""
    bits: int
    size: int
    """Bytes of the disk."""
    table_at: int
    table_length: int


def unpack(named: str, image: IO[bytes], disk: IO[bytes]) -> None:
    """Write the disk to a new file, with holes where nothing is. Raises ImageError."""
    header = _header(named, image)
    disk.truncate(header.size)
    left = min(MOST_UNPACKED, max(_PLAIN, _TIMES * image.seek(0, 2)))
    for at, content in _contents(named, image, header):
        left -= len(content)
        if left < 0:
            raise ImageError(reasons.QCOW2_LARGE(path=named, most=MOST_UNPACKED))
        if any(content):
            disk.seek(at)
            disk.write(content[: header.size - at])
    disk.flush()


def _header(named: str, image: IO[bytes]) -> _Header:
    begin = _read(named, image, 0, _BEGIN.size)
    _, version, backing_at, backing_size, bits, size, crypt, entries, table_at, *_ = _BEGIN.unpack(begin)
    features, length, compression = 0, _BEGIN.size, 0
    if version == 3:
        features, _, _, _, length = _MORE.unpack(_read(named, image, _BEGIN.size, _MORE.size))
        if features & _COMPRESSION:
            compression = _read(named, image, _BEGIN.size + _MORE.size, 1)[0]
    for wrong, why in (
        (version not in (2, 3), reasons.QCOW2_UNKNOWN(path=named, what=f"version {version}")),
        (backing_at or backing_size, reasons.QCOW2_BACKING(path=named)),
        (features & _DATA_FILE, reasons.QCOW2_DATA_FILE(path=named)),
        (crypt, reasons.QCOW2_ENCRYPTED(path=named)),
        (features & _CORRUPT, reasons.QCOW2_DAMAGED(path=named, what="corrupt")),
        (features & ~(_DIRTY | _COMPRESSION), reasons.QCOW2_UNKNOWN(path=named, what=f"features {features:#x}")),
        (compression, reasons.QCOW2_UNKNOWN(path=named, what=f"compression {compression}")),
        (not 9 <= bits <= 21, reasons.QCOW2_DAMAGED(path=named, what="cluster_bits")),
    ):
        if wrong:
            raise ImageError(why)
    _refuse_extensions(named, image, length, 1 << bits)
    below = 1 << (2 * bits - 3)
    if size >> bits > _MOST_CLUSTERS:
        raise ImageError(reasons.QCOW2_LARGE(path=named, most=_MOST_CLUSTERS << bits))
    if entries * 8 > _MOST_TABLE or entries < -(-size // below):
        raise ImageError(reasons.QCOW2_DAMAGED(path=named, what="size"))
    return _Header(
        version=version, cluster=1 << bits, bits=bits, size=size, table_at=table_at, table_length=-(-size // below) * 8
    )


def _refuse_extensions(named: str, image: IO[bytes], at: int, end: int) -> None:
    refused: dict[int, Reason] = {
        _BACKING_FORMAT: reasons.QCOW2_BACKING(path=named),
        _DATA_FILE_NAME: reasons.QCOW2_DATA_FILE(path=named),
        _LUKS: reasons.QCOW2_ENCRYPTED(path=named),
    }
    while at + 8 <= end:
        kind, length = struct.unpack(">II", _read(named, image, at, 8))
        if kind == 0:
            return
        if kind in refused:
            raise ImageError(refused[kind])
        at += 8 + length + -length % 8


def _contents(named: str, image: IO[bytes], header: _Header) -> Iterator[tuple[int, bytes]]:
    """Each cluster that has any, with its place on the disk."""
    entries_below = header.cluster // 8
    for number, (entry,) in enumerate(struct.iter_unpack(">Q", _read(named, image, header.table_at, header.table_length))):
        if table_at := entry & _OFFSET:
            table = struct.iter_unpack(">Q", _read(named, image, table_at, header.cluster))
            for below, (mapped,) in enumerate(table):
                at = (number * entries_below + below) * header.cluster
                if at < header.size and (content := _cluster(named, image, header, mapped)):
                    yield at, content


def _cluster(named: str, image: IO[bytes], header: _Header, entry: int) -> bytes:
    if entry & _PACKED:
        return _inflated(named, image, header, entry)
    if (header.version == 3 and entry & _ZERO) or not (at := entry & _OFFSET):
        return b""
    image.seek(at)
    if not (content := image.read(header.cluster)):  # the last may end earlier
        raise ImageError(reasons.QCOW2_DAMAGED(path=named, what=reasons.TAR_CUT()))
    return content


def _inflated(named: str, image: IO[bytes], header: _Header, entry: int) -> bytes:
    width = 62 - (header.bits - 8)
    at, sectors = entry & ((1 << width) - 1), (entry & (_PACKED - 1)) >> width
    image.seek(at)
    packed = image.read((sectors + 1) * _SECTOR - at % _SECTOR)
    try:
        content = zlib.decompressobj(-12).decompress(packed, header.cluster)
    except zlib.error as error:
        raise ImageError(reasons.QCOW2_DAMAGED(path=named, what=str(error))) from error
    if len(content) != header.cluster:
        raise ImageError(reasons.QCOW2_DAMAGED(path=named, what="cluster"))
    return content


def _read(named: str, image: IO[bytes], at: int, size: int) -> bytes:
    if at >= 1 << 62:
        raise ImageError(reasons.QCOW2_DAMAGED(path=named, what="offset"))
    image.seek(at)
    content = image.read(size)
    if len(content) < size:
        raise ImageError(reasons.QCOW2_DAMAGED(path=named, what=reasons.TAR_CUT()))
    return content


__all__ = ["MAGIC", "MOST_UNPACKED", "unpack"]
