"""An SQLite file or a PostgreSQL database, chosen by the URL, and how one daemon owns it."""

import fcntl
import os
import socket
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Any, Protocol

import sqlalchemy as sa
from sqlalchemy import URL, Connection, Engine
from sqlalchemy.pool import NullPool

from provisioner.adapters.sql.postgresql import BUSY_S, PostgresDatabase
from provisioner.errors import StoreError
from provisioner.model.people.plain_text import one_line
from provisioner.reasons import store as reasons
from provisioner.reasons.reason import Reason

_CHECK = "PRAGMA quick_check(1)"


class Database(Protocol):
    """The differences between the two databases."""

    name: str
    """Shown to people: without password."""
    engine: Engine
    reading: Mapping[str, Any]
    """Execution options that let several queries see one state."""

    def exists(self) -> bool:
        """False: there is nothing to read, and reading must not create anything."""

    def create(self) -> None:
        """Create what a first connection needs."""

    def check_way(self) -> None:
        """Raises StoreError if what stands between us and the database could let two processes own it."""

    def greet(self, connection: Connection) -> None:
        """Before anything is read or written through a writer's connection: how long it waits, and how durable it is."""

    def ready(self) -> None:
        """Check for damage and prepare for use, outside of any transaction."""

    def verify(self, connection: Connection) -> None:
        """Read everything; raises StoreError, or the driver's error, if something cannot be read."""

    def scrub(self) -> None:
        """Remove erased text from our files; raises StoreError if this has to be repeated."""

    def scrub_log(self) -> None:
        """Remove overwritten text from the write-ahead log, unless a reader needs it at present."""

    def own(self, connection: Connection) -> bool:
        """Own the store through this connection; whether it is owned. Ownership ends with the process at the latest."""

    def check(self) -> None:
        """Raises StoreError if the owned store is no longer the store at the URL."""

    def lock_schema(self, connection: Connection) -> None:
        """Lock the schema until the transaction ends."""

    def lock_rows(self, connection: Connection) -> None:
        """Let nobody else write until the transaction of a writer ends; reading goes on."""

    def disown(self) -> None:
        """Release what `own` holds besides the connection."""


def database_of(url: str) -> Database:
    """Raises StoreError. Its text does not show the URL, which may contain a password."""
    try:
        parsed = sa.make_url(url)
    except (sa.exc.ArgumentError, ValueError):
        # `from None`: the cause quotes the URL.
        raise StoreError(reasons.URL_UNREADABLE()) from None
    if parsed.get_backend_name() == "sqlite":
        return SqliteFile(parsed)
    if parsed.get_backend_name() in ("postgresql", "postgres"):
        return PostgresDatabase(parsed)
    raise StoreError(reasons.DATABASE_UNSUPPORTED(name=parsed.get_backend_name()))


