"""Remove one person's names, or the journal's old lines, from the tables, within the caller's transactions.

The journal is append-only: triggers of the database refuse every change. They are removed and restored within one transaction,
so no other connection sees the journal without them. A person's lines stay, without the names; a new line records the erasure.

A journal of several years has a million lines. They are searched first, while the daemon continues; only lines added since are
searched while it waits.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection, RowMapping

from provisioner.adapters.sql import codec
from provisioner.adapters.sql.kept_rows import needed
from provisioner.adapters.sql.people_rows import (
    drop_everywhere,
    drop_half_days,
    drop_half_days_before,
    drop_people,
    read_people,
)
from provisioner.adapters.sql.places import PLACES, REWRITTEN, Holds, rewritten_columns
from provisioner.adapters.sql.tables import journal, meta, metadata, rekeyed, rosters, surges
from provisioner.model.ids import Instant
from provisioner.model.kept.erasure import ErasureRequest, ErasureResult, Unclear, UnclearMention, without
from provisioner.model.kept.known_people import KnownPerson
from provisioner.model.kept.rewriting import Rewriting
from provisioner.model.people.mentions import Mentions

_GUARDS = sa.text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'journal'")
_AT_ONCE = 1_000
"""Rows held in memory."""

_ONLY = {meta.name: meta.c.key == "directory_guard"}
"""The rows of a table in which somebody may be named; left out: all."""

_Row = tuple[object, ...]
"""A primary key."""
_Rows = dict[_Row, dict[str, str]]
"""The rows of a table that name the person, with their new texts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """Rows of a table that name a person, with their new texts, and texts of which that is not clear."""

    rows: _Rows
    unclear: tuple[UnclearMention, ...] = ()
    up_to: int = 0
    """Of the journal: the number of the last line that was searched. Earlier lines never change."""


