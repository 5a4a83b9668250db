"""How far runs of scenarios were, within the caller's transaction. The table keeps the latest rows only."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from provisioner.adapters.sql import codec
from provisioner.adapters.sql.kept_rows import spared
from provisioner.adapters.sql.runs import run_of_row, stand_in_of_row
from provisioner.adapters.sql.sound import any_text, check_types
from provisioner.adapters.sql.tables import progress, surges
from provisioner.model.ids import WaveName
from provisioner.model.progress import PROGRESS_KEPT, BatchProgress, Binding, Progress
from provisioner.model.surges import SurgeRun, SurgeState
from provisioner.reasons.reason import from_document, to_document


def write_progress(connection: Connection, noted: Sequence[Progress]) -> None:
    """Add these; the oldest go."""
    rows = [{"run": each.run, "at": each.at, "document": codec.storable(_text(each))} for each in noted]
    connection.execute(sa.insert(progress), rows)
    oldest = sa.select(progress.c.id).order_by(progress.c.id.desc()).limit(1).offset(PROGRESS_KEPT - 1)
    connection.execute(sa.delete(progress).where(progress.c.id < oldest.scalar_subquery()))


def read_progress(connection: Connection, run: int) -> tuple[Progress, ...]:
    """Of one run, oldest first."""
    query = sa.select(progress).where(progress.c.run == run).order_by(progress.c.id)
    return tuple(spared(connection, progress, query, progress_of))


def progress_of(row: sa.Row[Any]) -> Progress:
    """The moment that was written."""
    return _of(json.loads(row.document), row.run, row.at)


def read_runs(connection: Connection) -> tuple[SurgeRun, ...]:
    """Every run, oldest first."""
    with any_text(connection):
        rows = connection.execute(sa.select(surges).order_by(surges.c.number)).mappings().all()
    return tuple(map(_run_of, rows))


def _run_of(row: sa.RowMapping) -> SurgeRun:
    """One that cannot be read is shown with what is known of it."""
    try:
        check_types(run := run_of_row(row))
        return run
    except Exception:
        return stand_in_of_row(row, since=0.0)


def _text(noted: Progress) -> str:
    return json.dumps(
        {
            "state": noted.state.value,
            "ready": noted.ready,
            "sessions": noted.sessions,
            "counted": noted.counted,
            "unknown": noted.unknown,
            "oldest_s": noted.oldest_s,
            "batches": [asdict(batch) for batch in noted.batches],
            "binds": [{"reason": to_document(bind.reason), "count": bind.count} for bind in noted.binds],
        }
    )


def _of(document: dict[str, Any], run: int, at: float) -> Progress:
    return Progress(
        run=run,
        at=at,
        state=SurgeState(document["state"]),
        ready=document["ready"],
        sessions=document["sessions"],
        counted=document.get("counted"),
        unknown=document.get("unknown"),
        oldest_s=document.get("oldest_s"),
        batches=tuple(BatchProgress(**{**batch, "wave": WaveName(batch["wave"])}) for batch in document["batches"]),
        binds=tuple(Binding(reason=from_document(bind["reason"]), count=bind["count"]) for bind in document["binds"]),
    )


__all__ = ["progress_of", "read_progress", "read_runs", "write_progress"]
