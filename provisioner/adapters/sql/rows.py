"""Write to the tables and read from them, within the caller's transaction."""

from collections.abc import Iterator, Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection, Row, RowMapping, bindparam
from sqlalchemy.dialects import postgresql, sqlite

from provisioner.adapters.sql import codec
from provisioner.adapters.sql.counts_codec import counts_of, counts_text
from provisioner.adapters.sql.half_days import read_half_days, write_half_days
from provisioner.adapters.sql.records import record_of, row_of
from provisioner.adapters.sql.rekeying import rekey
from provisioner.adapters.sql.runs import row_of_run, run_of_row, stand_in_of_row
from provisioner.adapters.sql.sound import any_text, check_types, is_text
from provisioner.adapters.sql.tables import deletions, desktops, intents, journal, meta, rekeyed, retired, rosters, surges
from provisioner.ledger import ROSTERS_KEPT, entry_of, new_reservations, surge_entry, wave_entry
from provisioner.model.actions import Outcome, Retired
from provisioner.model.agents import Roster
from provisioner.model.bounds import LONGEST_NAME, instant
from provisioner.model.freeze import TARGET as FREEZE_FILE
from provisioner.model.guard import GuardRecord
from provisioner.model.ids import AgentId, ClusterId, DesktopName, GuestKey, Instant, Vmid
from provisioner.model.intents import Intent, IntentKind
from provisioner.model.records import DesktopRecord, Records
from provisioner.model.rekeying import rekeyed_guard
from provisioner.model.session_counts import NO_COUNTS, SessionCounts
from provisioner.model.set_aside import SURGE, Unreadable, stand_in, words_of
from provisioner.model.surges import SurgeRun
from provisioner.ports import Changes, JournalEntry
from provisioner.reasons.reason import as_reason

_GUARD = "directory_guard"
_ORIGIN = "roster_origin"
_COUNTS = "session_counts"


DesktopRecords = Mapping[DesktopName, DesktopRecord]


def write_changes(connection: Connection, changes: Changes, kept: DesktopRecords) -> None:
    """Write what differs from `kept`, the records as they are in the tables."""
    if changes.rekeyed:
        rekey(connection, changes.rekeyed)
        if (guard := read_meta(connection, _GUARD)) is not None:
            write_meta(connection, _GUARD, codec.guard_text(rekeyed_guard(codec.guard_of(guard), changes.rekeyed)))
    _write_records(connection, changes, kept)
    _retire(connection, changes.retired)
    for (desktop, reserved_at), at in changes.deletions.items():
        _put(connection, deletions, {"desktop": desktop, "reserved_at": reserved_at, "at": at})
    if changes.outcomes:
        _in_order(connection)
        _each(connection, _APPEND, [_line_of_outcome(outcome) for outcome in changes.outcomes])
    if changes.roster is not None:
        _keep_roster(connection, changes.roster)
    if changes.guard is not None:
        write_meta(connection, _GUARD, codec.guard_text(changes.guard))
    if changes.surge is not None:
        _put(connection, surges, row_of_run(changes.surge.run))
        write_line(connection, surge_entry(changes.surge))
    write_half_days(connection, changes.half_days)
    for change in changes.waves:
        write_line(connection, wave_entry(change))
    if changes.baseline_accepted is not None:
        write_meta(connection, "baseline_accepted", "yes" if changes.baseline_accepted else "no")
    if changes.session_counts is not None:
        write_meta(connection, _COUNTS, counts_text(changes.session_counts))
    for line in changes.entries:
        write_line(connection, line)


def read_kept(connection: Connection) -> Records:
    """All that is kept."""
    guard, (run, _) = read_meta(connection, _GUARD), _newest_run(connection)
    return Records(
        desktops=_read_records(connection),
        deletions={(DesktopName(row.desktop), row.reserved_at): row.at for row in connection.execute(sa.select(deletions))},
        retired=_read_retired(connection),
        rekeyed={AgentId(row.old_id): AgentId(row.new_id) for row in connection.execute(sa.select(rekeyed))},
        roster=_read_roster(connection),
        guard=GuardRecord() if guard is None else codec.guard_of(guard),
        session_counts=read_counts(connection),
        intents=read_intents(connection),
        surge=run,
        half_days={} if run is None else read_half_days(connection, run.number),
        baseline_accepted=read_meta(connection, "baseline_accepted") == "yes",
    )


