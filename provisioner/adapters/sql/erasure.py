"""One person's history, and the journal's old lines, taken out of the tables, within the caller's transactions.

The journal is append-only, and the database itself sees to that. For these alone its guards are taken away and put back in one
transaction: nobody else ever sees the journal without them. Of a person no line goes, its words change; a new line says so.

A journal of years has a million lines: they are looked through before, while the daemon goes on, and only what was appended
since is looked through while it waits.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy import Connection

from provisioner.adapters.sql import codec
from provisioner.adapters.sql.tables import intents, journal, rekeyed, rosters
from provisioner.model.erasure import ErasureRequest, ErasureResult, without
from provisioner.model.ids import Instant

_GUARDS = sa.text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'journal'")
_AT_ONCE = 1_000
"""Rows held in memory."""

_Row = tuple[object, ...]
"""A primary key."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mentions:
    """The lines of the journal that name somebody, and their words without the names."""

    lines: dict[_Row, dict[str, str]]
    up_to: int
    """The last line that was looked at: none before it ever changes."""


def mentions(connection: Connection, order: ErasureRequest) -> Mentions:
    """Every line of the journal that names the person."""
    up_to = connection.execute(sa.select(sa.func.max(journal.c.id))).scalar() or 0
    where = sa.and_(journal.c.id <= up_to, _HAS_WORDS)
    return Mentions(lines=_named(connection, journal, _WORDS, order.names.replace, where), up_to=up_to)


def erase(connection: Connection, order: ErasureRequest, found: Mentions) -> ErasureResult:
    """Everything that names the person; a desktop's own row is not touched, for it goes with the desktop."""
    replaced = order.names.replace
    newer = _named(connection, journal, _WORDS, replaced, journal.c.id > found.up_to)
    with _journal_unguarded(connection):
        _put(connection, journal, found.lines | newer)
    orders = _named(connection, intents, ("given_by", "reason", "allows", "rekeys"), replaced, sa.true())
    _put(connection, intents, orders)
    connection.execute(sa.delete(rekeyed).where(rekeyed.c.new_id == order.agent_id))
    return ErasureResult(
        lines=len(found.lines) + len(newer), rosters=_erase_from_rosters(connection, order), orders=len(orders)
    )


def erase_before(connection: Connection, before: Instant) -> int:
    """The lines of the journal from before then; how many."""
    old = journal.c.at < before
    if not connection.execute(sa.select(sa.exists().where(old))).scalar():
        return 0
    with _journal_unguarded(connection):
        return connection.execute(sa.delete(journal).where(old)).rowcount


_WORDS = ("subject", "reason", "because", "reason_coded")
_HAS_WORDS = sa.or_(journal.c.reason != "", journal.c.because.is_not(None))
"""The subject of a line without words is a desktop's name, which is nobody's."""


@contextmanager
def _journal_unguarded(connection: Connection) -> Iterator[None]:
    if connection.dialect.name == "postgresql":
        connection.execute(sa.text("ALTER TABLE journal DISABLE TRIGGER journal_append_only"))
        yield
        connection.execute(sa.text("ALTER TABLE journal ENABLE TRIGGER journal_append_only"))
        return
    guards = connection.execute(_GUARDS).all()
    for guard in guards:
        connection.exec_driver_sql(f'DROP TRIGGER "{guard.name}"')
    yield
    for guard in guards:
        connection.exec_driver_sql(guard.sql)


def _named(
    connection: Connection,
    table: sa.Table,
    columns: tuple[str, ...],
    replaced: Callable[[str], str],
    where: sa.ColumnElement[bool],
) -> dict[_Row, dict[str, str]]:
    """The rows whose words have to be changed, with the new ones."""
    query = sa.select(*table.primary_key, *(table.c[column] for column in columns)).where(where)
    found: dict[_Row, dict[str, str]] = {}
    for row in connection.execute(query.execution_options(yield_per=_AT_ONCE)).mappings():
        words = {column: new for column in columns if row[column] and (new := replaced(row[column])) != row[column]}
        if words:
            found[tuple(row[column.name] for column in table.primary_key)] = words
    return found


def _put(connection: Connection, table: sa.Table, rows: dict[_Row, dict[str, str]]) -> None:
    for key, words in rows.items():
        which = [column == value for column, value in zip(table.primary_key, key, strict=True)]
        connection.execute(sa.update(table).where(*which).values(words))


def _erase_from_rosters(connection: Connection, order: ErasureRequest) -> int:
    found = 0
    for row in connection.execute(sa.select(rosters)).all():
        kept = codec.roster_of(row.document, read_at=row.read_at)
        if (left := without(kept, order)) is not kept:
            found += 1
            connection.execute(sa.update(rosters).where(rosters.c.id == row.id).values(document=codec.roster_text(left)))
    return found


__all__ = ["Mentions", "erase", "erase_before", "mentions"]
