"""What has been, within the caller's transaction: measurements, forecasts, answers of the standing readiness, drills, and
how many people asked for desktops of pools, by quarters of an hour. The tables keep the latest rows only."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection, Row

from provisioner.adapters.sql import codec
from provisioner.adapters.sql.kept_rows import keep_latest, spared
from provisioner.adapters.sql.tables import arrivals, drills, forecasts, measured, readiness
from provisioner.model.drills import DRILLS_KEPT, DrillPlace, KeptDrill
from provisioner.model.etas import FORECASTS_KEPT, KEPT, KeptForecast, MeasuredKind, Measurement
from provisioner.model.ids import DesktopPoolName, Instant
from provisioner.model.readiness import READINESS_KEPT, Cause, Readiness
from provisioner.model.session_counts import ARRIVALS_KEPT_S, ArrivalQuarter, PoolQuarter
from provisioner.reasons.reason import NONE, from_document, to_document


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


def write_readiness(connection: Connection, answer: Readiness) -> None:
    """Add it; the oldest go."""
    document = {
        "scenario": answer.scenario,
        "wanted": answer.wanted,
        "ready": answer.ready,
        "causes": [{"what": to_document(cause.what), "people": cause.people} for cause in answer.causes],
        "doubts": [to_document(doubt) for doubt in answer.doubts],
        "trials": [to_document(trial) for trial in answer.trials],
        "untried": to_document(answer.untried) if answer.untried else None,
    }
    _write(connection, readiness, answer.at, document, READINESS_KEPT)


def read_readiness(connection: Connection, limit: int) -> tuple[Readiness, ...]:
    """The latest ones, newest first."""
    return tuple(spared(connection, readiness, _newest(readiness, limit), readiness_of))


def write_drill(connection: Connection, drill: KeptDrill) -> None:
    """Add it; the oldest go."""
    document = {key: value for key, value in asdict(drill).items() if key != "at"}
    _write(connection, drills, drill.at, document, DRILLS_KEPT)


def read_drills(connection: Connection) -> tuple[KeptDrill, ...]:
    """All, newest first."""
    return tuple(spared(connection, drills, _newest(drills, DRILLS_KEPT), drill_of))


def _write(connection: Connection, table: sa.Table, at: Instant, document: dict[str, Any], kept: int) -> None:
    text = json.dumps(document, ensure_ascii=False)  # readable as it is: an erasure looks for names in it
    connection.execute(sa.insert(table).values(at=at, document=codec.storable(text)))
    keep_latest(connection, table, kept)


def _newest(table: sa.Table, limit: int) -> sa.Select[Any]:
    return sa.select(table).order_by(table.c.id.desc()).limit(limit)


def readiness_of(row: Row[Any]) -> Readiness:
    """The answer that was written."""
    document = json.loads(row.document)
    return Readiness(
        at=row.at,
        scenario=document["scenario"],
        wanted=document["wanted"],
        ready=document["ready"],
        causes=tuple(Cause(what=from_document(cause["what"]), people=cause["people"]) for cause in document["causes"]),
        doubts=tuple(map(from_document, document["doubts"])),
        trials=tuple(map(from_document, document["trials"])),
        untried=from_document(untried) if (untried := document.get("untried")) else NONE,
    )


def drill_of(row: Row[Any]) -> KeptDrill:
    """The drill that was written."""
    document = json.loads(row.document)
    return KeptDrill(**{**document, "at": row.at, "place": DrillPlace(document["place"])})
