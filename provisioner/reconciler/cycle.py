"""One cycle: observe → absorb → desire → plan → judge → hand to the executor → report. Owned by one thread.

It is level-triggered: each cycle decides from what Proxmox VE is, plus what is in flight.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace

from provisioner.errors import ReservationConflict
from provisioner.execution import executor
from provisioner.execution.order_changes import order_changes
from provisioner.execution.view_changes import view_changes
from provisioner.model.actions import Action, Outcome, Plan
from provisioner.model.cluster import ClusterView
from provisioner.model.commands import Command, Completion, Observe, ReadDirectory, ReadTaskLog
from provisioner.model.ids import ClusterId, Instant
from provisioner.model.records import Records
from provisioner.model.seats import seat_of
from provisioner.model.site_config import SiteConfig
from provisioner.model.status import Status
from provisioner.model.words import JournalWord
from provisioner.pacing.boot_samples import Boot
from provisioner.planning.inputs import Situation, node_of
from provisioner.planning.report.status import StatusInputs, build_status
from provisioner.planning.safety import circumstances_of, judge_plan
from provisioner.planning.steps.planner import make_plan
from provisioner.planning.survey.absent import absent_in
from provisioner.planning.survey.closures import closed_places
from provisioner.planning.survey.survey import Survey, free_resources
from provisioner.planning.survey.surveyor import Surveyor
from provisioner.ports import Clock, Events, Store
from provisioner.reasons.reason import NONE, Reason
from provisioner.reconciler.durable_state import RecordCache
from provisioner.reconciler.in_flight import InFlight
from provisioner.reconciler.observation_schedule import UNANSWERED_S, ObservationSchedule, in_time, period
from provisioner.reconciler.operator_intents import OperatorIntents
from provisioner.reconciler.rekeying import Rekeying
from provisioner.reconciler.roster_readings import RosterReadings
from provisioner.reconciler.surge import Surge
from provisioner.reconciler.task_logs import TaskLogs

_FOREVER = float("inf")


class Reconciler:
    """All state of the control loop, changed by one thread alone."""

    def __init__(
        self,
        config: SiteConfig,
        *,
        store: Store,
        clock: Clock,
        events: Events,
        frozen_by_file: Callable[[], bool] = lambda: False,
    ) -> None:
        self.config = self._configured = config
        """In force: what is configured, but for entitlements and a scenario by which too many would leave."""
        self.status: Status | None = None
        self.flight = InFlight(installation=config.installation, events=events)
        self._clock, self._events = clock, events
        self._post_mortems = TaskLogs()
        self.surveyor = Surveyor()
        """The tests put one here that doubts what it says."""
        self._books = RecordCache(store=store, clock=clock, events=events, ended=self._ended)
        self._standing = OperatorIntents(self._books, store=store, clock=clock, events=events, frozen_by_file=frozen_by_file)
        self._surge, self._store = Surge(store), store
        self._fresh: list[tuple[Completion, ClusterView]] = []
        """Observations that no cycle has decided from yet."""
        self._asked: dict[ClusterId, Observe] = {}
        """The question under way, or the last one, of each cluster."""
        self._watches = ObservationSchedule(config.naming.vmids)
        self._readings = RosterReadings(self._books, store=store, clock=clock, events=events)
        self._rekeying = Rekeying(self._books, store=store, clock=clock, events=events)
        self._draining = False
        self.store_fault = NONE
        """Why what is kept is not to be relied on; empty: it is. Any thread may set it."""

    def open(self) -> None:
        """Own the store and take up what it keeps; raises StoreError."""
        self._books.open(self._configured.budget)
        self._standing.rebuilding.under_way = not self._books.kept.baseline_accepted
        self._take_up(self._configured)

    def follow(self, config: SiteConfig) -> None:
        """Take up a changed configuration; what is in flight goes on. The installation and the clusters cannot change.

        Who loses or gains a desktop by it is judged like a change of the directory.
        """
        before = self.config.scenario
        self._take_up(config)
        if self.config.scenario != before:
            self._tell_of_the_scenario()
        self._watches.all_now()

    def _take_up(self, config: SiteConfig) -> None:
        self._configured = config
        self.config = self._readings.judge_rules(config, self._store.intents())
        self._surge.begin(self.config.scenario.name, self._clock.now())

    def _tell_of_the_scenario(self) -> None:
        demand = self._surge.demand(self.records, self.config, self._clock.now())
        has = len(demand.wants.keys() & set(map(seat_of, self._books.records().served)))
        text = (
            f"scenario '{self.config.scenario.name}' is in force: {has} people who have a desktop keep it, "
            f"{len(demand.wants) - has} more are wanted now, {len(demand.not_wanted) + len(demand.ahead)} not yet or not at all"
        )
        self._events.notice("scenario", text)

    def read_directory(self, *, in_full: bool = False) -> None:
        """Have the directory read with the next step."""
        self._readings.ask(in_full=in_full)

    def drain(self) -> None:
        """Order nothing new."""
        self._draining = True

    @property
    def answers_awaited(self) -> int:
        """Writes whose calls have not ended yet: what draining waits for."""
        return sum(one.answered_at is None for one in self.flight.executor.work.values())

    @property
    def at_rest(self) -> bool:
        """Whether nothing was asked of anybody that is still to be answered or seen."""
        return not self.flight.executor.work and not self._readings.under_way and not self._watches.looking

    @property
    def sessions_settled(self) -> bool:
        """Whether every ready desktop has been asked for its sessions since the agents had time to log on."""
        return self._books.sessions_settled(first_s=self.config.pace.session_first_s)

    @property
    def records(self) -> Records:
        """What is kept, as planning sees it."""
        kept = self._books.records(self._standing.intents, self._standing.rebuilding.since)
        return replace(kept, roster=self._readings.roster, provisional=kept.roster is None)

    # -- the loop's two halves -------------------------------------------------------------------------------------

    def commands(self) -> list[Command]:
        """What is due now."""
        if self._draining:
            return []
        now = self._clock.now()
        for cluster, words in self._watches.take_late(now):
            self._observation_failed(cluster, words)
        for overdue in executor.overdue(self.flight.executor, now, after_s=UNANSWERED_S):
            self.take_in(overdue)
        due: list[Command] = [*self._readings.take_due()]
        due += self._post_mortems.take_due()
        config = self.config
        looks = [self.flight.observation(cluster, config, now) for cluster in self._watches.take_due(now)]
        self._asked |= {look.cluster: look for look in looks}
        return [*due, *looks]

    @property
    def wake_at(self) -> Instant:
        """When something is due next, if nothing ends before."""
        if self._draining:
            return _FOREVER
        return self._watches.wake_at

    def take_in(self, completion: Completion) -> None:
        """Take in what ended. What was observed is kept for the next cycle."""
        match completion.command:
            case Observe():
                self._observed(completion)
            case ReadDirectory():
                self._directory_was_read(completion)
            case ReadTaskLog():
                self._post_mortems.ended()
                self._books.take_log(completion.command.desktop, completion.answer)
            case _:
                self._books.take(self.flight.answered(completion), self.config.budget)

    def cycle(self) -> tuple[Action, ...]:
        """Decide from what was observed since the last one; the orders come back, to be submitted. Empty: no observation."""
        if self._fresh or self._draining:
            self._books.keep_reports(self.config.budget)
        if not self._fresh:
            return ()
        fresh, self._fresh = self._fresh, []
        orders = self._cycle([view for _, view in fresh])
        pace, now = self.config.pace, self._clock.now()
        pause = period(self.flight.executor.in_flight.values(), self.status, pace)
        for completion, view in fresh:
            due_at = in_time(completion.started_at, pause, change=self._surge.next_change, now=now, pace=pace)
            self._watches.ended(view.cluster, due_at=due_at)
        return orders

    # -- observation -----------------------------------------------------------------------------------------------

    def _observed(self, completion: Completion) -> None:
        assert isinstance(completion.command, Observe)
        cluster = completion.command.cluster
        if self._asked.get(cluster) is not completion.command:
            return  # the answer to a question that was given up
        if not isinstance(completion.answer, ClusterView):
            self._watches.ended(cluster, due_at=completion.ended_at + self.config.pace.observe_idle_s)
            self._observation_failed(cluster, str(completion.error) if completion.error else "no answer")
            return
        if self._watches.says(cluster, ""):
            self._events.notice(f"cluster {cluster}", "observed again")
        self._fresh.append((completion, completion.answer))

    def _observation_failed(self, cluster: ClusterId, error: str) -> None:
        if self._watches.says(cluster, error):
            self._events.notice(f"cluster {cluster}", f"cannot be observed, nothing is ordered meanwhile: {error}")
        self.flight.unseen(cluster)
        # The loop lives and knows no better: what it last saw, told anew, keeps it from looking dead.
        now = self._clock.now()
        if self.status is not None:
            self.status = replace(self.status, at=now, moved=frozenset(), paused=self._paused(now))
        self._events.status(self.status or Status(at=now, paused=self._paused(now)))

    # -- the cycle -------------------------------------------------------------------------------------------------

    def _cycle(self, views: Sequence[ClusterView]) -> tuple[Action, ...]:
        began = self._clock.now()
        if self._standing.take_up(began):
            self.flight.retry(began)
        if self._rekeying.take_up(self._standing.intents, rebuilding=self._standing.rebuilding.under_way):
            self._surge.roster_changed()
            self._readings.ask(in_full=True)
        self._readings.heed(self._standing.intents, began)
        config = self.config
        self._look_at(views)
        for view in views:
            self._books.apply(self.flight.settle(view, began), config.budget)
        observed_all = self._watches.of.keys() <= self.flight.snapshot.clusters.keys()
        self._standing.rebuilding.note(observed_all=observed_all, now=began)
        records = self.records
        demand = self._surge.demand(records, self.config, began)
        situation = self.flight.situation(self.config, records, demand, now=began)
        seen = self.surveyor.look(situation)
        self._tell_of_hands(seen)
        fresh, room = seen.fresh, free_resources(situation, seen, closed_places(situation, seen))
        plan, blocked = self._judged(make_plan(situation, seen, room), seen, situation)
        orders = self._order(plan, situation)
        self._standing.finish_stops(seen)
        self._standing.finish_rebuilding(seen, began, settle_s=self.config.safety.rebuild_settle_s)
        self._judge_what_waited()
        told = StatusInputs(
            paused=self._paused(began),
            blocked=blocked,
            directory_error=self._readings.error,
            directory_disagreements=self._readings.disagreements,
            directory_failing_servers=self._readings.failing_servers,
            directory_alternations=self._readings.alternations,
            cycle_seconds=self._clock.now() - began,
        )
        now = replace(situation, in_flight=self.flight.executor.in_flight, records=self.records)
        seen = self.surveyor.look(now)
        self._tell_of_hands(seen)
        self.flight.absent = frozenset(one.key for one in absent_in(now, seen))
        changed = None if fresh is None or seen.fresh is None else fresh | seen.fresh
        self.status = build_status(now, seen, plan, told, room=room, before=self.status, changed=changed)
        self._events.status(self.status)
        return orders

    def _tell_of_hands(self, seen: Survey) -> None:
        for name, before in sorted(seen.by_hand.items()):
            phase, why = seen.phases[name]
            self._events.notice(f"desktop {name}", f"changed by hand: it was {before}, and is {phase} now: {why}")

    def _look_at(self, views: Sequence[ClusterView]) -> None:
        """What the views make void."""
        records, flying = self.records, self.flight.executor.in_flight
        clusters = {**self.flight.snapshot.clusters, **{view.cluster: view for view in views}}
        among = self.surveyor.worth_a_look(records, clusters, flying)
        installation, proved = self.config.installation, self._books.proved
        self._books.commit(view_changes(views, records, flying, installation=installation, proved=proved, among=among))

    def _judged(self, plan: Plan, seen: Survey, situation: Situation) -> tuple[Plan, tuple[Reason, ...]]:
        paused = self._paused(situation.now)
        trials = {one: why for one, why in self.flight.trials.items() if one not in paused}
        circumstances = circumstances_of(situation, seen, paused=paused, trials=trials)
        judgement = judge_plan(plan, circumstances, self.config.safety)
        return judgement.plan, judgement.blocked

    def _order(self, plan: Plan, situation: Situation) -> tuple[Action, ...]:
        taken, orders = executor.accept(self.flight.executor, plan, situation.now)
        if self._draining:
            return ()
        try:
            self._books.commit(order_changes(plan, orders, situation.records, situation.now))
        except ReservationConflict as conflict:
            self._events.notice("store", f"nothing was ordered in this cycle: {conflict}")
            return ()
        self.flight.executor = taken
        return orders

    def _paused(self, now: Instant) -> dict[ClusterId, Reason]:
        """Clusters on which nothing is written: all without a sound store, those that said so, those not seen."""
        if self.store_fault:
            return dict.fromkeys(self._watches.of, self.store_fault)
        return self._watches.unseen | self.flight.executor.paused(now)

    # -- what came of it -----------------------------------------------------------------------------------------------

    def _directory_was_read(self, completion: Completion) -> None:
        rebuilding = self._standing.rebuilding.under_way
        if self._readings.take_in(completion, self._configured, self._standing.intents, rebuilding=rebuilding):
            self._who_is_wanted_has_changed()
            self._watches.all_now()

    def _judge_what_waited(self) -> None:
        """With a lost store a reading is compared with the desktops, once all of them are known."""
        if not self._standing.rebuilding.under_way and self._readings.judge(self._configured, self._standing.intents):
            self._who_is_wanted_has_changed()

    def _who_is_wanted_has_changed(self) -> None:
        """By another roster, or by rules that were let through with it."""
        before, self.config = self.config.scenario, self._readings.in_force(self._configured)
        if self.config.scenario != before:
            self._surge.begin(self.config.scenario.name, self._clock.now())
        self._surge.roster_changed()

    def _ended(self, outcome: Outcome) -> None:
        """What an outcome tells besides what is kept of it."""
        if outcome.action == JournalWord.READY:
            node = node_of(self._books.kept.desktops[outcome.desktop].reservation, self.flight.snapshot)
            self.flight.meter.record_boot(node, Boot(began_at=outcome.started_at, ready_at=outcome.ended_at))
        self._post_mortems.note(outcome)
