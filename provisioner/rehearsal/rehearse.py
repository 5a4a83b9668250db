"""Run the reconciler on twins until all wanted desktops are ready, nothing moves any more, or time is up."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from math import inf

from provisioner import gc_tuning
from provisioner.adapters.memory_store import MemoryStore
from provisioner.execution.common_causes import LONGEST_WAIT_S
from provisioner.model.actions import Retired
from provisioner.model.ids import ClusterId, DesktopName, GuestKey, Instant, Vmid
from provisioner.model.intents import IntentKind
from provisioner.model.kept.records import Records
from provisioner.model.machines.ownership import NoteKey
from provisioner.model.machines.twin_spec import TwinSpec
from provisioner.model.people.agents import Roster
from provisioner.model.scenario.ceilings import Reading
from provisioner.model.scenario.etas import Measurement
from provisioner.model.scenario.scenarios import Scenario
from provisioner.model.scenario.surges import SurgeChange, SurgeEvent, SurgeRun
from provisioner.model.site_config import SiteConfig
from provisioner.planning.placement.allocation import in_range
from provisioner.ports import Calls, Changes, Events, all_of
from provisioner.reasons.requests import BEFORE_REHEARSAL
from provisioner.reconciler import Reconciler, run
from provisioner.rehearsal.forecast import Forecast, forecast_of
from provisioner.rehearsal.measuring import recall, recall_days
from provisioner.rehearsal.watch import SharedSeats, Watch
from provisioner.rehearsal.waves import RehearsalFacts
from provisioner.sessions.push import Push, headers_of, parse_push
from provisioner.twin.calls import VirtualCalls, VirtualClock
from provisioner.twin.engine.events import EventHeap
from provisioner.twin.twin import Twin

STILL_S = 1800.0
"""Virtual seconds without the end of any action, after which no more desktops will come. More where an action and the retry
after it may take longer."""
_FULL_S = 60.0
"""The same, once all desktops are ready and everybody else waits for a resource that is used up: six observations at rest."""
_AWAKE_BEFORE_S = 60.0
"""Virtual seconds before the next change of demand at which observations resume: six observations at rest."""
BOUND_S = 62 * 86_400.0
"""Virtual seconds after which a rehearsal ends in any case: no scenario's waves are two months apart. Rest costs no time."""
_NOT_REHEARSED = frozenset({IntentKind.FREEZE, IntentKind.TRIAL})
"""A forecast is of the time after a freeze, and of people's desktops."""


def rehearsal_key(installation: str) -> NoteKey:
    """The key that signs the notes of a rehearsal's desktops."""
    return NoteKey(installation=installation, secret=b"a rehearsal proves nothing to anybody")


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """What is rehearsed, and on which twins."""

    config: SiteConfig
    roster: Roster
    twins: Mapping[ClusterId, TwinSpec]
    begins_at: Instant = 0.0
    records: Records = Records()
    """What the store has: desktops that the twins have too, roster and guard, orders, the run and its half-days. Empty: a new
    installation."""
    ceilings: Mapping[str, Reading] = field(default_factory=dict)
    """What the queries of the scenario's ceilings give, without what is ours."""
    recalled: tuple[Measurement, ...] = ()
    """What the daemon has in memory, as it is making desktops."""
    earlier: tuple[Measurement, ...] = ()
    """What a daemon has begun with: the boots of other days."""
    at_most_s: float = BOUND_S
    """Virtual seconds; a rehearsal that is not over by then is cut, and says so."""
    settle_s: float = 0.0
    """Virtual seconds to go on for log-ons, after all desktops are ready."""
    listeners: tuple[Events, ...] = field(default_factory=tuple)


