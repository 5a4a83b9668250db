"""A store's content, and how Changes apply to it: shared by both stores and the reconciler's copy. No I/O."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from types import MappingProxyType
from typing import TypeVar

from provisioner.errors import ReservationConflict
from provisioner.model.actions import Outcome
from provisioner.model.departures import DAY_S, Deleted
from provisioner.model.guard import GuardRecord
from provisioner.model.ids import AgentId, ClusterId, DesktopName, GuestKey, Instant, Vmid
from provisioner.model.intents import Intent, IntentKind
from provisioner.model.kept.erasure import ErasureRequest, ErasureResult
from provisioner.model.kept.records import DesktopRecord, Records
from provisioner.model.kept.rekeying import rekeyed_before, rekeyed_guard, rekeyed_roster, rekeyed_weeks
from provisioner.model.kept.set_aside import Unreadable
from provisioner.model.lending import in_doubt
from provisioner.model.machines.desktops import Reservation
from provisioner.model.machines.seats import pool_of
from provisioner.model.people.agents import Roster
from provisioner.model.people.mentions import Mentions, Sure
from provisioner.model.scenario.etas import WaveChange
from provisioner.model.scenario.half_days import PersonWeek
from provisioner.model.scenario.surges import SurgeChange, SurgeRun
from provisioner.model.session_counts import NO_COUNTS, SessionCounts
from provisioner.model.words import JournalWord
from provisioner.ports import Changes, JournalEntry
from provisioner.reasons.orders import (
    BY_FORCE,
    ERASED,
    EVEN_WITH_SESSION,
    FOR_LOGINS,
    FROM_BACKUP,
    GIVEN,
    GIVEN_WHY,
    GIVEN_WITH,
    IDS_CARRIED,
    IN_MINUTES,
    ORDER_UNREAD,
    PEOPLE_ALLOWED,
    ROW_UNREAD,
    TO_AGENT,
    TRIMMED,
    TRIMMED_INDEX,
    TRIMMED_PEOPLE,
    TRIMMED_SESSIONS,
    UNTIL,
)
from provisioner.reasons.reason import ALSO, Reason, join_reasons
from provisioner.reasons.surges import RUN_CHANGED, RUN_CHANGED_WHY

_Key = TypeVar("_Key")
ROSTERS_KEPT = 10
"""The newest different rosters. One is in force; the others show an operator earlier changes of the directory, and who had an
id before."""


def entry_of(outcome: Outcome) -> JournalEntry:
    """The journal's line for an outcome."""
    return JournalEntry(
        at=outcome.ended_at,
        what=outcome.action,
        subject=outcome.desktop,
        result=outcome.result.value,
        reason=outcome.reason,
        because=outcome.because,
    )


def given_entry(intent: Intent) -> JournalEntry:
    """The journal's line for an intent."""
    limits = tuple(_limits(intent))
    given = _given(intent.by, intent.reason)
    reason = GIVEN_WITH(given=given, what=join_reasons(limits, ALSO)) if limits else given
    return JournalEntry(
        at=intent.at, what=intent.kind.value, subject=intent.target, result=JournalWord.GIVEN.value, reason=reason
    )


def surge_entry(change: SurgeChange) -> JournalEntry:
    """The journal's line for a change of a run."""
    words: dict[str, str | int] = {"number": change.run.number, "what": change.what, "by": change.by}
    return JournalEntry(
        at=change.at,
        what=JournalWord.SURGE.value,
        subject=change.run.scenario,
        result=change.run.state.value,
        reason=RUN_CHANGED_WHY(**words, why=change.why) if change.why else RUN_CHANGED(**words),
    )


def wave_entry(change: WaveChange) -> JournalEntry:
    """The journal's line for something new about a wave."""
    return JournalEntry(
        at=change.at, what=JournalWord.WAVE.value, subject=change.wave, result=change.outlook.value, reason=change.why
    )


def _given(by: str, why: str) -> Reason:
    return GIVEN_WHY(by=by, why=why) if why else GIVEN(by=by)


