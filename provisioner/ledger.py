"""What a store keeps and what Changes do to it, said once: for both stores and for the reconciler's own copy. No I/O."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from types import MappingProxyType
from typing import TypeVar

from provisioner.errors import ReservationConflict
from provisioner.model.actions import Outcome
from provisioner.model.agents import Roster
from provisioner.model.departures import DAY_S, Deleted
from provisioner.model.desktops import Reservation
from provisioner.model.erasure import ErasureRequest, ErasureResult
from provisioner.model.guard import GuardRecord
from provisioner.model.ids import AgentId, ClusterId, DesktopName, GuestKey, Instant, Vmid
from provisioner.model.intents import Intent, IntentKind
from provisioner.model.records import DesktopRecord, Records
from provisioner.model.rekeying import rekeyed_before, rekeyed_guard, rekeyed_roster
from provisioner.model.words import JournalWord
from provisioner.ports import Changes, JournalEntry
from provisioner.reasons.journal import (
    ERASED,
    FROM_BACKUP,
    GIVEN,
    GIVEN_WHY,
    GIVEN_WITH,
    IDS_CARRIED,
    PEOPLE_ALLOWED,
    TRIMMED,
    UNTIL,
)
from provisioner.reasons.reason import ALSO, Reason, join_reasons

_Thing = TypeVar("_Thing")


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


def given_entry(intent: Intent) -> JournalEntry:
    """The journal's line on an intent."""
    limits = tuple(_limits(intent))
    given = _given(intent.by, intent.reason)
    reason = GIVEN_WITH(given=given, what=join_reasons(limits, ALSO)) if limits else given
    return JournalEntry(
        at=intent.at, what=intent.kind.value, subject=intent.target, result=JournalWord.GIVEN.value, reason=reason
    )


def _given(by: str, why: str) -> Reason:
    return GIVEN_WHY(by=by, why=why) if why else GIVEN(by=by)


def _limits(intent: Intent) -> Iterator[Reason]:
    if intent.allows:
        yield PEOPLE_ALLOWED(leavers=len(intent.allows.leavers), joiners=len(intent.allows.joiners))
    if intent.rekeys:
        yield IDS_CARRIED(count=len(intent.rekeys))
    if intent.until is not None:
        yield UNTIL(until=f"{datetime.fromtimestamp(intent.until, UTC):%Y-%m-%dT%H:%M:%SZ}")


def withdrawn_entry(kind: IntentKind, *, by: str, at: Instant, target: str = "") -> JournalEntry:
    """The journal's line on an intent taken back."""
    return JournalEntry(at=at, what=kind.value, subject=target, result=JournalWord.WITHDRAWN.value, reason=GIVEN(by=by))


def erased_entry(order: ErasureRequest, found: ErasureResult) -> JournalEntry:
    """The journal's line on a person who was forgotten; the pseudonym alone is kept of whom."""
    counts = ERASED(lines=found.lines, rosters=found.rosters, orders=found.orders)
    return JournalEntry(
        at=order.at,
        what=JournalWord.FORGET.value,
        subject=order.pseudonym,
        result=JournalWord.ERASED.value,
        reason=GIVEN_WITH(given=_given(order.by, order.reason), what=counts),
    )


def trimmed_entry(*, lines: int, at: Instant, before: Instant) -> JournalEntry:
    """The journal's line on its own old lines that were erased."""
    return JournalEntry(
        at=at,
        what=JournalWord.TRIM.value,
        subject="",
        result=JournalWord.ERASED.value,
        reason=TRIMMED(lines=lines, days=(at - before) / DAY_S),
    )


def restored_entry(*, at: Instant, by: str, made_at: Instant, reason: str) -> JournalEntry:
    """The journal's line on a store that was taken from a backup: what was ordered between `made_at` and `at` is not in it."""
    return JournalEntry(
        at=at,
        what=JournalWord.RESTORE.value,
        subject="",
        result=JournalWord.RESTORED.value,
        reason=GIVEN_WITH(given=_given(by, reason), what=FROM_BACKUP(lost_s=round(at - made_at))),
    )


