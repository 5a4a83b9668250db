"""Move a whole store into an empty database, and compare every row before the move is final. The source stays as it is.

The rows of a table are compared by the sum of their SHA-256 digests: databases sort texts differently.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy import Connection

from provisioner.adapters.sql.copies import copy_rows, kept_tables
from provisioner.adapters.sql.fitting import refuse_other_installation
from provisioner.adapters.sql.rows import read_meta
from provisioner.adapters.sql.schema import revision_of
from provisioner.adapters.sql.session import Sessions
from provisioner.adapters.sql.tables import meta
from provisioner.errors import StoreError
from provisioner.model.store_move import StoreMove
from provisioner.reasons import store as reasons

_AT_ONCE = 1_000
"""Rows held in memory."""
_DIGESTS = 1 << 256


@dataclass(frozen=True, slots=True, kw_only=True)
class Contents:
    """The rows of a table."""

    rows: int
    digest: int
    """The sum of the digests of its rows, whatever their order."""


def move(source: Sessions, target: Sessions, installation: str) -> StoreMove:
    """Nobody writes to either meanwhile. After an interruption the target is empty, or has all: then this says so again.

    Raises StoreOwned if a daemon has one of them, StoreError if the source is of another installation, or the target not empty.
    """
    with source.held() as kept:
        refuse_other_installation(read_meta(kept, "installation"), source.name, installation)
        tables = _contents(kept)
        vacant = target.is_vacant()
        with target.filling() if vacant else target.held() as there:
            if vacant:
                copy_rows(kept, there)
                there.execute(sa.delete(meta).where(meta.c.key == "owner"))
            elif _contents(there) != tables:
                raise StoreError(target.of_store(reasons.STORE_THERE()))
            _compare(tables, _contents(there), target)
        rows = {name: table.rows for name, table in sorted(tables.items())}
        return StoreMove(source=source.name, target=target.name, schema=revision_of(kept), rows=rows, was_there=not vacant)


def _compare(before: Mapping[str, Contents], after: Mapping[str, Contents], target: Sessions) -> None:
    for name in sorted(before.keys() | after.keys()):
        wanted, found = before.get(name), after.get(name)
        if wanted != found:
            rows, arrived = wanted.rows if wanted else 0, found.rows if found else 0
            raise StoreError(target.of_store(reasons.MOVED_OTHERWISE(table=name, rows=rows, arrived=arrived)))


def _contents(connection: Connection) -> dict[str, Contents]:
    """By table, without the owner."""
    return {table.name: _of_table(connection, table) for table in kept_tables(connection)}


def _of_table(connection: Connection, table: sa.Table) -> Contents:
    query = sa.select(*sorted(table.columns, key=lambda column: column.name))
    if table.name == meta.name:
        query = query.where(table.c.key != "owner")
    rows = digest = 0
    for row in connection.execute(query.execution_options(yield_per=_AT_ONCE)):
        rows += 1
        digest += int.from_bytes(hashlib.sha256(repr(tuple(row)).encode("utf-8", "surrogatepass")).digest())
    return Contents(rows=rows, digest=digest % _DIGESTS)


__all__ = ["move"]
