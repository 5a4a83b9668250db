"""One cycle: observe → absorb → desire → plan → judge → hand to the executor → report. Owned by one thread.

It is level-triggered: each cycle decides from what Proxmox VE is, plus what is in flight. It issues commands and is told their
completions; who carries them out, threads or an event heap, it does not know.
"""

from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace

from provisioner.errors import BasculeError, ReservationConflict
from provisioner.execution import bookkeeping, executor
from provisioner.execution.executor import Effects, Executor
from provisioner.execution.spells import KEPT, spells_of
from provisioner.ledger import Kept
from provisioner.model.actions import Action, Clone, Plan
from provisioner.model.agents import Roster
from provisioner.model.budget import Safety
from provisioner.model.cluster import ClusterView, Snapshot
from provisioner.model.demand import Demand
from provisioner.model.desktops import Phase
from provisioner.model.ids import ClusterId, DesktopName, Instant, LockDomain, NodeName
from provisioner.model.intents import Intent, IntentKind, standing
from provisioner.model.memory import Memory
from provisioner.model.orders import Command, Completion, Observe, ReadDirectory
from provisioner.model.picture import Picture
from provisioner.model.profiles import Entitlement
from provisioner.model.scenarios import Scenario
from provisioner.model.spells import Spell
from provisioner.planning.demand import EVERYONE, demand_of
from provisioner.planning.limits import clone_limit
from provisioner.planning.numbering import in_range
from provisioner.planning.picturing import Told, picture_of
from provisioner.planning.planner import make_plan
from provisioner.planning.safety import circumstances_of, judge
from provisioner.planning.situation import Policy, Situation, Survey, resurvey, room_of, survey
from provisioner.ports import Calls, Changes, Clock, Events, Store
from provisioner.pve.faults import error_for_task

_FOREVER = float("inf")
_FEW_DOMAINS = 4
_ANSWER_S = 1.0
"""From an observation to the next clone's task: planning, the store, and the clone's own answer."""
_NO_CEILING = 1000
"""The budget is the ceiling."""
_TASKS_OF_S = 6 * 3600.0
"""How far back task lists are read when something is puzzling: no clone or start of ours takes longer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What is configured, as far as the reconciler needs it."""

    policy: Policy
    entitlements: tuple[Entitlement, ...]
    scenario: Scenario = EVERYONE
    safety: Safety = field(default_factory=Safety)


@dataclass(slots=True)
class _Watch:
    """Observation of one cluster."""

    due_at: Instant = 0.0
    under_way: bool = False
    error: str = ""


