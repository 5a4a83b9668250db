"""Write and read the members of the gzipped tar, the first of which is its manifest: origin, and place and owner of each
file."""

import hashlib
import io
import tarfile
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO, Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, StringConstraints, ValidationError, model_validator

from provisioner.adapters.backups.keys import Proof, ProofKey, ProofMaker
from provisioner.adapters.tar_stream import MemberKind, TarFault, TarMember, TarStream, unpacked
from provisioner.errors import BackupError
from provisioner.reasons import store as reasons
from provisioner.reasons.store import MANIFEST_UNREADABLE

MAX_FILE = 64_000_000
"""Bytes of one configuration file: far above the largest file, an LDIF directory."""
STORE = "store.db"
"""The member with the store's copy, an SQLite file."""
_MANIFEST, _PROOF = "manifest.json", "proof"
_MOST_MEMBERS = 10_000
_MOST_STORE = 8**11 - 1
"""Bytes: the largest size that a tar's header has room for."""
_MOST_OF = {STORE: _MOST_STORE, _MANIFEST: 4 << 20}
_PLAIN, _TIMES = 256 << 20, 200
"""More than 256 MiB is unpacked to at most 200 times the file's size. A store is packed to a fifth or so."""
_CHUNK = 1 << 20


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)


class SavedFile(_Part):
    """The place and the owner of a file."""

    path: str
    """Relative: below the folder of bascule.yaml. Absolute: anywhere else."""
    mode: int
    """Permission bits."""
    owner: str
    group: str

    @model_validator(mode="after")
    def _below(self) -> Self:
        pure = PurePosixPath(self.path)
        if ".." in pure.parts or pure == PurePosixPath() or "\0" in self.path or not 0 <= self.mode <= 0o777:
            raise ValueError("no place for a file")
        return self


class Manifest(_Part):
    """The whole manifest."""

    format: Literal[1] = 1
    bascule: str
    """The version of Bascule that made it."""
    installation: str
    made_at: float
    """Epoch seconds."""
    config: str
    """The name of bascule.yaml in its folder."""
    files: dict[str, SavedFile]
    """By the member of the archive that holds it."""
    variables: tuple[Annotated[str, StringConstraints(pattern=r"^[A-Za-z_][A-Za-z0-9_]*$", max_length=200)], ...] = ()
    """Environment variables with secrets; each is also a member."""
    store: SavedFile | None = None
    """The SQLite file of the store, if it is one; its path may be relative to the folder of bascule.yaml."""


def _manifest_of(text: bytes) -> Manifest:
    """Raises BackupError if this is not a manifest, or the manifest of a newer Bascule."""
    try:
        return Manifest.model_validate_json(text)
    except ValidationError as exc:
        raise BackupError(MANIFEST_UNREADABLE()) from exc


def pack(target: IO[bytes], manifest: Manifest, members: Mapping[str, bytes], store: Path | None, key: ProofKey | None) -> None:
    """Write the archive; its last member proves, with the key, all before it. Raises BackupError."""
    maker = key.maker() if key else None
    with tarfile.open(fileobj=target, mode="w:gz", format=tarfile.USTAR_FORMAT) as tar:
        for name, content in ((_MANIFEST, manifest.model_dump_json(indent=2).encode()), *sorted(members.items())):
            _add(tar, name, io.BytesIO(content), len(content), maker)
        if store is not None:
            with store.open("rb") as file:
                _add(tar, STORE, file, store.stat().st_size, maker)
        if maker is not None:
            proof = maker.made()
            _add(tar, _PROOF, io.BytesIO(proof), len(proof), None)


def _add(tar: tarfile.TarFile, name: str, content: IO[bytes], size: int, maker: ProofMaker | None) -> None:
    entry = tarfile.TarInfo(name)
    entry.size, entry.mode = size, 0o600
    if size > _MOST_STORE:
        raise BackupError(reasons.MEMBER_LARGE(name=name))
    if maker is not None:
        maker.begin(name, size)
    tar.addfile(entry, _Copied(content, maker.add if maker else lambda _: None))


class _Copied(io.RawIOBase):
    """What is read of a file goes to somebody else, too."""

    def __init__(self, file: IO[bytes], also: Callable[[bytes], None]) -> None:
        self._file, self._also = file, also

    def read(self, size: int = -1) -> bytes:
        content = self._file.read(size)
        self._also(content)
        return content


@dataclass(frozen=True, slots=True, kw_only=True)
class _Kept:
    """Where a member is in the spool."""

    at: int
    size: int
    digest: bytes


