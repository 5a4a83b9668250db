"""Write to the tables and read from them, within the caller's transaction. Here, too: how many sessions are and were open,
as JSON."""

import json
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy import Connection, Row, bindparam

from provisioner.adapters.sql import codec
from provisioner.adapters.sql.journal import write_line, write_outcomes
from provisioner.adapters.sql.kept_rows import needed, put, spared, write_rows
from provisioner.adapters.sql.orders import newest_run, read_intents
from provisioner.adapters.sql.people_rows import read_half_days, rekey, write_half_days
from provisioner.adapters.sql.records import record_of, row_of
from provisioner.adapters.sql.runs import row_of_run
from provisioner.adapters.sql.tables import (
    deletions,
    desktops,
    meta,
    rekeyed,
    retired,
    rosters,
    surges,
)  # fmt: skip
from provisioner.ledger import ROSTERS_KEPT, new_reservations, surge_entry, wave_entry
from provisioner.model.actions import Retired
from provisioner.model.guard import GuardRecord
from provisioner.model.ids import AgentId, ClusterId, DesktopName, GuestKey, Instant, Vmid
from provisioner.model.kept.records import DesktopRecord, Records
from provisioner.model.kept.rekeying import rekeyed_guard
from provisioner.model.people.agents import Roster
from provisioner.model.session_counts import NO_COUNTS, DayPeak, DayReadings, GroupKey, GroupKind, GroupPlace, SessionCounts
from provisioner.ports import Changes

_GUARD = "directory_guard"
_ORIGIN = "roster_origin"
_COUNTS = "session_counts"
BEGAN = "rebuild_began"
"""The key of the wait of an empty store."""


DesktopRecords = Mapping[DesktopName, DesktopRecord]
T = TypeVar("T")
COUNTS = sa.select(meta).where(meta.c.key == _COUNTS)
_DESKTOPS = sa.select(
    *(
        sa.type_coerce(column, sa.Integer).label(column.name) if isinstance(column.type, sa.Boolean) else column
        for column in desktops.c
    )
)
"""As they are kept: SQLite's driver takes anything for a yes."""


def write_changes(connection: Connection, changes: Changes, kept: DesktopRecords) -> None:
    """Write what differs from `kept`, the records as they are in the tables."""
    if changes.rekeyed:
        rekey(connection, changes.rekeyed)
        for guard in of_meta(connection, _GUARD, codec.guard_of):
            write_meta(connection, _GUARD, codec.guard_text(rekeyed_guard(guard, changes.rekeyed)))
    _write_records(connection, changes, kept)
    _retire(connection, changes.retired)
    for (desktop, reserved_at), at in changes.deletions.items():
        put(connection, deletions, {"desktop": desktop, "reserved_at": reserved_at, "at": at})
    write_outcomes(connection, changes.outcomes)
    if changes.roster is not None:
        _keep_roster(connection, changes.roster)
    if changes.guard is not None:
        write_meta(connection, _GUARD, codec.guard_text(changes.guard))
    if changes.surge is not None:
        put(connection, surges, row_of_run(changes.surge.run))
        write_line(connection, surge_entry(changes.surge))
    write_half_days(connection, changes.half_days)
    for change in changes.waves:
        write_line(connection, wave_entry(change))
    if changes.baseline_accepted is not None:
        write_meta(connection, "baseline_accepted", "yes" if changes.baseline_accepted else "no")
    if changes.rebuild_began is not None:
        write_meta(connection, BEGAN, str(changes.rebuild_began))
    if changes.session_counts is not None:
        write_meta(connection, _COUNTS, _counts_text(changes.session_counts))
    for line in changes.entries:
        write_line(connection, line)


def read_kept(connection: Connection) -> Records:
    """All that is kept. Raises RowWrong."""
    run, _ = newest_run(connection)
    check_keys(connection)
    return Records(
        desktops=_read_records(connection),
        deletions=dict(needed(connection, deletions, sa.select(deletions), _deletion_of)),
        retired=dict(needed(connection, retired, sa.select(retired), _retired_of)),
        rekeyed=dict(needed(connection, rekeyed, sa.select(rekeyed), _rekey_of)),
        roster=_read_roster(connection),
        guard=_read_guard(connection),
        session_counts=read_counts(connection),
        intents=read_intents(connection),
        surge=run,
        half_days={} if run is None else read_half_days(connection, run.number),
        baseline_accepted=read_meta(connection, "baseline_accepted") == "yes",
        rebuild_began=next(of_meta(connection, BEGAN, float), None),
    )


def read_counts(connection: Connection) -> SessionCounts:
    """How many sessions are and were open; none if that cannot be read (`COUNTS`)."""
    return next(iter(spared(connection, meta, COUNTS, counts_of_row)), NO_COUNTS)


def counts_of_row(row: Row[Any]) -> SessionCounts:
    """Those of the row that `COUNTS` selects."""
    return _counts_of(row.value)


def _read_records(connection: Connection) -> dict[DesktopName, DesktopRecord]:
    found = needed(connection, desktops, _DESKTOPS, lambda row: record_of(row._mapping))
    return {record.reservation.name: record for record in found}


def _deletion_of(row: Row[Any]) -> tuple[tuple[DesktopName, Instant], Instant]:
    return (DesktopName(row.desktop), row.reserved_at), row.at


def _retired_of(row: Row[Any]) -> tuple[GuestKey, str]:
    return GuestKey(ClusterId(row.cluster), Vmid(row.vmid)), codec.coded_of(row.reason)


