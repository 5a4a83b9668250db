"""Operator intents: what an operator has ordered and not withdrawn. Those that are done once are done here, and withdrawn."""

from collections.abc import Callable

from provisioner.execution.order_changes import retry_changes
from provisioner.model.actions import Retired
from provisioner.model.desktops import Phase
from provisioner.model.ids import DesktopName, Instant
from provisioner.model.intents import Intent, IntentKind, intents_in_force
from provisioner.planning.survey.survey import Survey
from provisioner.ports import Changes, Clock, Events, Store
from provisioner.reasons.outcomes import BY_ORDER, BY_ORDER_WHY
from provisioner.reconciler.durable_state import RecordCache
from provisioner.reconciler.store_rebuild import StoreRebuild

_OFF = (None, Phase.RESERVED, Phase.CLONED, Phase.STOPPED, Phase.DELETING, Phase.FAILED)


class OperatorIntents:
    """The store's, with the freeze file, and how far an empty store is rebuilt."""

    def __init__(
        self, books: RecordCache, *, store: Store, clock: Clock, events: Events, frozen_by_file: Callable[[], bool]
    ) -> None:
        self.intents: tuple[Intent, ...] = ()
        self.rebuilding = StoreRebuild()
        self._books, self._store, self._clock, self._events = books, store, clock, events
        self._frozen_by_file = frozen_by_file
        self._frozen_since: Instant | None = None

    def take_up(self, now: Instant) -> bool:
        """Read them, and do at once what is done once; whether anything is to be tried again. Raises StoreError."""
        self._read(now)
        self._accept_baseline()
        retried = self._try_again()
        self._retire()
        return retried

    def finish_rebuilding(self, seen: Survey, now: Instant, *, settle_s: float) -> None:
        """A new installation, with no desktop anywhere, needs no operator to accept that there is none."""
        if not self.rebuilding.is_over(seen, now, settle_s=settle_s):
            return
        if not seen.phases:
            self._books.commit(Changes(baseline_accepted=True))
        elif not self._books.kept.baseline_accepted:
            text = (
                f"rebuilt from the notes of {len(seen.phases)} desktops: `bascule baseline accept` lets stops and deletes go on"
            )
            self._events.notice("store", text)

    def finish_stops(self, seen: Survey) -> None:
        """A desktop that is off, or is none any more, is stopped: the order has done its work, and stops it no second time."""
        for intent in self.intents:
            phase, _ = seen.phases.get(DesktopName(intent.target), (None, ""))
            if intent.kind is IntentKind.STOP and phase in _OFF:
                self._store.withdraw(intent.kind, by="daemon, done", at=self._clock.now(), target=intent.target)
                self._events.notice(f"desktop {intent.target}", f"is off, as {intent.by} has ordered")

    def _read(self, now: Instant) -> None:
        """The freeze file counts from when it was first seen."""
        frozen = self._frozen_by_file()
        self._frozen_since = (self._frozen_since or now) if frozen else None
        self.intents = intents_in_force(self._store.intents(), frozen_by_file=frozen, now=self._frozen_since or now)

    def _accept_baseline(self) -> None:
        """An operator's word is taken up once, then the order has done its work."""
        if not any(one.kind is IntentKind.ACCEPT_BASELINE for one in self.intents):
            return
        self._books.commit(Changes(baseline_accepted=True))
        self._store.withdraw(IntentKind.ACCEPT_BASELINE, by="daemon, done", at=self._clock.now())
        self._events.notice("store", "the rebuilt desktops were accepted: stops and deletes may go on")

    def _try_again(self) -> bool:
        """Desktops that an operator wants to be tried again; each order has done its work at once."""
        orders = tuple(one for one in self.intents if one.kind is IntentKind.RETRY)
        if not orders:
            return False
        self._books.commit(retry_changes((DesktopName(one.target) for one in orders), self._books.records()))
        for one in orders:
            self._store.withdraw(one.kind, by="daemon, done", at=self._clock.now(), target=one.target)
            self._events.notice(f"desktop {one.target}", f"tried again, by order of {one.by}")
        self.intents = tuple(one for one in self.intents if one not in orders)
        return True

    def _retire(self) -> None:
        """VMs that an operator says are somebody else's; each order has done its work at once."""
        orders = tuple(intent for intent in self.intents if intent.kind is IntentKind.RETIRE)
        for intent in orders:
            self._events.notice(f"vm {intent.target}", self._retired(intent))
            self._store.withdraw(intent.kind, by="daemon, done", at=self._clock.now(), target=intent.target)
        self.intents = tuple(intent for intent in self.intents if intent not in orders)

    def _retired(self, intent: Intent) -> str:
        """What was done, in words. A desktop of ours is not given up for a mistyped number."""
        key, kept = intent.guest, self._books.kept
        if key is None:
            return "not retired: the order names no VM as cluster/vmid"
        if name := kept.vmids.get(key.cluster, {}).get(key.vmid):
            return f"not retired: it is desktop {name}"
        reason = BY_ORDER_WHY(by=intent.by, why=intent.reason) if intent.reason else BY_ORDER(by=intent.by)
        self._books.commit(Changes(retired=(Retired(key=key, reason=reason, at=intent.at),)))
        return f"retired {reason}: its VMID is never used, and nothing waits for its note"
