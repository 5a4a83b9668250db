"""Who may use the store, and through which connection: owned by one daemon, looked at by anyone."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from uuid import uuid4

import sqlalchemy as sa
from sqlalchemy import Connection

from provisioner.adapters.sql.databases import DAMAGED, Database, this_process
from provisioner.adapters.sql.rows import read_meta, write_meta
from provisioner.adapters.sql.schema import Schema, schema_of, upgrade
from provisioner.errors import StoreError, StoreOwned
from provisioner.model.ids import Instant


class Sessions:
    """Transactions on one place. The owner's all go through one connection, which other threads wait for."""

    def __init__(self, place: Database) -> None:
        self._place = place
        self._claim = ""
        self._connection: Connection | None = None
        self._turn = threading.RLock()

    def claim(self, *, at: Instant, installation: str) -> None:
        """Own the place until `close` and bring its schema up to date; raises StoreOwned."""
        with self._turn, self._errors("claim"):
            if self._claim:
                raise StoreOwned(f"store {self._place.name}: owned by this process already")
            self._place.create()
            try:
                self._take(at=at, installation=installation)
            except BaseException:
                self.close()
                raise

    def close(self) -> None:
        """Give the place up."""
        with self._turn:
            self._drop()
            self._place.disown()
            self._claim = ""

    @contextmanager
    def owned(self, doing: str) -> Iterator[Connection]:
        """A transaction of the owner; committed at the end, rolled back on any exception."""
        with self._turn, self._errors(doing):
            if not self._claim:
                raise StoreError(f"store {self._place.name}: has to be claimed before it may {doing}")
            connection = self._held()
            try:
                with connection.begin():
                    yield connection
            except (sa.exc.IntegrityError, StoreError):
                raise
            except BaseException:
                # Whatever state it is in, the next call starts on a new one.
                self._drop()
                raise

    @contextmanager
    def writing(self, doing: str) -> Iterator[Connection]:
        """A transaction of the owner, or of a passer-by, who makes the store when there is none."""
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
        """A transaction on a place that holds no store yet, which nobody else can own meanwhile; given up at the end."""
        with self._turn, self._errors("take a copy back"):
            if self._place.exists() and not self._is_empty():
                raise StoreError(f"store {self._place.name}: there is one already; move it away first")
            self._place.create()
            try:
                connection = self._connection = self._writer()
                if not self._place.own(connection):
                    raise StoreOwned(f"store {self._place.name}: owned by {self._owner(connection)}")
                with connection.begin():
                    yield connection
                self._place.ready()
            finally:
                self.close()

    def verify(self) -> None:
        """Read every page; raises StoreError where there is damage. It waits for no other thread."""
        with self._looking("read all that is kept") as connection:
            if connection is not None:
                self._place.verify(connection)

    def scrub(self) -> None:
        """Leave nothing of what was erased in the place's files; raises StoreError when it has to be tried again."""
        with self._turn, self._errors("clear its files of what was erased"):
            self._place.scrub()

    @contextmanager
    def reading(self, doing: str) -> Iterator[Connection | None]:
        """One state of the store for all queries; None when there is no store, and none is made."""
        try:
            with self.owned(doing) if self._claim else self._looking(doing) as connection:
                yield connection
        except (ValueError, KeyError, TypeError) as exc:
            raise StoreError(f"store {self._place.name}: cannot {doing}: a kept value is wrong ({exc!r}){DAMAGED}") from exc

    def _take(self, *, at: Instant, installation: str) -> None:
        connection = self._connection = self._writer()
        if not self._place.own(connection):
            raise StoreOwned(f"store {self._place.name}: owned by {self._owner(connection)}; one daemon per store")
        self._prepare(connection, upgrading=True)
        claim = uuid4().hex
        with connection.begin():
            self._settle(connection, installation)
            write_meta(connection, "owner", json.dumps({**this_process(), "since": at, "claim": claim}))
        self._claim = claim

    def _prepare(self, connection: Connection, *, upgrading: bool) -> None:
        with connection.begin():
            found = self._schema(connection, older=upgrading)
        if found is Schema.EMPTY or upgrading:
            self._place.ready()
        if found is not Schema.CURRENT:
            with connection.begin():
                self._place.lock_schema(connection)
                upgrade(connection)

    def _is_empty(self) -> bool:
        with self._place.engine.connect() as connection, connection.begin():
            return schema_of(connection, self._place.name) is Schema.EMPTY

    def _schema(self, connection: Connection, *, older: bool) -> Schema:
        found = schema_of(connection, self._place.name)
        if found is Schema.OLDER and not older:
            raise StoreError(
                f"store {self._place.name}: made by an older Bascule; start the daemon once to bring it up to date"
            )
        return found

    def _settle(self, connection: Connection, installation: str) -> None:
        kept = read_meta(connection, "installation")
        if kept is None and installation:
            write_meta(connection, "installation", installation)
        elif kept is not None and installation not in ("", kept):
            raise StoreError(f"store {self._place.name}: belongs to the installation {kept}, not to {installation}")

    @contextmanager
    def _looking(self, doing: str) -> Iterator[Connection | None]:
        with self._errors(doing):
            if not self._place.exists():
                yield None
                return
            with self._place.engine.connect().execution_options(**self._place.reading) as connection, connection.begin():
                empty = self._schema(connection, older=False) is Schema.EMPTY
                yield None if empty else connection

    def _held(self) -> Connection:
        self._place.check()
        if self._connection is None:
            self._connection = self._claimed_again()
        return self._connection

    def _claimed_again(self) -> Connection:
        connection = self._writer()
        try:
            owned = self._place.own(connection)
            with connection.begin():
                owner = json.loads(read_meta(connection, "owner") or "{}")
            if owner.get("claim") != self._claim:
                raise StoreOwned(f"store {self._place.name}: lost, and taken by {_words_for(owner)}; start the daemon again")
            if not owned:
                raise StoreError(f"store {self._place.name}: the database has not yet ended our lost connection")
        except BaseException:
            connection.close()
            raise
        return connection

    def _owner(self, connection: Connection) -> str:
        with connection.begin():
            if schema_of(connection, self._place.name) is not Schema.CURRENT:
                return _words_for({})
            return _words_for(json.loads(read_meta(connection, "owner") or "{}"))

    def _writer(self) -> Connection:
        return self._place.engine.connect().execution_options(writes=True)

    def _drop(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.invalidate()
            connection.close()

    @contextmanager
    def _errors(self, doing: str) -> Iterator[None]:
        place = self._place.name
        try:
            yield
        except StoreError:
            raise
        except sa.exc.SQLAlchemyError as exc:
            raise StoreError(f"store {place}: cannot {doing}: {_words(exc)}") from exc
        except OSError as exc:
            raise StoreError(f"store {place}: cannot {doing}: {exc}") from exc
        except UnicodeError as exc:
            raise StoreError(f"store {place}: cannot {doing}: a text is not Unicode") from exc


def _words_for(owner: dict[str, str | float]) -> str:
    if not owner:
        return "another process"
    since = datetime.fromtimestamp(float(owner["since"]), UTC).isoformat(timespec="seconds")
    return f"process {owner['pid']} on {owner['machine']} since {since}"


def _words(exc: sa.exc.SQLAlchemyError) -> str:
    # The driver's own first line: SQLAlchemy's text adds the statement and a link.
    cause = exc.orig if isinstance(exc, sa.exc.DBAPIError) and exc.orig else exc
    words = (str(cause).strip() or type(cause).__name__).splitlines()[0]
    return words + (DAMAGED if "malformed" in words or "not a database" in words else "")


__all__ = ["Sessions"]
