"""Stores as commit 91818bac wrote them, before the first release; this takes them up.

`everything.sql` has what `everything.keep_everything` keeps, `rotation.sql` some days of a rotation on a twin
(`builders/rotation_trial`), both on SQLite. `postgresql.sql` is its schema there, as `pg_dump` showed it.
"""

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy import Connection

from provisioner.adapters.sql.schema import VERSION_TABLE

FOLDER = Path(__file__).parent / "stores_of_91818bac"


def written_to(path: Path, name: str) -> None:
    """One of the stores as an SQLite file."""
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript((FOLDER / f"{name}.sql").read_text(encoding="utf-8"))


def written_to_postgresql(connection: Connection, path: Path, name: str) -> None:
    """One of the stores in an empty schema of PostgreSQL; `path` is for the file that it comes from."""
    written_to(path, name)
    connection.exec_driver_sql((FOLDER / "postgresql.sql").read_text(encoding="utf-8"))
    with sa.create_engine(f"sqlite:///{path}").connect() as source:
        tables = sa.MetaData()
        tables.reflect(source)
        for table in tables.sorted_tables:
            rows = [dict(row) for row in source.execute(sa.select(table)).mappings()]
            if rows and table.name != VERSION_TABLE:
                connection.execute(sa.insert(table), rows)


def rows_in(path: Path) -> dict[str, list[Mapping[str, object]]]:
    """All rows of an SQLite store, by table, without the owner and the revision."""
    with closing(sqlite3.connect(path)) as connection:
        connection.row_factory = sqlite3.Row
        return {table: list(_rows(connection, table)) for table in _tables(connection) if table != VERSION_TABLE}


def _tables(connection: sqlite3.Connection) -> list[str]:
    return [row["name"] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")]


def _rows(connection: sqlite3.Connection, table: str) -> Iterator[Mapping[str, object]]:
    for row in connection.execute(f"SELECT * FROM {table} ORDER BY 1"):
        if table != "meta" or row["key"] != "owner":
            yield dict(row)


__all__ = ["rows_in", "written_to", "written_to_postgresql"]
