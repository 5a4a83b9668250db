"""The rows of a table, each judged by itself. What cannot be read costs its row, or one message where no row can be spared."""

from collections.abc import Callable, Iterator, Sequence
from functools import cache
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy import Connection, Row

from provisioner.adapters.sql import codec
from provisioner.adapters.sql.sound import any_text, check_types, is_instant, is_number, is_text
from provisioner.model.bounds import LONGEST_NAME
from provisioner.model.set_aside import Unreadable, words_of
from provisioner.reasons.reason import Reason
from provisioner.reasons.store import ROW_WRONG

_PART = 1_000
T = TypeVar("T")
_Check = Callable[[Any], bool]
Read = Callable[[Row[Any]], T]


class RowWrong(Exception):
    """A row that the daemon cannot do without. `reason` names table and row, and what helps."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(str(reason))
        self.reason = reason


def needed(connection: Connection, table: sa.Table, query: sa.Select[Any], read: Read[T]) -> Iterator[T]:
    """The values of all rows. Raises RowWrong."""
    for row, value in _each(connection, table, query, read):
        if isinstance(value, Exception):
            raise RowWrong(ROW_WRONG(table=table.name, row=_shown(_key(table, row)), why=words_of(value))) from value
        yield value


def spared(connection: Connection, table: sa.Table, query: sa.Select[Any], read: Read[T]) -> list[T]:
    """The values of the rows that can be read; `unreadable` tells of the others."""
    return [value for _, value in _each(connection, table, query, read) if not isinstance(value, Exception)]


def unreadable(connection: Connection, table: sa.Table, query: sa.Select[Any], read: Read[T]) -> Iterator[Unreadable]:
    """The rows that `spared` leaves out."""
    for row, error in _each(connection, table, query, read):
        if isinstance(error, Exception):
            key = _key(table, row)
            why = words_of(error)
            yield Unreadable(kind=table.name, target=_shown(key), by="", why=why, row=key, stands_for=None, table=table.name)


def _each(
    connection: Connection, table: sa.Table, query: sa.Select[Any], read: Read[T]
) -> Iterator[tuple[Row[Any], T | Exception]]:
    for row in _fetched(connection, query):
        try:
            yield row, _value(row, _checks(table, row._fields), read)
        except Exception as error:  # whatever comes of its content: it costs this row alone
            yield row, error


def _fetched(connection: Connection, query: sa.Select[Any]) -> Iterator[Row[Any]]:
    """A part at a time: 100,000 desktops' rows take as much memory as the desktops."""
    with any_text(connection):
        result = connection.execute(query)
    try:
        while rows := _part(connection, result):
            yield from rows
    finally:
        result.close()


def _part(connection: Connection, result: sa.CursorResult[Any]) -> Sequence[Row[Any]]:
    with any_text(connection):
        return result.fetchmany(_PART)


def _value(row: Row[Any], checks: Sequence[_Check], read: Read[T]) -> T:
    for value, check in zip(row, checks, strict=True):
        if not check(value):
            raise ValueError("a column is not of its type")
    found = read(row)
    if hasattr(found, "__dataclass_fields__"):
        check_types(found, shown=False)
    return found


@cache
def _checks(table: sa.Table, names: tuple[str, ...]) -> tuple[_Check, ...]:
    return tuple(_check_of(table.c[name]) for name in names)


def _check_of(column: sa.Column[Any]) -> _Check:
    check = next(check for kind, check in _CHECKS if isinstance(column.type, kind))
    return check if not column.nullable else lambda value: value is None or check(value)


_CHECKS: tuple[tuple[type[Any], _Check], ...] = (
    (sa.Text, is_text),
    (sa.Boolean, lambda value: value in (0, 1)),
    (sa.Integer, lambda value: isinstance(value, int) and is_number(value)),
    (sa.Double, is_instant),  # a duration is shorter
)


def _key(table: sa.Table, row: Row[Any]) -> tuple[object, ...]:
    return tuple(row._mapping[column.name] for column in table.primary_key)


def _shown(key: tuple[object, ...]) -> str:
    return codec.storable(" ".join(map(str, key)))[:LONGEST_NAME]


__all__ = ["RowWrong", "needed", "spared", "unreadable"]
