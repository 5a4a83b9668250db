"""Copy a whole store row by row: from any database into an SQLite file and back, for backups; and into an empty database,
where every row is compared before the move is final. The source stays as it is.

The columns are those of the source. So a copy from an older Bascule can be restored too: the daemon's next start brings its
schema up to date. The rows of a table are compared by the sum of their SHA-256 digests: databases sort texts differently.
"""

import hashlib
import sqlite3
from collections.abc import Iterator, Mapping, Set
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy import Connection
from sqlalchemy.pool import NullPool

from provisioner.adapters.sql.rows import BEGAN, read_meta
from provisioner.adapters.sql.schema import Schema, refuse_other_installation, revision_of, schema_of, upgrade
from provisioner.adapters.sql.session import Sessions
from provisioner.adapters.sql.tables import meta, metadata
from provisioner.errors import StoreError
from provisioner.model.kept.store_fit import StoreMove, histories
from provisioner.reasons import store as reasons

_AT_ONCE = 1_000
"""Rows held in memory."""
_MOST_VALUE = 256 << 20
"""Bytes of one value: a roster of 100,000 people has some 50 MiB."""
_PROGRAMS = sa.text(
    "SELECT name FROM sqlite_master WHERE type NOT IN ('table', 'index', 'trigger') OR sql LIKE 'create virtual%' LIMIT 1"
)
_COMPUTED = sa.text("SELECT m.name FROM sqlite_master m, pragma_table_xinfo(m.name) c WHERE m.type = 'table' AND c.hidden <> 0")
_NUMBERED = frozenset({"journal", "rosters", "measured", "forecasts", "progress", *(each.name for each in histories())})
"""Tables whose rows the database numbers."""
_DIGESTS = 1 << 256


def copy_to_file(source: Connection, path: Path) -> None:
    """Copy all rows into a new SQLite file at `path`, as of the source's transaction. The copy has no owner,
    and what is ordered after it it does not know: a rebuild's wait begins anew."""
    with _file(path) as target, target.begin():
        copy_rows(source, target)
        target.execute(sa.delete(meta).where(meta.c.key.in_(("owner", BEGAN))))


def copy_rows(source: Connection, target: Connection) -> None:
    """Give an empty target the source's schema and rows, within the transactions of both."""
    upgrade(target, to=revision_of(source))
    for table in _kept_tables(source):
        rows = source.execute(sa.select(table).execution_options(yield_per=_AT_ONCE)).mappings()
        for some in rows.partitions():
            target.execute(sa.insert(table), [dict(row) for row in some])
    if target.dialect.name == "postgresql":
        _set_sequences(target, {table.name for table in _kept_tables(source)})


def _kept_tables(source: Connection) -> tuple[sa.Table, ...]:
    """As they are there: an older store lacks some tables and columns."""
    found = sa.MetaData()
    found.reflect(source, only=lambda name, _: name in metadata.tables)
    return tuple(found.sorted_tables)


@contextmanager
def copied_file(path: Path) -> Iterator[Connection]:
    """Open a copy for reading; raises StoreError if it is damaged, no store, or of a schema that is not known.

    The file may be anybody's: a view or a computed column is a program that reading would start, so there may be none.
    """
    try:
        with _file(path) as connection, connection.begin():
            _bound(connection)
            if program := connection.execute(_PROGRAMS).scalar() or connection.execute(_COMPUTED).scalar():
                raise StoreError(reasons.COPY_PROGRAM(name=str(program)))
            damage = connection.execute(sa.text("PRAGMA quick_check(1)")).scalar()
            if damage != "ok":
                raise StoreError(reasons.COPY_DAMAGED(said=str(damage)))
            if schema_of(connection, reasons.IN_BACKUP()) is Schema.EMPTY:
                raise StoreError(reasons.COPY_EMPTY())
            yield connection
    except sa.exc.DatabaseError as exc:
        raise StoreError(reasons.COPY_UNREADABLE(said=str(exc.orig))) from exc


def _bound(connection: Connection) -> None:
    connection.execute(sa.text("PRAGMA trusted_schema=OFF"))
    file = connection.connection.driver_connection
    assert isinstance(file, sqlite3.Connection), "a copy is a file of SQLite"
    file.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, _MOST_VALUE)


@contextmanager
def _file(path: Path) -> Iterator[Connection]:
    engine = sa.create_engine(sa.URL.create("sqlite", database=str(path)), poolclass=NullPool, hide_parameters=True)
    with closing(engine.connect()) as connection:
        yield connection


def _set_sequences(target: Connection, copied: Set[str]) -> None:
    """Set PostgreSQL's sequences after the copied numbers. An older copy lacks some of the tables."""
    for table in sorted(copied & _NUMBERED):
        highest = f"(SELECT coalesce(max(id), 0) + 1 FROM {table})"  # noqa: S608 (one of the names above)
        target.execute(sa.text(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), {highest}, false)"))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Contents:
    """The rows of a table."""

    rows: int
    digest: int
    """The sum of the digests of its rows, whatever their order."""


def move(source: Sessions, target: Sessions, installation: str) -> StoreMove:
    """Nobody writes to either meanwhile. After an interruption the target is empty, or has all: then this says so again.

    Raises StoreOwned if a daemon has one of them, StoreError if the source is of another installation, or the target not empty.
    """
    with source.held() as kept:
        refuse_other_installation(read_meta(kept, "installation"), source.name, installation)
        tables = _contents(kept)
        vacant = target.is_vacant()
        with target.filling() if vacant else target.held() as there:
            if vacant:
                copy_rows(kept, there)
                there.execute(sa.delete(meta).where(meta.c.key == "owner"))
            elif _contents(there) != tables:
                raise StoreError(target.of_store(reasons.STORE_THERE()))
            _compare(tables, _contents(there), target)
        rows = {name: table.rows for name, table in sorted(tables.items())}
        return StoreMove(source=source.name, target=target.name, schema=revision_of(kept), rows=rows, was_there=not vacant)


def _compare(before: Mapping[str, _Contents], after: Mapping[str, _Contents], target: Sessions) -> None:
    for name in sorted(before.keys() | after.keys()):
        wanted, found = before.get(name), after.get(name)
        if wanted != found:
            rows, arrived = wanted.rows if wanted else 0, found.rows if found else 0
            raise StoreError(target.of_store(reasons.MOVED_OTHERWISE(table=name, rows=rows, arrived=arrived)))


def _contents(connection: Connection) -> dict[str, _Contents]:
    """By table, without the owner."""
    return {table.name: _of_table(connection, table) for table in _kept_tables(connection)}


def _of_table(connection: Connection, table: sa.Table) -> _Contents:
    query = sa.select(*sorted(table.columns, key=lambda column: column.name))
    if table.name == meta.name:
        query = query.where(table.c.key != "owner")
    rows = digest = 0
    for row in connection.execute(query.execution_options(yield_per=_AT_ONCE)):
        rows += 1
        digest += int.from_bytes(hashlib.sha256(repr(tuple(row)).encode("utf-8", "surrogatepass")).digest())
    return _Contents(rows=rows, digest=digest % _DIGESTS)


__all__ = ["copied_file", "copy_rows", "copy_to_file", "move"]