def _limits(intent: Intent) -> Iterator[Reason]:
    if intent.allows:
        yield PEOPLE_ALLOWED(leavers=len(intent.allows.leavers), joiners=len(intent.allows.joiners))
    if intent.rekeys:
        yield IDS_CARRIED(count=len(intent.rekeys))
    if intent.terms.even_with_session:
        yield EVEN_WITH_SESSION()
    if intent.terms.by_force:
        yield BY_FORCE()
    if intent.kind is IntentKind.REASSIGN and intent.terms.agent is not None:
        yield TO_AGENT(agent=intent.terms.agent)
    if intent.terms.logins:
        yield FOR_LOGINS(logins=join_reasons(intent.terms.logins, ALSO))
    if intent.terms.minutes is not None:
        yield IN_MINUTES(minutes=intent.terms.minutes)
    if intent.until is not None:
        yield UNTIL(until=f"{datetime.fromtimestamp(intent.until, UTC):%Y-%m-%dT%H:%M:%SZ}")


def withdrawn_entry(kind: IntentKind, *, by: str, at: Instant, target: str = "", reason: str = "") -> JournalEntry:
    """The journal's line for a withdrawn intent."""
    return JournalEntry(at=at, what=kind.value, subject=target, result=JournalWord.WITHDRAWN.value, reason=_given(by, reason))


def set_aside_entry(order: Unreadable, at: Instant) -> JournalEntry:
    """The journal's line for an order, or another row, that cannot be read."""
    if order.table:
        reason = ROW_UNREAD(table=order.table, row=order.target, why=order.why)
    else:
        reason = ORDER_UNREAD(kind=order.kind, target=order.target, by=order.by, why=order.why)
    return JournalEntry(at=at, what=order.kind, subject=order.target, result=JournalWord.SET_ASIDE.value, reason=reason)


def erased_entry(order: ErasureRequest, found: ErasureResult, mentions: Mentions) -> JournalEntry:
    """The journal's line for the erasure of a person: only the pseudonym is kept, whatever the order's words say."""
    counts = ERASED(lines=found.lines, rosters=found.rosters, orders=found.orders)
    given = _given(mentions(order.by), mentions.replaced(order.reason, set(Sure)))
    return JournalEntry(
        at=order.at,
        what=JournalWord.FORGET.value,
        subject=order.pseudonym,
        result=JournalWord.ERASED.value,
        reason=GIVEN_WITH(given=given, what=counts),
    )


def trimmed_entry(*, lines: int, at: Instant, before: Instant) -> JournalEntry:
    """The journal's line for its old lines that were erased."""
    return JournalEntry(
        at=at,
        what=JournalWord.TRIM.value,
        subject="",
        result=JournalWord.ERASED.value,
        reason=TRIMMED(lines=lines, days=(at - before) / DAY_S),
    )


def trimmed_people_entry(*, rosters: int, runs: int, at: Instant, before: Instant) -> JournalEntry:
    """The journal's line for earlier rosters and runs that were erased."""
    reason = TRIMMED_PEOPLE(rosters=rosters, runs=runs, days=(at - before) / DAY_S)
    return replace(trimmed_entry(lines=0, at=at, before=before), reason=reason)


def trimmed_index_entry(*, people: int, at: Instant, before: Instant) -> JournalEntry:
    """The journal's line for people who went long ago, and are named nowhere else."""
    reason = TRIMMED_INDEX(people=people, days=(at - before) / DAY_S)
    return replace(trimmed_entry(lines=0, at=at, before=before), reason=reason)


def trimmed_sessions_entry(*, desktops: int, at: Instant, before: Instant) -> JournalEntry:
    """The journal's line for logins in reports of desktops that have been silent for long."""
    reason = TRIMMED_SESSIONS(desktops=desktops, days=(at - before) / DAY_S)
    return replace(trimmed_entry(lines=0, at=at, before=before), reason=reason)


def leases_in_doubt(desktops: Mapping[DesktopName, DesktopRecord], at: Instant) -> Changes:
    """A restored store does not know who has used the desktops of pools since the copy was made."""
    pooled = {name: record for name, record in desktops.items() if pool_of(record.reservation.seat) is not None}
    return Changes(desktops={name: replace(record, lease=in_doubt(record.lease, at)) for name, record in pooled.items()})


