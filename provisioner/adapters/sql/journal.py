"""The journal, within the caller's transaction: lines are added and read, and none is changed."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection, Row

from provisioner.adapters.sql import codec
from provisioner.adapters.sql.kept_rows import any_text, is_instant, is_text, write_rows
from provisioner.adapters.sql.tables import journal
from provisioner.ledger import entry_of
from provisioner.model.actions import Outcome
from provisioner.ports import JournalEntry
from provisioner.reasons.reason import NONE, Reason, as_reason

# Built once: SQLAlchemy computes the cache key of a statement once for each object.
_APPEND = sa.insert(journal)


def write_line(connection: Connection, entry: JournalEntry) -> None:
    """Append to the journal."""
    _in_order(connection)
    connection.execute(sa.insert(journal).values(**_line(entry)))


def write_outcomes(connection: Connection, outcomes: Sequence[Outcome]) -> None:
    """Append a line for each; none without any."""
    if outcomes:
        _in_order(connection)
        write_rows(connection, _APPEND, [_line_of_outcome(outcome) for outcome in outcomes])


def read_journal(connection: Connection, *, limit: int, subject: str | None) -> list[JournalEntry]:
    """Newest first, by number and not by time: clocks jump."""
    query = sa.select(journal).order_by(journal.c.id.desc()).limit(limit)
    if subject is not None:
        query = query.where(journal.c.subject == codec.storable(subject))
    return _entries(connection, query)


def read_journal_after(connection: Connection, sequence: int, *, limit: int) -> list[JournalEntry]:
    """Oldest first."""
    query = sa.select(journal).where(journal.c.id > sequence).order_by(journal.c.id).limit(limit)
    return _entries(connection, query)


def _entries(connection: Connection, query: sa.Select[Any]) -> list[JournalEntry]:
    """Nothing can be removed from the journal: of a line that cannot be read, what can be shown of it is."""
    with any_text(connection):
        rows = connection.execute(query).all()
    return [_entry_of(row) for row in rows]


def _entry_of(row: Row[Any]) -> JournalEntry:
    return JournalEntry(
        at=row.at if is_instant(row.at) else 0.0,
        what=codec.storable(str(row.what)),
        subject=codec.storable(str(row.subject)),
        result=codec.storable(str(row.result)),
        reason=_reason_or_none(row.reason_coded) or as_reason(codec.storable(str(row.reason))),
        because=_reason_or_none(row.because),
        sequence=row.id,
    )


def _reason_or_none(text: str | None) -> Reason:
    try:
        reason = codec.reason_of(text)
        return reason if is_text(reason) else NONE
    except Exception:  # whatever comes of its content
        return NONE


def _line_of_outcome(outcome: Outcome) -> dict[str, object]:
    return {**_line(entry_of(outcome)), "began_at": outcome.started_at}


def _line(entry: JournalEntry) -> dict[str, object]:
    return {
        "at": entry.at,
        "what": entry.what,
        "subject": codec.storable(entry.subject),
        "result": entry.result,
        "reason": codec.storable(entry.reason),
        "because": codec.reason_text(entry.because),
        "reason_coded": codec.reason_text(entry.reason) if as_reason(entry.reason).code else None,
    }


_JOURNAL_LOCK = 0x62617363756C
"""`bascul`: PostgreSQL's advisory locks have numbers only."""


def _in_order(connection: Connection) -> None:
    """Until the transaction ends, nobody else appends: otherwise a reader could see a line before one with a lower number.

    SQLite has one writer at a time anyway.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_JOURNAL_LOCK)))


__all__ = ["read_journal", "read_journal_after", "write_line", "write_outcomes"]
