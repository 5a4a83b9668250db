"""The store of a rehearsal: kept in this process alone, with the same answers as the one on a database."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import islice
from types import MappingProxyType
from typing import TypeVar

from provisioner.errors import ReservationConflict, StoreError, StoreOwned
from provisioner.model.actions import Outcome
from provisioner.model.agents import Roster
from provisioner.model.desktops import Attempts, GuestReport, Reservation
from provisioner.model.ids import AgentId, DesktopName, GuestKey, Instant
from provisioner.model.intents import Intent, IntentKind
from provisioner.model.memory import Memory
from provisioner.ports import Changes, JournalEntry

_Value = TypeVar("_Value")


class MemoryStore:
    """A Store without a file.

    What `load` returns are views: they show later commits (roster, intents and baseline do not), so that neither load
    nor commit costs more with more desktops.
    """

    def __init__(self) -> None:
        self._kept = Kept()
        self._taken = Taken()
        self._intents: dict[IntentKind, Intent] = {}
        self._journal: list[JournalEntry] = []
        self._claimed = False

    def claim(self) -> None:
        """Own the store until `close`; raises StoreOwned when it is owned."""
        if self._claimed:
            raise StoreOwned("the store is owned by this process already")
        self._claimed = True

    def load(self) -> Memory:
        """All that is kept, as views."""
        return self._kept.memory(self.intents())

    def commit(self, changes: Changes) -> None:
        """All or nothing: whatever can fail is checked before anything is changed."""
        if not self._claimed:
            raise StoreError("the store has to be claimed before anything is committed")
        self._taken.swap(changes, kept=self._kept.reservations, retired=self._kept.retired)
        self._kept.apply(changes)
        self._journal += map(entry_of, changes.outcomes)

    def intents(self) -> tuple[Intent, ...]:
        """The standing orders, oldest first."""
        return tuple(sorted(self._intents.values(), key=lambda one: (one.at, one.kind)))

    def give(self, intent: Intent) -> None:
        """Give a standing order (again: replaces it), and journal it."""
        self._intents[intent.kind] = intent
        self._journal.append(given(intent))

    def withdraw(self, kind: IntentKind, *, by: str, at: Instant) -> bool:
        """Take a standing order back, and journal it; whether there was one."""
        if self._intents.pop(kind, None) is None:
            return False
        self._journal.append(withdrawn(kind, by=by, at=at))
        return True

    def journal(self, *, limit: int = 100, subject: str | None = None) -> Iterator[JournalEntry]:
        """Newest first."""
        wanted = (one for one in reversed(self._journal) if subject is None or one.subject == subject)
        return islice(wanted, limit)

    def close(self) -> None:
        """Give the store up; what it keeps stays, for the next claim."""
        self._claimed = False


def entry_of(outcome: Outcome) -> JournalEntry:
    """The journal's line on an outcome."""
    return JournalEntry(
        at=outcome.ended_at,
        what=outcome.action,
        subject=outcome.desktop,
        result=outcome.result.value,
        reason=outcome.reason,
    )


def given(intent: Intent) -> JournalEntry:
    """The journal's line on an intent."""
    reason = f"by {intent.by}: {intent.reason}" if intent.reason else f"by {intent.by}"
    return JournalEntry(at=intent.at, what=intent.kind.value, subject="", result="given", reason=reason)


def withdrawn(kind: IntentKind, *, by: str, at: Instant) -> JournalEntry:
    """The journal's line on an intent taken back."""
    return JournalEntry(at=at, what=kind.value, subject="", result="withdrawn", reason=f"by {by}")


@dataclass(slots=True, kw_only=True)
class Kept:
    """All that a store keeps, to be changed in place: the meaning of Changes, once."""

    reservations: dict[DesktopName, Reservation] = field(default_factory=dict)
    reports: dict[DesktopName, GuestReport] = field(default_factory=dict)
    started: dict[DesktopName, Instant] = field(default_factory=dict)
    attempts: dict[DesktopName, Attempts] = field(default_factory=dict)
    assignments: dict[DesktopName, AgentId] = field(default_factory=dict)
    retired: dict[GuestKey, str] = field(default_factory=dict)
    """With the reason."""
    roster: Roster | None = None
    baseline_accepted: bool = False

    def apply(self, changes: Changes) -> None:
        """Released desktops go first, with all that was kept of them.

        What is said of a desktop without reservation is not kept.
        """
        self._release(changes.released)
        self.reservations.update((one.name, one) for one in changes.reserved)
        for name in changes.proven:
            if name in self.reservations:
                self.reservations[name] = replace(self.reservations[name], proven=True)
        for one in changes.retired:
            self.retired.setdefault(one.key, one.reason)
        self._put(self.reports, changes.reports)
        self._put(self.started, changes.started)
        self._put(self.attempts, changes.attempts)
        self._put(self.assignments, changes.assignments)
        if changes.roster is not None:
            self.roster = changes.roster
        if changes.baseline_accepted is not None:
            self.baseline_accepted = changes.baseline_accepted

    def memory(self, intents: tuple[Intent, ...]) -> Memory:
        """Read-only views, without a copy."""
        return Memory(
            reservations=MappingProxyType(self.reservations),
            reports=MappingProxyType(self.reports),
            started=MappingProxyType(self.started),
            attempts=MappingProxyType(self.attempts),
            assignments=MappingProxyType(self.assignments),
            retired=self.retired.keys(),
            roster=self.roster,
            intents=intents,
            baseline_accepted=self.baseline_accepted,
        )

    def _release(self, names: Iterable[DesktopName]) -> None:
        for name in names:
            self.reservations.pop(name, None)
            self.reports.pop(name, None)
            self.started.pop(name, None)
            self.attempts.pop(name, None)
            self.assignments.pop(name, None)

    def _put(self, kept: dict[DesktopName, _Value], said: Mapping[DesktopName, _Value | None]) -> None:
        for name, value in said.items():
            if value is None:
                kept.pop(name, None)
            elif name in self.reservations:
                kept[name] = value


class Taken:
    """Names, VMIDs and addresses that are reserved, each for one desktop."""

    def __init__(self, reservations: Iterable[Reservation] = ()) -> None:
        self._by = {thing: one.name for one in reservations for thing in _things(one)}

    def swap(
        self, changes: Changes, *, kept: Mapping[DesktopName, Reservation], retired: Mapping[GuestKey, str]
    ) -> None:  # fmt: skip
        """Give back what is released, then take what is reserved; raises ReservationConflict, with nothing changed.

        A retired VMID is taken too, except for a desktop that is there and proven ours.
        """
        retired = {**{one.key: one.reason for one in changes.retired}, **retired}
        freed = {thing for name in changes.released if name in kept for thing in _things(kept[name])}
        added: dict[str, DesktopName] = {}
        for one in changes.reserved:
            if one.key in retired and not one.proven:
                raise ReservationConflict(f"desktop {one.name}: VMID {one.key} is retired: {retired[one.key]}")
            for thing in _things(one):
                owner = added.get(thing) or (None if thing in freed else self._by.get(thing))
                if owner is not None:
                    raise ReservationConflict(f"desktop {one.name}: {thing} is reserved for {owner}")
                added[thing] = one.name
        for thing in freed:
            self._by.pop(thing, None)
        self._by.update(added)


def _things(reservation: Reservation) -> tuple[str, ...]:
    name, vmid = f"the name {reservation.name}", f"VMID {reservation.key}"
    return (name, vmid, f"address {reservation.address}") if reservation.address else (name, vmid)


__all__ = ["Kept", "MemoryStore", "Taken", "entry_of", "given", "withdrawn"]
