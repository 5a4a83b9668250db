"""The reconciler: takes in completions, and decides in cycles. One thread owns it.

It is level-triggered: each cycle decides from the current observations and the actions in flight.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from dataclasses import replace

from provisioner.errors import GuestUnknown, ReservationConflict
from provisioner.execution import executor
from provisioner.execution.order_changes import order_changes
from provisioner.execution.view_changes import view_changes
from provisioner.model.actions import Action, CheckGuest, Outcome, Plan
from provisioner.model.ceilings import Reading
from provisioner.model.cluster import ClusterView, Power
from provisioner.model.commands import Command, Completion, Observe, ReadDirectory, ReadTaskLog
from provisioner.model.demand import Demand
from provisioner.model.first_boot import FirstBootGrant
from provisioner.model.freeze import FreezeMark
from provisioner.model.ids import AgentId, ClusterId, DesktopName, GuestKey, Instant
from provisioner.model.intents import Intent, IntentKind
from provisioner.model.lending import LendingAnswer, LendingOrder
from provisioner.model.records import Records
from provisioner.model.scenarios import Scenario
from provisioner.model.site_config import SiteConfig
from provisioner.model.status import Status
from provisioner.model.words import FirstBootWord, JournalWord
from provisioner.planning.inputs import Situation
from provisioner.planning.placement.resources import FreeResources
from provisioner.planning.report.status import StatusInputs
from provisioner.planning.safety import circumstances_of, is_write, judge_plan
from provisioner.planning.steps.planner import make_plan
from provisioner.planning.survey.absent import absent_in
from provisioner.planning.survey.closures import closed_places
from provisioner.planning.survey.survey import Survey, free_resources
from provisioner.planning.survey.surveyor import Surveyor
from provisioner.ports import Clock, Events, Store
from provisioner.reasons.reason import NONE, Reason
from provisioner.reconciler.boot_ends import record_boot
from provisioner.reconciler.ceilings import NO_READINGS
from provisioner.reconciler.durable_state import RecordCache
from provisioner.reconciler.first_boots import answer_first_boot
from provisioner.reconciler.in_flight import InFlight
from provisioner.reconciler.lend_desk import LendDesk
from provisioner.reconciler.observation_schedule import UNANSWERED_S
from provisioner.reconciler.observations import Observations
from provisioner.reconciler.operator_intents import OperatorIntents
from provisioner.reconciler.orders import Order, OrderFacts, why_refused, with_whole_target
from provisioner.reconciler.rekeying import Rekeying
from provisioner.reconciler.roster_readings import RosterReadings
from provisioner.reconciler.rules_in_force import RulesInForce
from provisioner.reconciler.session_intake import SessionIntake
from provisioner.reconciler.status_board import StatusBoard
from provisioner.reconciler.surge import Surge
from provisioner.reconciler.task_logs import TaskLogs
from provisioner.sessions.push import Push

_FOREVER = float("inf")


class Reconciler:
    """All state of the control loop. Only one thread changes it."""

    def __init__(
        self,
        config: SiteConfig,
        *,
        store: Store,
        clock: Clock,
        events: Events,
        freeze_mark: Callable[[], FreezeMark | None] = lambda: None,
    ) -> None:
        self.flight = InFlight(installation=config.installation, events=events)
        self._clock, self._events = clock, events
        self._task_logs = TaskLogs()
        self.surveyor = Surveyor()
        """Tests replace it with a surveyor that checks its own results."""
        rest_s = config.naming.address_rest_s
        self._cache = RecordCache(store=store, clock=clock, events=events, ended=self._record_outcome, rest_s=rest_s)
        self._intents = OperatorIntents(self._cache, store=store, clock=clock, events=events, freeze_mark=freeze_mark)
        self._surge, self._store = Surge(self._cache, clock=clock, events=events), store
        self._observations = Observations(config.naming.vmids, self.flight, events=events)
        self._readings = RosterReadings(self._cache, store=store, clock=clock, events=events)
        self.sessions = SessionIntake(self._cache, events=events)
        self._lend_desk = LendDesk(self._cache, clock=clock, events=events, now=lambda: (self.records, self._written))
        self._rekeying = Rekeying(self._cache, store=store, clock=clock, events=events)
        self._rules = RulesInForce(config, self._readings, self._surge, clock=clock, events=events)
        self.board = StatusBoard(self._cache, events=events)
        """The last status, and what other threads know."""
        self._draining = False
        self.ceiling_readings: Callable[[], Mapping[str, Reading]] = lambda: NO_READINGS
        """What the queries of the scenario's ceilings gave last, by another thread."""
        self.store_fault = NONE
        """Why the store cannot be relied on; empty: it can. Any thread may set it."""

    @property
    def config(self) -> SiteConfig:
        """The configuration in force: without changes of entitlements or scenario that the guard holds back."""
        return self._rules.config

    @property
    def proposed(self) -> Scenario:
        """The configured scenario, as far as the guard lets it through. Another is in force while a run of it goes on."""
        return self._rules.proposed

    @property
    def status(self) -> Status | None:
        """At the end of the last cycle, with what orders have changed since."""
        return self.board.status

    def open(self) -> None:
        """Claim the store and load it; raises StoreError."""
        configured = self._rules.configured
        self._cache.open(configured.budget)
        self._intents.rebuilding.under_way = not self._cache.state.baseline_accepted
        self._rules.apply(configured, self._store.intents())
        self.sessions.open(self.config, self._clock.now(), self.records.roster)

    def follow(self, config: SiteConfig) -> None:
        """Apply a changed configuration; actions in flight go on. The installation and the clusters cannot change.

        The guard judges who loses or gains a desktop by it, as for a change of the directory. A changed profile may have ended
        a common cause of failures: it is tried at once.
        """
        before, profiles = self.config.scenario, self._rules.configured.profiles
        self._rules.apply(config, self._store.intents())
        if config.profiles != profiles:
            self.flight.retry(self._clock.now())
        if self.config.scenario != before:
            self._rules.announce(self.records, self._cache)
        self._observations.schedule.all_now()

    def read_directory(self, *, in_full: bool = False) -> None:
        """Read the directory at the next step."""
        self._readings.ask(in_full=in_full)

    def obey(self, order: Order) -> Reason:
        """Give or withdraw an intent now, and show it in the status; returns why not. The next cycle is due at once.

        Raises StoreError.
        """
        facts = OrderFacts(
            records=self.records,
            snapshot=self.flight.snapshot,
            config=self.config,
            now=self._clock.now(),
            desktops={} if self.status is None else self.status.desktops,
            demand=Demand() if self.status is None else self.status.demand,
            busy=self._written,
            room={} if self.status is None else {key: left.memory_mib for key, left in self.status.headroom.nodes.items()},
        )
        if isinstance(order, Intent) and order.kind is IntentKind.SURGE:
            return self._steer(order)
        order = with_whole_target(order, facts)
        refused = why_refused(order, facts) or self._intents.obey(order)
        self.board.take_intents(self._intents.in_force)
        self._observations.schedule.all_now()
        return refused

    def lend(self, order: LendingOrder) -> LendingAnswer:
        """Lend a desktop of a pool, or take it back, at once. Raises StoreError."""
        answer = self._lend_desk.obey(order)
        self.board.take_pools(self._lend_desk.pools(), self._lend_desk.refused)
        if not answer.ready and not answer.refused:
            self._observations.schedule.all_now()
        return answer

    def _steer(self, order: Intent) -> Reason:
        """Carry out an order about the surge, which is over with that."""
        refused = self._surge.obey(order, configured=self.proposed, in_force=self.config.scenario)
        self._rules.after_order()
        self.board.take_run(self._surge.run)
        self._observations.schedule.all_now()
        return refused

    @property
    def _written(self) -> frozenset[GuestKey]:
        """VMs that are being changed."""
        return frozenset(key for key, action in self.flight.executor.in_flight.items() if is_write(action))

    def drain(self) -> None:
        """Order nothing new from now on."""
        self._draining = True

    @property
    def answers_awaited(self) -> int:
        """Actions whose calls have not ended yet: draining waits for them."""
        return sum(work.answered_at is None for work in self.flight.executor.work.values())

    @property
    def at_rest(self) -> bool:
        """Whether no action, directory reading or observation is under way."""
        return not self.flight.executor.work and not self._readings.under_way and not self._observations.schedule.any_under_way

    @property
    def sessions_settled(self) -> bool:
        """Whether the sessions of every ready desktop were read after its agent had time to log on."""
        return self._cache.sessions_settled(first_s=self.config.pace.session_first_s)

    @property
    def records(self) -> Records:
        """The store's records and this life's facts, as planning sees them."""
        records = self._cache.records(self._intents.in_force, self._intents.rebuilding.since)
        return replace(records, roster=self._readings.roster, provisional=records.roster is None)

    # -- the loop's two halves -------------------------------------------------------------------------------------

    def commands(self) -> list[Command]:
        """The readings and observations that are due now."""
        if self._draining:
            return []
        now = self._clock.now()
        for _ in self._observations.late(now):
            self._publish_again(now)
        for overdue in executor.overdue(self.flight.executor, now, after_s=UNANSWERED_S):
            self.take_in(overdue)
        readings: list[Command] = [*self._readings.take_due(), *self._task_logs.take_due()]
        return [*readings, *self._observations.requests(self.config, now)]

    @property
    def wake_at(self) -> Instant:
        """When the next command is due, unless a completion arrives before."""
        if self._draining:
            return _FOREVER
        return self._observations.schedule.wake_at

    def take_in(self, completion: Completion) -> None:
        """Take in a completion. There are four cases:

        1. an observation waits for the next cycle;
        2. a reading of the directory is judged by the guard at once, and every cluster is observed if the demand may change;
        3. a failed task's log goes into the desktop's reason;
        4. the end of an action's call: its outcome is stored; a guest's report waits for the next cycle.
        """
        match completion.command:
            case Observe():
                if self._observations.take_in(completion, idle_s=self.config.pace.observe_idle_s):
                    self._publish_again(self._clock.now())
            case ReadDirectory():
                self._take_reading(completion)
            case ReadTaskLog():
                self._task_logs.ended()
                self._cache.take_log(completion.command.desktop, completion.answer)
            case _:
                self._take_answer(completion)

    def cycle(self) -> tuple[Action, ...]:
        """Decide from the observations since the last cycle; returns the actions to submit. Empty: no observation."""
        if self._observations.new or self._draining:
            self._cache.store_reports(self.config.budget, self.sessions.changed_counts())
        observed = self._observations.take_new()
        if not observed:
            return ()
        actions = self._cycle([completion.answer for completion in observed if isinstance(completion.answer, ClusterView)])
        change, now = self._surge.next_change, self._clock.now()
        self._observations.plan_next(observed, self.config, self.status, change=change, now=now)
        return actions

    def take_pushes(self, pushes: Iterable[tuple[Push, Instant]]) -> None:
        """Take in what desktops have sent by themselves, each with the time at which it was heard; the next cycle stores it."""
        self.sessions.pushed(pushes, self.config)

    def first_boot(self, push: Push, heard_at: Instant) -> FirstBootGrant | FirstBootWord:
        """Which first-boot data a desktop may have that asks for them; or why it gets none."""
        return answer_first_boot(push, heard_at, sessions=self.sessions, status=self.status, config=self.config)

    def _take_answer(self, completion: Completion) -> None:
        effects, command = self.flight.answered(completion), completion.command
        if isinstance(command, CheckGuest):
            effects = self.sessions.pulled(effects, source=command.profile.probe.value)
            if isinstance(completion.error, GuestUnknown) and completion.error.boot is not None:
                self.sessions.missed(command.desktop, completion.error.boot, completion.ended_at)
        self._cache.take(effects, self.config.budget)

    def _publish_again(self, now: Instant) -> None:
        """A cluster cannot be observed: no cycle will say so."""
        self.board.publish_again(now, self._paused(now))

    # -- the cycle -------------------------------------------------------------------------------------------------

    def _cycle(self, views: Sequence[ClusterView]) -> tuple[Action, ...]:
        """The steps of one cycle:

        1. take in the operator's intents: retries, rekeys, an accepted directory change;
        2. take in the observations: store what they change, end the actions whose result they show; judge a directory reading
           that waited for a store rebuild;
        3. demand: who should have which desktop now;
        4. survey: the phase of each desktop; then plan, and let the safety gate cut the plan;
        5. make the plan's changes durable; its actions are returned, to be submitted;
        6. end the intents that are fulfilled;
        7. survey again, and publish the status.
        """
        began = self._clock.now()
        self._take_up_intents(began)
        self._take_up_views(views, began)
        demand = self._demand(began)
        situation = self.flight.situation(self.config, self.records, demand, now=began)
        survey = self.surveyor.look(situation)
        self._report_changes_by_hand(survey)
        changed, room = survey.fresh, free_resources(situation, survey, closed_places(situation, survey))
        plan, blocked = self._pass_gate(make_plan(situation, survey, room), survey, situation)
        plan, actions = self._accept(plan, situation)
        self._finish(situation, survey, plan)
        inputs = self._status_inputs(blocked, began)
        self._publish(situation, plan, inputs, room=room, changed=changed)
        return actions

    def _take_up_intents(self, now: Instant) -> None:
        if self._intents.take_up(now):
            self.flight.retry(now)
        self._intents.reassign(self.records, busy=self._written)
        if self._rekeying.take_up(self._intents.in_force, rebuilding=self._intents.rebuilding.under_way):
            self._surge.roster_changed()
            self._readings.ask(in_full=True)
        self._readings.heed(self._intents.in_force)

    def _take_up_views(self, views: Sequence[ClusterView], now: Instant) -> None:
        self._store_views(views)
        for view in views:
            self._cache.apply(self.flight.settle(view, now), self.config.budget)
        self.sessions.purge(now)
        self._intents.rebuilding.note(observed_all=self._observations.complete, now=now)
        if not self._intents.rebuilding.under_way:
            self._rules.judge_waiting(self._intents.in_force)

    def _demand(self, now: Instant) -> Demand:
        self._surge.advance(now)
        records, readings = self.records, self.ceiling_readings()
        running = self._running_agents(records)
        demand = self._surge.demand(records, self.config, now, running=running, status=self.status, readings=readings)
        self._surge.note_gates(demand, now)
        return demand

    def _finish(self, situation: Situation, survey: Survey, plan: Plan) -> None:
        """End what is fulfilled: intents, a store rebuild, a run of the surge, lends."""
        demand, now = situation.demand, situation.now
        self._intents.finish(situation, survey, plan)
        if self._intents.finish_rebuilding(survey, now, settle_s=self.config.safety.rebuild_settle_s):
            self._surge.rebuild(self.config.scenario, now)
        self._surge.finish(survey, demand, now)
        self._lend_desk.follow(situation, survey)

    def _status_inputs(self, blocked: tuple[Reason, ...], began: Instant) -> StatusInputs:
        inputs = StatusInputs(
            paused=self._paused(began),
            blocked=blocked,
            directory_error=self._readings.error,
            directory_disagreements=self._readings.disagreements,
            directory_failing_servers=self._readings.failing_servers,
            directory_alternations=self._readings.alternations,
            cycle_seconds=self._clock.now() - began,
        )
        return self.board.with_others(inputs)

    def _publish(
        self,
        situation: Situation,
        plan: Plan,
        inputs: StatusInputs,
        *,
        room: FreeResources,
        changed: Set[DesktopName] | None,
    ) -> None:
        """Survey again, after the orders, and publish the status. `changed`: by the first survey; None: perhaps all."""
        now = replace(situation, in_flight=self.flight.executor.in_flight, records=self.records)
        survey = self.surveyor.look(now)
        self._lend_desk.note(now, survey)
        self._report_changes_by_hand(survey)
        self.flight.absent = frozenset(desktop.key for desktop in absent_in(now, survey))
        changed = None if changed is None or survey.fresh is None else changed | survey.fresh
        status = self.board.build(now, survey, plan, inputs, room=room, changed=changed)
        self.sessions.follow(status, self.config)
        self.board.publish(self.sessions.figures(status.at), self._lend_desk.refused)

    def _running_agents(self, records: Records) -> frozenset[AgentId]:
        """Agents whose desktop's VM is on. Nobody asks, unless the run is known from notes alone."""
        if records.surge is None or not records.surge.rebuilt:
            return frozenset()
        guests = ((desktop.agent_id, self.flight.snapshot.guest(desktop.key)) for desktop in records.reservations)
        return frozenset(
            agent for agent, guest in guests if agent is not None and guest is not None and guest.power is Power.RUNNING
        )

    def _report_changes_by_hand(self, survey: Survey) -> None:
        for name, before in sorted(survey.by_hand.items()):
            phase, why = survey.phases[name]
            self._events.notice(f"desktop {name}", f"changed by hand: it was {before}, and is {phase} now: {why}")

    def _store_views(self, views: Sequence[ClusterView]) -> None:
        """Store what the views change: reports and proofs that are void, desktops that are gone."""
        records, in_flight = self.records, self.flight.executor.in_flight
        clusters = {**self.flight.snapshot.clusters, **{view.cluster: view for view in views}}
        among = self.surveyor.worth_a_look(records, clusters, in_flight)
        installation, proved = self.config.installation, self._cache.proved
        self._cache.commit(view_changes(views, records, in_flight, installation=installation, proved=proved, among=among))

    def _pass_gate(self, plan: Plan, survey: Survey, situation: Situation) -> tuple[Plan, tuple[Reason, ...]]:
        paused = self._paused(situation.now)
        trials = {cluster: action for cluster, action in self.flight.trials.items() if cluster not in paused}
        circumstances = circumstances_of(situation, survey, paused=paused, trials=trials)
        verdict = judge_plan(plan, circumstances, self.config.safety)
        return verdict.plan, verdict.blocked

    def _accept(self, plan: Plan, situation: Situation) -> tuple[Plan, tuple[Action, ...]]:
        """The plan as it is ordered, and the actions to submit, once the reservations are durable.

        None while draining, or after a conflict in the store.
        """
        accepted, actions = executor.accept(self.flight.executor, plan, situation.now)
        if self._draining:
            return replace(plan, actions=()), ()
        try:
            self._cache.commit(order_changes(plan, actions, situation.records, situation.now))
        except ReservationConflict as conflict:
            self._events.notice("store", f"nothing was ordered in this cycle: {conflict}")
            return replace(plan, actions=()), ()
        self.flight.executor = accepted
        return executor.as_ordered(plan, actions), actions

    def _paused(self, now: Instant) -> dict[ClusterId, Reason]:
        """Clusters on which nothing is written, and why."""
        return self._observations.paused(now, self.store_fault)

    # -- readings of the directory, outcomes ---------------------------------------------------------------------------

    def _take_reading(self, completion: Completion) -> None:
        if self._rules.take_reading(completion, self._intents.in_force, rebuilding=self._intents.rebuilding.under_way):
            self._observations.schedule.all_now()

    def _record_outcome(self, outcome: Outcome) -> None:
        """Measure a boot that has ended; have the log of a failed task read."""
        if outcome.action == JournalWord.READY:
            record_boot(self.flight, outcome, self._cache.state.desktops, self.surveyor.starting, self.config.profiles)
        self._task_logs.note(outcome)