class Eraser:
    """The erasure of one person."""

    def __init__(self, order: ErasureRequest, mentions: Mentions) -> None:
        """`mentions`: as the order has them, made once."""
        self._order, self._mentions = order, mentions
        self._ids = frozenset(map(codec.storable, order.person.ids))
        self._rewriting = Rewriting(mentions, unclear_too=order.unclear is Unclear.ERASE)

    def in_journal(self, connection: Connection, after: int = 0) -> Findings:
        """Every line of the journal after this number that names the person."""
        up_to = connection.execute(sa.select(sa.func.max(journal.c.id))).scalar() or 0
        found = self._rewritten(connection, journal, sa.and_(journal.c.id > after, journal.c.id <= up_to))
        return Findings(rows=found.rows, unclear=found.unclear, up_to=up_to)

    def erase(self, connection: Connection, earlier: Findings) -> ErasureResult:
        """Erase the person, who has no desktop and is not listed; nothing if a mention is unclear. `earlier`: what was found in
        the journal before."""
        newer = self.in_journal(connection, earlier.up_to)
        found = {table.name: self._rewritten(connection, table, _ONLY.get(table.name)) for table in _others()}
        rosters_left, unclear_in_rosters = self._rosters(connection)
        unclear = (*earlier.unclear, *newer.unclear, *(each for some in found.values() for each in some.unclear))
        if unclear or unclear_in_rosters:
            return ErasureResult(unclear=(*unclear, *unclear_in_rosters))
        with _journal_unguarded(connection):
            _put(connection, journal, earlier.rows | newer.rows)
        for name, some in found.items():
            _put(connection, metadata.tables[name], some.rows)
        _put(connection, rosters, rosters_left)
        orders = len(found["intents"].rows)
        return ErasureResult(
            lines=len(earlier.rows | newer.rows),
            rosters=len(rosters_left),
            orders=orders,
            others=sum(len(some.rows) for some in found.values()) - orders + self._rows(connection),
        )

    def _rows(self, connection: Connection) -> int:
        """Delete the rows that are about the person: how many."""
        ids = sorted(self._order.person.ids)
        drop_everywhere(connection, ids)
        drop_half_days(connection, ids)
        stored = [codec.storable(agent_id) for agent_id in ids]
        gone = connection.execute(sa.delete(rekeyed).where(rekeyed.c.new_id.in_(stored) | rekeyed.c.old_id.in_(stored)))
        return gone.rowcount + drop_people(connection, self._order.person.ids)

    def _rewritten(self, connection: Connection, table: sa.Table, where: sa.ColumnElement[bool] | None = None) -> Findings:
        columns = rewritten_columns(table.name)
        query = sa.select(*table.primary_key, *(table.c[name] for name in columns))
        found, unclear = _Rows(), list[UnclearMention]()
        query = query if where is None else query.where(where)
        for row in connection.execute(query.execution_options(yield_per=_AT_ONCE)).mappings():
            key = tuple(row[column.name] for column in table.primary_key)
            if words := self._new_words(row, columns):
                found[key] = words
            unclear += self._unclear(table.name, key)
        return Findings(rows=found, unclear=tuple(unclear))

    def _new_words(self, row: RowMapping, columns: Mapping[str, Holds]) -> dict[str, str]:
        if not any(isinstance(row[name], str) and self._may_name(row[name]) for name in columns):
            return {}
        coded = _text_of(row.get("reason_coded"))
        made = {"reason"} if coded == row.get("reason", "") else set()  # in words, by its code
        new = {name: self._new(row[name], holds) for name, holds in columns.items() if row[name] and name not in made}
        if made:
            new["reason"] = _text_of(new["reason_coded"]) or ""
        return {name: text for name, text in new.items() if text != row[name]}

    def _may_name(self, text: str) -> bool:
        """Quickly; what is escaped has to be read."""
        return "\\" in text or self._mentions.may_be_in(text)

    def _new(self, text: str, holds: Holds) -> str:
        if holds is Holds.ID:
            return self._order.pseudonym if text in self._ids else text
        if holds is Holds.PROSE:
            return self._rewriting.prose(text)
        return self._document(text)

    def _document(self, text: str) -> str:
        value = _parsed(text)
        after = self._rewriting.document(value, "reason" if isinstance(value, str) else "")
        return text if after == value else codec.storable(json.dumps(after, ensure_ascii=text.isascii()))

    def _rosters(self, connection: Connection) -> tuple[_Rows, tuple[UnclearMention, ...]]:
        found, unclear = _Rows(), list[UnclearMention]()
        for row in connection.execute(sa.select(rosters)).all():
            kept = codec.roster_of(row.document, read_at=row.read_at)
            if (left := without(kept, self._order.person, self._rewriting)) is not kept:
                found[row.id,] = {"document": codec.roster_text(left)}
            unclear += self._unclear("rosters", (row.id,))
        return found, tuple(unclear)

    def _unclear(self, table: str, key: _Row) -> Iterator[UnclearMention]:
        """What the rewriting has left in this row. With a decision it is none: it is left by order."""
        texts, self._rewriting.unclear = self._rewriting.unclear, []
        if self._order.unclear is Unclear.ASK:
            place = " ".join((table, *(str(part) for part in key if part != "")))
            yield from (UnclearMention(place=place, text=text) for text in dict.fromkeys(texts))


def _others() -> tuple[sa.Table, ...]:
    """All tables in which texts are replaced, but for the journal."""
    return tuple(metadata.tables[name] for name in PLACES if name != journal.name and rewritten_columns(name))


def _parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text


def _text_of(coded: str | None) -> str | None:
    """The words of a reason with a code."""
    value = _parsed(coded) if coded else None
    return str(value["text"]) if isinstance(value, dict) and "text" in value else None


def erasures(connection: Connection) -> int:
    """How many people were ever erased from this store: whoever has read it before has to read it again."""
    return int(_mark(connection)["count"])


def is_scrub_due(connection: Connection) -> bool:
    """Whether erased text may still be in free pages and in the log."""
    return bool(_mark(connection)["scrub"])


def note_erasure(connection: Connection) -> None:
    """One more, and its text is not out of the files yet."""
    _put_mark(connection, {"count": erasures(connection) + 1, "scrub": True})


def note_scrubbed(connection: Connection) -> None:
    """No erased text is left."""
    _put_mark(connection, {"count": erasures(connection), "scrub": False})


_MARK = "erasures"


