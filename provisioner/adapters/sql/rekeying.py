"""Agents who go on under other ids: in every row that names them, within the caller's transaction."""

import sqlalchemy as sa
from sqlalchemy import Connection

from provisioner.adapters.sql import codec
from provisioner.adapters.sql.reservations import reservation_of
from provisioner.adapters.sql.tables import desktops, rekeyed, rosters
from provisioner.model.desktops import Reservation
from provisioner.model.ids import AgentId, DesktopName
from provisioner.model.rekeying import Rekeys, noted, rekeyed_before, rekeyed_reservation, rekeyed_roster


def rekey(connection: Connection, rekeys: Rekeys) -> None:
    """Desktops, to whom they were given, every kept roster, and the ids they had before."""
    for row in connection.execute(sa.select(desktops)).mappings().all():
        before = reservation_of(row)
        if (now := rekeyed_reservation(before, rekeys)) is not before:
            _put(connection, now)
        if row["assigned_to"] in rekeys:
            given = {"assigned_to": rekeys[AgentId(row["assigned_to"])]}
            connection.execute(sa.update(desktops).where(desktops.c.name == row["name"]).values(given))
    for roster in connection.execute(sa.select(rosters)).all():
        kept = codec.roster_of(roster.document, read_at=roster.read_at)
        if (changed := rekeyed_roster(kept, rekeys)) is not kept:
            text = codec.roster_text(changed)
            connection.execute(sa.update(rosters).where(rosters.c.id == roster.id).values(document=text))
    _remember(connection, rekeys)


def note(connection: Connection, name: DesktopName, agent: AgentId | None) -> None:
    """Which ids a desktop's note may name still, once it was written for this one."""
    row = connection.execute(sa.select(desktops).where(desktops.c.name == name)).mappings().one_or_none()
    if row is not None:
        _put(connection, noted(reservation_of(row), agent))


def _put(connection: Connection, one: Reservation) -> None:
    ids = {"agent_id": one.agent_id, "noted_as": codec.ids_text(one.noted_as)}
    connection.execute(sa.update(desktops).where(desktops.c.name == one.name).values(ids))


def _remember(connection: Connection, rekeys: Rekeys) -> None:
    before = {AgentId(one.old_id): AgentId(one.new_id) for one in connection.execute(sa.select(rekeyed))}
    connection.execute(sa.delete(rekeyed))
    rows = [{"old_id": old, "new_id": new} for old, new in sorted(rekeyed_before(before, rekeys).items())]
    if rows:
        connection.execute(sa.insert(rekeyed), rows)


__all__ = ["note", "rekey"]
