"""A store with rows in every table, and what somebody may have written into any of its columns. Made from the schema."""

import enum
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import fields
from itertools import product
from pathlib import Path
from typing import Any, get_type_hints

import sqlalchemy as sa

from provisioner.adapters.sql.store import SqlStore
from provisioner.adapters.sql.tables import metadata
from provisioner.model.kept.store_fit import TABLES, PeopleTable
from tests.adapters.sql.everything import keep_everything
from tests.builders.directory import FixedClock
from tests.builders.store import NOON

_NINES = "9" * 400
NO_TEXT = ("CAST(x'ff41' AS TEXT)", "x'ff00'")
"""Bytes that are no UTF-8, as text and as they are."""
_SHAPES = ("{}", "[]", '""', "null", "7", "[[[]]]", '{"a": {"b": [1]}}', _NINES, f"[{_NINES}]", "[1e999]", "[NaN]", "[" * 5_000)
_POISONS: dict[type[Any], tuple[str, ...]] = {
    sa.Text: (*NO_TEXT, *(f"'{shape}'" for shape in _SHAPES)),
    sa.Boolean: (*NO_TEXT, "'yes'", "7"),
    sa.Integer: (*NO_TEXT, "'soon'", "1.5", _NINES, "-1e999"),
    sa.Double: (*NO_TEXT, "'soon'", _NINES, "-1e999", "3093527980800.0"),
}
"""A number of 400 digits becomes infinite; the last date is of the year 99999."""
COLUMNS = [(table.name, column.name) for table in metadata.sorted_tables for column in table.columns]


def poisons_of(table: str, column: str) -> tuple[str, ...]:
    """As SQL; any value may come to be in any column of SQLite."""
    kind = metadata.tables[table].c[column].type
    return next(poisons for base, poisons in _POISONS.items() if isinstance(kind, base))


def a_full_store(file: Path) -> Path:
    """Every table has rows."""
    with closing(store_in(file)) as store:
        store.claim()
        keep_everything(store)
        for table in TABLES.found():
            store.keep(table, [_any_of(table)])
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        assert all(connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in metadata.tables)
    return file


def store_in(file: Path) -> SqlStore:
    """Not yet claimed."""
    return SqlStore(f"sqlite:///{file}", clock=FixedClock(NOON))


def poisoned(whole: Path, file: Path, table: str, column: str, *, of: int = 1) -> Iterator[tuple[str, int]]:
    """Copies of the store at `file`, each with one poison in one row, as poison and row. What SQLite itself refuses is none.

    `of`: only every so many, and in each column others.
    """
    with closing(sqlite3.connect(whole)) as connection:
        rows = [row for (row,) in connection.execute(f"SELECT rowid FROM {table} ORDER BY rowid")]
    poisons = list(product(rows if table == "meta" else sorted({rows[0], rows[-1]}), poisons_of(table, column)))
    for row, poison in poisons[COLUMNS.index((table, column)) % min(of, len(poisons)) :: of]:
        for name in file.parent.glob(f"{file.name}*"):
            name.unlink()
        shutil.copy(whole, file)
        if poison_row(file, table, column, poison, row):
            yield poison[:60], row


def poison_row(file: Path, table: str, column: str, poison: str, row: int) -> bool:
    """Whether it could be written."""
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute("DROP TRIGGER IF EXISTS journal_no_update")
        try:
            connection.execute(f"UPDATE {table} SET {column} = {poison} WHERE rowid = ?", (row,))
        except sqlite3.IntegrityError:
            return False
    return True


def _any_of(table: PeopleTable[Any]) -> Any:
    kinds = get_type_hints(table.of)
    return table.of(**{field.name: _any(kinds[field.name]) for field in fields(table.of)})


def _any(kind: Any) -> object:
    kind = getattr(kind, "__supertype__", kind)
    if issubclass(kind, enum.Enum):
        return next(iter(kind))
    return {str: "x", int: 1, float: NOON}[kind]


__all__ = ["COLUMNS", "NO_TEXT", "a_full_store", "poison_row", "poisoned", "poisons_of", "store_in"]
