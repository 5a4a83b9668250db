"""Stored times in the future, written by a clock that was ahead: put right when the store is loaded. Pure.

They become now, with three exceptions. A guest's report becomes very old: it may be of an earlier boot. The start of a boot
becomes unknown: the uptime shows it. A reservation keeps its time, which is also in the desktop's note; it can only delay the
end of a leaver's desktop.

Every other report becomes older by as much as the clock was set back: the clock may have been ahead when it was read, and a
desktop may have booted since. It is then asked again.
"""

from collections.abc import Mapping
from dataclasses import replace

from provisioner.model.budget import Budget
from provisioner.model.departures import Departure
from provisioner.model.guard import RosterMove
from provisioner.model.ids import AgentId, Instant
from provisioner.model.kept.absence import DOUBT_S
from provisioner.model.kept.records import DesktopRecord, RecordEdits, Records
from provisioner.model.machines.desktops import LONGEST_DELETE_WAIT_S, GuestReport
from provisioner.model.people.agents import Roster
from provisioner.ports import Changes

_LONG_AGO = 0.0


def clock_changes(records: Records, now: Instant, budget: Budget, *, set_back_s: float = 0.0) -> Changes:
    """The changes after which no stored time is in the future, and no wait is longer than the longest possible.

    `set_back_s`: seconds the clock was set back since the records were written, as far as the daemon has seen it; 0.0: a start,
    to which only the stored times tell it.
    """
    reports = (record.report for record in records.desktops.values() if record.report is not None)
    set_back_s = max((set_back_s, *(report.read_at - now for report in reports)))
    edits, guard = RecordEdits(records.desktops), records.guard
    dated = replace(guard, left=_moves(guard.left, now), joined=_moves(guard.joined, now))
    edits.each(lambda record: _record(record, now, budget, set_back_s))
    return Changes(
        desktops=edits.made,
        deletions={deleted: now for deleted, at in records.deletions.items() if at > now},
        roster=_roster(records.roster, now),
        guard=dated if dated != guard else None,
    )


def _record(record: DesktopRecord, now: Instant, budget: Budget, set_back_s: float) -> DesktopRecord:
    unheard, departure = record.unheard, record.departure
    recycled = departure is not None and departure.recycled_at is not None
    longest_s = LONGEST_DELETE_WAIT_S if recycled else max(budget.retry_cap_s, DOUBT_S)
    after = replace(
        record,
        report=None if record.report is None else _report(record.report, now, set_back_s),
        unheard=replace(unheard, since=now) if unheard is not None and unheard.since > now else unheard,
        started_at=None if (record.started_at or now) > now else record.started_at,
        attempts=replace(record.attempts, retry_at=min(record.attempts.retry_at, now + longest_s)),
        departure=None if departure is None else _departure(departure, now),
        lease=None if record.lease is None else replace(record.lease, since=min(record.lease.since, now)),
    )
    return record if after == record else after


def _report(report: GuestReport, now: Instant, set_back_s: float) -> GuestReport:
    if report.read_at > now:
        return replace(report, read_at=_LONG_AGO, written_at=None)
    return replace(report, read_at=max(_LONG_AGO, report.read_at - set_back_s))


def _departure(departure: Departure, now: Instant) -> Departure:
    recycled_at = None if departure.recycled_at is None else min(departure.recycled_at, now)
    return replace(departure, since=min(departure.since, now), recycled_at=recycled_at)


def _roster(roster: Roster | None, now: Instant) -> Roster | None:
    if roster is None or roster.read_at <= now:
        return None
    return replace(roster, read_at=now, full_at=min(roster.full_at, now))


def _moves(moves: Mapping[AgentId, RosterMove], now: Instant) -> dict[AgentId, RosterMove]:
    return {key: replace(move, at=min(move.at, now)) for key, move in moves.items()}
