"""Intents of the operator. An intent that is done once (retry, retire, stop, …) is carried out here, then withdrawn."""

from collections.abc import Callable, Set
from dataclasses import replace

from provisioner.execution.order_changes import retry_changes
from provisioner.model.actions import Plan, Retired
from provisioner.model.demand import Demand
from provisioner.model.freeze import TARGET, FreezeMark, followed, intents_in_force, is_of_file, repeats_order
from provisioner.model.ids import DesktopName, GuestKey, Instant
from provisioner.model.intents import OF_SESSIONS, Intent, IntentKind, Withdrawal
from provisioner.model.kept.records import Records
from provisioner.model.kept.set_aside import PROTECTING
from provisioner.model.machines.desktops import GuestReport, Phase
from provisioner.model.site_config import SiteConfig
from provisioner.planning.demand.trials import trials_in
from provisioner.planning.inputs import Situation
from provisioner.planning.orders.desktops import given_up
from provisioner.planning.orders.ends import end_of_rebuild, end_of_reconfiguration, end_of_restart, for_agent
from provisioner.planning.orders.reassignments import is_reassigned, reassign_changes, why_not_reassigned
from provisioner.planning.orders.restorations import is_restored, restore_changes, why_not_restored
from provisioner.planning.survey.survey import Survey
from provisioner.ports import Changes, Clock, Events, Store
from provisioner.reasons.orders import NOT_STANDING
from provisioner.reasons.reason import NONE, Reason
from provisioner.reasons.requests import BY_ORDER, BY_ORDER_WHY
from provisioner.reconciler.desk_sessions import DeskSessions, for_people
from provisioner.reconciler.durable_state import RecordCache, StoreRebuild
from provisioner.reconciler.fence import Fence
from provisioner.reconciler.orders import Order
from provisioner.reconciler.trials import end_of_trial

_OFF = (None, Phase.RESERVED, Phase.CLONED, Phase.STOPPED, Phase.DELETING, Phase.FAILED)


