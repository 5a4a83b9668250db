"""What a store keeps and what Changes do to it, said once: for both stores and for the reconciler's own copy. No I/O."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from types import MappingProxyType

from provisioner.errors import ReservationConflict
from provisioner.model.actions import Outcome
from provisioner.model.agents import Roster
from provisioner.model.departures import DAY_S, Deleted
from provisioner.model.desktops import Reservation
from provisioner.model.forgetting import Forgetting, Forgotten
from provisioner.model.guard import GuardRecord
from provisioner.model.ids import AgentId, ClusterId, DesktopName, GuestKey, Instant, Vmid
from provisioner.model.intents import Intent, IntentKind
from provisioner.model.records import DesktopRecord, Memory
from provisioner.model.rekeying import rekeyed_before, rekeyed_guard, rekeyed_roster
from provisioner.model.words import JournalWord
from provisioner.ports import Changes, JournalEntry


def entry_of(outcome: Outcome) -> JournalEntry:
    """The journal's line on an outcome."""
    return JournalEntry(
        at=outcome.ended_at,
        what=outcome.action,
        subject=outcome.desktop,
        result=outcome.result.value,
        reason=outcome.reason,
        because=outcome.because,
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

    records: dict[DesktopName, DesktopRecord] = field(default_factory=dict)
    vmids: dict[ClusterId, dict[Vmid, DesktopName]] = field(default_factory=dict)
    """The desktop that each VMID stands for: what is seen on a cluster is a VMID, and there are thousands."""
    deletions: dict[Deleted, Instant] = field(default_factory=dict)
    retired: dict[GuestKey, str] = field(default_factory=dict)
    """With the reason."""
    rekeyed: dict[AgentId, AgentId] = field(default_factory=dict)
    roster: Roster | None = None
    guard: GuardRecord = field(default_factory=GuardRecord)
    baseline_accepted: bool = False
    view: Mapping[DesktopName, DesktopRecord] = field(init=False)
    """What `memory` shows of the records: another one once any of them has changed, so that nobody has to compare them."""

    def __post_init__(self) -> None:
        self.view = MappingProxyType(self.records)

    @classmethod
    def of(cls, memory: Memory) -> "Kept":
        """What a store has loaded, to be gone on with."""
        kept = cls(
            deletions=dict(memory.deletions),
            retired=dict.fromkeys(memory.retired, "retired before"),
            rekeyed=dict(memory.rekeyed),
            roster=memory.roster,
            guard=memory.guard,
            baseline_accepted=memory.baseline_accepted,
        )
        for name, record in memory.records.items():
            kept._put(name, record)
        return kept

    def apply(self, changes: Changes) -> None:
        """All of it."""
        if changes.rekeyed:
            self.roster = None if self.roster is None else rekeyed_roster(self.roster, changes.rekeyed)
            self.guard = rekeyed_guard(self.guard, changes.rekeyed)
            self.rekeyed = rekeyed_before(self.rekeyed, changes.rekeyed)
        for name, record in changes.desktops.items():
            self._put(name, record)
        if changes.desktops:
            self.view = MappingProxyType(self.records)
        for gone in changes.retired:
            self.retired.setdefault(gone.key, gone.reason)
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
            records=self.view,
            vmids=MappingProxyType(self.vmids),
            deletions=MappingProxyType(self.deletions),
            retired=self.retired.keys(),
            rekeyed=MappingProxyType(self.rekeyed),
            roster=self.roster,
            guard=self.guard,
            intents=intents,
            baseline_accepted=self.baseline_accepted,
        )

    def _put(self, name: DesktopName, record: DesktopRecord | None) -> None:
        """A VMID that stands for another desktop by now goes on standing for it."""
        before = self.records.pop(name, None) if record is None else self.records.get(name)
        if before is not None and self.vmids[before.reservation.cluster].get(before.reservation.vmid) == name:
            del self.vmids[before.reservation.cluster][before.reservation.vmid]
        if record is not None:
            self.records[name] = record
            self.vmids.setdefault(record.reservation.cluster, {})[record.reservation.vmid] = name


class Taken:
    """VMIDs and addresses that are reserved, each for one desktop."""

    def __init__(self, records: Iterable[DesktopRecord] = ()) -> None:
        self._by = {thing: one.reservation.name for one in records for thing in _things(one.reservation)}

    def swap(
        self, changes: Changes, *, kept: Mapping[DesktopName, DesktopRecord], retired: Mapping[GuestKey, str]
    ) -> None:  # fmt: skip
        """Give back what is released, then take what is reserved; raises ReservationConflict, with nothing changed.

        A retired VMID is taken too, except for a desktop that is there and proven ours.
        """
        retired = {**{one.key: one.reason for one in changes.retired}, **retired}
        reserved = reserved_anew(changes, kept)
        names = {one.name for one in reserved}.union(name for name, record in changes.desktops.items() if record is None)
        freed = {thing for name in names if name in kept for thing in _things(kept[name].reservation)}
        added: dict[str, DesktopName] = {}
        for one in reserved:
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


def reserved_anew(changes: Changes, kept: Mapping[DesktopName, DesktopRecord]) -> list[Reservation]:
    """Reservations of new desktops, and of desktops that get another VMID or address."""
    found = ((kept.get(name), record.reservation) for name, record in changes.desktops.items() if record is not None)
    return [one for before, one in found if before is None or _things(before.reservation) != _things(one)]


def _things(reservation: Reservation) -> tuple[str, ...]:
    vmid = f"VMID {reservation.key}"
    return (vmid, f"address {reservation.address}") if reservation.address else (vmid,)
