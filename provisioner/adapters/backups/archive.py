"""Write and read the members of the gzipped tar."""

import gzip
import io
import tarfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from provisioner.adapters.backups.manifest import Manifest, manifest_of
from provisioner.errors import BackupError
from provisioner.reasons import backups as reasons

MAX_FILE = 64_000_000
"""Bytes of one configuration file: far above the largest file, an LDIF directory."""
STORE = "store.db"
"""The member with the store's copy, an SQLite file."""
_MANIFEST = "manifest.json"
_COPYING = 1_000_000


def pack(manifest: Manifest, members: Mapping[str, bytes], store: Path | None) -> bytes:
    """The archive, in memory."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as tar:
        _add(tar, _MANIFEST, manifest.model_dump_json(indent=2).encode())
        for name, content in sorted(members.items()):
            _add(tar, name, content)
        if store is not None:
            tar.add(store, arcname=STORE, filter=_nameless)
    return packed.getvalue()


def _add(tar: tarfile.TarFile, name: str, content: bytes) -> None:
    entry = tarfile.TarInfo(name)
    entry.size, entry.mode = len(content), 0o600
    tar.addfile(entry, io.BytesIO(content))


def _nameless(entry: tarfile.TarInfo) -> tarfile.TarInfo:
    # Owners are in the manifest.
    entry.uid = entry.gid = 0
    entry.uname = entry.gname = ""
    entry.mode = 0o600
    return entry


class Unpacked:
    """An opened archive. All methods raise BackupError for damage."""

    def __init__(self, packed: bytes) -> None:
        with _damage_errors():
            # All at once: the checksum is at the end, and nothing may be used before it is checked.
            self._tar = tarfile.TarFile(fileobj=io.BytesIO(gzip.decompress(packed)))
            self._members = {entry.name: entry for entry in self._tar if entry.isreg()}
        self.manifest = manifest_of(self.member(_MANIFEST))

    def member(self, name: str) -> bytes:
        """One file's bytes."""
        entry = self._entry(name)
        if entry.size > MAX_FILE:
            raise BackupError(reasons.MEMBER_LARGE(name=name))
        with _damage_errors():
            file = self._tar.extractfile(entry)
            return file.read() if file else b""

    def has_store(self) -> bool:
        """False: the backup was made before there was a store."""
        return STORE in self._members

    def copy_store(self, path: Path) -> None:
        """Write the copy of the store to a new file."""
        with _damage_errors(), path.open("xb") as target:
            source = self._tar.extractfile(self._entry(STORE))
            while source and (part := source.read(_COPYING)):
                target.write(part)

    def _entry(self, name: str) -> tarfile.TarInfo:
        if name not in self._members:
            raise BackupError(reasons.MEMBER_MISSING(name=name))
        return self._members[name]


@contextmanager
def _damage_errors() -> Iterator[None]:
    try:
        yield
    except (tarfile.TarError, EOFError, zlib.error, gzip.BadGzipFile) as exc:
        damage = reasons.BACKUP_DAMAGED(said=str(exc)) if str(exc) else reasons.BACKUP_CUT()
        raise BackupError(damage) from exc


__all__ = ["MAX_FILE", "STORE", "Unpacked", "pack"]
