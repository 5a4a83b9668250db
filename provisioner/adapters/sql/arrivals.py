"""How many people asked for desktops of pools, by quarters of an hour, within the caller's transaction."""

import json
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection, Row

from provisioner.adapters.sql.kept_rows import spared
from provisioner.adapters.sql.tables import arrivals
from provisioner.model.arrivals import ARRIVALS_KEPT_S, ArrivalQuarter, PoolQuarter
from provisioner.model.ids import DesktopPoolName


def write_arrivals(connection: Connection, quarters: Sequence[PoolQuarter]) -> None:
    """Replace these; the oldest go."""
    for each in quarters:
        same = (arrivals.c.pool == each.pool) & (arrivals.c.at == each.quarter.at)
        connection.execute(sa.delete(arrivals).where(same))
    rows = [
        {"pool": each.pool, "at": each.quarter.at, "minutes": json.dumps(each.quarter.minutes), "waited": each.waited}
        for each in quarters
    ]
    connection.execute(sa.insert(arrivals), rows)
    newest = max(each.quarter.at for each in quarters)
    connection.execute(sa.delete(arrivals).where(arrivals.c.at < newest - ARRIVALS_KEPT_S))


def read_arrivals(connection: Connection) -> tuple[PoolQuarter, ...]:
    """Oldest first, then by pool."""
    query = sa.select(arrivals).order_by(arrivals.c.at, arrivals.c.pool)
    return tuple(spared(connection, arrivals, query, quarter_of))


def quarter_of(row: Row[Any]) -> PoolQuarter:
    """The quarter that was written."""
    quarter = ArrivalQuarter(at=row.at, minutes=tuple(json.loads(row.minutes)))
    return PoolQuarter(pool=DesktopPoolName(row.pool), quarter=quarter, waited=row.waited)


__all__ = ["quarter_of", "read_arrivals", "write_arrivals"]
