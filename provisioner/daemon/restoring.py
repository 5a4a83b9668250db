"""`bascule restore`: write the files and the store of a backup to their places, on a machine without them.

First everything is read and a list of places is made (`plan_restore`), which somebody agrees to; then exactly these are
written. No link is followed on the way to them: they are resolved when the list is made.
"""

import grp
import os
import pwd
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from provisioner.adapters.backups.archive import STORE, Unpacked, unpack
from provisioner.adapters.backups.manifest import SavedFile
from provisioner.adapters.backups.proof import KEY_NAME, Proof, is_key, read_key
from provisioner.adapters.backups.sealing import is_sealed, unseal
from provisioner.adapters.sql.store import SqlStore
from provisioner.daemon.keeping import store_of
from provisioner.errors import BackupError
from provisioner.files import Folder, Owner, said_of
from provisioner.ledger import restored_entry
from provisioner.model.freeze import is_of_file
from provisioner.model.ids import Instant
from provisioner.model.intents import Intent
from provisioner.ports import Clock
from provisioner.reasons import backups as reasons
from provisioner.reasons.reason import ALSO, Reason, join_reasons
from provisioner.settings.bascule import load_with_origin
from provisioner.settings.values import Settings

VARIABLES = "bascule.env"
"""The file beside bascule.yaml for secrets that were environment variables: an EnvironmentFile of systemd."""
_VARIABLES_MEMBER = "variables"
_FOLDER_MODE = 0o750
_SQLITE = "sqlite:///"
_CHUNK = 1 << 20
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
    below: tuple[Path, ...] = ()
    """Folders that it may write to, too."""
    unproven: bool = False
    """Also if nobody knows who has made it."""


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
    outside = tuple(sorted(path for path in at if not path.is_relative_to(_real(order.config.absolute().parent))))
    foreign = [path for path in outside if not any(path.is_relative_to(_real(folder)) for folder in order.below)]
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


def restore(backup: Unpacked, plan: RestorePlan, order: Restoring) -> Restored:
    """Write what the plan says. Nothing is overwritten; a second call continues where the first stopped.

    Raises BackupError, SettingsError, StoreError.
    """
    values = _values(backup)
    written = tuple(place.path for place in plan.files if _write(place, backup.member(place.member)))
    settings = _checked(backup, plan, order, values) if values or backup.has_store() else None
    if plan.variables is not None:
        _write(plan.variables, _env(values))
    orders = _take_store_back(backup, plan, order, settings) if settings is not None and backup.has_store() else ()
    return Restored(
        made_at=backup.manifest.made_at,
        installation=backup.manifest.installation,
        written=written,
        variables=plan.variables.path if plan.variables else None,
        with_store=backup.has_store(),
        orders=orders,
    )


def _places(backup: Unpacked, order: Restoring) -> tuple[Place, ...]:
    """Of every file. The main file may have another name here."""
    manifest, main = backup.manifest, order.config.absolute()
    files = tuple(
        Place(path=_real(main if kept.path == manifest.config else main.parent / kept.path), member=member, kept=kept)
        for member, kept in manifest.files.items()
    )
    variables = SavedFile(path=VARIABLES, mode=0o600, owner="root", group="root")
    if manifest.variables:
        files = (*files, Place(path=_real(main.parent / VARIABLES), member=_VARIABLES_MEMBER, kept=variables))
    if manifest.store is None or not backup.has_store():
        return files
    return (*files, Place(path=_real(main.parent / manifest.store.path), member=STORE, kept=manifest.store))


def _real(path: Path) -> Path:
    try:
        return Path(os.path.realpath(path))
    except OSError as exc:  # a link that goes while it is read
        raise BackupError(reasons.RESTORE_UNWRITABLE(path=str(path), said=str(exc.strerror))) from exc


def _is_like(place: Place, backup: Unpacked) -> bool:
    if place.member == STORE:
        return False
    try:
        with _root() as root, os.fdopen(root.open(_below(place.path)), "rb") as file:
            if place.member != _VARIABLES_MEMBER:
                return backup.is_like(place.member, file)
            content = _env(_values(backup))
            return file.read(len(content) + 1) == content
    except OSError:
        return False


def _write(place: Place, content: bytes) -> bool:
    if place.same:
        return False
    _put(place, content)
    return True


def _put(place: Place, content: bytes | Iterable[bytes]) -> None:
    owner = _owner(place.kept)
    try:
        with _root() as root:
            if above := _below(place.path.parent):
                root.make(above, mode=_FOLDER_MODE, owner=owner)
            root.write(_below(place.path), content, mode=place.kept.mode, owner=owner, new=True)
    except OSError as exc:
        raise BackupError(reasons.RESTORE_UNWRITABLE(path=str(place.path), said=said_of(exc))) from exc


def _root() -> Folder:
    return Folder(Path("/"))


def _below(path: Path) -> str:
    return str(path).lstrip("/")


def _owner(kept: SavedFile) -> Owner | None:
    """The earlier owner, if root restores and the account exists; otherwise the caller stays the owner."""
    if os.geteuid() != 0:
        return None
    try:
        return pwd.getpwnam(kept.owner).pw_uid, grp.getgrnam(kept.group).gr_gid
    except (KeyError, ValueError):
        return None


def _values(backup: Unpacked) -> dict[str, str]:
    values = {}
    for name in backup.manifest.variables:
        try:
            values[name] = backup.member(f"variables/{name}").decode()
        except UnicodeDecodeError:
            raise BackupError(reasons.VARIABLE_UNREADABLE(name=name)) from None
        if "\0" in values[name]:
            raise BackupError(reasons.VARIABLE_UNREADABLE(name=name))
    return values


def _env(values: Mapping[str, str]) -> bytes:
    return "".join(f'{name}="{_escaped(value)}"\n' for name, value in values.items()).encode()


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"')


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
    return _real(Path(url.removeprefix(_SQLITE))) if url.startswith(_SQLITE) else None


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


__all__ = ["VARIABLES", "Place", "RestorePlan", "Restored", "Restoring", "open_backup", "plan_restore", "restore"]
