"""Remove one person's names, or the journal's old lines, from the tables, within the caller's transactions.

The journal is append-only: triggers of the database refuse every change. They are removed and restored within one transaction,
so no other connection sees the journal without them. A person's lines stay, without the names; a new line records the erasure.

A journal of several years has a million lines. They are searched first, while the daemon continues; only lines added since are
searched while it waits.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy import Connection

from provisioner.adapters.sql import codec
from provisioner.adapters.sql.half_days import drop_half_days, drop_half_days_before
from provisioner.adapters.sql.people_tables import drop_everywhere
from provisioner.adapters.sql.tables import intents, journal, readiness, rekeyed, rosters, surges
from provisioner.model.erasure import ErasureRequest, ErasureResult, without
from provisioner.model.ids import Instant

_GUARDS = sa.text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'journal'")
_AT_ONCE = 1_000
"""Rows held in memory."""

_Row = tuple[object, ...]
"""A primary key."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mentions:
    """The lines of the journal that name a person, with their new texts."""

    lines: dict[_Row, dict[str, str]]
    up_to: int
    """The number of the last line that was searched. Earlier lines never change."""


def mentions(connection: Connection, order: ErasureRequest) -> Mentions:
    """Every line of the journal that names the person."""
    up_to = connection.execute(sa.select(sa.func.max(journal.c.id))).scalar() or 0
    where = sa.and_(journal.c.id <= up_to, _HAS_WORDS)
    return Mentions(lines=_named(connection, journal, _WORDS, order.names.replace, where), up_to=up_to)


def erase(connection: Connection, order: ErasureRequest, found: Mentions) -> ErasureResult:
    """Erase the person's names. A desktop's row is left: it is deleted with the desktop."""
    replaced = order.names.replace
    newer = _named(connection, journal, _WORDS, replaced, journal.c.id > found.up_to)
    with _journal_unguarded(connection):
        _put(connection, journal, found.lines | newer)
    orders = _named(connection, intents, ("given_by", "reason", "allows", "rekeys", "terms"), replaced, sa.true())
    _put(connection, intents, orders)
    _put(connection, surges, _named(connection, surges, ("given_by", "reason", "terms"), replaced, sa.true()))
    _put(connection, readiness, _named(connection, readiness, ("document",), replaced, sa.true()))
    people = [] if order.agent_id is None else [order.agent_id]
    drop_everywhere(connection, people)
    drop_half_days(connection, people)
    connection.execute(sa.delete(rekeyed).where(rekeyed.c.new_id == order.agent_id))
    return ErasureResult(
        lines=len(found.lines) + len(newer), rosters=_erase_from_rosters(connection, order), orders=len(orders)
    )


def count_before(connection: Connection, before: Instant) -> int:
    """How many lines of the journal are older."""
    return connection.execute(sa.select(sa.func.count()).select_from(journal).where(journal.c.at < before)).scalar_one()


def erase_before(connection: Connection, before: Instant) -> None:
    """Delete the lines of the journal before this time."""
    with _journal_unguarded(connection):
        connection.execute(sa.delete(journal).where(journal.c.at < before))


def erase_people_before(connection: Connection, before: Instant) -> tuple[int, int]:
    """Delete rosters that were last in force before this time, and half-days of weeks before; forget who ordered runs that were
    over. How many rosters, and how many runs."""
    drop_half_days_before(connection, before)
    newest_roster = sa.select(sa.func.max(rosters.c.id)).scalar_subquery()
    newest_run = sa.select(sa.func.max(surges.c.number)).scalar_subquery()
    old = connection.execute(sa.delete(rosters).where(rosters.c.read_at < before, rosters.c.id != newest_roster))
    over = (surges.c.since < before) & (surges.c.number != newest_run) & ((surges.c.given_by != "") | (surges.c.reason != ""))
    runs = connection.execute(sa.update(surges).where(over).values(given_by="", reason=""))
    return old.rowcount, runs.rowcount


_WORDS = ("subject", "reason", "because", "reason_coded")
_HAS_WORDS = sa.or_(journal.c.reason != "", journal.c.because.is_not(None))
"""The subject of a line without a reason is a desktop's name, not a person's."""


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
    """The rows that contain the names, with their new texts."""
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