class Rehearsal:
    """One run; its twins, store and reconciler can be inspected afterwards."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.events = EventHeap(stage.begins_at)
        self.twins = {cluster: Twin(_reporting(spec, stage.config), self.events) for cluster, spec in stage.twins.items()}
        self.store = _store_for(stage)
        self.seats = SharedSeats(stage.begins_at, config=lambda: self.reconciler.config, records=self.store.load)
        self.watch = Watch(self.events, self.seats)
        key = rehearsal_key(stage.config.installation)
        # The twin is new and has no other clients: there is no earlier clone to wait for.
        # Nobody logs on: what is lent on request would count as given back.
        self._config = replace(
            stage.config,
            safety=replace(stage.config.safety, rebuild_settle_s=0.0),
            desktop_pools={name: replace(pool, unused_after_s=BOUND_S) for name, pool in stage.config.desktop_pools.items()},
        )
        self._began_at = stage.begins_at
        self._still_s = _still_s(stage.config)
        self.reconciler = Reconciler(
            self._config, store=self.store, clock=VirtualClock(self.events), events=all_of((self.watch, *stage.listeners))
        )
        self.reconciler.parts.ceiling_readings = lambda: stage.ceilings
        directory = _OneRoster(stage.roster)
        self.calls: Calls = VirtualCalls(twins=self.twins, events=self.events, directory=directory, key=key)
        self.watch.ready_at |= _ready_before(stage.records)
        for twin in self.twins.values():
            twin.push_to(self._pushed)
            twin.ask_by(self._asked)
        recall_days(self.reconciler.flight.meter, stage.earlier, stage.config.profiles)
        recall(self.reconciler.flight.meter, stage.recalled, stage.config.profiles)
        self._scripted = any(spec.faults for spec in stage.twins.values())
        self.reconciler.open()

    def _pushed(self, push: Push) -> None:
        """As the receiver takes it, and the daemon after it."""
        self.reconciler.take_pushes([(parse_push(headers_of(push), push.body.encode()), self.events.now)])
        self.calls.nudge()

    def _asked(self, push: Push) -> str | None:
        """As the receiver passes it on, and the daemon answers."""
        answer = self.reconciler.session_orders(push, self.events.now)
        return answer[0] if isinstance(answer, tuple) else None

    def prepare(self) -> float:
        """Make the desktops that are wanted in advance, as far as possible; returns the virtual seconds it took."""
        self._go_on(until=self._prepared)
        return self.events.now - self._began_at

    def begin(self, scenario: Scenario) -> None:
        """Put another scenario in force: the times of `run` count from now on."""
        self._config = replace(self._config, scenario=scenario)
        self.reconciler.follow(self._config)
        self._began_at = self.watch.moved_at = self.events.now
        self.watch.settled = False

    def run(self) -> Forecast:
        """Rehearse the switch to its end."""
        self._go_on(until=self._ended)
        truths = tuple(twin.truth() for twin in self.twins.values())
        facts = RehearsalFacts(
            ready_at=self.watch.ready_at,
            ready=self._ready(),
            waves=tuple(wave.name for wave in self.reconciler.config.scenario.waves),
            began_at=self._began_at,
            shortage=self.reconciler.config.scenario.shortage,
            pools=self._config.desktop_pools,
            shared=self.seats,
            cut=self.events.now - self._began_at >= self.stage.at_most_s,
        )
        return forecast_of(self.reconciler.status, truths, facts)

    def _ready(self) -> frozenset[GuestKey]:
        """The desktops that are ready by the twins' hidden truth."""
        return frozenset(
            GuestKey(cluster, Vmid(guest.vmid))
            for cluster, twin in self.twins.items()
            for guest in twin.cluster.guests.values()
            if guest.desktop and guest.ready and twin.cluster.nodes[guest.node].alive
        )

    def go_on(self, *, until: Callable[[], bool]) -> None:
        """Rehearse until then, or to the end."""
        self._go_on(until=lambda: until() or self._ended())

    def _go_on(self, *, until: Callable[[], bool]) -> None:
        with gc_tuning.seldom():  # a seventh of a rehearsal's time otherwise
            run(self.reconciler, self.calls, until=until)

    def _prepared(self) -> bool:
        status, now = self.reconciler.status, self.events.now
        if now - self._began_at >= self.stage.at_most_s or now - self.watch.moved_at >= self._still_s:
            return True
        if status is None or status.roster is None:
            return False
        return not any(preparation.missing for preparation in status.preparations)

    def _ended(self) -> bool:
        self._skip_rest()
        return self._over()

    def _skip_rest(self) -> None:
        """Skip to the next batch while there is nothing to do: hours of observations every ten seconds would show nothing."""
        status, watch = self.reconciler.status, self.watch
        if status is None:
            return
        changes = (self.reconciler.parts.surge.next_change, self.seats.next_edge(status.at))
        change = min((at for at in changes if at is not None), default=None)
        if self._scripted or not self.reconciler.at_rest or change is None or watch.all_ready_since is not None:
            return
        if not watch.settled and self.events.now - watch.moved_at < self._still_s:
            return
        until = min(change - _AWAKE_BEFORE_S, self._began_at + self.stage.at_most_s)
        if until > self.events.now:
            self.events.advance(until)

    def _over(self) -> bool:
        now = self.events.now
        if now - self._began_at >= self.stage.at_most_s or now - self.watch.moved_at >= self._patience():
            return True
        return self.watch.all_ready_since is not None and now >= self.watch.all_ready_since + self.stage.settle_s

    def _patience(self) -> float:
        """How long nothing may move: a wave that has not opened yet is not a standstill."""
        status = self.reconciler.status
        opening = status.demand.next_opening if status else None
        if self.watch.full and self.reconciler.at_rest and not self._scripted:
            return _FULL_S
        ends = (rest.until for rest in self.watch.resting.values() if rest.until < inf)
        times = [at for at in (opening, *ends, self.seats.last_at(self.events.now)) if at is not None]
        return max([self._still_s, *(at - self.watch.moved_at + self._still_s for at in times)])


