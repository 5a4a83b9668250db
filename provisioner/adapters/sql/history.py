"""What has been, within the caller's transaction: measurements, forecasts, the rows of capabilities' histories, and how many
people asked for desktops of pools, by quarters of an hour. The tables keep the latest rows only."""

import json
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection, Row

from provisioner.adapters.sql import codec
from provisioner.adapters.sql.kept_rows import keep_latest, spared
from provisioner.adapters.sql.tables import arrivals, forecasts, measured, metadata
from provisioner.model.ids import DesktopPoolName
from provisioner.model.kept.store_fit import D, HistoryTable
from provisioner.model.scenario.etas import FORECASTS_KEPT, KEPT, KeptForecast, MeasuredKind, Measurement
from provisioner.model.session_counts import ARRIVALS_KEPT_S, ArrivalQuarter, PoolQuarter


def write_measured(connection: Connection, new: Iterable[Measurement]) -> None:
    """Add these; of each group that grows, the oldest go."""
    added = [_row(each) for each in new]
    if not added:
        return
    connection.execute(sa.insert(measured), added)
    for kind, place, image in sorted({(row["kind"], row["place"], row["image"]) for row in added}):
        group = (measured.c.kind == kind) & (measured.c.place == place) & (measured.c.image == image)
        keep_latest(connection, measured, KEPT, group)


def read_measured(connection: Connection) -> tuple[Measurement, ...]:
    """All, in the order in which they were added."""
    return tuple(spared(connection, measured, sa.select(measured).order_by(measured.c.id), measurement_of))


def measurement_of(row: Row[Any]) -> Measurement:
    """The measurement that was written."""
    return Measurement(
        kind=MeasuredKind(row.kind),
        place=row.place,
        image=row.image,
        began_at=row.began_at,
        took_s=row.took_s,
        parallel=row.parallel,
    )


def write_forecast(connection: Connection, forecast: KeptForecast) -> None:
    """Add it; the oldest goes."""
    connection.execute(
        sa.insert(forecasts).values(
            made_at=forecast.made_at,
            wanted=forecast.wanted,
            ready_then=forecast.ready_then,
            early_at=forecast.early_at,
            middle_at=forecast.middle_at,
            late_at=forecast.late_at,
            widened=forecast.widened,
            measured=forecast.measured,
        )
    )
    keep_latest(connection, forecasts, FORECASTS_KEPT)


def read_forecasts(connection: Connection) -> tuple[KeptForecast, ...]:
    """All, oldest first."""
    return tuple(spared(connection, forecasts, sa.select(forecasts).order_by(forecasts.c.id), forecast_of))


def forecast_of(row: Row[Any]) -> KeptForecast:
    """The forecast that was written."""
    return KeptForecast(
        made_at=row.made_at,
        wanted=row.wanted,
        ready_then=row.ready_then,
        early_at=row.early_at,
        middle_at=row.middle_at,
        late_at=row.late_at,
        widened=row.widened,
        measured=row.measured,
    )


def _row(each: Measurement) -> dict[str, object]:
    return {
        "kind": each.kind.value,
        "place": each.place,
        "image": each.image,
        "began_at": each.began_at,
        "took_s": each.took_s,
        "parallel": each.parallel,
    }


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


def write_latest(connection: Connection, history: HistoryTable[D], value: D) -> None:
    """Add it; the oldest go."""
    table = metadata.tables[history.name]
    text = json.dumps(history.document(value), ensure_ascii=False)  # readable as it is: an erasure looks for names in it
    connection.execute(sa.insert(table).values(at=value.at, document=codec.storable(text)))
    keep_latest(connection, table, history.most)


def read_latest(connection: Connection, history: HistoryTable[D], limit: int) -> tuple[D, ...]:
    """Newest first."""
    table = metadata.tables[history.name]
    return tuple(spared(connection, table, sa.select(table).order_by(table.c.id.desc()).limit(limit), value_of(history)))


def value_of(history: HistoryTable[D]) -> Callable[[Row[Any]], D]:
    """The value that was written in a row of this table."""
    return lambda row: history.value(row.at, json.loads(row.document))
