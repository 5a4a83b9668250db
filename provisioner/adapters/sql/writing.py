"""Statements on any table, within the caller's transaction."""

import sqlalchemy as sa
from sqlalchemy import Connection
from sqlalchemy.dialects import postgresql, sqlite


def write_rows(connection: Connection, statement: sa.Executable, rows: list[dict[str, object]]) -> None:
    """Once for each row; none without any."""
    if rows:
        connection.execute(statement, rows)


def put(connection: Connection, table: sa.Table, row: dict[str, object]) -> None:
    """Instead of the row with the same key."""
    connection.execute(
        insert_into(connection, table).values(row).on_conflict_do_update(index_elements=list(table.primary_key), set_=row)
    )


def insert_into(connection: Connection, table: sa.Table) -> postgresql.Insert | sqlite.Insert:
    """With ON CONFLICT, which each database has in its own way."""
    return sqlite.insert(table) if connection.dialect.name == "sqlite" else postgresql.insert(table)


__all__ = ["insert_into", "put", "write_rows"]
