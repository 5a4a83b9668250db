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
from provisioner.model.desktops import Attempts, Reservation
from provisioner.model.ids import AgentId, DesktopName, Instant
from provisioner.model.records import Memory
from provisioner.model.words import JournalWord
from provisioner.ports import Changes

DOUBT_S = 600.0
"""A clone ordered in an earlier life of the daemon may still come out for as long as a profile's `clone_timeout` gives it."""


def of_orders(plan: Plan, orders: Iterable[Action], memory: Memory, now: Instant) -> Changes:
    """Durable before anything is sent: new reservations, void reports of desktops started anew, assignments, leftovers."""
    orders = tuple(orders)
    clones = [one for one in orders if isinstance(one, Clone)]
    starts = {one.desktop for one in orders if isinstance(one, Start)}
    useless = {one.key for one in plan.leftovers}
    left = tuple(one.name for one in memory.reservations.values() if one.key in useless) if useless else ()
    anew = _made_anew(clones, memory)
    return Changes(
        released=(*left, *plan.given_back),
        reserved=tuple(one.reservation for one in clones if one.desktop not in memory.reservations),
        started={**dict.fromkeys(anew), **dict.fromkeys(starts, now)},
        unheard=void_unheard({*anew, *starts}, memory),
        # What a desktop said before its node went away is void: the listing that shows it back still shows it as it was.
        reports=dict.fromkeys((*starts, *anew, *(one.instead_of for one in clones if one.instead_of)), None),
        assignments={**dict.fromkeys(anew), **_assignments(plan)},
        departures=_departures(plan, memory, now),
        deletions={(one.desktop, one.reservation.reserved_at): now for one in orders if isinstance(one, Delete)},
        retired=plan.leftovers,
        attempts=_attempts_of_moved(clones, memory, now),
        superseded={**plan.superseded, **{one.instead_of: one.desktop for one in clones if one.instead_of}},
        outcomes=tuple(_steps(plan, memory, now)),
    )


def _made_anew(clones: Iterable[Clone], memory: Memory) -> list[DesktopName]:
    """Desktops whose VM was deleted: the one that is made in its place has served nobody yet, and is to be configured."""
    kept = (memory.assignments, memory.reports, memory.started)
    return [clone.desktop for clone in clones if any(clone.desktop in names for names in kept)]


def _assignments(plan: Plan) -> dict[DesktopName, AgentId | None]:
    released = (one.desktop for one in plan.actions if isinstance(one, Release))
    return {**dict.fromkeys(released), **{one.desktop: one.agent_id for one in plan.actions if isinstance(one, Assign)}}


def _departures(plan: Plan, memory: Memory, now: Instant) -> dict[DesktopName, Departure | None]:
    """A desktop is recycled when its release has not been cut from the plan."""
    changed = dict(plan.departures)
    for one in plan.actions:
        if isinstance(one, Release):
            before = changed.get(one.desktop) or memory.departures.get(one.desktop) or Departure(since=now)
            changed[one.desktop] = replace(before, recycled_at=now)
    return changed


def _steps(plan: Plan, memory: Memory, now: Instant) -> Iterator[Outcome]:
    """For the journal: who has left, who is back, what was released."""
    for name, departure in plan.departures.items():
        leaves = _is_leaving(departure)
        if leaves is not _is_leaving(memory.departures.get(name)):
            reason = "its agent is not wanted any more: suspended" if leaves else "its agent is wanted again"
            word = JournalWord.DEPART if leaves else JournalWord.RETURN
            yield _step(memory.reservations[name], word.value, reason, now)
    for one in plan.actions:
        if isinstance(one, Release):
            yield _step(one.reservation, one.word, one.because, now)


def _is_leaving(departure: Departure | None) -> bool:
    return departure is not None and not departure.ended


def _step(reservation: Reservation, action: str, reason: str, now: Instant) -> Outcome:
    return Outcome(
        desktop=reservation.name, key=reservation.key, action=action, result=Result.DONE, reason=reason,
        started_at=now, ended_at=now,
    )  # fmt: skip


def _attempts_of_moved(clones: Iterable[Clone], memory: Memory, now: Instant) -> dict[DesktopName, Attempts | None]:
    """The new one remembers where it was tried before; of the old one nothing is concluded before its last order has ended."""
    changed: dict[DesktopName, Attempts | None] = {}
    for one in clones:
        if one.instead_of:
            before = memory.attempts.get(one.instead_of, Attempts())
            changed[one.instead_of] = replace(before, retry_at=max(before.retry_at, now + DOUBT_S))
        if one.avoid:
            changed[one.desktop] = Attempts(avoid=one.avoid)
    return changed


def of_retries(names: Iterable[DesktopName], memory: Memory) -> Changes:
    """What has gone wrong with these desktops is forgotten; not how long nothing is concluded of one that was superseded.

    One that a listing lacks is gone, by the operator's word.
    """
    known = {name: memory.attempts[name] for name in names if name in memory.attempts}
    return Changes(
        unproven=tuple(name for name, attempts in known.items() if is_missing(attempts)),
        attempts={
            name: Attempts(retry_at=attempts.retry_at, avoid=attempts.avoid) if name in memory.superseded else None
            for name, attempts in known.items()
        },
    )


def void_unheard(names: Iterable[DesktopName], memory: Memory) -> dict[DesktopName, None]:
    """Of those that are started anew or off, why the boot before gave no report."""
    return {name: None for name in names if name in memory.unheard}