class SqliteFile:
    """A file, and a lock file beside it that the owner locks. The kernel releases the lock when the process ends."""

    reading: Mapping[str, Any] = {}

    def __init__(self, url: URL) -> None:
        if url.database in (None, "", ":memory:"):
            raise StoreError(reasons.FILE_UNNAMED())
        self._path = Path(str(url.database)).absolute()
        self._lock: int | None = None
        self._file: tuple[int, int] | None = None
        self.name = str(self._path)
        self.engine = sa.create_engine(
            URL.create("sqlite", database=self.name),
            poolclass=NullPool,
            connect_args={"timeout": BUSY_S},
            hide_parameters=True,
        )
        sa.event.listen(self.engine, "connect", _set_up_sqlite)
        sa.event.listen(self.engine, "begin", _begin_sqlite)

    def exists(self) -> bool:
        """An empty file does not count: a process may have died between creating and filling it."""
        return self._path.exists() and self._path.stat().st_size > 0

    def create(self) -> None:
        """Readable only by its owner, because it names agents. SQLite's side files get the same mode."""
        if not self._path.parent.is_dir():
            raise self._error(reasons.FOLDER_MISSING(folder=str(self._path.parent)))
        os.close(os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))

    def check_way(self) -> None:
        """Nothing stands between."""

    def greet(self, connection: Connection) -> None:
        """Each connection is set up when it is made."""

    def ready(self) -> None:
        """Set the write-ahead log: readers never wait for the daemon, and a commit costs one fsync."""
        with closing(self.engine.raw_connection()) as connection:
            self._refuse_damage(connection.cursor().execute(_CHECK).fetchone()[0])
            connection.cursor().execute("PRAGMA journal_mode=WAL")

    def verify(self, connection: Connection) -> None:
        """Check all pages and rows. The writer can continue."""
        self._refuse_damage(connection.exec_driver_sql(_CHECK).scalar_one())

    def _refuse_damage(self, check: str) -> None:
        if check != "ok":
            raise self._error(reasons.DAMAGED(said=one_line(check)))

    def scrub(self) -> None:
        """Overwritten text may stay in free pages, even for years, and in the write-ahead log: rewrite both."""
        with closing(self.engine.raw_connection()) as connection:
            cursor = connection.cursor()
            try:
                cursor.execute("VACUUM")
                busy = cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
            except sqlite3.OperationalError as exc:
                raise self._error(reasons.FREE_SPACE_KEPT(said=str(exc))) from exc
        if busy:
            raise self._error(reasons.LOG_KEPT())

    def scrub_log(self) -> None:
        """What is deleted is overwritten in the file (secure_delete), and not in the log: earlier pages are still there."""
        with closing(self.engine.raw_connection()) as connection:
            connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def own(self, connection: Connection) -> bool:
        """The lock belongs to the open file, not to the process: a second store in the same process is refused too."""
        del connection
        if self._lock is None:
            self._lock = _locked(self._path.with_name(self._path.name + ".lock"))
        if self._lock is not None and self._file is None:
            self._file = self._identity()
        return self._lock is not None

    def check(self) -> None:
        """SQLite would write on into a removed file, and everything would be lost at the end."""
        if self._file != self._identity():
            raise self._error(reasons.REPLACED())

    def lock_schema(self, connection: Connection) -> None:
        """BEGIN IMMEDIATE has locked it."""

    def lock_rows(self, connection: Connection) -> None:
        """BEGIN IMMEDIATE has locked them."""

    def disown(self) -> None:
        """The lock file stays: after its removal two processes could lock two files with the same name."""
        if self._lock is not None:
            os.close(self._lock)
        self._lock = self._file = None

    def _identity(self) -> tuple[int, int] | None:
        try:
            status = self._path.stat()
        except FileNotFoundError:
            return None
        return status.st_dev, status.st_ino

    def _error(self, why: Reason) -> StoreError:
        return StoreError(reasons.OF_STORE(place=self.name, why=why))


def this_process() -> dict[str, str | int]:
    """The owner of a store, for the error message of other processes."""
    return {"pid": os.getpid(), "machine": socket.gethostname()}


def _set_up_sqlite(connection: Any, record: object) -> None:
    del record
    # SQLAlchemy's begin event starts transactions: the driver starts none before DDL or SELECT.
    connection.isolation_level = None
    # FULL: a reservation must survive a power cut, because a VM that is being cloned has no note yet that proves it ours.
    connection.execute("PRAGMA synchronous=FULL")
    # Overwrite deleted content: an erased line of the journal must not stay in a free page.
    connection.execute("PRAGMA secure_delete=ON")


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get("writes", False)
    # IMMEDIATE: a transaction that reads first and writes later could not wait for the lock.
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _locked(path: Path) -> int | None:
    while True:
        handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(handle)
            return None
        except OSError:
            os.close(handle)
            raise
        if path.exists() and path.stat().st_ino == os.fstat(handle).st_ino:
            return handle
        # The file was removed between opening and locking: lock the new file.
        os.close(handle)


__all__ = ["Database", "SqliteFile", "database_of", "this_process"]