@dataclass(slots=True, kw_only=True)
class StoredState:
    """All that a store keeps, to be changed in place: the meaning of Changes, once."""

    desktops: dict[DesktopName, DesktopRecord] = field(default_factory=dict)
    vmids: dict[ClusterId, dict[Vmid, DesktopName]] = field(default_factory=dict)
    """The desktop that each VMID stands for: what is seen on a cluster is a VMID, and there are thousands."""
    addresses: dict[str, DesktopName] = field(default_factory=dict)
    """The desktop that each address is reserved for."""
    deletions: dict[Deleted, Instant] = field(default_factory=dict)
    retired: dict[GuestKey, str] = field(default_factory=dict)
    """With the reason."""
    rekeyed: dict[AgentId, AgentId] = field(default_factory=dict)
    roster: Roster | None = None
    guard: GuardRecord = field(default_factory=GuardRecord)
    baseline_accepted: bool = False
    view: Mapping[DesktopName, DesktopRecord] = field(init=False)
    """What `records` shows of the desktops: another one once any of them has changed, so that nobody has to compare them."""

    def __post_init__(self) -> None:
        self.view = MappingProxyType(self.desktops)

    @classmethod
    def of(cls, records: Records) -> "StoredState":
        """What a store has loaded, to be gone on with."""
        kept = cls(
            deletions=dict(records.deletions),
            retired=dict(records.retired),
            rekeyed=dict(records.rekeyed),
            roster=records.roster,
            guard=records.guard,
            baseline_accepted=records.baseline_accepted,
        )
        for name, record in records.desktops.items():
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
            self.view = MappingProxyType(self.desktops)
        for gone in changes.retired:
            self.retired.setdefault(gone.key, gone.reason)
        self.deletions.update(changes.deletions)
        if changes.roster is not None:
            self.roster = changes.roster
        if changes.guard is not None:
            self.guard = changes.guard
        if changes.baseline_accepted is not None:
            self.baseline_accepted = changes.baseline_accepted

    def records(self, intents: tuple[Intent, ...]) -> Records:
        """Read-only views, without a copy."""
        return Records(
            desktops=self.view,
            vmids=MappingProxyType(self.vmids),
            deletions=MappingProxyType(self.deletions),
            retired=MappingProxyType(self.retired),
            rekeyed=MappingProxyType(self.rekeyed),
            roster=self.roster,
            guard=self.guard,
            intents=intents,
            baseline_accepted=self.baseline_accepted,
        )

    def check(self, changes: Changes) -> None:
        """Raises ReservationConflict where a VMID is retired, or it or an address is reserved for another desktop.

        What the changes give back is free. A retired VMID may be that of a desktop that is there and proven ours.
        """
        retired = {**{one.key: one.reason for one in changes.retired}, **self.retired}
        reserved = reserved_anew(changes, self.desktops)
        moved = {one.name for one in reserved}.union(name for name, record in changes.desktops.items() if record is None)
        added: dict[str, DesktopName] = {}
        for one in reserved:
            if one.key in retired and not one.proven:
                raise ReservationConflict(f"desktop {one.name}: VMID {one.key} is retired: {retired[one.key]}")
            for thing, owner in self._owners(one):
                taken_by = added.get(thing) or (None if owner in moved else owner)
                if taken_by is not None:
                    raise ReservationConflict(f"desktop {one.name}: {thing} is reserved for {taken_by}")
                added[thing] = one.name

    def _owners(self, one: Reservation) -> Iterator[tuple[str, DesktopName | None]]:
        yield f"VMID {one.key}", self.vmids.get(one.cluster, {}).get(one.vmid)
        if one.address:
            yield f"address {one.address}", self.addresses.get(one.address)

    def _put(self, name: DesktopName, record: DesktopRecord | None) -> None:
        """A VMID or an address that is another desktop's by now goes on being that one's."""
        before = self.desktops.pop(name, None) if record is None else self.desktops.get(name)
        if before is not None:
            one = before.reservation
            _forget(self.vmids[one.cluster], one.vmid, name)
            _forget(self.addresses, one.address, name)
        if record is not None:
            one = record.reservation
            self.desktops[name] = record
            self.vmids.setdefault(one.cluster, {})[one.vmid] = name
            self.addresses[one.address] = name


def _forget(index: dict[_Thing, DesktopName], thing: _Thing, name: DesktopName) -> None:
    if index.get(thing) == name:
        del index[thing]


def reserved_anew(changes: Changes, kept: Mapping[DesktopName, DesktopRecord]) -> list[Reservation]:
    """Reservations of new desktops, and of desktops that get another VMID or address."""
    found = ((kept.get(name), record.reservation) for name, record in changes.desktops.items() if record is not None)
    return [one for before, one in found if before is None or _place(before.reservation) != _place(one)]


def _place(one: Reservation) -> tuple[GuestKey, str]:
    return one.key, one.address