def restored_entry(*, at: Instant, by: str, made_at: Instant, reason: str) -> JournalEntry:
    """The journal's line for a store restored from a backup: it lacks everything between `made_at` and `at`."""
    return JournalEntry(
        at=at,
        what=JournalWord.RESTORE.value,
        subject="",
        result=JournalWord.RESTORED.value,
        reason=GIVEN_WITH(given=_given(by, reason), what=FROM_BACKUP(lost_s=round(at - made_at))),
    )


@dataclass(slots=True, kw_only=True)
class StoredState:
    """A store's content, changed in place by `apply`."""

    desktops: dict[DesktopName, DesktopRecord] = field(default_factory=dict)
    vmids: dict[ClusterId, dict[Vmid, DesktopName]] = field(default_factory=dict)
    """The desktop of each VMID: an index, because observations show thousands of VMIDs."""
    addresses: dict[str, DesktopName] = field(default_factory=dict)
    """The desktop that each address is reserved for."""
    leased: dict[AgentId, DesktopName] = field(default_factory=dict)
    """The desktop of a pool that is for each agent."""
    deletions: dict[Deleted, Instant] = field(default_factory=dict)
    retired: dict[GuestKey, str] = field(default_factory=dict)
    """Retired VMIDs, each with the reason."""
    rekeyed: dict[AgentId, AgentId] = field(default_factory=dict)
    roster: Roster | None = None
    guard: GuardRecord = field(default_factory=GuardRecord)
    surge: SurgeRun | None = None
    half_days: Mapping[tuple[Instant, AgentId], PersonWeek] = field(default_factory=dict)
    """Of the newest run. A new object after each change."""
    baseline_accepted: bool = False
    rebuild_began: Instant | None = None
    session_counts: SessionCounts = NO_COUNTS
    view: Mapping[DesktopName, DesktopRecord] = field(init=False)
    """Read-only `desktops`, as `records` returns them. A new object after each change, so that an identity check shows it."""

    def __post_init__(self) -> None:
        self.view = MappingProxyType(self.desktops)

    @classmethod
    def of(cls, records: Records) -> "StoredState":
        """The state that a store has loaded."""
        state = cls(
            deletions=dict(records.deletions),
            retired=dict(records.retired),
            rekeyed=dict(records.rekeyed),
            roster=records.roster,
            guard=records.guard,
            surge=records.surge,
            half_days=dict(records.half_days),
            baseline_accepted=records.baseline_accepted,
            rebuild_began=records.rebuild_began,
            session_counts=records.session_counts,
        )
        for name, record in records.desktops.items():
            state._put(name, record)
        return state

    def apply(self, changes: Changes) -> None:
        """Apply changes that `check` has passed."""
        if changes.rekeyed:
            self.roster = None if self.roster is None else rekeyed_roster(self.roster, changes.rekeyed)
            self.guard = rekeyed_guard(self.guard, changes.rekeyed)
            self.rekeyed = rekeyed_before(self.rekeyed, changes.rekeyed)
            self.half_days = half_days_of(rekeyed_weeks(self.half_days.values(), changes.rekeyed))
        for name, record in changes.desktops.items():
            self._put(name, record)
        if changes.desktops:
            self.view = MappingProxyType(self.desktops)
        for retired in changes.retired:
            self.retired[retired.key] = retired.reason
        self.deletions.update(changes.deletions)
        if changes.roster is not None:
            self.roster = changes.roster
        if changes.guard is not None:
            self.guard = changes.guard
        if changes.surge is not None:
            if self.surge is None or self.surge.number != changes.surge.run.number:
                self.half_days = {}
            self.surge = changes.surge.run
        if changes.half_days:
            self.half_days = {**self.half_days, **half_days_of(changes.half_days)}
        if changes.baseline_accepted is not None:
            self.baseline_accepted = changes.baseline_accepted
        if changes.rebuild_began is not None:
            self.rebuild_began = changes.rebuild_began
        if changes.session_counts is not None:
            self.session_counts = changes.session_counts

    def records(self, intents: tuple[Intent, ...]) -> Records:
        """Read-only views, without a copy."""
        return Records(
            desktops=self.view,
            vmids=MappingProxyType(self.vmids),
            leased=MappingProxyType(self.leased),
            deletions=MappingProxyType(self.deletions),
            retired=MappingProxyType(self.retired),
            rekeyed=MappingProxyType(self.rekeyed),
            roster=self.roster,
            guard=self.guard,
            surge=self.surge,
            half_days=self.half_days,
            intents=intents,
            baseline_accepted=self.baseline_accepted,
            rebuild_began=self.rebuild_began,
            session_counts=self.session_counts,
        )

    def check(self, changes: Changes) -> None:
        """Raises ReservationConflict if a VMID is retired, if a VMID or an address is reserved for another desktop, or if two
        desktops of pools would be for one person.

        Reservations that the changes give back are free. A proven desktop may have a retired VMID: it exists already.
        """
        retired = {**{vm.key: vm.reason for vm in changes.retired}, **self.retired}
        new = new_reservations(changes, self.desktops)
        moved = {desktop.name for desktop in new}.union(name for name, record in changes.desktops.items() if record is None)
        self._check_leases(changes)
        added: dict[str, DesktopName] = {}
        for desktop in new:
            if desktop.key in retired and not desktop.proven:
                raise ReservationConflict(f"desktop {desktop.name}: VMID {desktop.key} is retired: {retired[desktop.key]}")
            for number, owner in self._owners(desktop):
                taken_by = added.get(number) or (None if owner in moved else owner)
                if taken_by is not None:
                    raise ReservationConflict(f"desktop {desktop.name}: {number} is reserved for {taken_by}")
                added[number] = desktop.name

    def _check_leases(self, changes: Changes) -> None:
        added: dict[AgentId, DesktopName] = {}
        for name, record in changes.desktops.items():
            person = None if record is None or record.lease is None else record.lease.agent_id
            if person is None:
                continue
            other = added.get(person) or (None if self.leased.get(person) in changes.desktops else self.leased.get(person))
            if other is not None:
                raise ReservationConflict(f"desktop {name}: {other} is for the same person")
            added[person] = name

    def _owners(self, desktop: Reservation) -> Iterator[tuple[str, DesktopName | None]]:
        yield f"VMID {desktop.key}", self.vmids.get(desktop.cluster, {}).get(desktop.vmid)
        if desktop.address:
            yield f"address {desktop.address}", self.addresses.get(desktop.address)

    def _put(self, name: DesktopName, record: DesktopRecord | None) -> None:
        """Replace or remove a record. In the indexes, a VMID or address that another desktop has by now stays there."""
        before = self.desktops.pop(name, None) if record is None else self.desktops.get(name)
        if before is not None:
            desktop = before.reservation
            _remove(self.vmids[desktop.cluster], desktop.vmid, name)
            _remove(self.addresses, desktop.address, name)
            if before.lease is not None and before.lease.agent_id is not None:
                _remove(self.leased, before.lease.agent_id, name)
        if record is not None:
            desktop = record.reservation
            self.desktops[name] = record
            self.vmids.setdefault(desktop.cluster, {})[desktop.vmid] = name
            self.addresses[desktop.address] = name
            if record.lease is not None and record.lease.agent_id is not None:
                self.leased[record.lease.agent_id] = name


def half_days_of(weeks: Iterable[PersonWeek]) -> dict[tuple[Instant, AgentId], PersonWeek]:
    """The half-days, by week and person."""
    return {each.key: each for each in weeks}


def _remove(index: dict[_Key, DesktopName], key: _Key, name: DesktopName) -> None:
    if index.get(key) == name:
        del index[key]


def new_reservations(changes: Changes, stored: Mapping[DesktopName, DesktopRecord]) -> list[Reservation]:
    """Reservations of new desktops, and of desktops that get another VMID or address."""
    pairs = ((stored.get(name), record.reservation) for name, record in changes.desktops.items() if record is not None)
    return [desktop for before, desktop in pairs if before is None or _place(before.reservation) != _place(desktop)]


def _place(desktop: Reservation) -> tuple[GuestKey, str]:
    return desktop.key, desktop.address
