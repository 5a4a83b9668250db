"""`bascule store restore`: write the files and the store of a backup to their places, on a machine without them.

First everything is read and a list of places is made (`restore_plan`), which somebody agrees to; then exactly these are
written.
"""

import grp
import os
import pwd
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from provisioner.adapters.backups.archive import SavedFile, Unpacked, unpack
from provisioner.adapters.backups.keys import KEY_NAME, is_sealed, read_key, unseal
from provisioner.adapters.sql.store import SqlStore
from provisioner.daemon.keeping import store_of
from provisioner.daemon.restore_plan import (
    Place,
    RestorePlan,
    Restoring,
    below_root,
    real_path,
    root_folder,
    values_of,
    variables_file,
)
from provisioner.errors import BackupError
from provisioner.files import Owner, said_of
from provisioner.ledger import restored_entry
from provisioner.model.freeze import is_of_file
from provisioner.model.ids import Instant
from provisioner.model.intents import Intent
from provisioner.reasons import store as reasons
from provisioner.reasons.reason import ALSO, join_reasons
from provisioner.settings.bascule import load_with_origin
from provisioner.settings.values import Settings

_FOLDER_MODE = 0o750
_SQLITE = "sqlite:///"
_CHUNK = 1 << 20


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


@contextmanager
def open_backup(
    path: Path, *, config: Path, identities: bytes = b"", passphrase: str = "", key: Path | None = None
) -> Iterator[Unpacked]:
    """Decrypt a backup and read it to its end; raises BackupError with the missing key or the damage.

    `key`: the file of the key that proves its maker; by default the file beside `config`, if it is there.
    """
    beside = config.with_name(KEY_NAME)
    at = key or (beside if os.path.lexists(beside) else None)
    proof_key = None if at is None else read_key(at)
    try:
        file = os.fdopen(os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC), "rb")
    except OSError as exc:
        raise BackupError(reasons.BACKUP_FILE_UNREADABLE(path=str(path), said=str(exc.strerror))) from exc
    with file, tempfile.TemporaryFile(prefix="bascule-restore-") as clear:
        try:
            if sealed := is_sealed(file):
                unseal(file, clear, identities=identities, passphrase=passphrase)
                clear.seek(0)
        except OSError as exc:
            raise BackupError(reasons.BACKUP_FILE_UNREADABLE(path=str(path), said=str(exc.strerror))) from exc
        if not sealed and (identities or passphrase):
            raise BackupError(reasons.BACKUP_CLEAR())
        if sealed:
            is_sealed(clear)  # that a backup is in it
        with unpack(clear if sealed else file, proof_key) as backup:
            yield backup


def restore(backup: Unpacked, plan: RestorePlan, order: Restoring) -> Restored:
    """Write what the plan says. Nothing is overwritten; a second call continues where the first stopped.

    Raises BackupError, SettingsError, StoreError.
    """
    values = values_of(backup)
    written = tuple(place.path for place in plan.files if _write(place, backup.member(place.member)))
    settings = _checked(backup, plan, order, values) if values or backup.has_store() else None
    if plan.variables is not None:
        _write(plan.variables, variables_file(values))
    orders = _take_store_back(backup, plan, order, settings) if settings is not None and backup.has_store() else ()
    return Restored(
        made_at=backup.manifest.made_at,
        installation=backup.manifest.installation,
        written=written,
        variables=plan.variables.path if plan.variables else None,
        with_store=backup.has_store(),
        orders=orders,
    )


def _write(place: Place, content: bytes) -> bool:
    if place.same:
        return False
    _put(place, content)
    return True


def _put(place: Place, content: bytes | Iterable[bytes]) -> None:
    owner = _owner(place.kept)
    try:
        with root_folder() as root:
            if above := below_root(place.path.parent):
                root.make(above, mode=_FOLDER_MODE, owner=owner)
            root.write(below_root(place.path), content, mode=place.kept.mode, owner=owner, new=True)
    except OSError as exc:
        raise BackupError(reasons.RESTORE_UNWRITABLE(path=str(place.path), said=said_of(exc))) from exc


def _owner(kept: SavedFile) -> Owner | None:
    """The earlier owner, if root restores and the account exists; otherwise the caller stays the owner."""
    if os.geteuid() != 0:
        return None
    try:
        return pwd.getpwnam(kept.owner).pw_uid, grp.getgrnam(kept.group).gr_gid
    except (KeyError, ValueError):
        return None


def _checked(backup: Unpacked, plan: RestorePlan, order: Restoring, values: Mapping[str, str]) -> Settings:
    """The configuration that was written. Raises BackupError if it does not go with the list of places."""
    settings, origin = load_with_origin(order.config, environment={**order.environment, **values})
    if foreign := sorted(values.keys() - origin.variables):
        raise BackupError(reasons.RESTORE_VARIABLES(names=join_reasons(foreign, ALSO)))
    file = _sqlite_of(settings)
    if backup.has_store() and file != (plan.store.path if plan.store else None):
        raise BackupError(reasons.RESTORE_STORE_ELSEWHERE(path=str(file) if file else settings.store.url.partition(":")[0]))
    return settings


def _sqlite_of(settings: Settings) -> Path | None:
    url = settings.store.url
    return real_path(Path(url.removeprefix(_SQLITE))) if url.startswith(_SQLITE) else None


def _take_store_back(backup: Unpacked, plan: RestorePlan, order: Restoring, settings: Settings) -> tuple[Intent, ...]:
    """Into a database as it is; a file is made whole elsewhere, and then put in its place."""
    line = restored_entry(at=order.clock.now(), by=order.by, made_at=backup.manifest.made_at, reason=order.reason)
    with tempfile.TemporaryDirectory(prefix="bascule-restore-") as folder:
        copy, made = Path(folder) / "copy.db", Path(folder) / "store.db"
        backup.copy_store(copy)
        store = store_of(settings, clock=order.clock)
        if plan.store is not None:
            store = SqlStore(f"{_SQLITE}{made}", clock=order.clock, installation=settings.installation)
        with closing(store):
            store.fill_from(copy, line)
            orders = tuple(intent for intent in store.intents() if not is_of_file(intent))
        if plan.store is not None:
            with made.open("rb") as file:
                _put(plan.store, iter(lambda: file.read(_CHUNK), b""))
    return orders


__all__ = ["Restored", "open_backup", "restore"]
