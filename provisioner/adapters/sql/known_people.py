"""The index of everybody who has ever had a desktop, within the caller's transaction."""

import json
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection, Row

from provisioner.adapters.sql import codec
from provisioner.adapters.sql.kept_rows import spared
from provisioner.adapters.sql.tables import people
from provisioner.model.ids import AgentId
from provisioner.model.known_people import KnownPerson, People

_SETS = ("earlier_ids", "logins", "display_names", "mails", "entries")


def write_people(connection: Connection, changed: Mapping[AgentId, KnownPerson]) -> None:
    """Instead of what was kept of these people."""
    drop_people(connection, changed)
    if changed:
        connection.execute(sa.insert(people), [_row(person) for person in changed.values()])


def read_people(connection: Connection) -> dict[AgentId, KnownPerson]:
    """All, by id."""
    found = spared(connection, people, sa.select(people).order_by(people.c.agent_id), person_of)
    return {person.agent_id: person for person in found}


def drop_people(connection: Connection, ids: Mapping[AgentId, object] | frozenset[AgentId]) -> int:
    """How many rows there were."""
    each = (connection.execute(sa.delete(people).where(people.c.agent_id == codec.storable(agent_id))) for agent_id in ids)
    return sum(done.rowcount for done in each)


def replace_people(connection: Connection, everybody: People) -> None:
    """After people's ids have changed."""
    connection.execute(sa.delete(people))
    write_people(connection, everybody)


def _row(person: KnownPerson) -> dict[str, object]:
    names = {name: sorted(getattr(person, name)) for name in _SETS if getattr(person, name)}
    return {
        "agent_id": codec.storable(person.agent_id),
        "names": codec.storable(json.dumps(names, ensure_ascii=False)),
        "gone_at": person.gone_at,
    }


def person_of(row: Row[Any]) -> KnownPerson:
    """The person who was written."""
    names = {name: tuple(sorted({*values})) for name, values in json.loads(row.names).items()}
    ids = frozenset(map(AgentId, names.pop("earlier_ids", ())))
    return KnownPerson(agent_id=AgentId(row.agent_id), earlier_ids=ids, gone_at=row.gone_at, **names)


__all__ = ["drop_people", "person_of", "read_people", "replace_people", "write_people"]
