"""Measurements and forecasts, within the caller's transaction. Both tables keep the latest rows only."""

from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection, Row

from provisioner.adapters.sql.kept_rows import spared
from provisioner.adapters.sql.tables import forecasts, measured
from provisioner.model.forecasts import FORECASTS_KEPT, KeptForecast
from provisioner.model.measured import KEPT, MeasuredKind, Measurement


def write_measured(connection: Connection, new: Iterable[Measurement]) -> None:
    """Add these; of each group that grows, the oldest go."""
    added = [_row(each) for each in new]
    if not added:
        return
    connection.execute(sa.insert(measured), added)
    for kind, place, image in sorted({(row["kind"], row["place"], row["image"]) for row in added}):
        group = (measured.c.kind == kind) & (measured.c.place == place) & (measured.c.image == image)
        oldest = sa.select(measured.c.id).where(group).order_by(measured.c.id.desc()).limit(1).offset(KEPT - 1)
        connection.execute(sa.delete(measured).where(group & (measured.c.id < oldest.scalar_subquery())))


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
    oldest = sa.select(forecasts.c.id).order_by(forecasts.c.id.desc()).limit(1).offset(FORECASTS_KEPT - 1)
    connection.execute(sa.delete(forecasts).where(forecasts.c.id < oldest.scalar_subquery()))


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


__all__ = ["forecast_of", "measurement_of", "read_forecasts", "read_measured", "write_forecast", "write_measured"]