class Reconciler:
    """All state of the control loop, changed by one thread alone."""

    def __init__(
        self, order: Order, *, store: Store, clock: Clock, events: Events, frozen_by_file: Callable[[], bool] = lambda: False
    ) -> None:
        self.order = order
        self.picture: Picture | None = None
        self._store, self._clock, self._events = store, clock, events
        self._frozen_by_file = frozen_by_file
        self._kept = Kept()
        self._checked: dict[DesktopName, Instant] = {}
        self._proved: dict[DesktopName, Instant] = {}
        self._executor = Executor(installation=order.policy.installation)
        self._snapshot = Snapshot()
        self._watches = {cluster: _Watch() for cluster in order.policy.naming.vmids}
        self._directory_due = True
        self._reading_directory = False
        self._directory_error = ""
        self._began_at: Instant | None = None
        self._demand: Demand | None = None
        self._intents: tuple[Intent, ...] = ()
        self._frozen_since: Instant | None = None
        self._spells: dict[LockDomain, deque[Spell]] = {}
        self._rebuilding = False
        self._rebuilt_since: Instant | None = None
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
            retired=dict.fromkeys(memory.retired, "retired before"),
            roster=memory.roster,
            baseline_accepted=memory.baseline_accepted,
        )
        self._rebuilding = not memory.baseline_accepted
        self._begin_surge()

    def follow(self, order: Order) -> None:
        """Take up a changed configuration; what is in flight goes on. The installation and the clusters cannot change."""
        self.order = order
        self._begin_surge()

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
    def sessions_settled(self) -> bool:
        """Whether every ready desktop has been asked for its sessions since the agents had time to log on."""
        first = self.order.policy.pace.session_first_s
        reports = self._kept.reports.values()
        return bool(reports) and all(one.read_at >= (one.ready_at or one.read_at) + first for one in reports)

    @property
    def memory(self) -> Memory:
        """What is kept, as planning sees it."""
        return replace(self._kept.memory(self._intents), checked=self._checked, rebuilt_since=self._rebuilt_since)

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
        for cluster, watch in self._watches.items():
            # A clock that was put back would have us wait until it has caught up.
            watch.due_at = min(watch.due_at, now + self.order.policy.pace.observe_idle_s)
            if not watch.under_way and watch.due_at <= now:
                watch.under_way = True
                due.append(self._observation(cluster, now))
        return due

    @property
    def wake_at(self) -> Instant:
        """When something is due next, if nothing ends before."""
        if self._draining:
            return _FOREVER
        return min((watch.due_at for watch in self._watches.values() if not watch.under_way), default=_FOREVER)

    def absorb(self, completion: Completion) -> list[Command]:
        """Take in what ended; an observation makes a cycle, whose orders come back, to be submitted."""
        match completion.command:
            case Observe():
                return list(self._observed(completion))
            case ReadDirectory():
                self._directory_was_read(completion)
            case _:
                self._executor, effects = executor.absorb(self._executor, completion)
                self._apply(effects)
        return []

    # -- observation -----------------------------------------------------------------------------------------------

    def _observation(self, cluster: ClusterId, now: Instant) -> Observe:
        view = self._snapshot.clusters.get(cluster)
        patience = self.order.policy.pace.task_lookup_s
        nodes = executor.nodes_to_look_up(self._executor, view, now, patience_s=patience)
        nodes |= self._with_strange_clones(view)
        pause = self._executor.paused.get(cluster)
        return Observe(
            cluster=cluster,
            tasks_of=nodes,
            since=now - _TASKS_OF_S,
            quorum=pause is not None and pause.needs_quorum,
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

    def _observed(self, completion: Completion) -> Iterable[Command]:
        assert isinstance(completion.command, Observe)
        cluster = completion.command.cluster
        watch = self._watches[cluster]
        watch.under_way = False
        if not isinstance(completion.answer, ClusterView):
            watch.due_at = completion.ended_at + self.order.policy.pace.observe_idle_s
            self._observation_failed(cluster, watch, completion.error)
            return ()
        if watch.error:
            watch.error = ""
            self._events.notice(f"cluster {cluster}", "observed again")
        orders = self._cycle(completion.answer)
        watch.due_at = completion.started_at + self._period()
        return orders

    def _observation_failed(self, cluster: ClusterId, watch: _Watch, error: BasculeError | None) -> None:
        text = str(error) if error else "no answer"
        if text != watch.error:
            self._events.notice(f"cluster {cluster}", f"cannot be observed, nothing is ordered meanwhile: {text}")
        watch.error = text
        if self.picture is not None:
            # The loop lives and knows no better: what it last saw, told anew, keeps it from looking dead.
            self.picture = replace(self.picture, at=self._clock.now())
            self._events.picture(self.picture)

    def _period(self) -> float:
        """Tight while something moves or is awaited, the period of pvestatd at rest."""
        pace = self.order.policy.pace
        moving = (Phase.RESERVED, Phase.CLONING, Phase.UNPROVEN, Phase.CLONED, Phase.STARTING, Phase.STOPPING)
        desktops = self.picture.desktops.values() if self.picture else ()
        busy = bool(self._executor.work) or any(one.wanted and one.phase in moving for one in desktops)
        cloning = {one.action.lock_domain for one in self._executor.work.values() if isinstance(one.action, Clone)}
        if cloning:
            return self._cloning_period(len(cloning))
        return pace.observe_busy_s if busy else pace.observe_idle_s

    def _cloning_period(self, domains: int) -> float:
        pace = self.order.policy.pace
        return pace.observe_cloning_s if domains <= _FEW_DOMAINS else pace.observe_busy_s

    # -- the cycle -------------------------------------------------------------------------------------------------

    def _cycle(self, view: ClusterView) -> tuple[Action, ...]:
        began = self._clock.now()
        self._take_orders(began)
        self._accept_baseline()
        self._snapshot = self._snapshot.with_view(view)
        flying, installation = self._executor.in_flight, self.order.policy.installation
        self._commit(bookkeeping.of_view(view, self.memory, flying, installation=installation, proved=self._proved))
        before = self._executor
        self._executor, effects = executor.settle(before, view, began, task_error=error_for_task)
        self._measure(before, effects, view)
        self._apply(effects)
        self._note_rebuilding(began)
        situation = self._situation(began)
        seen = survey(situation)
        room = room_of(situation)
        plan, blocked = self._judged(make_plan(situation, seen, room), seen, situation)
        orders = self._order(plan, situation)
        self._finish_rebuilding(seen, began)
        told = Told(
            paused=self._paused(),
            blocked=blocked,
            directory_error=self._directory_error,
            cycle_seconds=self._clock.now() - began,
        )
        now = replace(situation, in_flight=self._executor.in_flight, memory=self.memory)
        seen = resurvey(seen, now, (one.desktop for one in orders))
        self.picture = picture_of(now, seen, plan, told, room=room, before=self.picture)
        self._events.picture(self.picture)
        return orders

    def _measure(self, before: Executor, effects: Effects, view: ClusterView) -> None:
        last = {domain: spells[-1].seen_at for domain, spells in self._spells.items()}
        for domain, spell in spells_of(before, effects.outcomes, view, last_seen_at=last).items():
            self._spells.setdefault(domain, deque(maxlen=KEPT)).append(spell)

    def _limits(self, now: Instant) -> dict[LockDomain, int]:
        """Of every domain that any profile clones on."""
        shared = {storage.lock_domain: storage.shared for view in self._snapshot.clusters.values() for storage in view.storages}
        lag = self._cloning_period(len(shared)) + _ANSWER_S
        return {
            domain: clone_limit(tuple(self._spells.get(domain, ())), shared=is_shared, lag_s=lag, now=now, ceiling=_NO_CEILING)
            for domain, is_shared in shared.items()
        }

    def _situation(self, now: Instant) -> Situation:
        memory = self.memory
        return Situation(
            now=now,
            policy=self.order.policy,
            snapshot=self._snapshot,
            memory=memory,
            demand=self._demand_at(now, memory),
            in_flight=self._executor.in_flight,
            limits=self._limits(now),
            settle_s=self.order.safety.rebuild_settle_s,
        )

    def _demand_at(self, now: Instant, memory: Memory) -> Demand:
        """Worked out anew only when a batch opens or the roster or the scenario has changed."""
        stale = self._demand is None or (self._demand.next_opening or _FOREVER) <= now
        if stale or self._demand is None:
            began = self._began_at if self._began_at is not None else now
            self._demand = demand_of(memory.roster, self.order.entitlements, self.order.scenario, started_at=began, now=now)
        return self._demand

    def _judged(self, plan: Plan, seen: Survey, situation: Situation) -> tuple[Plan, tuple[str, ...]]:
        circumstances = circumstances_of(situation, seen, paused=self._paused())
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

    def _paused(self) -> dict[ClusterId, str]:
        """Clusters on which nothing is written: those that said so, and those that cannot be seen."""
        unseen = {cluster: f"it cannot be observed: {one.error}" for cluster, one in self._watches.items() if one.error}
        return unseen | {cluster: pause.reason for cluster, pause in self._executor.paused.items()}

    def _begin_surge(self) -> None:
        """A scenario begins once: its beginning is kept, so that waves go on where they were after a restart."""
        self._demand = None
        name = self.order.scenario.name
        began = surge_began(self._store.intents(), name)
        if began is None:
            began = self._clock.now()
            self._store.give(Intent(kind=IntentKind.SURGE, by="daemon", at=began, reason=name))
        self._began_at = began

    # -- an empty store ----------------------------------------------------------------------------------------------

    def _note_rebuilding(self, now: Instant) -> None:
        if self._rebuilding and self._rebuilt_since is None and self._watches.keys() <= self._snapshot.clusters.keys():
            self._rebuilt_since = now

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

    def _finish_rebuilding(self, seen: Survey, now: Instant) -> None:
        """A new installation, with no desktop anywhere, needs no operator to accept that there is none."""
        if self._rebuilt_since is None or seen.unidentified:
            return
        if now < self._rebuilt_since + self.order.safety.rebuild_settle_s:
            return
        away = any(not node.online for view in self._snapshot.clusters.values() for node in view.nodes.values())
        if away and not self._kept.baseline_accepted:  # what is on it may be anybody's desktop
            return
        self._rebuilding, self._rebuilt_since = False, None
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
            for watch in self._watches.values():
                watch.due_at = 0.0
            return
        self._directory_error = str(completion.error) if completion.error else "no answer"
        self._events.directory_read(None, self._directory_error)

    def _apply(self, effects: Effects) -> None:
        if effects.checked is not None:
            self._checked[effects.checked] = self._clock.now()
        for name in (*effects.proven, *(one.name for one in effects.adopted)):
            self._proved[name] = self._clock.now()
        changes = bookkeeping.of_effects(effects, self.memory, self.order.policy.budget)
        for outcome in changes.outcomes:
            if outcome.action == "verify":
                self._checked[outcome.desktop] = outcome.ended_at
            self._events.outcome(outcome)
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


def run(reconciler: Reconciler, calls: Calls, *, until: Callable[[], bool]) -> None:
    """The only loop: submit what is due, wait for one end, absorb it. Ends when `until` says so."""
    while not until():
        for command in reconciler.commands():
            calls.submit(command)
        completion = calls.next(until=reconciler.wake_at)
        if completion is None:
            continue
        for command in reconciler.absorb(completion):
            calls.submit(command)


def surge_began(intents: Iterable[Intent], scenario: str) -> Instant | None:
    """When this scenario began; None: it has not."""
    return next((one.at for one in intents if one.kind is IntentKind.SURGE and one.reason == scenario), None)


__all__ = ["Order", "Reconciler", "run", "surge_began"]
