"""Who may use the store, and through which connection. One daemon owns it; every process may read."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import uuid4

import sqlalchemy as sa
from sqlalchemy import Connection

from provisioner.adapters.sql.databases import Database, this_process
from provisioner.adapters.sql.faults import driver_words, is_away
from provisioner.adapters.sql.kept_rows import RowWrong
from provisioner.adapters.sql.rows import read_meta, write_meta
from provisioner.adapters.sql.schema import (
    STEPS,
    Schema,
    Steps,
    create,
    fit_of,
    owner_of,
    process_of,
    refuse_other_installation,
    schema_of,
    upgrade,
)
from provisioner.errors import StoreAway, StoreError, StoreOwned
from provisioner.model.ids import Instant
from provisioner.model.kept.store_fit import SchemaFit, StoreFit
from provisioner.reasons import store as reasons
from provisioner.reasons.reason import Reason, ReasonKind


class Sessions:
    """Transactions on one database. The owner has one connection; its threads take turns."""

    def __init__(self, place: Database, steps: Steps = STEPS) -> None:
        self._place = place
        self._steps = steps
        self._claim = ""
        self._connection: Connection | None = None
        self._turn = threading.RLock()

    def claim(self, *, at: Instant, installation: str) -> None:
        """Own the database until `close` and upgrade its schema; raises StoreOwned."""
        with self._turn, self._errors(reasons.CLAIM()):
            if self._claim:
                raise StoreOwned(self.of_store(reasons.OWNED_HERE()))
            self._place.create()
            try:
                self._take(at=at, installation=installation)
            except BaseException:
                self.close()
                raise

    @property
    def is_claimed(self) -> bool:
        """Since `claim`, until `close`: also while the connection is lost."""
        return bool(self._claim)

    @property
    def name(self) -> str:
        """The place, without password."""
        return self._place.name

    def of_store(self, why: Reason) -> Reason:
        """The reason, with the place of this store."""
        return reasons.OF_STORE(place=self._place.name, why=why)

    def close(self) -> None:
        """Give up ownership."""
        with self._turn:
            self._drop()
            self._place.disown()
            self._claim = ""

    @contextmanager
    def owned(self, doing: Reason) -> Iterator[Connection]:
        """A transaction of the owner; committed at the end, rolled back on any exception."""
        with self._turn, self._errors(doing):
            if not self._claim:
                raise StoreError(self.of_store(reasons.NOT_CLAIMED(doing=doing)))
            connection = self._owned_connection()
            try:
                with connection.begin():
                    yield connection
            except (sa.exc.IntegrityError, StoreError):
                raise
            except BaseException:
                # The connection may be in any state: the next call opens a new connection.
                self._drop()
                raise

    @contextmanager
    def writing(self, doing: Reason) -> Iterator[Connection]:
        """A transaction of the owner, or of another process. Creates the store if there is none."""
        if self._claim:
            with self.owned(doing) as connection:
                yield connection
            return
        with self._errors(doing):
            self._place.create()
            with self._writer() as connection:
                self._prepare(connection, upgrading=False)
                with connection.begin():
                    yield connection

    @contextmanager
    def filling(self) -> Iterator[Connection]:
        """A transaction on a database without a store. It is owned meanwhile, and given up at the end."""
        with self._turn, self._errors(reasons.TAKE_COPY_BACK()):
            if not self.is_vacant():
                raise StoreError(self.of_store(reasons.STORE_THERE()))
            self._place.create()
            try:
                connection = self._owning(reasons.OWNED)
                with connection.begin():
                    yield connection
                self._place.ready()
            finally:
                self.close()

    @contextmanager
    def held(self) -> Iterator[Connection]:
        """A transaction on a store that no daemon has; nobody else writes meanwhile. Raises StoreOwned."""
        with self._turn, self._errors(reasons.COPY()):
            if self.is_vacant():
                raise StoreError(self.of_store(reasons.NOT_THERE()))
            try:
                connection = self._owning(reasons.OWNED_STILL)
                with connection.begin():
                    self._place.lock_rows(connection)
                    yield connection
            finally:
                self.close()

    def is_vacant(self) -> bool:
        """Whether there is no store. Raises StoreError for another program's tables, or a schema that is not known."""
        with self._errors(reasons.LOAD()):
            return not self._place.exists() or self._is_empty()

    def verify(self) -> None:
        """Read everything; raises StoreError for damage. Does not wait for other threads."""
        with self._errors(reasons.READ_ALL()):
            if self._place.exists():
                self._place.check_way()
        with self._looking(reasons.READ_ALL()) as connection:
            if connection is not None:
                self._place.verify(connection)

    def demand(self) -> None:
        """Raises StoreError if there is no store."""
        with self.reading(reasons.LOAD()) as connection:
            if connection is None:
                raise StoreError(self.of_store(reasons.NOT_THERE()))

    def fit(self, installation: str) -> StoreFit:
        """Whether a claim for this installation would open it, and upgrade it. Changes nothing; raises StoreError if unread."""
        with self._errors(reasons.LOAD()):
            if not self._place.exists():
                return StoreFit(store=self._place.name, fit=SchemaFit.NO_STORE, newest=self._steps.revisions[-1])
            with self._place.engine.connect() as connection, connection.begin():
                return fit_of(connection, self._place.name, installation, self._steps)

    def scrub(self) -> None:
        """Remove erased text from the files; raises StoreError if this has to be repeated."""
        with self._turn, self._errors(reasons.CLEAR_FILES()):
            self._place.scrub()

    def scrub_log(self) -> None:
        """Remove overwritten text from the write-ahead log, unless a reader needs it: then the next time."""
        with self._turn, self._errors(reasons.CLEAR_FILES()):
            self._place.scrub_log()

    @contextmanager
    def reading(self, doing: Reason) -> Iterator[Connection | None]:
        """One state of the store for all queries; None: there is no store, and none is created."""
        try:
            with self.owned(doing) if self._claim else self._looking(doing) as connection:
                yield connection
        except (ValueError, KeyError, TypeError) as exc:
            raise self._cannot(doing, reasons.DAMAGED(said=reasons.KEPT_VALUE_WRONG(value=repr(exc)))) from exc

    def _take(self, *, at: Instant, installation: str) -> None:
        connection = self._owning(reasons.OWNED_ONE)
        self._prepare(connection, upgrading=True)
        claim = uuid4().hex
        with connection.begin():
            self._settle(connection, installation)
            write_meta(connection, "owner", json.dumps({**this_process(), "since": at, "claim": claim}))
        self._claim = claim

    def _prepare(self, connection: Connection, *, upgrading: bool) -> None:
        with connection.begin():
            schema = self._schema(connection, older=upgrading)
        if schema is Schema.EMPTY or upgrading:
            self._place.ready()
        if schema is not Schema.CURRENT:
            with connection.begin():
                self._place.lock_schema(connection)
                self._make_current(connection)

    def _make_current(self, connection: Connection) -> None:
        """Read the schema again under its lock: another process may have made it current since."""
        schema = schema_of(connection, self._place.name, self._steps)
        if schema is Schema.EMPTY:
            create(connection)
        elif schema is Schema.OLDER:
            upgrade(connection, steps=self._steps)

    def _is_empty(self) -> bool:
        with self._place.engine.connect() as connection, connection.begin():
            return schema_of(connection, self._place.name, self._steps) is Schema.EMPTY

    def _schema(self, connection: Connection, *, older: bool) -> Schema:
        schema = schema_of(connection, self._place.name, self._steps)
        if schema is Schema.OLDER and not older:
            raise StoreError(self.of_store(reasons.SCHEMA_OLDER()))
        return schema

    def _settle(self, connection: Connection, installation: str) -> None:
        kept = read_meta(connection, "installation")
        refuse_other_installation(kept, self._place.name, installation)
        if kept is None and installation:
            write_meta(connection, "installation", installation)

    @contextmanager
    def _looking(self, doing: Reason) -> Iterator[Connection | None]:
        with self._errors(doing):
            if not self._place.exists():
                yield None
                return
            with self._place.engine.connect().execution_options(**self._place.reading) as connection, connection.begin():
                empty = self._schema(connection, older=False) is Schema.EMPTY
                yield None if empty else connection

    def _owned_connection(self) -> Connection:
        self._place.check()
        if self._connection is None:
            self._connection = self._reclaimed()
        return self._connection

    def _reclaimed(self) -> Connection:
        connection = self._writer()
        try:
            self._refuse_if_taken(connection)  # for good: nobody waits for its lock, also not each last writing of a daemon
            owned = self._place.own(connection)
            self._refuse_if_taken(connection)
            if not owned:
                raise StoreAway(self.of_store(reasons.CONNECTION_LOST()))
        except BaseException:
            connection.close()
            raise
        return connection

    def _refuse_if_taken(self, connection: Connection) -> None:
        with connection.begin():
            owner = owner_of(connection)
        if owner.get("claim") != self._claim:
            raise StoreOwned(self.of_store(reasons.TAKEN(owner=process_of(owner))))

    def _owning(self, kind: ReasonKind) -> Connection:
        """Raises StoreOwned, by this kind of reason."""
        connection = self._connection = self._writer()
        if self._place.own(connection):
            return connection
        with connection.begin():
            current = schema_of(connection, self._place.name, self._steps) is Schema.CURRENT
            owner = owner_of(connection) if current else {}
        raise StoreOwned(self.of_store(kind(owner=process_of(owner))))

    def _writer(self) -> Connection:
        self._place.check_way()
        connection = self._place.engine.connect().execution_options(writes=True)
        try:
            self._place.greet(connection)
        except BaseException:
            connection.close()
            raise
        return connection

    def _drop(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.invalidate()
            connection.close()

    @contextmanager
    def _errors(self, doing: Reason) -> Iterator[None]:
        try:
            yield
        except StoreError:
            raise
        except RowWrong as exc:
            raise self._cannot(doing, exc.reason) from exc
        except sa.exc.SQLAlchemyError as exc:
            raise self._cannot(doing, driver_words(exc), StoreAway if is_away(exc) else StoreError) from exc
        except OSError as exc:
            raise self._cannot(doing, str(exc), StoreAway if is_away(exc) else StoreError) from exc
        except UnicodeError as exc:
            raise self._cannot(doing, reasons.NOT_UNICODE()) from exc

    def _cannot(self, doing: Reason, said: str, kind: type[StoreError] = StoreError) -> StoreError:
        return kind(self.of_store(reasons.CANNOT(doing=doing, said=said)))


__all__ = ["Sessions"]
