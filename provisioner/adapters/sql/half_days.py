"""The published half-days of a rotation, within the caller's transaction."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection, Row

from provisioner.adapters.sql import codec
from provisioner.adapters.sql.kept_rows import spared
from provisioner.adapters.sql.tables import half_days
from provisioner.model.ids import AgentId, Instant
from provisioner.model.rekeying import Rekeys, rekeyed_weeks
from provisioner.model.rotation import PersonWeek, Share, Slot

_KEY = ("run", "week", "agent_id")
_DELETE = sa.delete(half_days).where(sa.and_(*(half_days.c[name] == sa.bindparam(f"old_{name}") for name in _KEY)))


def write_half_days(connection: Connection, changed: Sequence[PersonWeek]) -> None:
    """Instead of what was kept of the same run, week and person."""
    rows = [_row(each) for each in changed]
    if rows:
        connection.execute(_DELETE, [{f"old_{name}": row[name] for name in _KEY} for row in rows])
        connection.execute(sa.insert(half_days), rows)


def read_half_days(connection: Connection, run: int) -> dict[tuple[Instant, AgentId], PersonWeek]:
    """Of this run, by week and person."""
    weeks = spared(connection, half_days, sa.select(half_days).where(half_days.c.run == run), week_of)
    return {week.key: week for week in weeks}


def week_of(row: Row[Any]) -> PersonWeek:
    """The week that was written."""
    return PersonWeek(
        run=row.run,
        week=row.week,
        agent_id=AgentId(row.agent_id),
        wants=row.wants,
        slots=tuple(Slot(begins=begins, ends=ends) for begins, ends in json.loads(row.slots)),
        waited=tuple(json.loads(row.waited)),
        less=None if row.less is None else Share(**json.loads(row.less)),
    )


def drop_half_days(connection: Connection, people: Sequence[AgentId]) -> None:
    """Of these people, in every run."""
    for agent_id in people:
        connection.execute(sa.delete(half_days).where(half_days.c.agent_id == codec.storable(agent_id)))


def drop_half_days_before(connection: Connection, before: Instant) -> None:
    """Of weeks that began earlier."""
    connection.execute(sa.delete(half_days).where(half_days.c.week < before))


def rekey_half_days(connection: Connection, rekeys: Rekeys) -> None:
    """People go on under other ids, with their half-days."""
    concerned = {codec.storable(agent_id) for agent_id in (*rekeys, *rekeys.values())}
    query = sa.select(half_days).where(half_days.c.agent_id.in_(concerned))
    kept = rekeyed_weeks(spared(connection, half_days, query, week_of), rekeys)
    drop_half_days(connection, [*rekeys, *rekeys.values()])
    write_half_days(connection, kept)


def _row(week: PersonWeek) -> dict[str, object]:
    return {
        "run": week.run,
        "week": week.week,
        "agent_id": codec.storable(week.agent_id),
        "wants": week.wants,
        "slots": json.dumps([[slot.begins, slot.ends] for slot in week.slots]),
        "waited": json.dumps(week.waited),
        "less": None if week.less is None else json.dumps(asdict(week.less)),
    }


__all__ = ["drop_half_days", "drop_half_days_before", "read_half_days", "rekey_half_days", "week_of", "write_half_days"]