def read_counts(connection: Connection) -> SessionCounts:
    """How many sessions are and were open."""
    counts = read_meta(connection, _COUNTS)
    return NO_COUNTS if counts is None else counts_of(counts)


def _read_records(connection: Connection) -> dict[DesktopName, DesktopRecord]:
    return {DesktopName(row["name"]): record_of(row) for row in connection.execute(sa.select(desktops)).mappings()}


def _newest_run(connection: Connection) -> tuple[SurgeRun | None, Unreadable | None]:
    """The newest run; one that cannot be read is known from its desktops alone, and waits for an operator."""
    with any_text(connection):
        row = connection.execute(sa.select(surges).order_by(surges.c.number.desc()).limit(1)).mappings().first()
    if row is None:
        return None, None
    try:
        check_types(run := run_of_row(row))
        return run, None
    except Exception as error:
        run = stand_in_of_row(row, since=_instant_or(row["since"], 0.0))
        who, why = _shown(row["given_by"]), words_of(error)
        return run, Unreadable(kind=SURGE, target=str(run.number), by=who, why=why, row=None, stands_for=None)


def read_intents(connection: Connection) -> tuple[Intent, ...]:
    """Oldest first; where a row cannot be read, what is in force instead."""
    found = (each.stands_for if isinstance(each, Unreadable) else each for each in _each_intent(connection))
    return tuple(intent for intent in found if intent is not None)


def read_unreadable(connection: Connection) -> tuple[Unreadable, ...]:
    """Rows that are no orders any more, and the newest run, if it is none."""
    _, run = _newest_run(connection)
    rows = tuple(each for each in _each_intent(connection) if isinstance(each, Unreadable))
    return rows if run is None else (*rows, run)


def texts_of_unreadable(connection: Connection) -> Iterator[tuple[str, str]]:
    """Kind and words of each row that is no order any more."""
    for order in read_unreadable(connection):
        if order.row is not None:
            which = (intents.c.kind == order.row[0], intents.c.target == order.row[1])
            row = connection.execute(sa.select(intents).where(*which)).one()
            yield order.kind, " ".join(str(value) for value in row)


def remove_unreadable(connection: Connection, order: Unreadable) -> None:
    """Remove its row, if it has one."""
    if order.row is not None:
        columns = zip((intents.c.kind, intents.c.target), order.row, strict=True)
        connection.execute(sa.delete(intents).where(*(_equals(column, value) for column, value in columns)))


def _equals(column: sa.Column[str], value: object) -> sa.ColumnElement[bool]:
    """By its bytes, if it is no text: SQLite's driver sends none such."""
    if isinstance(value, str) and not is_text(value):
        return sa.cast(column, sa.LargeBinary) == value.encode(errors="surrogateescape")
    return column == value


def _each_intent(connection: Connection) -> Iterator[Intent | Unreadable]:
    with any_text(connection):
        rows = connection.execute(sa.select(intents).order_by(intents.c.given_at, intents.c.kind, intents.c.target))
        found = rows.mappings().all()
    for row in found:
        try:
            check_types(intent := _intent_of(row))
            yield intent
        except Exception as error:  # whatever comes of its content: it costs this order alone
            yield _unreadable(row, error)


def _unreadable(row: RowMapping, error: Exception) -> Unreadable:
    kind, target, by, why = _shown(row["kind"]), row["target"], _shown(row["given_by"]), words_of(error)
    about = target if is_text(target) else None
    return Unreadable(
        kind=kind,
        target=_shown(target),
        by=by,
        why=why,
        row=(row["kind"], target),
        stands_for=stand_in(kind, about, giver=by, at=_instant_or(row["given_at"], 0.0), why=why),
    )


