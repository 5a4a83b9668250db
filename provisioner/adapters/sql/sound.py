"""Rows of the store that somebody else may have written: every text can be fetched, and every value is checked by its type."""

import enum
import sqlite3
import types
import typing
from collections.abc import Hashable, Iterator, Mapping, Set
from contextlib import contextmanager
from dataclasses import is_dataclass
from functools import cache
from typing import Any

from sqlalchemy import Connection


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
        return isinstance(value, str) and bool(value.encode() or True)
    except UnicodeEncodeError:
        return False


def check_types(value: Any) -> None:
    """Raises ValueError: a field of this dataclass, or of what is in it, is not of the type that it is declared with."""
    for name, kind in _fields(value).items():
        if not _is(getattr(value, name), kind):
            raise ValueError(f"{name} is not of its type")


def _with_surrogates(text: bytes) -> str:
    return text.decode(errors="surrogateescape")


@cache
def _fields_of(kind: Hashable) -> Mapping[str, Any]:
    return typing.get_type_hints(kind)


def _fields(value: Any) -> Mapping[str, Any]:
    kind: Any = type(value)
    return _fields_of(kind)


def _is(value: object, kind: Any) -> bool:
    kind = getattr(kind, "__supertype__", kind)  # of a NewType
    origin, parts = typing.get_origin(kind), typing.get_args(kind)
    if origin in (typing.Union, types.UnionType):
        return any(_is(value, part) for part in parts)
    if origin is not None:
        return _is_filled(value, origin, parts)
    return _is_plain(value, kind)


def _is_filled(value: object, origin: Any, parts: tuple[Any, ...]) -> bool:
    if origin is typing.Annotated:
        return _is(value, parts[0])
    if not isinstance(value, origin):
        return False
    if isinstance(value, Mapping):
        return all(_is(key, parts[0]) and _is(each, parts[1]) for key, each in value.items())
    if isinstance(value, tuple) and parts[-1] is not ...:
        return len(value) == len(parts) and all(map(_is, value, parts))
    return not isinstance(value, tuple | Set) or all(_is(each, parts[0]) for each in value)


def _is_plain(value: Any, kind: Any) -> bool:
    if kind in (int, float):
        return isinstance(value, int | kind) and not isinstance(value, bool)
    if kind is str or (isinstance(value, str) and not isinstance(value, enum.Enum)):
        return kind is str and is_text(value)
    if kind is not None and not isinstance(value, kind):
        return False
    if is_dataclass(value) or hasattr(value, "_fields"):
        return all(_is(getattr(value, name), each) for name, each in _fields(value).items())
    return kind is not None or value is None


__all__ = ["any_text", "check_types", "is_text"]
