"""Rows of the store that somebody else may have written: every text can be fetched, and every value is checked by its type."""

import enum
import math
import sqlite3
import types
import typing
from collections.abc import Callable, Hashable, Iterator, Mapping, Set
from contextlib import contextmanager
from dataclasses import is_dataclass
from functools import cache
from typing import Any

from sqlalchemy import Connection

LATEST = 253_402_300_799
"""The end of the year 9999: a desktop's clock may say so, and no date is later."""
_MOST = 2**63
_DATED = ("at", "since", "until")
_PERHAPS_NEVER = "opens_at"
"""Of what is prepared and opened by hand."""
_Check = Callable[[Any], bool]


@contextmanager
def any_text(connection: Connection) -> Iterator[None]:
    """Meanwhile text that is no UTF-8 is fetched, too, with surrogates (`is_text`). PostgreSQL keeps none."""
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


def is_number(value: object) -> bool:
    """Whether it is finite, and of at most 64 bits."""
    return isinstance(value, int | float) and not isinstance(value, bool) and -_MOST <= value < _MOST


def is_instant(value: object) -> bool:
    """Whether it has a date."""
    return is_number(value) and abs(typing.cast("float", value)) <= LATEST


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
    return tuple((name, _check_of(name, each, shown)) for name, each in hints.items())


def _check_of(name: str, kind: Any, shown: bool) -> _Check:
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
        return is_number
    if kind is int:
        return lambda value: isinstance(value, int) and is_number(value)
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


__all__ = ["any_text", "check_types", "is_instant", "is_number", "is_text"]