class Unpacked:
    """An archive that was read to its end. All methods raise BackupError for what is missing or damaged."""

    def __init__(self, spool: IO[bytes], members: Mapping[str, _Kept], proof: Proof) -> None:
        """`spool`: a file without a name that holds all contents."""
        self._spool, self._members, self.proof = spool, members, proof
        self.manifest = _manifest_of(self.member(_MANIFEST))
        named = {_MANIFEST, *self.manifest.files, *(f"variables/{name}" for name in self.manifest.variables)}
        if foreign := sorted(members.keys() - named - {STORE, _PROOF}):
            raise BackupError(reasons.MEMBER_FOREIGN(name=foreign[0]))
        for name in sorted(named):
            self._entry(name)

    def member(self, name: str) -> bytes:
        """One file's bytes."""
        entry = self._entry(name)
        self._spool.seek(entry.at)
        return self._spool.read(entry.size)

    def is_like(self, name: str, content: IO[bytes]) -> bool:
        """Whether a file has what the member has; not more than that is read of it."""
        entry, digest = self._entry(name), hashlib.sha256()
        for _ in range(entry.size // _CHUNK + 1):
            digest.update(content.read(_CHUNK))
        return digest.digest() == entry.digest and not content.read(1)

    def size(self, name: str) -> int:
        """Bytes of a member."""
        return self._entry(name).size

    def has_store(self) -> bool:
        """False: the backup was made before there was a store."""
        return STORE in self._members

    def copy_store(self, path: Path) -> None:
        """Write the copy of the store to a new file."""
        entry = self._entry(STORE)
        self._spool.seek(entry.at)
        left = entry.size
        with path.open("xb") as target:
            while left and (part := self._spool.read(min(left, _CHUNK))):
                left -= target.write(part)

    def _entry(self, name: str) -> _Kept:
        if name not in self._members:
            raise BackupError(reasons.MEMBER_MISSING(name=name))
        return self._members[name]


@contextmanager
def unpack(packed: IO[bytes], key: ProofKey | None) -> Iterator[Unpacked]:
    """Read it from its beginning to its end into a file without a name: the proof is its last member.

    Raises BackupError: it is damaged, holds what no backup holds, or is larger than it may be.
    """
    with tempfile.TemporaryFile(prefix="bascule-restore-") as spool:
        try:
            with unpacked(packed) as stream:
                tar = TarStream(stream, most_bytes=_most(packed), most_members=_MOST_MEMBERS)
                members, proof = _spooled(tar, spool, key.maker() if key else None)
        except TarFault as fault:
            raise BackupError(reasons.BACKUP_DAMAGED(said=fault.why)) from fault
        except OSError as error:
            raise BackupError(reasons.RESTORE_NO_SPACE(folder=tempfile.gettempdir(), said=error.strerror or "")) from error
        yield Unpacked(spool, members, proof)


def _spooled(tar: TarStream, spool: IO[bytes], maker: ProofMaker | None) -> tuple[dict[str, _Kept], Proof]:
    kept: dict[str, _Kept] = {}
    proof = b""
    for member in tar:
        if member.kind is not MemberKind.FILE or member.name in kept or _PROOF in kept:
            raise BackupError(reasons.MEMBER_FOREIGN(name=member.name))
        if member.size > _MOST_OF.get(member.name, MAX_FILE):
            raise BackupError(reasons.MEMBER_LARGE(name=member.name))
        if member.name == _PROOF:
            proof = tar.read(_CHUNK)
            kept[_PROOF] = _Kept(at=0, size=0, digest=b"")
        else:
            kept[member.name] = _spool(tar, member, spool, maker)
    if not proof:
        return kept, Proof.NONE
    if maker is None:
        return kept, Proof.NO_KEY
    return kept, Proof.HOLDS if maker.fits(proof) else Proof.WRONG


def _spool(tar: TarStream, member: TarMember, spool: IO[bytes], maker: ProofMaker | None) -> _Kept:
    at, digest = spool.tell(), hashlib.sha256()
    if maker is not None:
        maker.begin(member.name, member.size)
    while part := tar.read(_CHUNK):
        spool.write(part)
        digest.update(part)
        if maker is not None:
            maker.add(part)
    return _Kept(at=at, size=member.size, digest=digest.digest())


def _most(packed: IO[bytes]) -> int:
    size = packed.seek(0, 2)
    packed.seek(0)
    return min(_MOST_STORE, max(_PLAIN, _TIMES * size))
