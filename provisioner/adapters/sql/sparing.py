"""Which rows can be done without: the daemon starts without them, and tells of each that cannot be read."""

from collections.abc import Callable, Iterator
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection, Row

from provisioner.adapters.sql import history, people_rows
from provisioner.adapters.sql.history import quarter_of
from provisioner.adapters.sql.kept_rows import unreadable
from provisioner.adapters.sql.orders import is_row_of
from provisioner.adapters.sql.people_rows import person_of, week_of
from provisioner.adapters.sql.rows import COUNTS, counts_of_row, roster_of_row
from provisioner.adapters.sql.runs import progress_of
from provisioner.adapters.sql.tables import (
    arrivals,
    forecasts,
    half_days,
    measured,
    meta,
    metadata,
    people,
    progress,
    rosters,
)  # fmt: skip
from provisioner.model.kept.set_aside import Unreadable
from provisioner.model.kept.store_fit import TABLES, histories

_READ: tuple[tuple[sa.Table, Callable[[Row[Any]], object]], ...] = (
    (people, person_of),
    (half_days, week_of),
    (measured, history.measurement_of),
    (forecasts, history.forecast_of),
    (progress, progress_of),
    (arrivals, quarter_of),
)


def unreadable_rows(connection: Connection) -> Iterator[Unreadable]:
    """Of all tables. It reads them whole."""
    for table, query, read in _queries():
        yield from unreadable(connection, table, query, read)


def is_still_unreadable(connection: Connection, aside: Unreadable) -> bool:
    """Whether nobody has written the row again since it was found."""
    table, query, read = next(each for each in _queries() if each[0].name == aside.table)
    now = unreadable(connection, table, query.where(*is_row_of(aside)), read)
    return any(row.row == aside.row for row in now)


def _queries() -> Iterator[tuple[sa.Table, sa.Select[Any], Callable[[Row[Any]], object]]]:
    yield from ((table, sa.select(table), read) for table, read in _READ)
    for each in histories():
        table = metadata.tables[each.name]
        yield table, sa.select(table), history.value_of(each)
    for kept in TABLES.found():
        table = metadata.tables[kept.name]
        yield table, sa.select(table), people_rows.value_of(kept)
    newest = sa.select(sa.func.max(rosters.c.id)).scalar_subquery()
    yield rosters, sa.select(rosters).where(rosters.c.id < newest), roster_of_row
    yield meta, COUNTS, counts_of_row


__all__ = ["is_still_unreadable", "unreadable_rows"]
