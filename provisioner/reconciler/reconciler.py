"""The reconciler: takes in completions, and decides in cycles. One thread owns it.

It is level-triggered: each cycle decides from the current observations and the actions in flight.
"""

from collections.abc import Callable, Iterable
from dataclasses import replace

from provisioner.errors import GuestUnknown
from provisioner.execution import executor
from provisioner.model.actions import Action, CheckGuest
from provisioner.model.commands import Command, Completion, Observe, ReadDirectory, ReadTaskLog
from provisioner.model.demand import Demand
from provisioner.model.freeze import FreezeMark
from provisioner.model.ids import Instant
from provisioner.model.intents import Intent, IntentKind
from provisioner.model.kept.records import Records
from provisioner.model.kept.set_aside import SURGE
from provisioner.model.lending import LendingAnswer, LendingOrder
from provisioner.model.machines.cluster import ClusterView
from provisioner.model.machines.first_boot import FirstBootGrant
from provisioner.model.scenario.scenarios import Scenario
from provisioner.model.scenario.surges import SurgeRun
from provisioner.model.site_config import SiteConfig
from provisioner.model.status import Status
from provisioner.model.words import FirstBootWord, SessionOrderWord
from provisioner.planning.demand.runs import demand_under
from provisioner.planning.orders.runs import loaded, under_run
from provisioner.ports import Clock, Events, Store
from provisioner.reasons.reason import Reason
from provisioner.reasons.surges import RUN_UNREAD
from provisioner.reconciler.cycle import Cycle
from provisioner.reconciler.first_boots import answer_first_boot
from provisioner.reconciler.in_flight import InFlight
from provisioner.reconciler.observation_schedule import UNANSWERED_S
from provisioner.reconciler.orders import Order, OrderFacts, why_refused, with_whole_target
from provisioner.reconciler.parts import LoopState
from provisioner.reconciler.session_intake import SessionIntake
from provisioner.reconciler.session_news import SessionNews
from provisioner.reconciler.session_orders import SignedAnswer
from provisioner.reconciler.status_board import StatusBoard
from provisioner.sessions.push import Push

_FOREVER = float("inf")


