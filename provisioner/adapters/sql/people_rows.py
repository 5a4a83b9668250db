"""What is kept of people, within the caller's transaction: the index of everybody who has ever had a desktop, the rows of
capabilities' tables, and the published half-days of a rotation. And the change of their ids, in the stored rosters, too."""

import enum
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, fields, replace
from typing import Any, TypeVar, get_type_hints

import sqlalchemy as sa
from sqlalchemy import Connection, Row

from provisioner.adapters.sql import codec
from provisioner.adapters.sql.kept_rows import spared
from provisioner.adapters.sql.tables import half_days, metadata, people, rekeyed, rosters
from provisioner.model.ids import AgentId, Instant
from provisioner.model.kept.known_people import KnownPerson, People
from provisioner.model.kept.rekeying import Rekeys, rekeyed_before, rekeyed_roster, rekeyed_weeks
from provisioner.model.kept.store_fit import TABLES, PeopleTable
from provisioner.model.people.agents import Roster
from provisioner.model.scenario.half_days import PersonWeek, Share, Slot

_SETS = ("earlier_ids", "logins", "display_names", "mails", "entries")
T = TypeVar("T")
_KEY = ("run", "week", "agent_id")
_DELETE = sa.delete(half_days).where(sa.and_(*(half_days.c[name] == sa.bindparam(f"old_{name}") for name in _KEY)))


def write_people(connection: Connection, changed: Mapping[AgentId, KnownPerson]) -> None:
    """Instead of what was kept of these people."""
    drop_people(connection, changed)
    if changed:
        connection.execute(sa.insert(people), [_person_row(person) for person in changed.values()])


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


def _person_row(person: KnownPerson) -> dict[str, object]:
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


def write_values(connection: Connection, table: PeopleTable[T], changed: Sequence[T]) -> None:
    """Instead of what was kept under the same keys."""
    there, rows = metadata.tables[table.name], [_value_row(each) for each in changed]
    same = sa.and_(*(there.c[name] == sa.bindparam(f"old_{name}") for name in table.key))
    connection.execute(sa.delete(there).where(same), [{f"old_{name}": row[name] for name in table.key} for row in rows])
    connection.execute(sa.insert(there), rows)


def read_values(connection: Connection, table: PeopleTable[T]) -> tuple[T, ...]:
    """All."""
    there = metadata.tables[table.name]
    return tuple(
        spared(connection, there, sa.select(there).order_by(*(there.c[name] for name in table.order)), value_of(table))
    )


def value_of(table: PeopleTable[T]) -> Callable[[Row[Any]], T]:
    """The value that was written in a row of this table."""
    kinds = get_type_hints(table.of)
    words = {name: kind for name, kind in kinds.items() if isinstance(kind, type) and issubclass(kind, enum.Enum)}
    return lambda row: table.of(**{**row._mapping, **{name: kind(getattr(row, name)) for name, kind in words.items()}})


def drop_values(connection: Connection, table: PeopleTable[Any], people: Sequence[AgentId]) -> None:
    """Drop the values of these people."""
    there = metadata.tables[table.name]
    for agent_id in people:
        connection.execute(sa.delete(there).where(there.c.agent_id == codec.storable(agent_id)))


def drop_everywhere(connection: Connection, people: Sequence[AgentId]) -> None:
    """Of these people, from every table."""
    for table in TABLES.found():
        drop_values(connection, table, people)


def _rekey_everywhere(connection: Connection, rekeys: Rekeys) -> None:
    """People go on under other ids."""
    for table in TABLES.found():
        kept = [each for each in read_values(connection, table) if each.agent_id in rekeys]
        if kept:
            drop_values(connection, table, [*rekeys, *rekeys.values()])
            write_values(connection, table, [replace(each, agent_id=rekeys[each.agent_id]) for each in kept])


def _value_row(value: Any) -> dict[str, object]:
    found = {field.name: getattr(value, field.name) for field in fields(value)}
    return {
        name: each.value if isinstance(each, enum.Enum) else codec.storable(each) if isinstance(each, str) else each
        for name, each in found.items()
    }


def write_half_days(connection: Connection, changed: Sequence[PersonWeek]) -> None:
    """Instead of what was kept of the same run, week and person."""
    rows = [_week_row(each) for each in changed]
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


def _rekey_half_days(connection: Connection, rekeys: Rekeys) -> None:
    """People go on under other ids, with their half-days."""
    concerned = {codec.storable(agent_id) for agent_id in (*rekeys, *rekeys.values())}
    query = sa.select(half_days).where(half_days.c.agent_id.in_(concerned))
    kept = rekeyed_weeks(spared(connection, half_days, query, week_of), rekeys)
    drop_half_days(connection, [*rekeys, *rekeys.values()])
    write_half_days(connection, kept)


def _week_row(week: PersonWeek) -> dict[str, object]:
    return {
        "run": week.run,
        "week": week.week,
        "agent_id": codec.storable(week.agent_id),
        "wants": week.wants,
        "slots": json.dumps([[slot.begins, slot.ends] for slot in week.slots]),
        "waited": json.dumps(week.waited),
        "less": None if week.less is None else json.dumps(asdict(week.less)),
    }


def rekey(connection: Connection, rekeys: Rekeys) -> None:
    """Change the ids in all stored rosters, and remember the old ids."""
    for number, kept in spared(connection, rosters, sa.select(rosters), _roster_of):
        if (changed := rekeyed_roster(kept, rekeys)) is not kept:
            text = codec.roster_text(changed)
            connection.execute(sa.update(rosters).where(rosters.c.id == number).values(document=text))
    _rekey_everywhere(connection, rekeys)
    _rekey_half_days(connection, rekeys)
    _remember(connection, rekeys)


def _roster_of(row: sa.Row[Any]) -> tuple[int, Roster]:
    return row.id, codec.roster_of(row.document, read_at=row.read_at)


def _remember(connection: Connection, rekeys: Rekeys) -> None:
    before = {AgentId(row.old_id): AgentId(row.new_id) for row in connection.execute(sa.select(rekeyed))}
    connection.execute(sa.delete(rekeyed))
    rows = [{"old_id": old, "new_id": new} for old, new in sorted(rekeyed_before(before, rekeys).items())]
    if rows:
        connection.execute(sa.insert(rekeyed), rows)
