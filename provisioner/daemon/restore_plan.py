"""What `bascule store restore` would write where: nothing is written here, and no link is followed on the way to the places.

They are resolved when the list is made, which somebody agrees to; then exactly these are written (`restoring`).
"""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from provisioner.adapters.backups.archive import STORE, Manifest, SavedFile, Unpacked
from provisioner.adapters.backups.keys import Proof, is_key
from provisioner.errors import BackupError
from provisioner.files import Folder
from provisioner.ports import Clock
from provisioner.reasons import store as reasons
from provisioner.reasons.reason import ALSO, Reason, join_reasons

VARIABLES = "bascule.env"
"""The file beside bascule.yaml for secrets that were environment variables: an EnvironmentFile of systemd."""
_VARIABLES_MEMBER = "variables"
_UNPROVEN: Mapping[Proof, Reason] = {
    Proof.WRONG: reasons.PROOF_WRONG(),
    Proof.NONE: reasons.PROOF_NONE(),
    Proof.NO_KEY: reasons.PROOF_NO_KEY(),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A file that is written, or is there already."""

    path: Path
    """Absolute, without a link in it."""
    member: str
    """Of the backup; the file of environment variables is made of several."""
    kept: SavedFile
    same: bool = False
    """It is there, with this content."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RestorePlan:
    """All that a restore would write."""

    files: tuple[Place, ...]
    variables: Place | None
    store: Place | None
    """None: the backup has none, or it goes into a database that the configuration names."""
    unproven: Reason | None
    """Why nobody knows who has made the backup; None: the holder of the key."""
    outside: tuple[Path, ...]
    """Places that are not below the folder of the configuration."""

    def places(self) -> tuple[Place, ...]:
        """All of them."""
        return (*self.files, *filter(None, (self.variables, self.store)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Restoring:
    """The order to restore: where, by whom, and why."""

    config: Path
    environment: Mapping[str, str]
    clock: Clock
    by: str
    reason: str = ""
    below: tuple[Path, ...] = ()
    """Folders that it may write to, too."""
    unproven: bool = False
    """Also if nobody knows who has made it."""


def plan_restore(backup: Unpacked, order: Restoring) -> RestorePlan:
    """What would be written where. Nothing is written here.

    Raises BackupError: a different file or a store is there, nobody knows who has made the backup, or it would write to places
    that nobody has named.
    """
    unproven = _UNPROVEN.get(backup.proof)
    if unproven is not None and not order.unproven:
        raise BackupError(unproven)
    # It would prove every later backup of whoever has made this one.
    for member in (member for member in backup.manifest.files if is_key(backup.member(member))):
        raise BackupError(reasons.MEMBER_FOREIGN(name=backup.manifest.files[member].path))
    places = _places(backup, order)
    at = [place.path for place in places]
    for path in sorted(path for path in at if at.count(path) > 1):
        raise BackupError(reasons.RESTORE_TWICE(path=str(path)))
    outside = tuple(sorted(path for path in at if not path.is_relative_to(real_path(order.config.absolute().parent))))
    foreign = [path for path in outside if not any(path.is_relative_to(real_path(folder)) for folder in order.below)]
    if unproven is not None and foreign:
        raise BackupError(reasons.RESTORE_OUTSIDE(paths=join_reasons(map(str, foreign), ALSO)))
    there = {place.path for place in places if os.path.lexists(place.path)}
    same = {place.path for place in places if place.path in there and _is_like(place, backup)}
    if others := sorted(there - same):
        raise BackupError(reasons.RESTORE_OTHERS(paths=join_reasons(map(str, others), ALSO)))
    known = {place.member: replace(place, same=place.path in same) for place in places}
    return RestorePlan(
        files=tuple(known[member] for member in backup.manifest.files),
        variables=known.get(_VARIABLES_MEMBER),
        store=known.get(STORE),
        unproven=unproven,
        outside=outside,
    )


def _places(backup: Unpacked, order: Restoring) -> tuple[Place, ...]:
    """Of every file. The main file may have another name here."""
    manifest, main = backup.manifest, order.config.absolute()
    files = tuple(
        Place(path=real_path(main if kept.path == manifest.config else main.parent / kept.path), member=member, kept=kept)
        for member, kept in manifest.files.items()
    )
    if manifest.variables:
        variables = _like_the_main_file(manifest)
        files = (*files, Place(path=real_path(main.parent / VARIABLES), member=_VARIABLES_MEMBER, kept=variables))
    if manifest.store is None or not backup.has_store():
        return files
    return (*files, Place(path=real_path(main.parent / manifest.store.path), member=STORE, kept=manifest.store))


def _like_the_main_file(manifest: Manifest) -> SavedFile:
    """The file of environment variables: for those who read bascule.yaml by its owner or group, and nobody else."""
    mains = (kept for kept in manifest.files.values() if kept.path == manifest.config)
    main = next(mains, SavedFile(path=VARIABLES, mode=0o600, owner="root", group="root"))
    return SavedFile(path=VARIABLES, mode=main.mode & 0o640, owner=main.owner, group=main.group)


def real_path(path: Path) -> Path:
    """Without a link in it. Raises BackupError."""
    try:
        return Path(os.path.realpath(path))
    except OSError as exc:  # a link that goes while it is read
        raise BackupError(reasons.RESTORE_UNWRITABLE(path=str(path), said=str(exc.strerror))) from exc


def _is_like(place: Place, backup: Unpacked) -> bool:
    if place.member == STORE:
        return False
    try:
        with root_folder() as root, os.fdopen(root.open(below_root(place.path)), "rb") as file:
            if place.member != _VARIABLES_MEMBER:
                return backup.is_like(place.member, file)
            content = variables_file(values_of(backup))
            return file.read(len(content) + 1) == content
    except OSError:
        return False


def root_folder() -> Folder:
    """Of this machine: a path below it is followed through no link."""
    return Folder(Path("/"))


def below_root(path: Path) -> str:
    """A path as `root_folder` takes it."""
    return str(path).lstrip("/")


def values_of(backup: Unpacked) -> dict[str, str]:
    """The environment variables of a backup. Raises BackupError."""
    values = {}
    for name in backup.manifest.variables:
        try:
            values[name] = backup.member(f"variables/{name}").decode()
        except UnicodeDecodeError:
            raise BackupError(reasons.VARIABLE_UNREADABLE(name=name)) from None
        if "\0" in values[name]:
            raise BackupError(reasons.VARIABLE_UNREADABLE(name=name))
    return values


def variables_file(values: Mapping[str, str]) -> bytes:
    """The content of `VARIABLES`."""
    return "".join(f'{name}="{_escaped(value)}"\n' for name, value in values.items()).encode()


def _escaped(value: str) -> str:
    """Within double quotes, as systemd and a shell read it alike: no `$` is expanded, and nothing between backticks is run."""
    return re.sub(r'([\\"$`])', r"\\\1", value)


__all__ = [
    "VARIABLES", "Place", "RestorePlan", "Restoring", "below_root", "plan_restore", "real_path", "root_folder", "values_of",
    "variables_file",
]  # fmt: skip
