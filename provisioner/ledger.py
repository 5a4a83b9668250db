"""What a store keeps and what Changes do to it, said once: for both stores and for the reconciler's own copy. No I/O."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from types import MappingProxyType
from typing import TypeVar

from provisioner.errors import ReservationConflict
from provisioner.model.actions import Outcome
from provisioner.model.agents import Roster
from provisioner.model.departures import DAY_S, Deleted, Departure
from provisioner.model.desktops import Attempts, GuestReport, Reservation, Unheard
from provisioner.model.forgetting import Forgetting, Forgotten
from provisioner.model.guard import GuardRecord
from provisioner.model.ids import AgentId, ClusterId, DesktopName, GuestKey, Instant, Vmid
from provisioner.model.intents import Intent, IntentKind
from provisioner.model.records import Memory
from provisioner.model.rekeying import noted, rekeyed_before, rekeyed_guard, rekeyed_reservation, rekeyed_roster
from provisioner.model.words import JournalWord
from provisioner.ports import Changes, JournalEntry

_Value = TypeVar("_Value")


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
    reason += f" ({_limits(intent)})" if _limits(intent) else ""
    return JournalEntry(
        at=intent.at, what=intent.kind.value, subject=intent.target, result=JournalWord.GIVEN.value, reason=reason
    )


def _limits(intent: Intent) -> str:
    allows = [f"{len(intent.allows.leavers)} may leave and {len(intent.allows.joiners)} join"] if intent.allows else []
    until = [f"until {datetime.fromtimestamp(intent.until, UTC):%Y-%m-%dT%H:%M:%SZ}"] if intent.until is not None else []
    rekeys = [f"{len(intent.rekeys)} agents go on under new ids"] if intent.rekeys else []
    return ", ".join(allows + rekeys + until)


def withdrawn(kind: IntentKind, *, by: str, at: Instant, target: str = "") -> JournalEntry:
    """The journal's line on an intent taken back."""
    return JournalEntry(at=at, what=kind.value, subject=target, result=JournalWord.WITHDRAWN.value, reason=f"by {by}")


def erased(order: Forgetting, found: Forgotten) -> JournalEntry:
    """The journal's line on a person who was forgotten; the pseudonym alone is kept of whom."""
    counts = f"{found.lines} journal lines, {found.rosters} rosters, {found.orders} orders"
    why = f": {order.reason}" if order.reason else ""
    return JournalEntry(
        at=order.at,
        what=JournalWord.FORGET.value,
        subject=order.pseudonym,
        result=JournalWord.ERASED.value,
        reason=f"by {order.by}{why} ({counts})",
    )


def trimmed(*, lines: int, at: Instant, before: Instant) -> JournalEntry:
    """The journal's line on its own old lines that were erased."""
    return JournalEntry(
        at=at,
        what=JournalWord.TRIM.value,
        subject="",
        result=JournalWord.ERASED.value,
        reason=f"{lines} lines older than {(at - before) / DAY_S:g} days",
    )


def restored(*, at: Instant, by: str, made_at: Instant, reason: str) -> JournalEntry:
    """The journal's line on a store that was taken from a backup: what was ordered between `made_at` and `at` is not in it."""
    why = f": {reason}" if reason else ""
    lost_s = round(at - made_at)
    return JournalEntry(
        at=at,
        what=JournalWord.RESTORE.value,
        subject="",
        result=JournalWord.RESTORED.value,
        reason=f"by {by}{why} (from a backup made {lost_s} s before)",
    )


