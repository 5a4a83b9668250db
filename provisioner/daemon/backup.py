"""`bascule store backup`: the configuration with its secrets (including the note key) and the store in one file."""

import grp
import os
import pwd
import tempfile
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass, replace
from importlib.metadata import version
from pathlib import Path
from typing import IO, Any

from provisioner.adapters.backups.archive import MAX_FILE, Manifest, SavedFile, pack
from provisioner.adapters.backups.keys import KEY_NAME, ProofKey, make_key, read_key, seal
from provisioner.adapters.sql.store import SqlStore
from provisioner.daemon.freeze_file import FreezeFiles
from provisioner.daemon.keeping import store_of
from provisioner.errors import BackupError
from provisioner.files import Folder, said_of
from provisioner.model.freeze import followed, is_of_file
from provisioner.ports import Clock
from provisioner.reasons import store as reasons
from provisioner.reasons.reason import Reason
from provisioner.settings.bascule import Origin, load_with_origin
from provisioner.settings.values import Settings

_SQLITE = "sqlite:///"
_YAML = "**/*.yaml"
_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Backup:
    """The content of a backup."""

    files: tuple[Path, ...]
    variables: tuple[str, ...]
    with_store: bool
    size: int
    """Bytes."""
    key: Path
    """The key of its proof."""
    key_made: bool = False
    """It was not there before: somebody has to keep a copy elsewhere."""
    unproven: Reason | None = None
    """Why it has no proof of who has made it; None: it has."""


def make_backup(
    config: Path,
    to: Path,
    *,
    environment: Mapping[str, str],
    clock: Clock,
    recipients: tuple[str, ...] = (),
    passphrase: str = "",
    key: Path | None = None,
) -> Backup:
    """Write a new file that only its owner may read. The daemon can continue meanwhile.

    `key`: of the proof; by default a file beside `config`, made if it is not there. Without a key that is named there is a
    backup all the same. Raises SettingsError, StoreError, BackupError; then no file is left.
    """
    settings, origin = load_with_origin(config, environment=environment)
    if os.path.lexists(to):
        raise BackupError(reasons.BACKUP_FILE_EXISTS(path=str(to)))
    files = _files(config, origin)
    manifest = _manifest(config, settings, files, origin, clock)
    members = {member: _content(path) for member, path in _members(files).items()}
    members |= {f"variables/{name}": environment[name].encode() for name in manifest.variables}
    key_file = (key or config.with_name(KEY_NAME)).absolute()
    key_made = not os.path.lexists(key_file)
    proof_key, unproven = _key(key_file, members, named=key is not None)
    with (
        tempfile.TemporaryDirectory(prefix="bascule-backup-") as folder,
        closing(store_of(settings, clock=clock)) as store,
        tempfile.TemporaryFile(dir=folder) as packed,
        tempfile.TemporaryFile(dir=folder) as sealed,
    ):
        copy = Path(folder) / "store.db"
        with_store = store.copy_to(copy)
        if with_store:
            _keep_freeze(copy, settings, clock)
        pack(packed, manifest, members, copy if with_store else None, proof_key)
        made = packed
        if recipients or passphrase:
            packed.seek(0)
            seal(packed, sealed, recipients=recipients, passphrase=passphrase)
            made = sealed
        size = made.tell()
        _write_new(to, made)
    return Backup(
        files=files,
        variables=manifest.variables,
        with_store=with_store,
        size=size,
        key=key_file,
        key_made=key_made and proof_key is not None,
        unproven=unproven,
    )


def _key(path: Path, members: Mapping[str, bytes], *, named: bool) -> tuple[ProofKey | None, Reason | None]:
    """The key, or why there is none: the backup of tonight is not given up for it unless it was asked for."""
    try:
        key = read_key(path) if os.path.lexists(path) else make_key(path)
    except BackupError as error:
        if named:
            raise
        return None, error.reason
    if any(key.is_in(content) for content in members.values()):
        raise BackupError(reasons.KEY_INSIDE(path=str(path)))
    return key, None


def _keep_freeze(copy: Path, settings: Settings, clock: Clock) -> None:
    """A freeze by file becomes a freeze of the stored copy: elsewhere the file is not there."""
    mark, now = FreezeFiles.of(settings.freeze_file).mark(), clock.now()
    if mark is not None:
        with closing(SqlStore(f"{_SQLITE}{copy}", clock=clock, installation=settings.installation)) as kept:
            stored = next(filter(is_of_file, kept.intents()), None)
            kept.give(replace(followed(mark, stored, now), target=""))


def _files(config: Path, origin: Origin) -> tuple[Path, ...]:
    """All files of the configuration, and other YAML files beside it: unused profiles and scenarios."""
    folder = config.absolute().parent
    beside = (path for path in folder.glob(_YAML) if path.is_file())
    return tuple(sorted({*origin.files, *beside}))


def _members(files: tuple[Path, ...]) -> dict[str, Path]:
    return {f"files/{number:04}": path for number, path in enumerate(files, start=1)}


def _manifest(config: Path, settings: Settings, files: tuple[Path, ...], origin: Origin, clock: Clock) -> Manifest:
    folder = config.absolute().parent
    store = settings.store.url.removeprefix(_SQLITE) if settings.store.url.startswith(_SQLITE) else ""
    return Manifest(
        bascule=version("bascule"),
        installation=settings.installation,
        made_at=clock.now(),
        config=config.name,
        files={member: _saved_file(path, folder) for member, path in _members(files).items()},
        variables=tuple(sorted(origin.variables)),
        store=_saved_file(Path(store), folder) if store and Path(store).exists() else None,
    )


def _saved_file(path: Path, folder: Path) -> SavedFile:
    status = path.stat()
    place = path.relative_to(folder) if path.is_relative_to(folder) else path
    owner, group = _name_of(pwd.getpwuid, status.st_uid), _name_of(grp.getgrgid, status.st_gid)
    return SavedFile(path=str(place), mode=status.st_mode & 0o777, owner=owner, group=group)


def _name_of(known: Callable[[int], Any], number: int) -> str:
    """The name of an account or group: on another machine the number may belong to another account."""
    try:
        return str(known(number)[0])
    except KeyError:
        return ""


def _content(path: Path) -> bytes:
    try:
        with os.fdopen(os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC), "rb") as file:
            content = file.read(MAX_FILE + 1) or b""
    except OSError as exc:
        raise BackupError(reasons.BACKUP_FILE_UNREADABLE(path=str(path), said=str(exc.strerror))) from exc
    if len(content) > MAX_FILE:
        raise BackupError(reasons.BACKUP_FILE_LARGE(path=str(path), size=max(path.stat().st_size, len(content))))
    return content


def _write_new(path: Path, made: IO[bytes]) -> None:
    """Write the complete file or nothing, never over an existing file, and into no file that somebody else has put there."""
    made.seek(0)
    try:
        with Folder(path.absolute().parent) as folder:
            folder.write(path.name, iter(lambda: made.read(_CHUNK), b""), mode=0o600, new=True)
    except FileExistsError as exc:
        raise BackupError(reasons.BACKUP_FILE_EXISTS(path=str(path))) from exc
    except OSError as exc:
        raise BackupError(reasons.BACKUP_FILE_UNWRITABLE(path=str(path), said=said_of(exc))) from exc


__all__ = ["Backup", "make_backup"]
