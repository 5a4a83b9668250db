"""Runs of scenarios: a run as its row, and back; and how far runs were, within the caller's transaction. Of the latter the
table keeps the latest rows only."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection, RowMapping

from provisioner.adapters.sql import codec
from provisioner.adapters.sql.kept_rows import any_text, check_types, keep_latest, spared
from provisioner.adapters.sql.rules_codec import plain_rules, rules_of
from provisioner.adapters.sql.tables import progress, surges
from provisioner.model.ids import Instant, WaveName
from provisioner.model.rules import Rules
from provisioner.model.scenario.progress import PROGRESS_KEPT, BatchProgress, Binding, Progress
from provisioner.model.scenario.surges import ReturnRules, SurgeRun, SurgeState
from provisioner.reasons.reason import from_document, to_document


def row_of_run(run: SurgeRun) -> dict[str, object]:
    """All columns."""
    return {
        "number": run.number,
        "scenario": codec.storable(run.scenario),
        "state": run.state.value,
        "started_at": run.started_at,
        "since": run.since,
        "given_by": codec.storable(run.by),
        "reason": codec.storable(run.reason),
        "terms": json.dumps(_terms(run)),
    }


def run_of_row(row: RowMapping) -> SurgeRun:
    """The run that `row_of_run` wrote."""
    terms: dict[str, Any] = json.loads(row["terms"])
    started = terms["as_started"]
    return SurgeRun(
        scenario=row["scenario"],
        number=row["number"],
        state=SurgeState(row["state"]),
        started_at=row["started_at"],
        since=row["since"],
        by=row["given_by"],
        reason=row["reason"],
        day_1=None if terms["day_1"] is None else date.fromisoformat(terms["day_1"]),
        released=frozenset(map(WaveName, terms["released"])),
        opened={WaveName(wave): count for wave, count in terms["opened"].items()},
        ends_at=terms["ends_at"],
        then_returns=terms["then_returns"],
        goes_back=ReturnRules(**terms["goes_back"]),
        returned_at=terms["returned_at"],
        takes_back=frozenset(terms["takes_back"]),
        rebuilt=terms["rebuilt"],
        as_started=None if started is None else rules_of(started).scenario,
    )


def stand_in_of_row(row: RowMapping, *, since: Instant) -> SurgeRun:
    """Of a run that cannot be read, what is known for certain: its number, and whether it is over. It waits for an operator."""
    number, over = int(row["number"]), row["state"] == SurgeState.ENDED.value
    return SurgeRun(
        scenario=codec.storable(str(row["scenario"])),
        number=number,
        state=SurgeState.ENDED if over else SurgeState.PAUSED,
        started_at=since,
        since=since,
        by="daemon",
        takes_back=frozenset({number}),
        rebuilt=not over,
    )


def _terms(run: SurgeRun) -> dict[str, Any]:
    started = None if run.as_started is None else plain_rules(Rules(entitlements=(), scenario=run.as_started))
    return {
        "day_1": None if run.day_1 is None else run.day_1.isoformat(),
        "released": sorted(run.released),
        "opened": dict(sorted(run.opened.items())),
        "ends_at": run.ends_at,
        "then_returns": run.then_returns,
        "goes_back": asdict(run.goes_back),
        "returned_at": run.returned_at,
        "takes_back": sorted(run.takes_back),
        "rebuilt": run.rebuilt,
        "as_started": started,
    }


def write_progress(connection: Connection, noted: Sequence[Progress]) -> None:
    """Add these; the oldest go."""
    rows = [{"run": each.run, "at": each.at, "document": codec.storable(_text(each))} for each in noted]
    connection.execute(sa.insert(progress), rows)
    keep_latest(connection, progress, PROGRESS_KEPT)


def read_progress(connection: Connection, run: int) -> tuple[Progress, ...]:
    """Of one run, oldest first."""
    query = sa.select(progress).where(progress.c.run == run).order_by(progress.c.id)
    return tuple(spared(connection, progress, query, progress_of))


def progress_of(row: sa.Row[Any]) -> Progress:
    """The moment that was written."""
    document: dict[str, Any] = json.loads(row.document)
    return Progress(
        run=row.run,
        at=row.at,
        state=SurgeState(document["state"]),
        ready=document["ready"],
        sessions=document["sessions"],
        counted=document.get("counted"),
        unknown=document.get("unknown"),
        oldest_s=document.get("oldest_s"),
        batches=tuple(BatchProgress(**{**batch, "wave": WaveName(batch["wave"])}) for batch in document["batches"]),
        binds=tuple(Binding(reason=from_document(bind["reason"]), count=bind["count"]) for bind in document["binds"]),
    )


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


__all__ = ["progress_of", "read_progress", "read_runs", "row_of_run", "run_of_row", "stand_in_of_row", "write_progress"]
