"""Answers of the standing readiness, and drills, within the caller's transaction. Both tables keep the latest rows only."""

import json
from dataclasses import asdict
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection, Row

from provisioner.adapters.sql import codec
from provisioner.adapters.sql.kept_rows import spared
from provisioner.adapters.sql.tables import drills, readiness
from provisioner.model.drills import DRILLS_KEPT, DrillPlace, KeptDrill
from provisioner.model.ids import Instant
from provisioner.model.readiness import READINESS_KEPT, Cause, Readiness
from provisioner.reasons.reason import NONE, from_document, to_document


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
    connection.execute(sa.insert(table).values(at=at, document=codec.storable(_text(document))))
    oldest = sa.select(table.c.id).order_by(table.c.id.desc()).limit(1).offset(kept - 1)
    connection.execute(sa.delete(table).where(table.c.id < oldest.scalar_subquery()))


def _text(document: dict[str, Any]) -> str:
    """Readable as it is: an erasure looks for names in it."""
    return json.dumps(document, ensure_ascii=False)


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


__all__ = ["drill_of", "read_drills", "read_readiness", "readiness_of", "write_drill", "write_readiness"]
