"""The reconciler's own copy of what the store keeps, changed with the store and never before it."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from provisioner.actions.registry import spec_named
from provisioner.errors import OtherKey, ReservationConflict
from provisioner.execution.clock_changes import clock_changes
from provisioner.execution.end_changes import effect_changes, log_changes
from provisioner.execution.executor import Effects
from provisioner.ledger import StoredState
from provisioner.model.actions import Outcome, Result, Verify
from provisioner.model.budget import Budget
from provisioner.model.ids import ClusterId, DesktopName, Instant
from provisioner.model.intents import Intent
from provisioner.model.records import Records
from provisioner.ports import Changes, Clock, Events, Store


class RecordCache:
    """What is kept, and what goes with it for one life of the daemon: when each desktop was asked and proven last."""

    def __init__(self, *, store: Store, clock: Clock, events: Events, ended: Callable[[Outcome], None]) -> None:
        """`ended` is told each outcome before it is kept."""
        self.kept = StoredState()
        self.proved: dict[DesktopName, Instant] = {}
        self._store, self._clock, self._events, self._ended = store, clock, events, ended
        self._checked: dict[DesktopName, Instant] = {}
        self._unread: dict[DesktopName, str] = {}
        self._other_key: dict[DesktopName, str] = {}
        self._unsampled: set[ClusterId] = set()
        self._key_confirmed = False
        self._inherited: frozenset[DesktopName] = frozenset()
        self._maybe_made: set[DesktopName] = set()
        self._unkept: list[Effects] = []
        """Reports that are not kept yet; a daemon that is killed meanwhile asks again."""

    def open(self, budget: Budget) -> None:
        """Own the store and take up what it keeps, with nothing in it that is dated later than now; raises StoreError."""
        self._store.claim()
        records = self._store.load()
        self.kept = StoredState.of(records)
        self.commit(clock_changes(records, self._clock.now(), budget))
        self._unsampled = {one.cluster for one in records.reservations if one.proven}
        self._inherited = frozenset(one.name for one in records.reservations if not one.proven)
        self._maybe_made = set(self._inherited)

    def records(self, intents: tuple[Intent, ...] = (), rebuilt_since: Instant | None = None) -> Records:
        """What is kept, as planning sees it."""
        kept = self.kept.records(intents)
        return replace(
            kept,
            checked=self._checked,
            proved=self.proved,
            unread=self._unread,
            other_key=self._other_key,
            unsampled=self._unsampled,
            key_confirmed=self._key_confirmed,
            rebuilt_since=rebuilt_since,
            inherited=self._inherited,
            maybe_made=self._maybe_made,
        )

    def take(self, effects: Effects, budget: Budget) -> None:
        """A report alone waits for the next cycle, the first to need it: hundreds come, and each would be a transaction."""
        if effects.checked is not None:
            self._checked[effects.checked] = self._clock.now()
        if effects.report is not None or effects.unheard is not None:
            self._unkept.append(effects)
        else:
            self.apply(effects, budget)

    def keep_reports(self, budget: Budget) -> None:
        """All that wait, in one transaction."""
        unkept, self._unkept = self._unkept, []
        self._keep(unkept, budget)

    def apply(self, effects: Effects, budget: Budget) -> None:
        """Keep what an end or an observation has brought."""
        for adopted in effects.adopted:
            self._key_confirmed = True
            self._unsampled.discard(adopted.cluster)
        for name in (*effects.proven, *(one.name for one in effects.adopted)):
            self.proved[name] = self._clock.now()
        if effects.maybe_made is not None:
            self._maybe_made.add(effects.maybe_made)
        self._keep([effects], budget)

    def _keep(self, effects: Sequence[Effects], budget: Budget) -> None:
        changes = effect_changes(effects, self.records(), budget)
        self._tell(changes)
        try:
            self.commit(changes)
        except ReservationConflict as conflict:  # a note that says what another desktop has: its VM is left as it is
            self._events.notice("store", f"a desktop is not taken up: {conflict}")
            self.commit(effect_changes([replace(one, adopted=()) for one in effects], self.records(), budget))

    def take_log(self, desktop: DesktopName, answer: object) -> None:
        """A failed task's log. One that could not be read is no loss: the exit status is known."""
        changes = log_changes(desktop, answer, self.records()) if isinstance(answer, tuple) else Changes()
        self.commit(changes)
        for name, record in changes.desktops.items():
            self._events.notice(f"desktop {name}", record.attempts.reason if record else "")

    def sessions_settled(self, *, first_s: float) -> bool:
        """Whether every desktop that is ready has been asked again, so many seconds later."""
        reports = [record.report for record in self.kept.desktops.values() if record.report is not None]
        return bool(reports) and all(one.read_at >= (one.ready_at or one.read_at) + first_s for one in reports)

    def commit(self, changes: Changes) -> None:
        """Durable first, then taken up; raises StoreError, and ReservationConflict with nothing changed."""
        if not changes:
            return
        self._store.commit(changes)
        self.kept.apply(changes)

    def _note_unread(self, outcome: Outcome) -> None:
        self._unread.pop(outcome.desktop, None)
        self._other_key.pop(outcome.desktop, None)
        if outcome.error == OtherKey.word:
            self._other_key[outcome.desktop] = outcome.reason
        elif outcome.result is not Result.DONE:
            self._unread[outcome.desktop] = outcome.reason

    def _tell(self, changes: Changes) -> None:
        for outcome in changes.outcomes:
            spec = spec_named(outcome.action)
            if spec is not None and spec.configures and outcome.result is Result.DONE:
                self.proved[outcome.desktop] = outcome.ended_at
            if outcome.action == Verify.word:
                self._checked[outcome.desktop] = outcome.ended_at
                self._note_unread(outcome)
            self._events.outcome(outcome)
            self._ended(outcome)