def _rekey_of(row: Row[Any]) -> tuple[AgentId, AgentId]:
    return AgentId(row.old_id), AgentId(row.new_id)


def _read_guard(connection: Connection) -> GuardRecord:
    return next(of_meta(connection, _GUARD, codec.guard_of), GuardRecord())


def read_rosters(connection: Connection, *, limit: int = ROSTERS_KEPT) -> list[Roster]:
    """Newest first."""
    return spared(connection, rosters, sa.select(rosters).order_by(rosters.c.id.desc()).limit(limit), roster_of_row)


def roster_of_row(row: Row[Any]) -> Roster:
    """A stored roster, without its origin."""
    return codec.roster_of(row.document, read_at=row.read_at)


def read_meta(connection: Connection, key: str) -> str | None:
    """A value of the table `meta`. Raises RowWrong."""
    return next(of_meta(connection, key, str), None)


def check_keys(connection: Connection) -> None:
    """Raises RowWrong for a value of the table `meta` that is under no key: it would be taken for one that is not there."""
    for _ in needed(connection, meta, sa.select(meta.c.key), lambda row: row.key):
        pass


def of_meta(connection: Connection, key: str, read: Callable[[str], T]) -> Iterator[T]:
    """The value of the table `meta`, if there is one. Raises RowWrong."""
    return needed(connection, meta, sa.select(meta).where(meta.c.key == key), lambda row: read(row.value))


def write_meta(connection: Connection, key: str, value: str) -> None:
    """Replaces the value of this key."""
    put(connection, meta, {"key": key, "value": value})


# Built once: SQLAlchemy computes the cache key of a statement once for each object.
_NAMED = desktops.c.name == bindparam("which")
_RELEASE = sa.delete(desktops).where(_NAMED)
_RESERVE = sa.insert(desktops)
_REWRITE = sa.update(desktops).where(_NAMED)


def _write_records(connection: Connection, changes: Changes, kept: DesktopRecords) -> None:
    """Releases first, so that the same step can reserve their VMID and address again; and leases that end before new ones."""
    anew = {reservation.name for reservation in new_reservations(changes, kept)}
    after = {name: record for name, record in changes.desktops.items() if record is not None}
    write_rows(connection, _RELEASE, [{"which": name} for name in changes.desktops if name not in after or name in anew])
    write_rows(connection, _RESERVE, [row_of(record) for name, record in after.items() if name in anew])
    others = {name: record for name, record in after.items() if name not in anew and record != kept[name]}
    rows = [{"which": name, **row_of(record)} for name, record in others.items()]
    write_rows(connection, _REWRITE, sorted(rows, key=lambda row: row["leased_to"] is not None))


def _retire(connection: Connection, vms: tuple[Retired, ...]) -> None:
    for vm in vms:
        put(connection, retired, {**vm.key._asdict(), "reason": codec.coded_text(vm.reason), "at": vm.at})


def _keep_roster(connection: Connection, roster: Roster) -> None:
    write_meta(connection, _ORIGIN, codec.origin_text(roster))
    document = codec.roster_text(roster)
    last = connection.execute(sa.select(rosters).order_by(rosters.c.id.desc()).limit(1)).one_or_none()  # it was read before
    if last is not None and last.document == document:
        connection.execute(sa.update(rosters).where(rosters.c.id == last.id).values(read_at=roster.read_at))
        return
    connection.execute(sa.insert(rosters).values(read_at=roster.read_at, document=document))
    kept = sa.select(rosters.c.id).order_by(rosters.c.id.desc()).limit(ROSTERS_KEPT)
    connection.execute(sa.delete(rosters).where(rosters.c.id.not_in(kept)))


def _read_roster(connection: Connection) -> Roster | None:
    newest = sa.select(rosters).order_by(rosters.c.id.desc()).limit(1)
    roster = next(needed(connection, rosters, newest, roster_of_row), None)
    if roster is None:
        return None
    return next(of_meta(connection, _ORIGIN, partial(codec.with_origin, roster)), roster)


def _counts_text(counts: SessionCounts) -> str:
    """The counts. In a storm of log-ons there are thousands of changes, so these are lists."""
    kept: dict[str, Any] = {"settled_at": counts.settled_at, "base": [[*place, count] for place, count in counts.base.items()]}
    kept["recent"] = [[at, change, *place] for at, change, place in counts.recent]
    kept["peaks"] = [[peak.day, peak.group, peak.most, peak.at] for peak in counts.peaks]
    kept["readings"] = [[each.day, each.desktops, each.within_s, each.inferred] for each in counts.readings]
    kept["off_by"] = [[each.day, each.off_by] for each in counts.readings]
    return json.dumps(kept)


def _counts_of(text: str) -> SessionCounts:
    """The counts that `_counts_text` wrote."""
    raw = json.loads(text)
    off_by = dict(raw.get("off_by", ()))  # an earlier release has kept none
    return SessionCounts(
        settled_at=raw["settled_at"],
        base={GroupPlace(*place): count for *place, count in raw["base"]},
        recent=tuple((at, change, GroupPlace(*labels)) for at, change, *labels in raw["recent"]),
        peaks=tuple(DayPeak(day=day, group=_group(group), most=most, at=at) for day, group, most, at in raw["peaks"]),
        readings=tuple(
            DayReadings(day=day, desktops=desktops, within_s=within_s, inferred=inferred, off_by=off_by.get(day, 0))
            for day, desktops, within_s, inferred in raw["readings"]
        ),
    )


def _group(raw: Any) -> GroupKey | None:
    return None if raw is None else (GroupKind(raw[0]), raw[1])