@dataclass(slots=True, kw_only=True)
class Kept:
    """All that a store keeps, to be changed in place: the meaning of Changes, once."""

    reservations: dict[DesktopName, Reservation] = field(default_factory=dict)
    vmids: dict[ClusterId, dict[Vmid, DesktopName]] = field(default_factory=dict)
    """The desktop that each VMID stands for: what is seen on a cluster is a VMID, and there are thousands."""
    reports: dict[DesktopName, GuestReport] = field(default_factory=dict)
    unheard: dict[DesktopName, Unheard] = field(default_factory=dict)
    started: dict[DesktopName, Instant] = field(default_factory=dict)
    attempts: dict[DesktopName, Attempts] = field(default_factory=dict)
    assignments: dict[DesktopName, AgentId] = field(default_factory=dict)
    superseded: dict[DesktopName, DesktopName] = field(default_factory=dict)
    departures: dict[DesktopName, Departure] = field(default_factory=dict)
    deletions: dict[Deleted, Instant] = field(default_factory=dict)
    retired: dict[GuestKey, str] = field(default_factory=dict)
    """With the reason."""
    rekeyed: dict[AgentId, AgentId] = field(default_factory=dict)
    roster: Roster | None = None
    guard: GuardRecord = field(default_factory=GuardRecord)
    baseline_accepted: bool = False

    @classmethod
    def of(cls, memory: Memory) -> "Kept":
        """What a store has loaded, to be gone on with."""
        kept = cls(
            reports=dict(memory.reports),
            unheard=dict(memory.unheard),
            started=dict(memory.started),
            attempts=dict(memory.attempts),
            assignments=dict(memory.assignments),
            superseded=dict(memory.superseded),
            departures=dict(memory.departures),
            deletions=dict(memory.deletions),
            retired=dict.fromkeys(memory.retired, "retired before"),
            rekeyed=dict(memory.rekeyed),
            roster=memory.roster,
            guard=memory.guard,
            baseline_accepted=memory.baseline_accepted,
        )
        for one in memory.reservations.values():
            kept._reserve(one)
        return kept

    def apply(self, changes: Changes) -> None:
        """Released desktops go first, with all that was kept of them; nobody is superseded by what is not there any more.

        What is said of a desktop without reservation is not kept.
        """
        if changes.rekeyed:
            self._rekey(changes.rekeyed)
        for name, agent in changes.noted.items():
            if name in self.reservations:
                self.reservations[name] = noted(self.reservations[name], agent)
        self._release(changes.released)
        for one in changes.reserved:
            self._reserve(one)
        for names, proven in ((changes.unproven, False), (changes.proven, True)):
            for name in names:
                if name in self.reservations:
                    self.reservations[name] = replace(self.reservations[name], proven=proven)
        for gone in changes.retired:
            self.retired.setdefault(gone.key, gone.reason)
        self._put(self.reports, changes.reports)
        self._put(self.unheard, changes.unheard)
        self._put(self.started, changes.started)
        self._put(self.attempts, changes.attempts)
        self._put(self.assignments, changes.assignments)
        self._put(self.superseded, changes.superseded)
        self._put(self.departures, changes.departures)
        self.deletions.update(changes.deletions)
        if changes.roster is not None:
            self.roster = changes.roster
        if changes.guard is not None:
            self.guard = changes.guard
        if changes.baseline_accepted is not None:
            self.baseline_accepted = changes.baseline_accepted

    def memory(self, intents: tuple[Intent, ...]) -> Memory:
        """Read-only views, without a copy."""
        return Memory(
            reservations=MappingProxyType(self.reservations),
            vmids=MappingProxyType(self.vmids),
            reports=MappingProxyType(self.reports),
            unheard=MappingProxyType(self.unheard),
            started=MappingProxyType(self.started),
            attempts=MappingProxyType(self.attempts),
            assignments=MappingProxyType(self.assignments),
            superseded=MappingProxyType(self.superseded),
            departures=MappingProxyType(self.departures),
            deletions=MappingProxyType(self.deletions),
            retired=self.retired.keys(),
            rekeyed=MappingProxyType(self.rekeyed),
            roster=self.roster,
            guard=self.guard,
            intents=intents,
            baseline_accepted=self.baseline_accepted,
        )

    def _rekey(self, rekeys: Mapping[AgentId, AgentId]) -> None:
        for name, one in self.reservations.items():
            self.reservations[name] = rekeyed_reservation(one, rekeys)
        for name, agent in self.assignments.items():
            self.assignments[name] = rekeys.get(agent, agent)
        self.roster = None if self.roster is None else rekeyed_roster(self.roster, rekeys)
        self.guard = rekeyed_guard(self.guard, rekeys)
        self.rekeyed = rekeyed_before(self.rekeyed, rekeys)

    def _reserve(self, one: Reservation) -> None:
        self._forget_vmid(one.name)
        self.reservations[one.name] = one
        self.vmids.setdefault(one.cluster, {})[one.vmid] = one.name

    def _forget_vmid(self, name: DesktopName) -> None:
        """Unless it stands for another desktop by now."""
        one = self.reservations.pop(name, None)
        if one is not None and self.vmids[one.cluster].get(one.vmid) == name:
            del self.vmids[one.cluster][one.vmid]

    def _release(self, names: Iterable[DesktopName]) -> None:
        for name in names:
            self._forget_vmid(name)
            self.reports.pop(name, None)
            self.unheard.pop(name, None)
            self.started.pop(name, None)
            self.attempts.pop(name, None)
            self.assignments.pop(name, None)
            self.superseded.pop(name, None)
            self.departures.pop(name, None)
            for original in [one for one, other in self.superseded.items() if other == name]:
                del self.superseded[original]

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