def _shown(value: object) -> str:
    return codec.storable(str(value))[:LONGEST_NAME]


def _instant_or(value: Any, other: Instant) -> Instant:
    try:
        return instant(value)
    except ValueError:
        return other


def write_intent(connection: Connection, intent: Intent) -> None:
    """Replaces an intent of the same kind and target."""
    row: dict[str, object] = {
        "kind": intent.kind.value,
        "target": codec.storable(intent.target),
        "given_by": codec.storable(intent.by),
        "given_at": intent.at,
        "reason": codec.storable(intent.reason),
        "until": intent.until,
        "allows": codec.allowance_text(intent.allows) if intent.allows else None,
        "rekeys": codec.rekeys_text(intent.rekeys),
        "terms": codec.terms_text(intent.terms),
    }
    _put(connection, intents, row)


def remove_intent(connection: Connection, kind: IntentKind, *, target: str = "") -> bool:
    """Delete an intent, and what cannot be read and stands for it; whether there was one."""
    which = (intents.c.kind == kind.value, intents.c.target == codec.storable(target))
    found = False
    for order in (each for each in tuple(_each_intent(connection)) if isinstance(each, Unreadable)):
        stands = order.stands_for
        if stands is not None and (stands.kind, stands.target) == (kind, target):
            remove_unreadable(connection, order)
            found = True
    return connection.execute(sa.delete(intents).where(*which)).rowcount > 0 or found


def write_line(connection: Connection, entry: JournalEntry) -> None:
    """Append to the journal."""
    _in_order(connection)
    connection.execute(sa.insert(journal).values(**_line(entry)))


def read_journal(connection: Connection, *, limit: int, subject: str | None) -> list[JournalEntry]:
    """Newest first, by number and not by time: clocks jump."""
    query = sa.select(journal).order_by(journal.c.id.desc()).limit(limit)
    if subject is not None:
        query = query.where(journal.c.subject == codec.storable(subject))
    return [_entry_of(row) for row in connection.execute(query)]


def read_journal_after(connection: Connection, sequence: int, *, limit: int) -> list[JournalEntry]:
    """Oldest first."""
    query = sa.select(journal).where(journal.c.id > sequence).order_by(journal.c.id).limit(limit)
    return [_entry_of(row) for row in connection.execute(query)]


def _entry_of(row: Row[Any]) -> JournalEntry:
    return JournalEntry(
        at=row.at,
        what=row.what,
        subject=row.subject,
        result=row.result,
        reason=codec.reason_of(row.reason_coded) or as_reason(row.reason),
        because=codec.reason_of(row.because),
        sequence=row.id,
    )


def read_rosters(connection: Connection, *, limit: int = ROSTERS_KEPT) -> list[Roster]:
    """Newest first."""
    found = connection.execute(sa.select(rosters).order_by(rosters.c.id.desc()).limit(limit))
    return [codec.roster_of(row.document, read_at=row.read_at) for row in found]


def read_meta(connection: Connection, key: str) -> str | None:
    """A value of the table `meta`."""
    return connection.execute(sa.select(meta.c.value).where(meta.c.key == key)).scalar()


def write_meta(connection: Connection, key: str, value: str) -> None:
    """Replaces the value of this key."""
    _put(connection, meta, {"key": key, "value": value})


# Built once: SQLAlchemy computes the cache key of a statement once for each object.
_NAMED = desktops.c.name == bindparam("which")
_RELEASE = sa.delete(desktops).where(_NAMED)
_RESERVE = sa.insert(desktops)
_APPEND = sa.insert(journal)
_REWRITE = sa.update(desktops).where(_NAMED)


