"""One person's history taken out of the tables, within the caller's transaction.

The journal is append-only, and the database itself sees to that. For this alone its guards are taken away and put back in one
transaction: nobody else ever sees the journal without them. No line goes: its words are changed, and a new line says so.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import sqlalchemy as sa
from sqlalchemy import Connection

from provisioner.adapters import sql_codec as codec
from provisioner.adapters.sql_tables import intents, journal, rosters
from provisioner.model.forgetting import Forgetting, Forgotten, without

_GUARDS = sa.text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'journal'")
_MANY = 1_000
"""Lines read at once: a journal of years has a million."""


def erase(connection: Connection, order: Forgetting) -> Forgotten:
    """Everything that names the person; a desktop's own row is not touched, for it goes with the desktop."""
    with _journal_unguarded(connection):
        lines = _reword(connection, journal, ("subject", "reason"), order.names.replace)
    return Forgotten(
        lines=lines,
        rosters=_erase_from_rosters(connection, order),
        orders=_reword(connection, intents, ("given_by", "reason"), order.names.replace),
    )


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


def _reword(connection: Connection, table: sa.Table, columns: tuple[str, ...], replaced: Callable[[str], str]) -> int:
    """How many rows had to be changed."""
    key = list(table.primary_key)
    query = sa.select(*key, *(table.c[one] for one in columns)).execution_options(yield_per=_MANY)
    changed: list[tuple[dict[str, object], dict[str, str]]] = []
    for row in connection.execute(query).mappings():
        words = {one: new for one in columns if (new := replaced(row[one])) != row[one]}
        if words:
            changed.append(({one.name: row[one.name] for one in key}, words))
    for which, words in changed:
        where = [table.c[name] == value for name, value in which.items()]
        connection.execute(sa.update(table).where(*where).values(words))
    return len(changed)


def _erase_from_rosters(connection: Connection, order: Forgetting) -> int:
    found = 0
    for row in connection.execute(sa.select(rosters)).all():
        kept = codec.roster_of(row.document, read_at=row.read_at)
        if (left := without(kept, order)) is not kept:
            found += 1
            connection.execute(sa.update(rosters).where(rosters.c.id == row.id).values(document=codec.roster_text(left)))
    return found


__all__ = ["erase"]
