"""What the orders of a plan change in the store, before anything is sent. Pure."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from provisioner.model.actions import (
    Action,
    Assign,
    Clone,
    Delete,
    Outcome,
    Plan,
    Release,
    Result,
    Start,
)
from provisioner.model.departures import Departure
from provisioner.model.ids import DesktopName, Instant
from provisioner.model.kept.absence import DOUBT_S, is_missing
from provisioner.model.kept.records import RecordEdits, Records
from provisioner.model.machines.desktops import UNTRIED, Attempts, Reservation
from provisioner.model.words import JournalWord
from provisioner.ports import Changes
from provisioner.reasons.reason import Reason
from provisioner.reasons.requests import SUSPENDED
from provisioner.reasons.targets import BACK


def order_changes(plan: Plan, orders: Iterable[Action], records: Records, now: Instant) -> Changes:
    """The changes to store before the orders are sent: reservations, void reports of desktops to start, assignments, and
    VMIDs that leftover images make unusable.
    """
    orders, edits = tuple(orders), RecordEdits(records.desktops)
    _release(edits, plan, records)
    for name, other in plan.superseded.items():
        edits.change(name, superseded_by=other)
    for name, departure in plan.departures.items():
        edits.change(name, departure=departure)
    for action in orders:
        match action:
            case Clone():
                _clone(edits, action, now)
            case Start():
                edits.change(action.desktop, started_at=now, report=None, unheard=None)
    for action in plan.actions:
        match action:
            case Assign():
                edits.change(action.desktop, assigned_to=action.agent_id)
            case Release():
                _recycle(edits, action.desktop, now)
    return Changes(
        desktops=edits.made,
        deletions={
            (delete.desktop, delete.reservation.reserved_at): now
            for delete in orders
            if isinstance(delete, Delete) and delete.is_limited
        },
        retired=plan.leftovers,
        outcomes=tuple(_steps(plan, records, now)),
    )


def _release(edits: RecordEdits, plan: Plan, records: Records) -> None:
    unusable = {retired.key for retired in plan.leftovers}
    names = (desktop.name for desktop in records.reservations if desktop.key in unusable) if unusable else ()
    edits.release((*names, *plan.given_back))


def _clone(edits: RecordEdits, clone: Clone, now: Instant) -> None:
    """The changes for a clone. Three things may apply:

    1. it replaces a deleted VM of the same desktop: the new VM has not served yet, and has to be configured;
    2. it avoids nodes: the desktop remembers where it was tried before;
    3. it replaces another desktop: that one is superseded. Nothing is concluded about it before its last action has ended, and
       its report is void: the first listing after its node is back shows it as it was before.
    """
    record = edits.get(clone.desktop)
    if record is None:
        edits.reserve(clone.reservation)
    elif record.has_served:
        edits.change(clone.desktop, started_at=None, report=None, unheard=None, assigned_to=None)
    if clone.avoid:
        edits.change(clone.desktop, attempts=Attempts(avoid=clone.avoid))
    if clone.instead_of and (former := edits.get(clone.instead_of)):
        waits = replace(former.attempts, retry_at=max(former.attempts.retry_at, now + DOUBT_S))
        edits.change(clone.instead_of, report=None, attempts=waits, superseded_by=clone.desktop)


def _recycle(edits: RecordEdits, name: DesktopName, now: Instant) -> None:
    """Record the recycling of a desktop whose release has passed the safety gate."""
    if record := edits.get(name):
        departure = replace(record.departure or Departure(since=now), recycled_at=now)
        edits.change(name, assigned_to=None, departure=departure)


def _steps(plan: Plan, records: Records, now: Instant) -> Iterator[Outcome]:
    """The journal's lines: agents who have left or are back, desktops that were released."""
    for name, departure in plan.departures.items():
        leaves, record = _is_leaving(departure), records.desktops[name]
        if leaves is not _is_leaving(record.departure):
            reason = SUSPENDED() if leaves else BACK()
            word = JournalWord.DEPART if leaves else JournalWord.RETURN
            yield _step(record.reservation, word.value, reason, now)
    for action in plan.actions:
        if isinstance(action, Release):
            yield _step(action.reservation, action.word, action.because, now)


def _is_leaving(departure: Departure | None) -> bool:
    return departure is not None and not departure.ended


def _step(reservation: Reservation, action: str, reason: Reason, now: Instant) -> Outcome:
    return Outcome(
        desktop=reservation.name, key=reservation.key, action=action, result=Result.DONE, reason=reason,
        started_at=now, ended_at=now,
    )  # fmt: skip


def retry_changes(names: Iterable[DesktopName], records: Records) -> Changes:
    """Forget the failures of these desktops. A superseded desktop keeps its wait, during which nothing is concluded about it.

    A desktop that is missing from the listing counts as gone: the operator says so by the retry.
    """
    edits = RecordEdits(records.desktops)
    for name in names:
        if (record := edits.get(name)) and record.attempts:
            before, superseded = record.attempts, record.superseded_by is not None
            if is_missing(before):
                edits.prove(name, False)
            edits.change(name, attempts=Attempts(retry_at=before.retry_at, avoid=before.avoid) if superseded else UNTRIED)
    return Changes(desktops=edits.made)


def hastened_changes(names: Iterable[DesktopName], records: Records, now: Instant) -> Changes:
    """Have what has failed on these desktops tried now: their waits are over, and their failures still count."""
    edits = RecordEdits(records.desktops)
    for name in names:
        record = edits.get(name)
        if record is not None and record.superseded_by is None and record.attempts.retry_at > now:
            edits.change(name, attempts=replace(record.attempts, retry_at=now))
    return Changes(desktops=edits.made)