def _write_records(connection: Connection, changes: Changes, kept: DesktopRecords) -> None:
    """Releases first, so that the same step can reserve their VMID and address again; and leases that end before new ones."""
    anew = {reservation.name for reservation in new_reservations(changes, kept)}
    after = {name: record for name, record in changes.desktops.items() if record is not None}
    _each(connection, _RELEASE, [{"which": name} for name in changes.desktops if name not in after or name in anew])
    _each(connection, _RESERVE, [row_of(record) for name, record in after.items() if name in anew])
    others = {name: record for name, record in after.items() if name not in anew and record != kept[name]}
    rows = [{"which": name, **row_of(record)} for name, record in others.items()]
    _each(connection, _REWRITE, sorted(rows, key=lambda row: row["leased_to"] is not None))


def _retire(connection: Connection, vms: tuple[Retired, ...]) -> None:
    for vm in vms:
        row = {"cluster": vm.key.cluster, "vmid": vm.key.vmid, "reason": codec.storable(vm.reason), "at": vm.at}
        connection.execute(_insert(connection, retired).values(row).on_conflict_do_nothing())


def _read_retired(connection: Connection) -> dict[GuestKey, str]:
    rows = connection.execute(sa.select(retired.c.cluster, retired.c.vmid, retired.c.reason))
    return {GuestKey(ClusterId(cluster), Vmid(vmid)): reason for cluster, vmid, reason in rows}


def _keep_roster(connection: Connection, roster: Roster) -> None:
    write_meta(connection, _ORIGIN, codec.origin_text(roster))
    document = codec.roster_text(roster)
    last = connection.execute(sa.select(rosters).order_by(rosters.c.id.desc()).limit(1)).one_or_none()
    if last is not None and last.document == document:
        connection.execute(sa.update(rosters).where(rosters.c.id == last.id).values(read_at=roster.read_at))
        return
    connection.execute(sa.insert(rosters).values(read_at=roster.read_at, document=document))
    kept = sa.select(rosters.c.id).order_by(rosters.c.id.desc()).limit(ROSTERS_KEPT)
    connection.execute(sa.delete(rosters).where(rosters.c.id.not_in(kept)))


def _read_roster(connection: Connection) -> Roster | None:
    roster, origin = next(iter(read_rosters(connection, limit=1)), None), read_meta(connection, _ORIGIN)
    return roster if roster is None or origin is None else codec.with_origin(roster, origin)


_ABOUT_ALL = {IntentKind.FREEZE: ("", FREEZE_FILE), IntentKind.HOLD: ("",), IntentKind.ACCEPT_BASELINE: ("",)}
"""Of what they can be: what ends them names nothing else."""


def _intent_of(row: RowMapping) -> Intent:
    if row["target"] not in _ABOUT_ALL.get(kind := IntentKind(row["kind"]), (row["target"],)):
        raise ValueError(f"{kind} is about everything")
    return Intent(
        kind=IntentKind(row["kind"]),
        by=row["given_by"],
        at=row["given_at"],
        reason=row["reason"],
        target=row["target"],
        until=row["until"],
        allows=None if row["allows"] is None else codec.allowance_of(row["allows"]),
        rekeys=codec.rekeys_of(row["rekeys"]),
        terms=codec.terms_of(row["terms"]),
    )


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


def _each(connection: Connection, statement: sa.Executable, rows: list[dict[str, object]]) -> None:
    if rows:
        connection.execute(statement, rows)


def _put(connection: Connection, table: sa.Table, row: dict[str, object]) -> None:
    connection.execute(
        _insert(connection, table).values(row).on_conflict_do_update(index_elements=list(table.primary_key), set_=row)
    )


def _insert(connection: Connection, table: sa.Table) -> postgresql.Insert | sqlite.Insert:
    return sqlite.insert(table) if connection.dialect.name == "sqlite" else postgresql.insert(table)


__all__ = [
    "ROSTERS_KEPT", "read_intents", "read_journal", "read_journal_after", "read_kept", "read_meta",
    "read_rosters", "read_unreadable", "remove_intent",
    "remove_unreadable", "write_changes", "write_intent", "write_line", "write_meta",
]  # fmt: skip
