"""What orders change in the store, before anything is sent. Pure."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from provisioner.model.absence import is_missing
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
from provisioner.model.desktops import UNTRIED, Attempts, Reservation
from provisioner.model.ids import DesktopName, Instant
from provisioner.model.records import RecordEdits, Records
from provisioner.model.words import JournalWord
from provisioner.ports import Changes
from provisioner.reasons.outcomes import SUSPENDED
from provisioner.reasons.reason import Reason
from provisioner.reasons.targets import BACK

DOUBT_S = 600.0
"""A clone ordered in an earlier life of the daemon may still come out for as long as a profile's `clone_timeout` gives it."""


def order_changes(plan: Plan, orders: Iterable[Action], records: Records, now: Instant) -> Changes:
    """Durable before anything is sent: new reservations, void reports of desktops started anew, assignments, leftovers."""
    orders, edits = tuple(orders), RecordEdits(records.desktops)
    _release(edits, plan, records)
    for name, other in plan.superseded.items():
        edits.change(name, superseded_by=other)
    for name, departure in plan.departures.items():
        edits.change(name, departure=departure)
    for one in orders:
        match one:
            case Clone():
                _clone(edits, one, now)
            case Start():
                edits.change(one.desktop, started_at=now, report=None, unheard=None)
    for action in plan.actions:
        match action:
            case Assign():
                edits.change(action.desktop, assigned_to=action.agent_id)
            case Release():
                _recycle(edits, action.desktop, now)
    return Changes(
        desktops=edits.made,
        deletions={(one.desktop, one.reservation.reserved_at): now for one in orders if isinstance(one, Delete)},
        retired=plan.leftovers,
        outcomes=tuple(_steps(plan, records, now)),
    )


def _release(edits: RecordEdits, plan: Plan, records: Records) -> None:
    useless = {one.key for one in plan.leftovers}
    left = (one.name for one in records.reservations if one.key in useless) if useless else ()
    edits.release((*left, *plan.given_back))


def _clone(edits: RecordEdits, one: Clone, now: Instant) -> None:
    """What is made in place of a deleted VM has served nobody yet, and is to be configured.

    What is made instead of another desktop remembers where that was tried. Of the old one nothing is concluded before its last
    order has ended; what it said before its node went away is void: the listing that shows it back still shows it as it was.
    """
    known = edits.get(one.desktop)
    if known is None:
        edits.reserve(one.reservation)
    elif known.has_served:
        edits.change(one.desktop, started_at=None, report=None, unheard=None, assigned_to=None)
    if one.avoid:
        edits.change(one.desktop, attempts=Attempts(avoid=one.avoid))
    if one.instead_of and (former := edits.get(one.instead_of)):
        waits = replace(former.attempts, retry_at=max(former.attempts.retry_at, now + DOUBT_S))
        edits.change(one.instead_of, report=None, attempts=waits, superseded_by=one.desktop)


def _recycle(edits: RecordEdits, name: DesktopName, now: Instant) -> None:
    """A desktop is recycled when its release has not been cut from the plan."""
    if record := edits.get(name):
        departure = replace(record.departure or Departure(since=now), recycled_at=now)
        edits.change(name, assigned_to=None, departure=departure)


def _steps(plan: Plan, records: Records, now: Instant) -> Iterator[Outcome]:
    """For the journal: who has left, who is back, what was released."""
    for name, departure in plan.departures.items():
        leaves, record = _is_leaving(departure), records.desktops[name]
        if leaves is not _is_leaving(record.departure):
            reason = SUSPENDED() if leaves else BACK()
            word = JournalWord.DEPART if leaves else JournalWord.RETURN
            yield _step(record.reservation, word.value, reason, now)
    for one in plan.actions:
        if isinstance(one, Release):
            yield _step(one.reservation, one.word, one.because, now)


def _is_leaving(departure: Departure | None) -> bool:
    return departure is not None and not departure.ended


def _step(reservation: Reservation, action: str, reason: Reason, now: Instant) -> Outcome:
    return Outcome(
        desktop=reservation.name, key=reservation.key, action=action, result=Result.DONE, reason=reason,
        started_at=now, ended_at=now,
    )  # fmt: skip


def retry_changes(names: Iterable[DesktopName], records: Records) -> Changes:
    """What has gone wrong with these desktops is forgotten; not how long nothing is concluded of one that was superseded.

    One that a listing lacks is gone, by the operator's word.
    """
    edits = RecordEdits(records.desktops)
    for name in names:
        if (record := edits.get(name)) and record.attempts:
            before, superseded = record.attempts, record.superseded_by is not None
            if is_missing(before):
                edits.prove(name, False)
            edits.change(name, attempts=Attempts(retry_at=before.retry_at, avoid=before.avoid) if superseded else UNTRIED)
    return Changes(desktops=edits.made)
