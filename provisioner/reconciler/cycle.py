"""One cycle: decides from the current observations and the actions in flight."""

from collections.abc import Sequence, Set
from dataclasses import replace
from functools import partial

from provisioner.errors import ReservationConflict
from provisioner.execution import executor
from provisioner.execution.order_changes import hastened_changes, order_changes
from provisioner.execution.view_changes import view_changes
from provisioner.model.actions import Action, Plan
from provisioner.model.demand import Demand
from provisioner.model.ids import AgentId, DesktopName, Instant
from provisioner.model.kept.records import Records
from provisioner.model.machines.cluster import ClusterView, Power
from provisioner.model.status import Status
from provisioner.planning.autoscale.rounds import as_it_is, autoscale_round
from provisioner.planning.demand.pools import Plans
from provisioner.planning.inputs import Situation
from provisioner.planning.orders import runs
from provisioner.planning.placement.resources import FreeResources
from provisioner.planning.report.status import StatusInputs
from provisioner.planning.safety import circumstances_of, judge_plan
from provisioner.planning.steps.planner import make_plan
from provisioner.planning.survey.absent import asked_about
from provisioner.planning.survey.closures import closed_places
from provisioner.planning.survey.start_up import start_up_s
from provisioner.planning.survey.survey import Survey, free_resources
from provisioner.ports import Changes
from provisioner.reasons.reason import Reason
from provisioner.reconciler.parts import LoopState
from provisioner.sessions.evidence import known_otherwise