def _still_s(config: SiteConfig) -> float:
    """The daemon waits so long for each action; after that it retries, at the latest as of a common cause or by its budget."""
    timeouts = ((each.clone_timeout_s, each.start_timeout_s, each.ready_timeout_s) for each in config.profiles.values())
    retry_s = max(LONGEST_WAIT_S, config.budget.retry_cap_s)
    return max([STILL_S, *(max(each) + retry_s for each in timeouts)])


def _reporting(spec: TwinSpec, config: SiteConfig) -> TwinSpec:
    """With the desktops' pool, and guests that write their status document to the path of each profile."""
    files = dict.fromkeys([*spec.report.files, *(profile.status_file for profile in config.profiles.values())])
    pool = config.pools.get(ClusterId(spec.name))
    pools: dict[str, str] = {} if pool is None else {pool: ""}
    return replace(spec, report=replace(spec.report, files=tuple(files)), pools={**pools, **spec.pools})


def _store_for(stage: Stage) -> MemoryStore:
    """With the records. VMs in our VMID range that are not desktops are retired: otherwise all their notes would be read."""
    ranges, records = stage.config.naming.vmids, stage.records
    existing = (
        GuestKey(cluster, Vmid(guest.vmid))
        for cluster, spec in stage.twins.items()
        for guest in spec.guests
        if not guest.desktop
    )
    retired = (
        Retired(key=key, reason=BEFORE_REHEARSAL(), at=stage.begins_at)
        for key in existing
        if in_range(key.cluster, key.vmid, ranges)
    )
    store = MemoryStore()
    store.claim()
    store.commit(
        Changes(
            desktops=records.desktops,
            retired=tuple(retired),
            roster=records.roster,
            guard=records.guard,
            baseline_accepted=records.baseline_accepted if records.desktops else None,
            surge=None if records.surge is None else _goes_on(records.surge, stage.begins_at),
            half_days=() if records.surge is None else tuple(records.half_days.values()),
        )
    )
    for intent in records.intents:
        if intent.kind not in _NOT_REHEARSED:
            store.give(intent)
    store.close()
    return store


def _goes_on(run: SurgeRun, now: Instant) -> SurgeChange:
    return SurgeChange(run=run, what=SurgeEvent.BEGIN.value, by=run.by, at=now)


def _ready_before(records: Records) -> dict[DesktopName, Instant]:
    """When the desktops that are ready from the start became so."""
    return {
        name: record.report.ready_at or record.report.read_at
        for name, record in records.desktops.items()
        if record.report is not None and record.report.ready
    }


class _OneRoster:
    def __init__(self, roster: Roster) -> None:
        self._roster = roster

    def read(self, since: Roster | None = None, *, in_force: Roster | None = None) -> Roster:  # noqa: ARG002 (the port's)
        return self._roster


__all__ = ["BOUND_S", "STILL_S", "Rehearsal", "Stage", "rehearsal_key"]
