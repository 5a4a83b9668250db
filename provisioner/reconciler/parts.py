"""The parts of the control loop, and what is asked of several of them."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace

from provisioner.errors import StoreError
from provisioner.model.actions import Outcome
from provisioner.model.freeze import FreezeMark
from provisioner.model.ids import ClusterId, GuestKey, Instant
from provisioner.model.kept.records import DesktopRecord, Records
from provisioner.model.kept.set_aside import SURGE, Unreadable, words_of
from provisioner.model.scenario.ceilings import Reading
from provisioner.model.session_rules import HalfDayEnd
from provisioner.model.site_config import SiteConfig
from provisioner.model.words import JournalWord
from provisioner.planning.autoscale.rounds import AutoscaleRound
from provisioner.planning.demand.ceilings import NO_READINGS
from provisioner.planning.lending.half_days import half_day_end
from provisioner.planning.orders import runs
from provisioner.planning.safety import is_write
from provisioner.planning.survey.surveyor import Surveyor
from provisioner.ports import Clock, Events, Store
from provisioner.reasons.reason import NONE, Reason
from provisioner.reasons.surges import RUN_FAILS
from provisioner.reconciler.action_ends import TaskLogs, record_boot
from provisioner.reconciler.arrival_book import ArrivalBook
from provisioner.reconciler.durable_state import RecordCache
from provisioner.reconciler.hastening import Hastening
from provisioner.reconciler.in_flight import InFlight
from provisioner.reconciler.lend_desk import LendDesk
from provisioner.reconciler.observations import Observations
from provisioner.reconciler.operator_intents import OperatorIntents
from provisioner.reconciler.reading_queue import ReadingQueue
from provisioner.reconciler.rekeying import Rekeying
from provisioner.reconciler.roster_readings import RosterReadings
from provisioner.reconciler.rules_in_force import RulesInForce
from provisioner.reconciler.session_intake import SessionIntake
from provisioner.reconciler.session_orders import SessionOrderDesk
from provisioner.reconciler.status_board import StatusBoard
from provisioner.reconciler.surge import Surge


class LoopState:
    """All state of the control loop."""

    def __init__(
        self,
        config: SiteConfig,
        *,
        store: Store,
        clock: Clock,
        events: Events,
        freeze_mark: Callable[[], FreezeMark | None],
    ) -> None:
        self.store, self.clock, self.events = store, clock, events
        self.flight = InFlight(installation=config.installation, events=events)
        self.surveyor = Surveyor()
        """Tests replace it with a surveyor that checks its own results."""
        rest_s = config.naming.address_rest_s
        self.cache = RecordCache(store=store, clock=clock, events=events, ended=self._record_outcome, rest_s=rest_s)
        self.intents = OperatorIntents(self.cache, store=store, clock=clock, events=events, freeze_mark=freeze_mark)
        self.surge = Surge(self.cache, clock=clock, events=events)
        self.observations = Observations(config.naming.vmids, self.flight, events=events)
        self.readings = RosterReadings(self.cache, store=store, clock=clock, events=events)
        self.task_logs = TaskLogs()
        self.hastening = Hastening()
        self.reading_queue = ReadingQueue(self.flight)
        self.sessions = SessionIntake(self.cache, events=events)
        self.arrivals = ArrivalBook(store)
        self.autoscale = AutoscaleRound()
        """What was decided last of pools that follow their people."""
        self.lend_desk = LendDesk(
            self.cache, clock=clock, events=events, book=self.arrivals, now=lambda: (self.records, self.written)
        )
        self.rekeying = Rekeying(self.cache, self.intents.fence, store=store, clock=clock, events=events)
        self.rules = RulesInForce(config, self.readings, self.surge, clock=clock, events=events)
        self.session_orders = SessionOrderDesk(
            self.cache,
            sessions=self.sessions,
            intents=self.intents,
            rules=self.rules,
            half_day=self.half_day_of,
            clock=clock,
            events=events,
        )
        self.board = StatusBoard(self.cache, events=events)
        self.board.cut = self.sessions.cut_lately
        self.draining = False
        """Whether nothing new is ordered any more."""
        self.ceiling_readings: Callable[[], Mapping[str, Reading]] = lambda: NO_READINGS
        """What the queries of the scenario's ceilings gave last, by another thread."""
        self.store_fault = NONE
        """Why the store cannot be relied on; empty: it can. Any thread may set it."""

    @property
    def config(self) -> SiteConfig:
        """The configuration in force: without changes of entitlements or scenario that the guard holds back."""
        return self.rules.config

    @property
    def records(self) -> Records:
        """The store's records and this life's facts, as planning sees them."""
        records = self.cache.records(self.intents.in_force, self.intents.rebuilding.since)
        return replace(records, roster=self.readings.roster, provisional=records.roster is None)

    @property
    def written(self) -> frozenset[GuestKey]:
        """VMs that are being changed."""
        return frozenset(key for key, action in self.flight.executor.in_flight.items() if is_write(action))

    def paused(self, now: Instant) -> dict[ClusterId, Reason]:
        """Clusters on which nothing is written, and why."""
        return self.observations.paused(now, self.store_fault)

    def half_day_of(self, record: DesktopRecord) -> HalfDayEnd | None:
        """Of a desktop's person, while desktops are handed over, if a half-day of theirs ends with nothing after it."""
        weeks = self.cache.state.half_days.values()
        return None if not self.lend_desk.hands_over else half_day_end(record, self.config, weeks, self.clock.now())

    @contextmanager
    def around_the_run(self) -> Iterator[None]:
        """Whatever is worked out by the times of the scenario's run: where that fails, the run is set aside.

        Raises StoreError; and what does not come of the run, because none is under way, or it was set aside before.
        """
        try:
            yield
        except StoreError:
            raise
        except Exception as error:
            run, why = self.surge.run, words_of(error)
            if run is None or not self.surge.keep(runs.set_aside(run, self.clock.now(), RUN_FAILS(why=why))):
                raise
            unread = Unreadable(kind=SURGE, target=str(run.number), by=run.by, why=why, row=None, stands_for=None)
            self.intents.fence.take(unread, self.clock.now())
            self.rules.after_order()

    def _record_outcome(self, outcome: Outcome) -> None:
        """Measure a boot that has ended; have the log of a failed task read."""
        if outcome.action == JournalWord.READY:
            record_boot(self.flight, outcome, self.cache.state.desktops, self.surveyor.starting, self.config.profiles)
        self.task_logs.note(outcome)


__all__ = ["LoopState"]