def _mark(connection: Connection) -> dict[str, Any]:
    kept = needed(connection, meta, sa.select(meta).where(meta.c.key == _MARK), _mark_of)
    return next(kept, {"count": 0, "scrub": False})


def _mark_of(row: sa.Row[Any]) -> dict[str, Any]:
    mark = json.loads(row.value)
    return {"count": int(mark["count"]), "scrub": bool(mark["scrub"])}


def _put_mark(connection: Connection, mark: Mapping[str, object]) -> None:
    connection.execute(sa.delete(meta).where(meta.c.key == _MARK))
    connection.execute(sa.insert(meta).values(key=_MARK, value=json.dumps(mark)))


def count_before(connection: Connection, before: Instant) -> int:
    """How many lines of the journal are older."""
    return connection.execute(sa.select(sa.func.count()).select_from(journal).where(journal.c.at < before)).scalar_one()


def erase_before(connection: Connection, before: Instant) -> None:
    """Delete the lines of the journal before this time."""
    with _journal_unguarded(connection):
        connection.execute(sa.delete(journal).where(journal.c.at < before))


def erase_people_before(connection: Connection, before: Instant) -> tuple[int, int]:
    """Delete rosters that were last in force before this time, and half-days of weeks before; forget who ordered runs that were
    over. How many rosters, and how many runs."""
    drop_half_days_before(connection, before)
    newest_roster = sa.select(sa.func.max(rosters.c.id)).scalar_subquery()
    newest_run = sa.select(sa.func.max(surges.c.number)).scalar_subquery()
    old = connection.execute(sa.delete(rosters).where(rosters.c.read_at < before, rosters.c.id != newest_roster))
    over = (surges.c.since < before) & (surges.c.number != newest_run) & ((surges.c.given_by != "") | (surges.c.reason != ""))
    runs = connection.execute(sa.update(surges).where(over).values(given_by="", reason=""))
    return old.rowcount, runs.rowcount


def drop_gone_before(connection: Connection, before: Instant) -> int:
    """Take people out of the index who went before this time and whom nothing but the journal may name: how many."""
    gone = [person for person in read_people(connection).values() if person.gone_at is not None and person.gone_at < before]
    texts = list(_standing_texts(connection)) if gone else []
    unnamed = frozenset(person.agent_id for person in gone if not _is_named(person, texts))
    return drop_people(connection, unnamed)


def _standing_texts(connection: Connection) -> Iterator[str]:
    """Everything outside of the journal, rosters and rows about people in which somebody may be named."""
    for name in PLACES:
        columns = [column for column, holds in PLACES[name].items() if holds in _NAMING and name != journal.name]
        for column in columns:
            for text in connection.execute(sa.select(metadata.tables[name].c[column])).scalars():
                yield json.dumps(_parsed(text), ensure_ascii=False) if isinstance(text, str) and "\\" in text else str(text)


_NAMING = (*REWRITTEN, Holds.HINDERS)


def _is_named(person: KnownPerson, texts: Iterable[str]) -> bool:
    mentions = Mentions("", person.forms)
    return any(next(mentions.found(text), None) for text in texts)


@contextmanager
def _journal_unguarded(connection: Connection) -> Iterator[None]:
    if connection.dialect.name == "postgresql":
        connection.execute(sa.text("ALTER TABLE journal DISABLE TRIGGER journal_append_only"))
        yield
        connection.execute(sa.text("ALTER TABLE journal ENABLE TRIGGER journal_append_only"))
        return
    guards = connection.execute(_GUARDS).all()
    for guard in guards:
        connection.exec_driver_sql(f'DROP TRIGGER "{guard.name}"')
    yield
    for guard in guards:
        connection.exec_driver_sql(guard.sql)


def _put(connection: Connection, table: sa.Table, rows: _Rows) -> None:
    for key, words in rows.items():
        which = [column == value for column, value in zip(table.primary_key, key, strict=True)]
        connection.execute(sa.update(table).where(*which).values(words))


__all__ = [
    "Eraser",
    "Findings",
    "drop_gone_before",
    "erase_before",
    "erasures",
    "is_scrub_due",
    "note_erasure",
    "note_scrubbed",
]
