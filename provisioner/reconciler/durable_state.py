"""The reconciler's own copy of the store's records. It changes after the store, never before it. And the
rebuild of an empty store: desktops are read from their notes, and an operator accepts the result."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from provisioner.actions.registry import spec_named
from provisioner.errors import OtherKey, ReservationConflict
from provisioner.execution.clock_changes import clock_changes
from provisioner.execution.end_changes import effect_changes, log_changes
from provisioner.execution.executor import Effects
from provisioner.execution.retries import is_passing
from provisioner.ledger import StoredState
from provisioner.model.actions import Outcome, Reconfigure, Result, Verify
from provisioner.model.budget import Budget
from provisioner.model.ids import ClusterId, DesktopName, Instant
from provisioner.model.intents import Intent
from provisioner.model.kept.records import DesktopRecord, Records, Try
from provisioner.model.machines.desktops import GuestReport
from provisioner.model.session_counts import SessionCounts
from provisioner.planning.survey.survey import Survey
from provisioner.ports import Changes, Clock, Events, Store
from provisioner.reasons.reason import NONE, Reason


class RecordCache:
    """The store's records, and facts of this life of the daemon: when each desktop was last asked and last proven ours."""

    def __init__(self, *, store: Store, clock: Clock, events: Events, ended: Callable[[Outcome], None], rest_s: float) -> None:
        """`ended` is called with each outcome before it is stored. `rest_s`: how long a freed address is not used again."""
        self.state = StoredState()
        self.proved: dict[DesktopName, Instant] = {}
        self._store, self._clock, self._events, self._ended = store, clock, events, ended
        self._rest_s = rest_s
        self._freed: dict[str, Instant] = {}
        """When each address was freed."""
        self._resting: frozenset[str] = frozenset()
        self._checked: dict[DesktopName, Instant] = {}
        self._unread: dict[DesktopName, str] = {}
        self._other_key: dict[DesktopName, str] = {}
        self._reconfigured: dict[DesktopName, Try] = {}
        self._unsampled: set[ClusterId] = set()
        self._key_confirmed = False
        self._inherited: frozenset[DesktopName] = frozenset()
        self._maybe_made: set[DesktopName] = set()
        self._unended: set[DesktopName] = set()
        self._sent: set[DesktopName] = set()
        """Desktops whose clone was sent in this life: their notes are of our key, whatever the older ones are of."""
        self._waiting: list[Effects] = []
        """Reports that are not stored yet. After a kill, the next daemon asks the guests again."""
        self._waiting_reports: dict[DesktopName, GuestReport] = {}
        """The newest of each desktop among them."""

    def open(self, budget: Budget, *, set_back_s: float = 0.0) -> None:
        """Claim the store and load it; times in the future are put right. Raises StoreError.

        `set_back_s`: seconds the clock was set back since the store was written; 0.0: not known.
        """
        self._store.claim()
        records = self._store.load()
        self.state = StoredState.of(records)
        self.commit(clock_changes(records, self._clock.now(), budget, set_back_s=set_back_s))
        self._unsampled = {desktop.cluster for desktop in records.reservations if desktop.proven}
        self._inherited = frozenset(desktop.name for desktop in records.reservations if not desktop.proven)
        self._maybe_made, self._unended = set(self._inherited), set(self._inherited)

    def records(self, intents: tuple[Intent, ...] = (), rebuilt_since: Instant | None = None) -> Records:
        """The store's records with the facts of this life, as planning sees them."""
        return replace(
            self.state.records(intents),
            resting=self._resting_now(),
            checked=self._checked,
            proved=self.proved,
            unread=self._unread,
            other_key=self._other_key,
            reconfigured=self._reconfigured,
            unsampled=self._unsampled,
            key_confirmed=self._key_confirmed,
            rebuilt_since=rebuilt_since,
            inherited=self._inherited,
            maybe_made=self._maybe_made,
            unended=self._unended,
        )

    def take(self, effects: Effects, budget: Budget) -> None:
        """Store effects; a report waits for the next cycle instead.

        Only a cycle needs reports. There are hundreds of them, and each would be a transaction.
        """
        if effects.checked is not None:
            self._checked[effects.checked] = self._clock.now()
        if effects.report is not None or effects.unheard is not None:
            self._waiting.append(effects)
            if effects.report is not None:
                self._waiting_reports[effects.report[0]] = effects.report[1]
        else:
            self.apply(effects, budget)

    def report_of(self, record: DesktopRecord) -> GuestReport | None:
        """The desktop's last report, also if it waits to be stored."""
        return self._waiting_reports.get(record.reservation.name, record.report)

    def with_waiting(self, records: Records) -> Records:
        """The same, with the last report of each desktop: what an order is compared with is what its operator is shown."""
        waiting = ((records.desktops.get(name), report) for name, report in self._waiting_reports.items())
        last = {record.reservation.name: replace(record, report=report) for record, report in waiting if record is not None}
        return replace(records, desktops={**records.desktops, **last}) if last else records

    def store_reports(self, budget: Budget, counts: SessionCounts | None) -> None:
        """Store all waiting reports in one transaction, and the counts of sessions that came of them; None: unchanged."""
        waiting, self._waiting, self._waiting_reports = self._waiting, [], {}
        self._store_effects(waiting, budget, counts)

    def apply(self, effects: Effects, budget: Budget) -> None:
        """Store the effects of a completion or an observation."""
        for adopted in (adopted for adopted in effects.adopted if adopted.name not in self._sent):
            self._key_confirmed = True
            self._unsampled.discard(adopted.cluster)
        for name in (*effects.proven, *(adopted.name for adopted in effects.adopted)):
            self.proved[name] = self._clock.now()
        if effects.maybe_made is not None:
            self._maybe_made.add(effects.maybe_made)
            self._sent.add(effects.maybe_made)
        self._unended.update(effects.unended)
        self._store_effects([effects], budget)

    def _store_effects(
        self, all_effects: Sequence[Effects], budget: Budget, counts: SessionCounts | None = None
    ) -> None:  # fmt: skip
        changes = replace(effect_changes(all_effects, self.records(), budget), session_counts=counts)
        self._publish_outcomes(changes)
        try:
            self.commit(changes)
        except ReservationConflict as conflict:  # a note claims the VMID or address of another desktop: its VM is left alone
            self._events.notice("store", f"a desktop is not taken up: {conflict}")
            self.commit(effect_changes([replace(effects, adopted=()) for effects in all_effects], self.records(), budget))

    def take_log(self, desktop: DesktopName, answer: object, *, said: Reason = NONE) -> None:
        """Store the end of a failed task's log. Without the log nothing is lost: the exit status is known."""
        changes = log_changes(desktop, answer, self.records(), said=said) if isinstance(answer, tuple) else Changes()
        self.commit(changes)
        for name, record in changes.desktops.items():
            self._events.notice(f"desktop {name}", record.attempts.reason if record else "")

    def sessions_settled(self, *, first_s: float) -> bool:
        """Whether every ready desktop has been asked again `first_s` seconds after it became ready."""
        reports = [record.report for record in self.state.desktops.values() if record.report is not None]
        return bool(reports) and all(report.read_at >= (report.ready_at or report.read_at) + first_s for report in reports)

    def commit(self, changes: Changes) -> None:
        """Write to the store, then to the copy. Raises StoreError, and ReservationConflict with nothing changed."""
        if not changes:
            return
        self._store.commit(changes)
        self._note_freed(changes)
        self.state.apply(changes)

    def _note_freed(self, changes: Changes) -> None:
        """An address that nobody has ever reached needs no rest."""
        for name, after in changes.desktops.items():
            before = self.state.desktops.get(name)
            if after is None and before is not None and before.has_served and before.reservation.address:
                self._freed[before.reservation.address] = self._clock.now()

    def _resting_now(self) -> frozenset[str]:
        """The same object while it does not change."""
        if self._freed:
            over = self._clock.now() - self._rest_s
            self._freed = {address: at for address, at in self._freed.items() if at > over}
        if self._resting != self._freed.keys():
            self._resting = frozenset(self._freed)
        return self._resting

    def _note_unread(self, outcome: Outcome) -> None:
        self._unread.pop(outcome.desktop, None)
        self._other_key.pop(outcome.desktop, None)
        if outcome.error == OtherKey.word:
            self._other_key[outcome.desktop] = outcome.reason
        elif outcome.result is not Result.DONE:
            self._unread[outcome.desktop] = outcome.reason

    def _publish_outcomes(self, changes: Changes) -> None:
        for outcome in changes.outcomes:
            spec = spec_named(outcome.action)
            if spec is not None and spec.configures and outcome.result is Result.DONE:
                self.proved[outcome.desktop] = outcome.ended_at
            if outcome.action == Verify.word:
                self._checked[outcome.desktop] = outcome.ended_at
                self._note_unread(outcome)
            if outcome.action == Reconfigure.word and not is_passing(outcome):
                self._reconfigured[outcome.desktop] = Try(outcome.started_at, outcome.reason)
            self._events.outcome(outcome)
            self._ended(outcome)


@dataclass(slots=True)
class StoreRebuild:
    """How far the rebuild is. A restart begins it again, but for the wait: that counts from the first life with this store."""

    under_way: bool = False
    since: Instant | None = None
    """When every cluster had been observed for the first time."""

    def note(self, *, observed_all: bool, now: Instant, began: Instant | None = None) -> None:
        """Begin to wait for clones of an earlier daemon, once every cluster has been observed. `began`: when that was first so;
        what was ordered since then the store knows. A clock that was ahead then is put right."""
        if self.under_way and observed_all:
            self.since = self.since or min(now, now if began is None else began)

    def is_over(self, survey: Survey, now: Instant, *, settle_s: float) -> bool:
        """End the rebuild if every VM in our range is identified and `settle_s` has passed; returns whether it ended."""
        if self.since is None or survey.unidentified or now < self.since + settle_s:
            return False
        self.under_way, self.since = False, None
        return True
