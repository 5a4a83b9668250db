"""Rows of capabilities' tables, within the caller's transaction."""

import enum
from collections.abc import Callable, Sequence
from dataclasses import fields, replace
from typing import Any, TypeVar, get_type_hints

import sqlalchemy as sa
from sqlalchemy import Connection, Row

from provisioner.adapters.sql import codec
from provisioner.adapters.sql.kept_rows import spared
from provisioner.adapters.sql.tables import metadata
from provisioner.model.ids import AgentId
from provisioner.model.people_tables import TABLES, PeopleTable
from provisioner.model.rekeying import Rekeys

T = TypeVar("T")


def write(connection: Connection, table: PeopleTable[T], changed: Sequence[T]) -> None:
    """Instead of what was kept under the same keys."""
    there, rows = metadata.tables[table.name], [_row(each) for each in changed]
    same = sa.and_(*(there.c[name] == sa.bindparam(f"old_{name}") for name in table.key))
    connection.execute(sa.delete(there).where(same), [{f"old_{name}": row[name] for name in table.key} for row in rows])
    connection.execute(sa.insert(there), rows)


def read(connection: Connection, table: PeopleTable[T]) -> tuple[T, ...]:
    """All."""
    there = metadata.tables[table.name]
    return tuple(
        spared(connection, there, sa.select(there).order_by(*(there.c[name] for name in table.order)), value_of(table))
    )


def value_of(table: PeopleTable[T]) -> Callable[[Row[Any]], T]:
    """The value that was written in a row of this table."""
    kinds = get_type_hints(table.of)
    words = {name: kind for name, kind in kinds.items() if isinstance(kind, type) and issubclass(kind, enum.Enum)}
    return lambda row: table.of(**{**row._mapping, **{name: kind(getattr(row, name)) for name, kind in words.items()}})


def drop(connection: Connection, table: PeopleTable[Any], people: Sequence[AgentId]) -> None:
    """Of these people."""
    there = metadata.tables[table.name]
    for agent_id in people:
        connection.execute(sa.delete(there).where(there.c.agent_id == codec.storable(agent_id)))


def drop_everywhere(connection: Connection, people: Sequence[AgentId]) -> None:
    """Of these people, from every table."""
    for table in TABLES.found():
        drop(connection, table, people)


def rekey_everywhere(connection: Connection, rekeys: Rekeys) -> None:
    """People go on under other ids."""
    for table in TABLES.found():
        kept = [each for each in read(connection, table) if each.agent_id in rekeys]
        if kept:
            drop(connection, table, [*rekeys, *rekeys.values()])
            write(connection, table, [replace(each, agent_id=rekeys[each.agent_id]) for each in kept])


def _row(value: Any) -> dict[str, object]:
    found = {field.name: getattr(value, field.name) for field in fields(value)}
    return {
        name: each.value if isinstance(each, enum.Enum) else codec.storable(each) if isinstance(each, str) else each
        for name, each in found.items()
    }


__all__ = ["drop", "drop_everywhere", "read", "rekey_everywhere", "value_of", "write"]
