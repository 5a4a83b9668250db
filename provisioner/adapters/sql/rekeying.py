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
    _rekey_desktops(connection, rekeys)
    for roster in connection.execute(sa.select(rosters)).all():
        kept = codec.roster_of(roster.document, read_at=roster.read_at)
        if (changed := rekeyed_roster(kept, rekeys)) is not kept:
            text = codec.roster_text(changed)
            connection.execute(sa.update(rosters).where(rosters.c.id == roster.id).values(document=text))
    _remember(connection, rekeys)


def _rekey_desktops(connection: Connection, rekeys: Rekeys) -> None:
    rows = connection.execute(sa.select(desktops)).mappings().all()
    owned = [rekeyed_reservation(reservation_of(row), rekeys) for row in rows if row["agent_id"] in rekeys]
    given = [{"which": row["name"], "assigned": rekeys[row["assigned_to"]]} for row in rows if row["assigned_to"] in rekeys]
    if owned:
        connection.execute(_SET_IDS, [_ids(one) for one in owned])
    if given:
        connection.execute(_SET_ASSIGNED, given)


def note(connection: Connection, name: DesktopName, agent: AgentId | None) -> None:
    """Which ids a desktop's note may name still, once it was written for this one."""
    row = connection.execute(sa.select(desktops).where(desktops.c.name == name)).mappings().one_or_none()
    if row is not None:
        connection.execute(_SET_IDS, [_ids(noted(reservation_of(row), agent))])


_NAMED = desktops.c.name == sa.bindparam("which")
_SET_IDS = sa.update(desktops).where(_NAMED).values(agent_id=sa.bindparam("agent"), noted_as=sa.bindparam("noted"))
_SET_ASSIGNED = sa.update(desktops).where(_NAMED).values(assigned_to=sa.bindparam("assigned"))


def _ids(one: Reservation) -> dict[str, object]:
    return {"which": one.name, "agent": one.agent_id, "noted": codec.ids_text(one.noted_as)}


def _remember(connection: Connection, rekeys: Rekeys) -> None:
    before = {AgentId(one.old_id): AgentId(one.new_id) for one in connection.execute(sa.select(rekeyed))}
    connection.execute(sa.delete(rekeyed))
    rows = [{"old_id": old, "new_id": new} for old, new in sorted(rekeyed_before(before, rekeys).items())]
    if rows:
        connection.execute(sa.insert(rekeyed), rows)


__all__ = ["note", "rekey"]
