"""manifest.json in a backup: its origin, and the place and owner of each file."""

from pathlib import PurePosixPath
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, StringConstraints, ValidationError, model_validator

from provisioner.errors import BackupError
from provisioner.reasons.backups import MANIFEST_UNREADABLE


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


def manifest_of(text: bytes) -> Manifest:
    """Raises BackupError if this is no manifest, or the manifest of a newer Bascule."""
    try:
        return Manifest.model_validate_json(text)
    except ValidationError as exc:
        raise BackupError(MANIFEST_UNREADABLE()) from exc
