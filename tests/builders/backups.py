"""Backups that nobody has made with `bascule store backup`: members as somebody wishes, with or without a proof."""

import gzip
import io
import json
import tarfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from provisioner.adapters.backups.keys import ProofKey

CONFIG = b"installation: forged\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """As it is in the tar."""

    name: str
    content: bytes = b""
    type: bytes = tarfile.REGTYPE
    link: str = ""
    size: int | None = None
    """What its header says; None: the truth."""


def kept(path: str, *, mode: int = 0o600, owner: str = "root", group: str = "root") -> dict[str, Any]:
    """A file of a manifest."""
    return {"path": path, "mode": mode, "owner": owner, "group": group}


def a_manifest(files: Mapping[str, str] | None = None, **other: Any) -> Member:
    """`files`: places by member."""
    places = {"files/0001": "bascule.yaml", **(files or {})}
    said = {"bascule": "1", "installation": "forged", "made_at": 1.0, "config": "bascule.yaml", **other}
    return Member(name="manifest.json", content=json.dumps({**said, "files": {m: kept(p) for m, p in places.items()}}).encode())


def forge(path: Path, members: Iterable[Member], *, key: ProofKey | None = None, packed: bool = True) -> Path:
    """Write it; `key`: with the proof that its holder would make."""
    written, maker = io.BytesIO(), key.maker() if key else None
    with tarfile.open(fileobj=written, mode="w", format=tarfile.GNU_FORMAT) as tar:
        for member in members:
            entry = tarfile.TarInfo(member.name)
            entry.type, entry.linkname = member.type, member.link
            entry.size = len(member.content) if member.size is None else member.size
            tar.fileobj.write(entry.tobuf(tarfile.GNU_FORMAT))
            tar.fileobj.write(member.content + bytes(-len(member.content) % 512))
            if maker:
                maker.begin(member.name, len(member.content))
                maker.add(member.content)
        if maker:
            proof = maker.made()
            entry = tarfile.TarInfo("proof")
            entry.size = len(proof)
            tar.addfile(entry, io.BytesIO(proof))
    path.write_bytes(gzip.compress(written.getvalue(), 1) if packed else written.getvalue())
    return path


def members_of(path: Path) -> list[Member]:
    """Of a backup, as they are."""
    with tarfile.open(path) as tar:
        return [Member(name=entry.name, content=tar.extractfile(entry).read()) for entry in tar]  # type: ignore[union-attr]


def as_before_the_proof(path: Path, members: Iterable[Member], store: Path) -> Path:
    """As Bascule wrote it until then: with PAX headers, and no proof."""
    with tarfile.open(path, mode="w:gz") as tar:
        for member in members:
            entry = tarfile.TarInfo(member.name)
            entry.size, entry.mode = len(member.content), 0o600
            tar.addfile(entry, io.BytesIO(member.content))
        tar.add(store, arcname="store.db")
    return path