class OperatorIntents:
    """The intents in force: the store's, and a freeze while there is a freeze file. Also the state of a store rebuild."""

    def __init__(
        self, cache: RecordCache, *, store: Store, clock: Clock, events: Events, freeze_mark: Callable[[], FreezeMark | None]
    ) -> None:
        self.in_force: tuple[Intent, ...] = ()
        self._begun: set[Intent] = set()
        """Restarts whose desktops' failures were forgotten, in this life of the daemon."""
        self.desk_sessions = DeskSessions()
        self.rebuilding = StoreRebuild()
        self._cache, self._store, self._clock, self._events = cache, store, clock, events
        self._freeze_mark = freeze_mark
        self.fence = Fence(cache, store=store, clock=clock, events=events)

    def take_up(self, now: Instant) -> bool:
        """Read the intents, and carry out those that are done once. Returns whether there was a retry. Raises StoreError."""
        self._read(now)
        self._accept_baseline()
        retried = self._retry()
        self._retire()
        return self._begin_restarts() or retried

    def keeps_sessions(self, name: DesktopName) -> bool:
        """Whether an operator has stopped everything, wants nothing shut down, or keeps this desktop as it is."""
        if self._freeze_mark() is not None:
            return True
        return any(
            intent.kind in (IntentKind.FREEZE, IntentKind.HOLD)
            or (intent.kind is IntentKind.QUARANTINE and intent.target == name)
            for intent in self.in_force
        )

    def reassign(self, records: Records, *, busy: Set[GuestKey]) -> None:
        """Give unused desktops to the agents whom an operator has named; an order waits while its VM is worked on."""
        for intent in self.in_force:
            record = records.desktops.get(DesktopName(intent.target))
            if intent.kind is not IntentKind.REASSIGN or (record is not None and record.reservation.key in busy):
                continue
            with self.fence.around(intent):
                self._reassign(intent, records)
            records = replace(records, desktops=self._cache.records().desktops)
        self.in_force = tuple(intent for intent in self.in_force if intent.kind is not IntentKind.REASSIGN)

    def _reassign(self, intent: Intent, records: Records) -> None:
        if is_reassigned(intent, records):
            self._end(intent, "given to its new agent")
        elif refused := why_not_reassigned(intent, records):
            self._end(intent, f"not reassigned: {refused}")
        else:
            self._cache.commit(reassign_changes(intent, records, self._clock.now()))
            self._end(intent, "given to its new agent")

    def restore(self, records: Records) -> None:
        """Give superseded desktops back to their people."""
        orders = tuple(intent for intent in self.in_force if intent.kind is IntentKind.RESTORE)
        for intent in orders:
            with self.fence.around(intent):
                self._restore(intent, records)
            records = replace(records, desktops=self._cache.records().desktops)
        self.in_force = tuple(intent for intent in self.in_force if intent not in orders)

    def _restore(self, intent: Intent, records: Records) -> None:
        if is_restored(intent, records):
            self._end(intent, "given back to its person")
        elif refused := why_not_restored(intent, records):
            self._end(intent, f"not given back: {refused}")
        else:
            self._cache.commit(restore_changes(intent, records, self._clock.now()))
            self._end(intent, "given back to its person")

    def finish_rebuilding(self, survey: Survey, now: Instant, *, settle_s: float) -> bool:
        """End a store rebuild: an operator has to accept the desktops, unless there are none. Returns whether it ended now."""
        if not self.rebuilding.is_over(survey, now, settle_s=settle_s):
            return False
        if not survey.phases:
            self._cache.commit(Changes(baseline_accepted=True))
        elif not self._cache.state.baseline_accepted:
            count = len(survey.phases)
            text = f"rebuilt from the notes of {count} desktops: `bascule store accept` lets stops and deletes go on"
            self._events.notice("store", text)
        return True

    def finish(self, situation: Situation, survey: Survey, plan: Plan) -> None:
        """Withdraw the intents that are fulfilled, or that cannot be."""
        self._finish_stops(survey)
        self._finish_restarts(survey)
        self._finish_rebuilds(survey, situation.demand)
        self._finish_reconfigurations(survey, situation.config)
        self._finish_trials(survey, situation, plan)
        self._finish_of_sessions(survey)

    def _finish_stops(self, survey: Survey) -> None:
        """Withdraw the stop intent of a desktop that is off or gone: it must not stop the desktop a second time."""
        for intent in self.in_force:
            phase, _ = survey.phases.get(DesktopName(intent.target), (None, ""))
            if intent.kind is IntentKind.STOP and phase in _OFF:
                self._store.withdraw(intent.kind, by="daemon, done", at=self._clock.now(), target=intent.target)
                self._events.notice(f"desktop {intent.target}", f"is off, as {intent.by} has ordered")

    def _finish_restarts(self, survey: Survey) -> None:
        """Withdraw orders to restart desktops that are ready again, or that cannot be restarted."""
        records = self._cache.records()
        for intent in self._of(IntentKind.RESTART):
            with self.fence.around(intent):
                if end := end_of_restart(intent, survey, records):
                    self._end(intent, end)

    def _finish_rebuilds(self, survey: Survey, demand: Demand) -> None:
        """Withdraw orders whose desktop is deleted, and whose agent has a ready one instead."""
        records = self._cache.records()
        for intent in self._of(IntentKind.REBUILD):
            with self.fence.around(intent):
                if end := end_of_rebuild(intent, survey, records, demand):
                    self._end(intent, end)

    def _finish_reconfigurations(self, survey: Survey, config: SiteConfig) -> None:
        """Withdraw orders to configure desktops again that are done, have failed, or cannot be done."""
        records = self._cache.records()
        for intent in self._of(IntentKind.RECONFIGURE):
            with self.fence.around(intent):
                if end := end_of_reconfiguration(intent, survey, records, config):
                    self._store.withdraw(intent.kind, by="daemon, done", at=self._clock.now(), target=intent.target)
                    self._events.notice(f"desktop {intent.target}" if intent.target else "desktops", end)

    def _finish_trials(self, survey: Survey, situation: Situation, plan: Plan) -> None:
        """Withdraw trials that have shown what they can: their desktops are deleted from the next cycle on."""
        trials = trials_in(self.in_force)
        if not trials:
            return
        waits = {want.seat: group.reason for group in plan.groups for want in group.wants if want.agent_id is None}
        for intent in trials:
            with self.fence.around(intent):
                if end := end_of_trial(intent, survey, situation, waits):
                    self._store.withdraw(intent.kind, by="daemon", at=self._clock.now(), target=intent.target, reason=end)
                    self._events.notice(f"trial {intent.target}", end)

    def _finish_of_sessions(self, survey: Survey) -> None:
        """Withdraw messages and log-offs that are done, or that no desktop will carry out any more."""
        self.desk_sessions.keep(self.in_force)
        now = self._clock.now()
        for intent in self._of(*OF_SESSIONS):
            with self.fence.around(intent):
                if end := self.desk_sessions.end_of(intent, survey, self._report(intent), now):
                    self._store.withdraw(intent.kind, by="daemon", at=now, target=intent.target, reason=end)
                    self._events.notice(f"desktop {intent.target}", f"{intent.kind}, ordered by {intent.by}: {end}")

    def _of(self, *kinds: IntentKind) -> tuple[Intent, ...]:
        return tuple(intent for intent in self.in_force if intent.kind in kinds)

    def _report(self, intent: Intent) -> GuestReport | None:
        """The last one of the target desktop."""
        record = self._cache.state.desktops.get(DesktopName(intent.target))
        return None if record is None else self._cache.report_of(record)

    def _end(self, intent: Intent, end: str) -> None:
        """Withdraw the order, and say what it came to."""
        self._store.withdraw(intent.kind, by="daemon", at=self._clock.now(), target=intent.target, reason=end)
        self._events.notice(f"desktop {intent.target}", f"{end}, as {intent.by} has ordered")

    def obey(self, order: Order) -> Reason:
        """Give or withdraw an intent, and read all anew; why not, or nothing. Raises StoreError."""
        reason = NONE
        self.fence.forget(order)
        if isinstance(order, Intent):
            self._give(order)
        elif not self._withdraw(order):
            reason = NOT_STANDING(kind=order.kind.value)
        self._read(self._clock.now())
        return reason

    def _give(self, intent: Intent) -> None:
        """Nothing is given twice: a freeze stands already by its file, and an order whose answer was lost may come again."""
        if intent.kind is IntentKind.FREEZE and self._freeze_mark() is not None:
            return
        intent = for_people(for_agent(intent, self._cache.records()), self._report(intent))
        standing = self._store.intents()
        if any(replace(other, at=intent.at) == intent for other in standing):
            return
        for other in standing:
            if intent.replaces(other):
                self._store.withdraw(other.kind, by=intent.by, at=intent.at, target=other.target, reason="another order")
        self._store.give(intent)

    def _withdraw(self, order: Withdrawal) -> bool:
        """Whether there was anything. A freeze may stand twice: by the store, and by the file, which is gone by now."""
        targets = ("", TARGET) if order.kind is IntentKind.FREEZE else (order.target,)
        withdrawn = [
            self._store.withdraw(order.kind, by=order.by, at=order.at, target=target, reason=order.reason) for target in targets
        ]
        return any(withdrawn)

    def _read(self, now: Instant) -> None:
        """Read the store's intents and the freeze file."""
        self.fence.take_unreadable()
        given, mark = tuple(self._by(intent, now) for intent in self._store.intents()), self._freeze_mark()
        self.in_force = intents_in_force(given, mark=mark, now=now)
        if mark is None or not repeats_order(mark, given):
            self._follow_file(next(filter(is_of_file, given), None), mark, now)
        for over in (intent for intent in given if intent.is_over(now)):
            self._store.withdraw(over.kind, by="daemon, its time is over", at=now, target=over.target)

    def _by(self, intent: Intent, now: Instant) -> Intent:
        """The order, given now at the latest: the clock may have been set back since.

        What an order has brought about comes after it: before a time to come, a desktop would be restarted again and again.
        """
        if intent.at <= now or intent.kind in PROTECTING:  # what protects stands, whenever it was given
            return intent
        intent = replace(intent, at=now)
        self._store.give(intent)
        return intent

    def _follow_file(self, stored: Intent | None, mark: FreezeMark | None, now: Instant) -> None:
        """Keep the file's freeze in the store, for the journal: who froze, why, and when it ended."""
        intent = None if mark is None else followed(mark, stored, now)
        if intent == stored:
            return
        if intent is not None:
            self._store.give(intent)
            self._events.notice("freeze", f"by {intent.by}, by the freeze file{intent.reason and ': '}{intent.reason}")
        elif stored is not None:
            self._store.withdraw(stored.kind, by="daemon, the freeze file is gone", at=now, target=stored.target)
            self._events.notice("freeze", "the freeze file is gone")

    def _accept_baseline(self) -> None:
        if not any(intent.kind is IntentKind.ACCEPT_BASELINE for intent in self.in_force):
            return
        self._cache.commit(Changes(baseline_accepted=True))
        self._store.withdraw(IntentKind.ACCEPT_BASELINE, by="daemon, done", at=self._clock.now())
        self._events.notice("store", "the rebuilt desktops were accepted: stops and deletes may go on")

    def _retry(self) -> bool:
        """Forget the failures of the desktops that an operator wants to be retried; returns whether there are any."""
        retries = tuple(intent for intent in self.in_force if intent.kind is IntentKind.RETRY)
        if not retries:
            return False
        records = self._cache.records()
        for intent in retries:
            with self.fence.around(intent):
                names = [DesktopName(intent.target)] if intent.target else given_up(records)
                self._cache.commit(retry_changes(names, records))
                self._store.withdraw(intent.kind, by="daemon, done", at=self._clock.now(), target=intent.target)
                for name in names:
                    self._events.notice(f"desktop {name}", f"tried again, by order of {intent.by}")
        self.in_force = tuple(intent for intent in self.in_force if intent not in retries)
        return True

    def _begin_restarts(self) -> bool:
        """Forget the failures of desktops that an operator restarts: once, and once more after the daemon was restarted."""
        restarts = {intent for intent in self.in_force if intent.kind is IntentKind.RESTART}
        new, self._begun = restarts - self._begun, restarts
        for intent in sorted(new, key=lambda intent: intent.target):
            with self.fence.around(intent):
                self._cache.commit(retry_changes([DesktopName(intent.target)], self._cache.records()))
        return bool(new)

    def _retire(self) -> None:
        """Retire the VMIDs of VMs that an operator has declared foreign."""
        retirements = tuple(intent for intent in self.in_force if intent.kind is IntentKind.RETIRE)
        for intent in retirements:
            with self.fence.around(intent):
                self._events.notice(f"vm {intent.target}", self._retire_vmid(intent))
                self._store.withdraw(intent.kind, by="daemon, done", at=self._clock.now(), target=intent.target)
        self.in_force = tuple(intent for intent in self.in_force if intent not in retirements)

    def _retire_vmid(self, intent: Intent) -> str:
        """Retire one VMID; returns the text for the log. The VMID of a desktop is refused: it may be a typing error."""
        key, state = intent.guest, self._cache.state
        if key is None:
            return "not retired: the order names no VM as cluster/vmid"
        if name := state.vmids.get(key.cluster, {}).get(key.vmid):
            return f"not retired: it is desktop {name}"
        reason = BY_ORDER_WHY(by=intent.by, why=intent.reason) if intent.reason else BY_ORDER(by=intent.by)
        self._cache.commit(Changes(retired=(Retired(key=key, reason=reason, at=intent.at),)))
        return f"retired {reason}: its VMID is never used, and nothing waits for its note"
