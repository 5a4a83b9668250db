"""Change agents' ids in the stored rosters and among the earlier ids, within the caller's transaction."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from provisioner.adapters.sql import codec
from provisioner.adapters.sql.half_days import rekey_half_days
from provisioner.adapters.sql.kept_rows import spared
from provisioner.adapters.sql.people_tables import rekey_everywhere
from provisioner.adapters.sql.tables import rekeyed, rosters
from provisioner.model.agents import Roster
from provisioner.model.ids import AgentId
from provisioner.model.rekeying import Rekeys, rekeyed_before, rekeyed_roster


def rekey(connection: Connection, rekeys: Rekeys) -> None:
    """Change the ids in all stored rosters, and remember the old ids."""
    for number, kept in spared(connection, rosters, sa.select(rosters), _roster_of):
        if (changed := rekeyed_roster(kept, rekeys)) is not kept:
            text = codec.roster_text(changed)
            connection.execute(sa.update(rosters).where(rosters.c.id == number).values(document=text))
    rekey_everywhere(connection, rekeys)
    rekey_half_days(connection, rekeys)
    _remember(connection, rekeys)


def _roster_of(row: sa.Row[Any]) -> tuple[int, Roster]:
    return row.id, codec.roster_of(row.document, read_at=row.read_at)


def _remember(connection: Connection, rekeys: Rekeys) -> None:
    before = {AgentId(row.old_id): AgentId(row.new_id) for row in connection.execute(sa.select(rekeyed))}
    connection.execute(sa.delete(rekeyed))
    rows = [{"old_id": old, "new_id": new} for old, new in sorted(rekeyed_before(before, rekeys).items())]
    if rows:
        connection.execute(sa.insert(rekeyed), rows)


__all__ = ["rekey"]
