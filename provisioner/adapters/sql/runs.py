"""A run of a scenario as its row, and back."""

import json
from dataclasses import asdict
from datetime import date
from typing import Any

from sqlalchemy import RowMapping

from provisioner.adapters.sql import codec
from provisioner.adapters.sql.rules_codec import plain_rules, rules_of
from provisioner.model.ids import Instant, WaveName
from provisioner.model.rules import Rules
from provisioner.model.surges import ReturnRules, SurgeRun, SurgeState


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


__all__ = ["row_of_run", "run_of_row", "stand_in_of_row"]
