"""Rows of any table, within the caller's transaction: written, and read each by itself.

Somebody else may have written them: every text can be fetched, and every value is checked by its type. What cannot be read
costs its row, or one message where no row can be spared.
"""

import enum
import math
import sqlite3
import types
import typing
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence, Set
from contextlib import contextmanager
from dataclasses import is_dataclass
from functools import cache
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy import Connection, Row
from sqlalchemy.dialects import postgresql, sqlite

from provisioner.adapters.sql import codec
from provisioner.model.bounds import LONGEST_NAME
from provisioner.model.kept.set_aside import Unreadable, words_of
from provisioner.reasons.reason import Reason
from provisioner.reasons.store import ROW_WRONG

_PART = 1_000
T = TypeVar("T")
_Check = Callable[[Any], bool]
Read = Callable[[Row[Any]], T]
LATEST = 253_402_300_799
"""The end of the year 9999: a desktop's clock may say so, and no date is later."""
_MOST = 2**63
_DATED = ("at", "since", "until")
_PERHAPS_NEVER = "opens_at"
"""Of what is prepared and opened by hand."""


@contextmanager
def any_text(connection: Connection) -> Iterator[None]:
    """Meanwhile text that is not UTF-8 is fetched, too, with surrogates (`is_text`). PostgreSQL keeps none."""
    driver = connection.connection.driver_connection
    if not isinstance(driver, sqlite3.Connection):
        yield
        return
    before, driver.text_factory = driver.text_factory, _with_surrogates
    try:
        yield
    finally:
        driver.text_factory = before


def is_text(value: object) -> bool:
    """Whether it is text that can be stored, shown and sent."""
    try:
        return isinstance(value, str) and (value.isascii() or bool(value.encode()))
    except UnicodeEncodeError:
        return False


def _is_number(value: object) -> bool:
    """Whether it is finite, and of at most 64 bits."""
    return isinstance(value, int | float) and not isinstance(value, bool) and -_MOST <= value < _MOST


def is_instant(value: object) -> bool:
    """Whether it has a date."""
    return _is_number(value) and abs(typing.cast("float", value)) <= LATEST


def check_types(value: Any, *, shown: bool = True) -> None:
    """Raises ValueError: a field of this dataclass, or of what is in it, is not of the type that it is declared with.

    `shown`: texts can be encoded, too. What a failure has said may be of any characters: our JSON holds them all.
    """
    for name, check in _fields(_kind(value), shown):
        if not check(getattr(value, name)):
            raise ValueError(f"{name} is not of its type")


def _with_surrogates(text: bytes) -> str:
    return text.decode(errors="surrogateescape")


@cache
def _fields(kind: Hashable, shown: bool) -> tuple[tuple[str, _Check], ...]:
    hints = typing.get_type_hints(typing.cast("Any", kind))
    return tuple((name, _check_of_field(name, each, shown)) for name, each in hints.items())


def _check_of_field(name: str, kind: Any, shown: bool) -> _Check:
    if name == _PERHAPS_NEVER:
        return _may_never_be
    is_dated = float in (kind, *typing.get_args(kind)) and (name in _DATED or name.endswith("_at"))
    return _dated(_check(kind, shown)) if is_dated else _check(kind, shown)


def _kind(value: Any) -> Hashable:
    kind: Any = type(value)
    return typing.cast("Hashable", kind)


def _dated(check: _Check) -> _Check:
    return lambda value: check(value) and (value is None or is_instant(value))


def _may_never_be(value: object) -> bool:
    return value in (math.inf, -math.inf) or is_instant(value)


@cache
def _check(kind: Any, shown: bool) -> _Check:
    kind = getattr(kind, "__supertype__", kind)  # of a NewType
    origin, parts = typing.get_origin(kind), typing.get_args(kind)
    if origin is typing.Annotated:
        return _check(parts[0], shown)
    if origin in (typing.Union, types.UnionType):
        options = tuple(_check(part, shown) for part in parts)
        return lambda value: any(option(value) for option in options)
    return _plain(kind, shown) if origin is None else _filled(origin, parts, shown)


def _filled(origin: Any, parts: tuple[Any, ...], shown: bool) -> _Check:
    checks = tuple(_check(part, shown) for part in parts if part is not ...)
    if issubclass(origin, Mapping):
        of_key, of_value = checks
        return lambda value: isinstance(value, origin) and all(of_key(key) and of_value(each) for key, each in value.items())
    if issubclass(origin, tuple) and parts[-1] is not ...:
        return lambda value: (
            isinstance(value, origin)
            and len(value) == len(checks)
            and all(check(each) for check, each in zip(checks, value, strict=True))
        )
    if issubclass(origin, tuple | Set):
        return lambda value: isinstance(value, origin) and all(map(checks[0], value))
    return lambda value: isinstance(value, origin)


def _plain(kind: Any, shown: bool) -> _Check:
    if kind is float:
        return _is_number
    if kind is int:
        return lambda value: isinstance(value, int) and _is_number(value)
    if kind in (None, type(None)):
        return lambda value: value is None
    if not isinstance(kind, type):
        return lambda _: True
    if issubclass(kind, str) and not issubclass(kind, enum.Enum):
        return lambda value: isinstance(value, kind) and not isinstance(value, enum.Enum) and (not shown or is_text(value))
    if is_dataclass(kind) or hasattr(kind, "_fields"):
        return lambda value: (
            isinstance(value, kind) and all(check(getattr(value, name)) for name, check in _fields(_kind(value), shown))
        )
    return lambda value: isinstance(value, kind)


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
    return tuple(_check_of_column(table.c[name]) for name in names)


def _check_of_column(column: sa.Column[Any]) -> _Check:
    check = next(check for kind, check in _CHECKS if isinstance(column.type, kind))
    return check if not column.nullable else lambda value: value is None or check(value)


_CHECKS: tuple[tuple[type[Any], _Check], ...] = (
    (sa.Text, is_text),
    (sa.Boolean, lambda value: value in (0, 1)),
    (sa.Integer, lambda value: isinstance(value, int) and _is_number(value)),
    (sa.Double, is_instant),  # a duration is shorter
)


def _key(table: sa.Table, row: Row[Any]) -> tuple[object, ...]:
    return tuple(row._mapping[column.name] for column in table.primary_key)


def _shown(key: tuple[object, ...]) -> str:
    return codec.storable(" ".join(map(str, key)))[:LONGEST_NAME]


def write_rows(connection: Connection, statement: sa.Executable, rows: list[dict[str, object]]) -> None:
    """Once for each row; none without any."""
    if rows:
        connection.execute(statement, rows)


def put(connection: Connection, table: sa.Table, row: dict[str, object]) -> None:
    """Instead of the row with the same key."""
    connection.execute(
        _insert_into(connection, table).values(row).on_conflict_do_update(index_elements=list(table.primary_key), set_=row)
    )


def keep_latest(connection: Connection, table: sa.Table, count: int, of: sa.ColumnElement[bool] | None = None) -> None:
    """The oldest go; `of`: among these rows."""
    group = sa.true() if of is None else of
    oldest = sa.select(table.c.id).where(group).order_by(table.c.id.desc()).limit(1).offset(count - 1)
    connection.execute(sa.delete(table).where(group & (table.c.id < oldest.scalar_subquery())))


def _insert_into(connection: Connection, table: sa.Table) -> postgresql.Insert | sqlite.Insert:
    """With ON CONFLICT, which each database has in its own way."""
    return sqlite.insert(table) if connection.dialect.name == "sqlite" else postgresql.insert(table)
