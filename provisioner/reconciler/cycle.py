"""One cycle: observe → absorb → desire → plan → judge → hand to the executor → report. Owned by one thread.

It is level-triggered: each cycle decides from what Proxmox VE is, plus what is in flight.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace

from provisioner.errors import BasculeError, ReservationConflict
from provisioner.execution import bookkeeping, executor
from provisioner.execution.executor import Effects, Executor
from provisioner.ledger import Kept
from provisioner.model.actions import Action, Clone, Configure, Delete, Plan, Start, Stop
from provisioner.model.agents import Roster
from provisioner.model.boots import Boot
from provisioner.model.cluster import ClusterView, Snapshot
from provisioner.model.demand import Demand
from provisioner.model.ids import ClusterId, DesktopName, Instant, LockDomain, NodeName
from provisioner.model.intents import Intent, IntentKind, standing
from provisioner.model.memory import Memory
from provisioner.model.orders import Command, Completion, Observe, ReadDirectory, ReadTaskLog
from provisioner.model.picture import Picture
from provisioner.planning.api import node_asked
from provisioner.planning.demand import demand_of
from provisioner.planning.numbering import in_range
from provisioner.planning.picturing import Told, picture_of
from provisioner.planning.placement import node_of
from provisioner.planning.planner import make_plan
from provisioner.planning.safety import circumstances_of, judge
from provisioner.planning.situation import Situation, Survey, resurvey, room_of, survey
from provisioner.ports import Changes, Clock, Events, Store
from provisioner.pve.faults import error_for_task
from provisioner.reconciler.absences import Absences
from provisioner.reconciler.measuring import Meter
from provisioner.reconciler.order import Order
from provisioner.reconciler.post_mortem import PostMortems
from provisioner.reconciler.rebuilding import Rebuilding
from provisioner.reconciler.surge import begin_surge
from provisioner.reconciler.watching import Watch, Watches, period

_FOREVER = float("inf")
_WATCHED_S = 25.0
"""A failed observation or two: nobody finds a VM gone, and makes another under its number, in less."""
_TASKS_OF_S = 6 * 3600.0
"""How far back task lists are read when something is puzzling: no clone or start of ours takes longer."""


class Reconciler:
    """All state of the control loop, changed by one thread alone."""

    def __init__(
        self, order: Order, *, store: Store, clock: Clock, events: Events, frozen_by_file: Callable[[], bool] = lambda: False
    ) -> None:
        self.order = order
        self.picture: Picture | None = None
        self._absences = Absences()
        self._post_mortems = PostMortems()
        self.meter = Meter()
        """The benchmark puts one of fixed limits here, to find the best of them in hindsight."""
        self._store, self._clock, self._events = store, clock, events
        self._frozen_by_file = frozen_by_file
        self._kept = Kept()
        self._checked: dict[DesktopName, Instant] = {}
        self._blind: set[ClusterId] = set()
        """Clusters of which an observation has failed since the last one that came in."""
        self._inherited: frozenset[DesktopName] = frozenset()
        self._proved: dict[DesktopName, Instant] = {}
        self._executor = Executor(installation=order.policy.installation)
        self._snapshot = Snapshot()
        self._fresh: list[tuple[Completion, ClusterView]] = []
        """Observations that no cycle has decided from yet."""
        self._unkept: list[Effects] = []
        """Reports that are not kept yet; a daemon that is killed meanwhile asks again."""
        self._watches = Watches(order.policy.naming.vmids)
        self._directory_due = True
        self._reading_directory = False
        self._directory_error = ""
        self._began_at: Instant | None = None
        self._demand: Demand | None = None
        self._intents: tuple[Intent, ...] = ()
        self._frozen_since: Instant | None = None
        self._rebuilding = Rebuilding()
        self._draining = False

    def open(self) -> None:
        """Own the store and take up what it keeps; raises StoreError."""
        self._store.claim()
        memory = self._store.load()
        self._kept = Kept(
            reservations=dict(memory.reservations),
            reports=dict(memory.reports),
            started=dict(memory.started),
            attempts=dict(memory.attempts),
            assignments=dict(memory.assignments),
            superseded=dict(memory.superseded),
            retired=dict.fromkeys(memory.retired, "retired before"),
            roster=memory.roster,
            baseline_accepted=memory.baseline_accepted,
        )
        self._inherited = frozenset(name for name, one in memory.reservations.items() if not one.proven)
        self._rebuilding.under_way = not memory.baseline_accepted
        self._begin_surge()

    def follow(self, order: Order) -> None:
        """Take up a changed configuration; what is in flight goes on. The installation and the clusters cannot change."""
        self.order = order
        self._begin_surge()
        self._watches.all_now()

    def read_directory(self) -> None:
        """Have the directory read with the next step."""
        self._directory_due = True

    def drain(self) -> None:
        """Order nothing new."""
        self._draining = True

    @property
    def answers_awaited(self) -> int:
        """Writes whose calls have not ended yet: what draining waits for."""
        return sum(one.answered_at is None for one in self._executor.work.values())

    @property
    def at_rest(self) -> bool:
        """Whether nothing was asked of anybody that is still to be answered or seen."""
        looking = any(one.under_way for one in self._watches.of.values())
        return not self._executor.work and not self._reading_directory and not looking

    @property
    def sessions_settled(self) -> bool:
        """Whether every ready desktop has been asked for its sessions since the agents had time to log on."""
        first = self.order.policy.pace.session_first_s
        reports = self._kept.reports.values()
        return bool(reports) and all(one.read_at >= (one.ready_at or one.read_at) + first for one in reports)

    @property
    def memory(self) -> Memory:
        """What is kept, as planning sees it."""
        kept = self._kept.memory(self._intents)
        return replace(kept, checked=self._checked, rebuilt_since=self._rebuilding.since, inherited=self._inherited)

    # -- the loop's two halves -------------------------------------------------------------------------------------

    def commands(self) -> list[Command]:
        """What is due now."""
        if self._draining:
            return []
        now = self._clock.now()
        due: list[Command] = []
        if self._directory_due and not self._reading_directory:
            self._directory_due, self._reading_directory = False, True
            due.append(ReadDirectory())
        due += self._post_mortems.take_due()
        due += [self._observation(cluster, now) for cluster in self._watches.take_due(now, self.order.policy.pace)]
        return due

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
                self._log_was_read(completion.command.desktop, completion.answer)
            case _:
                before = self._executor
                self._executor, effects = executor.absorb(before, completion)
                self._time(completion)
                self._tell_of_storages(before)
                self._take(effects)

    def _time(self, completion: Completion) -> None:
        """Writes tell how fast a node answers; what a guest takes for its own answer is not the node's doing."""
        action = completion.command
        if isinstance(action, Clone | Configure | Start | Stop | Delete) and (node := node_asked(action)):
            self.meter.answered(node, max(0.0, completion.ended_at - completion.started_at))

    def cycle(self) -> tuple[Action, ...]:
        """Decide from what was observed since the last one; the orders come back, to be submitted. Empty: no observation."""
        if self._fresh or self._draining:
            self._keep_reports()
        if not self._fresh:
            return ()
        fresh, self._fresh = self._fresh, []
        orders = self._cycle([view for _, view in fresh])
        pause = period(self._executor.in_flight.values(), self.picture, self.order.policy.pace)
        for completion, view in fresh:
            watch = self._watches.of[view.cluster]
            watch.under_way, watch.due_at = False, self._in_time(completion.started_at, pause)
        return orders

    def _in_time(self, looked_at: Instant, pause: float) -> Instant:
        """When to look again: a batch that opens meanwhile, or a preparation that begins, is not left waiting for the pause."""
        change = self._demand.next_change if self._demand else None
        due = looked_at + pause
        if change is None or change <= self._clock.now():
            return due
        return min(due, max(change, looked_at + self.order.policy.pace.observe_cloning_s))

    def absorb(self, completion: Completion) -> list[Command]:
        """Take in what ended, and decide at once if it was an observation."""
        self.take_in(completion)
        self._keep_reports()
        return list(self.cycle())

    # -- observation -----------------------------------------------------------------------------------------------

    def _observation(self, cluster: ClusterId, now: Instant) -> Observe:
        view = self._snapshot.clusters.get(cluster)
        patience = self.order.policy.pace.task_lookup_s
        nodes = executor.nodes_to_look_up(self._executor, view, now, patience_s=patience)
        nodes |= self._with_strange_clones(view)
        circuit = self._executor.circuits.clusters.get(cluster)
        # Nodes that are away: is it they, or are we on the smaller side?
        doubtful = view is not None and not all(node.online for node in view.nodes.values())
        return Observe(
            cluster=cluster,
            tasks_of=nodes,
            since=now - _TASKS_OF_S,
            quorum=doubtful or (circuit is not None and circuit.needs_quorum),
            running=self.meter.rivals_due(cluster, now),
        )

    def _with_strange_clones(self, view: ClusterView | None) -> frozenset[NodeName]:
        """Nodes with a VM of our range that is locked 'clone' without our doing: is anybody still at it?"""
        if view is None:
            return frozenset()
        ranges = self.order.policy.naming.vmids
        return frozenset(
            guest.node
            for vmid, guest in view.guests.items()
            if guest.lock == "clone" and guest.key not in self._executor.work and in_range(view.cluster, vmid, ranges)
        )

    def _observed(self, completion: Completion) -> None:
        assert isinstance(completion.command, Observe)
        cluster = completion.command.cluster
        watch = self._watches.of[cluster]
        if not isinstance(completion.answer, ClusterView):
            watch.under_way, watch.due_at = False, completion.ended_at + self.order.policy.pace.observe_idle_s
            self._observation_failed(cluster, watch, completion.error)
            return
        if watch.error:
            watch.error = ""
            self._events.notice(f"cluster {cluster}", "observed again")
        self._fresh.append((completion, completion.answer))

    def _observation_failed(self, cluster: ClusterId, watch: Watch, error: BasculeError | None) -> None:
        text = str(error) if error else "no answer"
        if text != watch.error:
            self._events.notice(f"cluster {cluster}", f"cannot be observed, nothing is ordered meanwhile: {text}")
        watch.error = text
        self._blind.add(cluster)
        if self.picture is not None:
            # The loop lives and knows no better: what it last saw, told anew, keeps it from looking dead.
            self.picture = replace(self.picture, at=self._clock.now())
            self._events.picture(self.picture)

    # -- the cycle -------------------------------------------------------------------------------------------------

    def _cycle(self, views: Sequence[ClusterView]) -> tuple[Action, ...]:
        began = self._clock.now()
        self._take_orders(began)
        self._accept_baseline()
        self._try_again()
        flying, installation = self._executor.in_flight, self.order.policy.installation
        self._commit(bookkeeping.of_views(views, self.memory, flying, installation=installation, proved=self._proved))
        for view in views:
            self._settle(view, began)
        self._rebuilding.note(observed_all=self._watches.of.keys() <= self._snapshot.clusters.keys(), now=began)
        situation = self._situation(began)
        seen = survey(situation)
        room = room_of(situation)
        plan, blocked = self._judged(make_plan(situation, seen, room), seen, situation)
        orders = self._order(plan, situation)
        self._finish_rebuilding(seen, began)
        told = Told(
            paused=self._paused(began),
            blocked=blocked,
            directory_error=self._directory_error,
            cycle_seconds=self._clock.now() - began,
        )
        now = replace(situation, in_flight=self._executor.in_flight, memory=self.memory)
        seen = resurvey(seen, now, (one.desktop for one in orders))
        self.picture = picture_of(now, seen, plan, told, room=room, before=self.picture)
        self._events.picture(self.picture)
        return orders

    def _settle(self, view: ClusterView, now: Instant) -> None:
        """What an observation says of what is under way.

        A clone proves itself only to who has watched it: while nobody looked, its VMID may have changed hands.
        """
        last = self._snapshot.clusters.get(view.cluster)
        watched = view.cluster not in self._blind or (last is not None and view.taken_at <= last.taken_at + _WATCHED_S)
        self._blind.discard(view.cluster)
        self._snapshot = self._snapshot.with_view(view)
        self._absences.note(view, now)
        before = self._executor
        self._executor, effects = executor.settle(before, view, now, task_error=error_for_task)
        if not watched:
            effects = replace(effects, proven=())
        self.meter.measure(before, effects, view)
        self._tell_of_storages(before)
        self._apply(effects)

    def _situation(self, now: Instant) -> Situation:
        memory = self.memory
        return Situation(
            now=now,
            policy=self.order.policy,
            snapshot=self._snapshot,
            memory=memory,
            demand=self._demand_at(now, memory),
            in_flight=self._executor.in_flight,
            clone_s=self.meter.clone_s,
            booted=self.meter.boots,
            unanswered=Counter(filter(None, map(node_asked, self._executor.unanswered))),
            answers_s=self.meter.answers_s,
            limits=self._limits(now),
            full=self._executor.circuits.full(now),
            settle_s=self.order.safety.rebuild_settle_s,
            max_stops_percent=self.order.safety.max_stops_percent,
            offline_since=self._absences.since,
            replace_after_s=self.order.safety.replace_after_s,
        )

    def _limits(self, now: Instant) -> dict[LockDomain, int]:
        """As measured; and one alone on a storage that was full, until it comes out."""
        limits = self.meter.limits(self._snapshot, self.order.policy.pace, now)
        return limits | {domain: min(1, limits.get(domain, 1)) for domain in self._executor.circuits.storages}

    def _demand_at(self, now: Instant, memory: Memory) -> Demand:
        """Worked out anew only when a batch opens, a preparation begins, or the roster or the scenario has changed."""
        if (self._began_at or now) > now:
            self._begin_surge()
        stale = self._demand is None or (self._demand.next_change or _FOREVER) <= now
        if stale or self._demand is None:
            began = self._began_at if self._began_at is not None else now
            self._demand = demand_of(memory.roster, self.order.entitlements, self.order.scenario, started_at=began, now=now)
        return self._demand

    def _judged(self, plan: Plan, seen: Survey, situation: Situation) -> tuple[Plan, tuple[str, ...]]:
        paused = self._paused(situation.now)
        trials = {one: self._executor.circuits.clusters[one].tripped_by for one in self._executor.circuits.clusters}
        trials = {cluster: tripped_by for cluster, tripped_by in trials.items() if cluster not in paused}
        circumstances = circumstances_of(situation, seen, paused=paused, trials=trials)
        judgement = judge(plan, circumstances, self.order.safety)
        return judgement.plan, judgement.blocked

    def _order(self, plan: Plan, situation: Situation) -> tuple[Action, ...]:
        taken, orders = executor.order(self._executor, plan, situation.now)
        if self._draining:
            return ()
        try:
            self._commit(bookkeeping.of_orders(plan, orders, situation.memory, situation.now))
        except ReservationConflict as conflict:
            self._events.notice("store", f"nothing was ordered in this cycle: {conflict}")
            return ()
        self._executor = taken
        return orders

    def _paused(self, now: Instant) -> dict[ClusterId, str]:
        """Clusters on which nothing is written: those that said so, and those that cannot be seen."""
        return self._watches.unseen | self._executor.paused(now)

    def _tell_of_storages(self, before: Executor) -> None:
        """A storage that is full is somebody's to look at, and it does not show in any desktop's failure."""
        was, now = before.circuits.storages, self._executor.circuits.storages
        for domain in sorted(now.keys() - was.keys()):
            self._events.notice(f"storage {domain}", f"full, and nothing is cloned there for a while: {now[domain].reason}")
        for domain in sorted(was.keys() - now.keys()):
            self._events.notice(f"storage {domain}", "takes clones again")

    def _begin_surge(self) -> None:
        """A scenario begins once: its beginning is kept, so that waves go on where they were after a restart."""
        self._demand = None
        self._began_at = begin_surge(self._store, self.order.scenario.name, self._clock.now())

    # -- an empty store ----------------------------------------------------------------------------------------------

    def _take_orders(self, now: Instant) -> None:
        """The store's standing orders, and the freeze file, which counts from when it was first seen."""
        frozen = self._frozen_by_file()
        self._frozen_since = (self._frozen_since or now) if frozen else None
        self._intents = standing(self._store.intents(), frozen_by_file=frozen, now=self._frozen_since or now)

    def _accept_baseline(self) -> None:
        """An operator's word is taken up once, then the order has done its work."""
        if not any(one.kind is IntentKind.ACCEPT_BASELINE for one in self._intents):
            return
        self._commit(Changes(baseline_accepted=True))
        self._store.withdraw(IntentKind.ACCEPT_BASELINE, by="daemon, done", at=self._clock.now())
        self._events.notice("store", "the rebuilt desktops were accepted: stops and deletes may go on")

    def _try_again(self) -> None:
        """Desktops that an operator wants to be tried again; each order has done its work at once."""
        orders = tuple(one for one in self._intents if one.kind is IntentKind.RETRY)
        if not orders:
            return
        self._commit(bookkeeping.of_retries((DesktopName(one.target) for one in orders), self.memory))
        for one in orders:
            self._store.withdraw(one.kind, by="daemon, done", at=self._clock.now(), target=one.target)
            self._events.notice(f"desktop {one.target}", f"tried again, by order of {one.by}")
        self._intents = tuple(one for one in self._intents if one not in orders)

    def _finish_rebuilding(self, seen: Survey, now: Instant) -> None:
        """A new installation, with no desktop anywhere, needs no operator to accept that there is none."""
        if not self._rebuilding.is_over(seen, now, settle_s=self.order.safety.rebuild_settle_s):
            return
        if not seen.phases:
            self._commit(Changes(baseline_accepted=True))
        elif not self._kept.baseline_accepted:
            text = (
                f"rebuilt from the notes of {len(seen.phases)} desktops: `bascule baseline accept` lets stops and deletes go on"
            )
            self._events.notice("store", text)

    # -- what came of it -----------------------------------------------------------------------------------------------

    def _directory_was_read(self, completion: Completion) -> None:
        self._reading_directory = False
        if isinstance(completion.answer, Roster):
            self._directory_error = ""
            self._demand = None
            self._commit(Changes(roster=completion.answer))
            self._events.directory_read(completion.answer, "")
            self._watches.all_now()
            return
        self._directory_error = str(completion.error) if completion.error else "no answer"
        self._events.directory_read(None, self._directory_error)

    def _log_was_read(self, desktop: DesktopName, answer: object) -> None:
        """A log that could not be read is no loss: the exit status is known."""
        self._post_mortems.ended()
        changes = bookkeeping.of_log(desktop, answer, self.memory) if isinstance(answer, tuple) else Changes()
        self._commit(changes)
        for name, attempts in changes.attempts.items():
            self._events.notice(f"desktop {name}", attempts.reason if attempts else "")

    def _take(self, effects: Effects) -> None:
        """A report alone waits for the next cycle, the first to need it: hundreds come, and each would be a transaction."""
        if effects.checked is not None:
            self._checked[effects.checked] = self._clock.now()
        if effects.report is not None:
            self._unkept.append(effects)
        else:
            self._apply(effects)

    def _keep_reports(self) -> None:
        unkept, self._unkept = self._unkept, []
        self._enter(bookkeeping.of_all(unkept, self.memory, self.order.policy.budget))

    def _apply(self, effects: Effects) -> None:
        for name in (*effects.proven, *(one.name for one in effects.adopted)):
            self._proved[name] = self._clock.now()
        self._enter(bookkeeping.of_effects(effects, self.memory, self.order.policy.budget))

    def _enter(self, changes: Changes) -> None:
        for outcome in changes.outcomes:
            if outcome.action == "verify":
                self._checked[outcome.desktop] = outcome.ended_at
            elif outcome.action == "ready":
                node = node_of(self._kept.reservations[outcome.desktop], self._snapshot)
                self.meter.booted(node, Boot(began_at=outcome.started_at, ready_at=outcome.ended_at))
            self._events.outcome(outcome)
            self._post_mortems.note(outcome)
        try:
            self._commit(changes)
        except ReservationConflict as conflict:  # a note that says what another desktop has: its VM is left as it is
            self._events.notice("store", f"a desktop is not taken up: {conflict}")
            self._commit(replace(changes, reserved=(), released=()))

    def _commit(self, changes: Changes) -> None:
        if not changes:
            return
        self._store.commit(changes)
        self._kept.apply(changes)