class Cycle:
    """The steps of one cycle."""

    def __init__(self, parts: LoopState) -> None:
        self._parts = parts

    def decide(self, views: Sequence[ClusterView]) -> tuple[Action, ...]:
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
        began = self._parts.clock.now()
        self._take_up_intents(began)
        self._take_up_views(views, began)
        demand = self._demand(began)
        situation = self._parts.flight.situation(self._parts.config, self._parts.records, demand, now=began)
        situation = replace(situation, in_use=known_otherwise(self._parts.board.parts, began))
        survey = self._parts.surveyor.look(situation)
        self._report_changes_by_hand(survey)
        changed, room = survey.fresh, free_resources(situation, survey, closed_places(situation, survey))
        plan, blocked = self._pass_gate(make_plan(situation, survey, room), survey, situation)
        plan, actions = self._accept(plan, situation)
        self._parts.reading_queue.fill(plan.readings, situation.limits.answers_s)
        self._finish(situation, survey, plan)
        inputs = self._status_inputs(blocked, began)
        self._publish(situation, plan, inputs, room=room, changed=changed)
        return actions

    def show_again(self) -> None:
        """A cluster cannot be observed: show what is so by now, what rests on no cluster and what has become too old as well.

        Nothing is ordered: the time of the plan is that of the last cycle. As long as another cluster is observed, a cycle says
        it soon.
        """
        now, before = self._parts.clock.now(), self._parts.board.status
        paused = self._parts.paused(now)
        if before is None or before.planned_at is None:
            known = self._parts.readings.roster is not None
            self._parts.board.publish_unobserved(self._parts.records, self._status_inputs((), now), at=now, people_known=known)
        elif self._parts.observations.schedule.clusters.keys() <= paused.keys():
            self._show_unobserved(before, now)
        else:
            self._parts.board.publish_again(now, paused)

    def _show_unobserved(self, before: Status, now: Instant) -> None:
        """No action passes the gate while its cluster is paused: what each desktop waits for is in the plan."""
        situation = self._parts.flight.situation(self._parts.config, self._parts.records, before.demand, now=now)
        survey = self._parts.surveyor.look(situation)
        room = free_resources(situation, survey, closed_places(situation, survey))
        plan, blocked = self._pass_gate(make_plan(situation, survey, room), survey, situation)
        inputs = replace(self._status_inputs(blocked, now), planned_at=before.planned_at)
        self._publish(situation, plan, inputs, room=room, changed=survey.fresh)

    def _take_up_intents(self, now: Instant) -> None:
        if self._parts.intents.take_up(now):
            self._parts.flight.retry(now)
        records = self._parts.records
        if names := self._parts.hastening.take_up(self._parts.intents.in_force, records, self._parts.flight.snapshot):
            self._parts.cache.commit(hastened_changes(names, records, now))
        self._parts.intents.reassign(self._parts.records, busy=self._parts.written)
        self._parts.intents.restore(self._parts.records)
        others, rebuilding = self._parts.readings.others, self._parts.intents.rebuilding.under_way
        if self._parts.rekeying.take_up(self._parts.intents.in_force, rebuilding=rebuilding, others=others):
            self._parts.surge.roster_changed()
            self._parts.readings.ask(in_full=True)
        self._parts.readings.heed(self._parts.intents.in_force)

    def _take_up_views(self, views: Sequence[ClusterView], now: Instant) -> None:
        views = [self._parts.flight.with_answers(view) for view in views]
        self._store_views(views)
        for view in views:
            self._parts.cache.apply(self._parts.flight.settle(view, now), self._parts.config.budget)
        self._parts.sessions.purge(now)
        self._note_rebuild(now)
        if not self._parts.intents.rebuilding.under_way:
            self._parts.rules.judge_waiting(self._parts.intents.in_force)

    def _note_rebuild(self, now: Instant) -> None:
        rebuilding, began = self._parts.intents.rebuilding, self._parts.cache.state.rebuild_began
        rebuilding.note(observed_all=self._parts.observations.complete, now=now, began=began)
        if rebuilding.since is not None and began is None:
            self._parts.cache.commit(Changes(rebuild_began=rebuilding.since))

    def _demand(self, now: Instant) -> Demand:
        """Fenced: a run under which it cannot be worked out who is wanted costs itself. Raises StoreError."""
        with self._parts.around_the_run():
            return self._demand_now(now)
        return self._demand_now(now)

    def _demand_now(self, now: Instant) -> Demand:
        surge = self._parts.surge
        surge.keep(runs.by_time(surge.run, now))
        records, status = self._parts.records, self._parts.board.status
        running, readings = self._running_agents(records), self._parts.ceiling_readings()
        plans = self._pool_plans(records)
        demand = surge.demand(
            records,
            self._parts.config,
            now,
            running=running,
            status=status,
            readings=readings,
            plans=plans,
            by_deadline=self._parts.board.waves.order.in_force,
        )
        surge.keep(runs.by_gates(surge.run, demand, now))
        return demand

    def _pool_plans(self, records: Records) -> Plans:
        """Of the pools that follow their people: first kept, then wanted. Raises StoreError."""
        desk, pools, before = self._parts.lend_desk, self._parts.config.desktop_pools, self._parts.autoscale
        if desk.has_facts and pools:
            facts = desk.facts()
            arrivals = {name: self._parts.arrivals.of(name, facts.now) for name in pools}
            decided = autoscale_round(before, pools, facts, arrivals)
        else:
            decided = as_it_is(before, pools, records)
        self._parts.cache.commit(Changes(entries=decided.entries))
        self._parts.autoscale = decided
        return decided.plans

    def _finish(self, situation: Situation, survey: Survey, plan: Plan) -> None:
        """End what is fulfilled: intents, a store rebuild, a run of the surge, lends."""
        demand, now, surge = situation.demand, situation.now, self._parts.surge
        self._parts.intents.finish(situation, survey, plan)
        if self._parts.intents.finish_rebuilding(survey, now, settle_s=self._parts.config.safety.rebuild_settle_s):
            surge.keep(runs.rebuilt(surge.run, self._parts.config.scenario, self._parts.records.reservations, now))
        surge.keep(runs.when_done(surge.run, survey, demand, self._parts.cache.state.desktops, now))
        surge.resting.measure(now, partial(start_up_s, situation, survey))
        self._parts.lend_desk.follow(situation, survey)

    def _status_inputs(self, blocked: tuple[Reason, ...], began: Instant) -> StatusInputs:
        inputs = StatusInputs(
            paused=self._parts.paused(began),
            blocked=blocked,
            directory_error=self._parts.readings.error,
            directory_tried_at=self._parts.readings.tried_at,
            directory_disagreements=self._parts.readings.disagreements,
            directory_failing_servers=self._parts.readings.failing_servers,
            directory_alternations=self._parts.readings.alternations,
            set_aside=self._parts.intents.fence.shown(began),
            cycle_seconds=self._parts.clock.now() - began,
        )
        return self._parts.board.with_others(inputs)

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
        now = replace(situation, in_flight=self._parts.flight.executor.in_flight, records=self._parts.records)
        survey = self._parts.surveyor.look(now)
        self._parts.lend_desk.note(now, survey)
        self._report_changes_by_hand(survey)
        self._parts.flight.absent = frozenset(asked_about(now, survey))
        changed = None if changed is None or survey.fresh is None else changed | survey.fresh
        status = self._parts.board.build(now, survey, plan, inputs, room=room, changed=changed)
        self._parts.sessions.take_news()
        self._parts.sessions.follow(status, self._parts.config)
        self._parts.board.publish(
            self._parts.sessions.figures(status.at),
            self._parts.lend_desk.refused,
            self._parts.lend_desk.grants,
            pools=self._parts.lend_desk.pools(),
            autoscale=self._parts.autoscale.states,
            rotation=self._parts.lend_desk.rotation,
        )

    def _running_agents(self, records: Records) -> frozenset[AgentId]:
        """Agents whose desktop's VM is on, if the run asks for them."""
        if records.surge is None or not records.surge.asks_what_is_on:
            return frozenset()
        guests = ((desktop.agent_id, self._parts.flight.snapshot.guest(desktop.key)) for desktop in records.reservations)
        return frozenset(
            agent for agent, guest in guests if agent is not None and guest is not None and guest.power is Power.RUNNING
        )

    def _report_changes_by_hand(self, survey: Survey) -> None:
        for name, before in sorted(survey.by_hand.items()):
            phase, why = survey.phases[name]
            self._parts.events.notice(f"desktop {name}", f"changed by hand: it was {before}, and is {phase} now: {why}")

    def _store_views(self, views: Sequence[ClusterView]) -> None:
        """Store what the views change: reports and proofs that are void, desktops that are gone."""
        records, in_flight = self._parts.records, self._parts.flight.executor.in_flight
        clusters = {**self._parts.flight.snapshot.clusters, **{view.cluster: view for view in views}}
        among = self._parts.surveyor.worth_a_look(records, clusters, in_flight)
        installation, proved = self._parts.config.installation, self._parts.cache.proved
        self._parts.cache.commit(view_changes(views, records, in_flight, installation=installation, proved=proved, among=among))

    def _pass_gate(self, plan: Plan, survey: Survey, situation: Situation) -> tuple[Plan, tuple[Reason, ...]]:
        paused = self._parts.paused(situation.now)
        trials = {cluster: action for cluster, action in self._parts.flight.trials.items() if cluster not in paused}
        circumstances = circumstances_of(situation, survey, paused=paused, trials=trials, until=self._parts.flight.tried_at)
        verdict = judge_plan(plan, circumstances, self._parts.config.safety)
        return verdict.plan, verdict.blocked

    def _accept(self, plan: Plan, situation: Situation) -> tuple[Plan, tuple[Action, ...]]:
        """The plan as it is ordered, and the actions to submit, once the reservations are durable.

        None while draining, or after a conflict in the store.
        """
        accepted, actions = executor.accept(self._parts.flight.executor, plan, situation.now)
        if self._parts.draining:
            return replace(plan, actions=()), ()
        try:
            self._parts.cache.commit(order_changes(plan, actions, situation.records, situation.now))
        except ReservationConflict as conflict:
            self._parts.events.notice("store", f"nothing was ordered in this cycle: {conflict}")
            return replace(plan, actions=()), ()
        self._parts.flight.executor = accepted
        return executor.as_ordered(plan, actions), actions


__all__ = ["Cycle"]
