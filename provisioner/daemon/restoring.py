"""`bascule restore`: write the files and the store of a backup to their places, on a machine without them."""

import grp
import os
import pwd
import tempfile
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from provisioner.adapters.backups.archive import Unpacked
from provisioner.adapters.backups.manifest import Manifest, SavedFile
from provisioner.adapters.backups.sealing import unseal
from provisioner.daemon.keeping import store_of
from provisioner.errors import BackupError
from provisioner.ledger import restored_entry
from provisioner.model.freeze import is_of_file
from provisioner.model.ids import Instant
from provisioner.model.intents import Intent
from provisioner.ports import Clock
from provisioner.reasons import backups as reasons
from provisioner.reasons.reason import ALSO, join_reasons
from provisioner.settings.bascule import load_settings

VARIABLES = "bascule.env"
"""The file beside bascule.yaml for secrets that were environment variables: an EnvironmentFile of systemd."""
_FOLDER_MODE = 0o750


@dataclass(frozen=True, slots=True, kw_only=True)
class Restored:
    """The result of a restore."""

    made_at: Instant
    installation: str
    written: tuple[Path, ...]
    """Files that were missing and are now written."""
    variables: Path | None
    with_store: bool
    orders: tuple[Intent, ...]
    """Intents of the backup, which are in force again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Restoring:
    """The order to restore: where, by whom, and why."""

    config: Path
    environment: Mapping[str, str]
    clock: Clock
    by: str
    reason: str = ""


def open_backup(path: Path, *, identities: bytes = b"", passphrase: str = "") -> Unpacked:
    """Read and decrypt a backup; raises BackupError with the missing key or the damage."""
    try:
        sealed = path.read_bytes()
    except OSError as exc:
        raise BackupError(reasons.BACKUP_FILE_UNREADABLE(path=str(path), said=str(exc.strerror))) from exc
    return Unpacked(unseal(sealed, identities=identities, passphrase=passphrase))


def restore(backup: Unpacked, order: Restoring) -> Restored:
    """Write missing files and the store. Nothing is overwritten; a second call continues where the first stopped.

    Raises BackupError before the first write if a different file or a store is there; SettingsError, StoreError.
    """
    manifest, folder = backup.manifest, order.config.absolute().parent
    places = _places(manifest, order.config)
    _refuse_others(backup, places, manifest, folder)
    written = tuple(path for member, path in places.items() if _write(path, backup.member(member), manifest.files[member]))
    values = {name: backup.member(f"variables/{name}").decode() for name in manifest.variables}
    variables = _write_variables(folder / VARIABLES, values) if values else None
    orders = _take_store_back(backup, order, values) if backup.has_store() else ()
    return Restored(
        made_at=manifest.made_at,
        installation=manifest.installation,
        written=written,
        variables=variables,
        with_store=backup.has_store(),
        orders=orders,
    )


def _places(manifest: Manifest, config: Path) -> dict[str, Path]:
    """The path of each member. The main file may have another name here."""
    folder = config.absolute().parent
    places = {member: folder / kept.path for member, kept in manifest.files.items()}
    return {member: config.absolute() if path == folder / manifest.config else path for member, path in places.items()}


def _refuse_others(backup: Unpacked, places: Mapping[str, Path], manifest: Manifest, folder: Path) -> None:
    others = [path for member, path in places.items() if path.exists() and path.read_bytes() != backup.member(member)]
    if manifest.store is not None and backup.has_store() and (folder / manifest.store.path).exists():
        others.append(folder / manifest.store.path)
    if others:
        raise BackupError(reasons.RESTORE_OTHERS(paths=join_reasons(map(str, sorted(others)), ALSO)))


def _write(path: Path, content: bytes, kept: SavedFile) -> bool:
    if path.exists():
        return False
    try:
        _make_folder(path.parent, kept)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600), "wb") as file:
            file.write(content)
        path.chmod(kept.mode)
        _give(path, kept)
    except OSError as exc:
        raise BackupError(reasons.RESTORE_UNWRITABLE(path=str(path), said=str(exc.strerror))) from exc
    return True


def _make_folder(folder: Path, kept: SavedFile) -> None:
    if not folder.exists():
        _make_folder(folder.parent, kept)
        folder.mkdir(mode=_FOLDER_MODE)
        _give(folder, kept)


def _give(path: Path, kept: SavedFile) -> None:
    """Set the earlier owner, if root restores and the account exists; otherwise the caller stays the owner."""
    if os.geteuid() != 0:
        return
    try:
        os.chown(path, pwd.getpwnam(kept.owner).pw_uid, grp.getgrnam(kept.group).gr_gid)
    except KeyError:
        return


def _write_variables(path: Path, values: Mapping[str, str]) -> Path:
    lines = "".join(f'{name}="{_escaped(value)}"\n' for name, value in values.items())
    _write(path, lines.encode(), SavedFile(path=path.name, mode=0o600, owner="root", group="root"))
    return path


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"')


def _take_store_back(backup: Unpacked, order: Restoring, values: Mapping[str, str]) -> tuple[Intent, ...]:
    settings = load_settings(order.config, environment={**order.environment, **values})
    kept = backup.manifest.store
    where = order.config.absolute().parent / kept.path if kept else None
    if kept and where:
        _make_folder(where.parent, kept)
    line = restored_entry(at=order.clock.now(), by=order.by, made_at=backup.manifest.made_at, reason=order.reason)
    with (
        tempfile.TemporaryDirectory(prefix="bascule-restore-") as folder,
        closing(store_of(settings, clock=order.clock)) as store,
    ):
        copy = Path(folder) / "store.db"
        backup.copy_store(copy)
        store.fill_from(copy, line)
        orders = tuple(intent for intent in store.intents() if not is_of_file(intent))
    if kept and where:
        for file in where.parent.glob(f"{where.name}*"):
            _give(file, kept)
    return orders


__all__ = ["VARIABLES", "Restored", "Restoring", "open_backup", "restore"]