class Reconciler:
    """The control loop from outside: orders and completions in, commands out. Only one thread calls it."""

    def __init__(
        self,
        config: SiteConfig,
        *,
        store: Store,
        clock: Clock,
        events: Events,
        freeze_mark: Callable[[], FreezeMark | None] = lambda: None,
    ) -> None:
        self.parts = LoopState(config, store=store, clock=clock, events=events, freeze_mark=freeze_mark)
        self._cycle, self._news = Cycle(self.parts), SessionNews(self.parts)

    @property
    def flight(self) -> InFlight:
        """What was ordered and has not ended, and what was observed."""
        return self.parts.flight

    @property
    def sessions(self) -> SessionIntake:
        """What desktops say."""
        return self.parts.sessions

    @property
    def board(self) -> StatusBoard:
        """The last status, and what other threads know."""
        return self.parts.board

    @property
    def config(self) -> SiteConfig:
        """The configuration in force: without changes of entitlements or scenario that the guard holds back."""
        return self.parts.rules.config

    @property
    def proposed(self) -> Scenario:
        """The configured scenario, as far as the guard lets it through. Another is in force while a run of it goes on."""
        return self.parts.rules.proposed

    @property
    def status(self) -> Status | None:
        """At the end of the last cycle, with what orders have changed since."""
        return self.board.status

    def aged_status(self) -> Status | None:
        """The last status as it is by now while nothing is decided, heard or stored; None: there is none."""
        return self._news.aged()

    def open(self, *, set_back_s: float = 0.0) -> None:
        """Claim the store and load it; raises StoreError. `set_back_s`: seconds the clock was set back since it was written."""
        configured = self.parts.rules.configured
        self.parts.cache.open(configured.budget, set_back_s=set_back_s)
        self._set_run_aside()
        self.parts.arrivals.open()
        self.parts.intents.rebuilding.under_way = not self.parts.cache.state.baseline_accepted
        self.parts.rules.apply(configured, self.parts.store.intents())
        self.sessions.open(self.config, self.parts.clock.now(), self.records.roster)

    def _set_run_aside(self) -> None:
        """A stored run that cannot be read, or carried out, waits for an operator. Raises StoreError."""
        now = self.parts.clock.now()
        for unread in (order for order in self.parts.store.unreadable() if order.kind == SURGE):
            self.parts.intents.fence.take(unread, now)
            self.parts.surge.keep(loaded(self.parts.surge.run, now, RUN_UNREAD(why=unread.why)))

    def follow(self, config: SiteConfig) -> None:
        """Apply a changed configuration; actions in flight go on. The installation and the clusters cannot change.

        The guard judges who loses or gains a desktop by it, as for a change of the directory. A changed profile may have ended
        a common cause of failures: it is tried at once.
        """
        before, profiles = self.config.scenario, self.parts.rules.configured.profiles
        self.parts.rules.apply(config, self.parts.store.intents())
        if config.profiles != profiles:
            self.flight.retry(self.parts.clock.now())
        if self.config.scenario != before:
            with self.parts.around_the_run():
                self.parts.rules.announce(self.records, self.parts.cache)
        self.parts.observations.schedule.all_now()

    def read_directory(self, *, in_full: bool = False) -> None:
        """Read the directory at the next step."""
        self.parts.readings.ask(in_full=in_full)

    def obey(self, order: Order) -> Reason:
        """Give or withdraw an intent now, and show it in the status; returns why not. The next cycle is due at once.

        Raises StoreError.
        """
        facts = OrderFacts(
            records=self.parts.cache.with_waiting(self.records),
            snapshot=self.flight.snapshot,
            config=self.config,
            now=self.parts.clock.now(),
            desktops={} if self.status is None else self.status.desktops,
            demand=Demand() if self.status is None else self.status.demand,
            busy=self.parts.written,
            pushing=self.sessions.pushing(),
            room={} if self.status is None else {key: left.memory_mib for key, left in self.status.headroom.nodes.items()},
        )
        if isinstance(order, Intent) and order.kind is IntentKind.SURGE:
            return self._steer(order)
        order = with_whole_target(order, facts)
        refused = why_refused(order, facts) or self.parts.intents.obey(order)
        if not refused:
            self.parts.hastening.heard(order)
        self.board.take_intents(self.parts.intents.in_force)
        self.parts.observations.schedule.all_now()
        return refused

    def lend(self, order: LendingOrder) -> LendingAnswer:
        """Lend a desktop of a pool, or take it back, at once. Raises StoreError."""
        desk = self.parts.lend_desk
        answer = desk.obey(order)
        self.board.take_pools(desk.pools(), desk.refused, desk.grants)
        if (not answer.ready and not answer.refused) or self.parts.autoscale.is_stale(self.parts.clock.now()):
            self.parts.observations.schedule.all_now()
        return answer

    def _steer(self, order: Intent) -> Reason:
        """Carry out an order about the surge, which is over with that."""
        in_force = self.config.scenario
        refused = self.parts.surge.obey(order, configured=self.proposed, in_force=in_force, tried=self._demand_of)
        self.parts.rules.after_order()
        self.board.take_run(self.parts.surge.run)
        self.parts.observations.schedule.all_now()
        return refused

    def _demand_of(self, run: SurgeRun) -> Demand:
        """Under this run. Raises what the run's times raise."""
        config = under_run(run, replace(self.config, scenario=self.proposed))
        return demand_under(replace(self.records, surge=run), config.rules, now=self.parts.clock.now())

    def drain(self) -> None:
        """Order nothing new from now on."""
        self.parts.draining = True

    @property
    def answers_awaited(self) -> int:
        """Actions whose calls have not ended yet: draining waits for them."""
        return sum(work.answered_at is None for work in self.flight.executor.work.values())

    @property
    def at_rest(self) -> bool:
        """Whether no action, directory reading or observation is under way."""
        return (
            not self.flight.executor.work
            and not self.parts.readings.under_way
            and not self.parts.observations.schedule.any_under_way
        )

    @property
    def sessions_settled(self) -> bool:
        """Whether the sessions of every ready desktop were read after its agent had time to log on."""
        return self.parts.cache.sessions_settled(first_s=self.config.pace.session_first_s)

    @property
    def records(self) -> Records:
        """The store's records and this life's facts, as planning sees them."""
        return self.parts.records

    # -- the loop's two halves -------------------------------------------------------------------------------------

    def commands(self) -> list[Command]:
        """The readings and observations that are due now, and questions to desktops that have waited for their node."""
        if self.parts.draining:
            return []
        now = self.parts.clock.now()
        for _ in self.parts.observations.late(now):
            self._show_again()
        for overdue in executor.overdue(self.flight.executor, now, after_s=UNANSWERED_S):
            self.take_in(overdue)
        readings: list[Command] = [*self.parts.readings.take_due(), *self.parts.task_logs.take_due()]
        readings += self.parts.reading_queue.take(self.config.budget.checks_per_node, now)
        return [*readings, *self.parts.observations.requests(self.config, now)]

    @property
    def wake_at(self) -> Instant:
        """When the next command is due, or something is to be shown, unless a completion arrives before."""
        if self.parts.draining:
            return _FOREVER
        return min(self.parts.observations.schedule.wake_at, self._news.due_at)

    def take_in(self, completion: Completion) -> None:
        """Take in a completion. There are four cases:

        1. an observation waits for the next cycle;
        2. a reading of the directory is judged by the guard at once, and every cluster is observed if the demand may change;
        3. a failed task's log goes into the desktop's reason;
        4. the end of an action's call: its outcome is stored; a guest's report waits for the next cycle.
        """
        match completion.command:
            case Observe():
                if self.parts.observations.take_in(completion, idle_s=self.config.pace.observe_idle_s):
                    self._show_again()
            case ReadDirectory():
                self._take_reading(completion)
            case ReadTaskLog():
                self.parts.task_logs.ended()
                command = completion.command
                self.parts.cache.take_log(command.desktop, completion.answer, said=command.said)
            case _:
                self._take_answer(completion)

    def cycle(self) -> tuple[Action, ...]:
        """Decide from the observations since the last cycle; returns the actions to submit. Empty: no observation."""
        if self.parts.observations.new or self.parts.draining:
            self._store_reports()
        observed = self.parts.observations.take_new()
        if not observed:
            self._news.show()
            return ()
        actions = self._cycle.decide(
            [completion.answer for completion in observed if isinstance(completion.answer, ClusterView)]
        )
        change, now = self.parts.surge.next_change, self.parts.clock.now()
        self.parts.observations.plan_next(observed, self.config, self.status, change=change, now=now)
        return actions

    def take_pushes(self, pushes: Iterable[tuple[Push, Instant]]) -> None:
        """Take in what desktops have sent by themselves, each with the time at which it was heard.

        It is shown within a second; the next cycle stores it.
        """
        self.sessions.pushed(pushes, self.config)

    def first_boot(self, push: Push, heard_at: Instant) -> FirstBootGrant | FirstBootWord:
        """Which first-boot data a desktop may have that asks for them; or why it gets none."""
        return answer_first_boot(push, heard_at, sessions=self.sessions, status=self.status, config=self.config)

    def session_orders(self, push: Push, heard_at: Instant) -> SignedAnswer | SessionOrderWord:
        """What a desktop is to do with its sessions that asks. Raises ValueError: it is not a question; StoreError."""
        return self.parts.session_orders.answer(push, heard_at)

    def _take_answer(self, completion: Completion) -> None:
        effects, command = self.flight.answered(completion), completion.command
        if isinstance(command, CheckGuest):
            effects = self.sessions.pulled(effects, self.config, source=command.profile.probe.value)
            if isinstance(completion.error, GuestUnknown) and completion.error.boot is not None:
                self.sessions.missed(command.desktop, completion.error.boot, completion.ended_at)
        self.parts.cache.take(effects, self.config.budget)

    def _show_again(self) -> None:
        """A cluster cannot be observed: no cycle will say what desktops have said since."""
        self._store_reports()
        self._cycle.show_again()

    def _store_reports(self) -> None:
        self.parts.cache.store_reports(self.config.budget, self.sessions.changed_counts())

    def _take_reading(self, completion: Completion) -> None:
        if self.parts.rules.take_reading(
            completion, self.parts.intents.in_force, rebuilding=self.parts.intents.rebuilding.under_way
        ):
            self.parts.observations.schedule.all_now()


__all__ = ["Reconciler"]
