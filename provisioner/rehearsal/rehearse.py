"""Run the reconciler on twins until everybody wanted is ready, nothing moves any more, or time is up."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from operator import gt

from provisioner.adapters.memory_store import MemoryStore
from provisioner.model.actions import Outcome, Result, Retired
from provisioner.model.agents import Roster
from provisioner.model.desktops import Phase
from provisioner.model.ids import ClusterId, DesktopName, GuestKey, Instant, Vmid
from provisioner.model.ownership import NoteKey
from provisioner.model.scenarios import Scenario
from provisioner.model.site_config import SiteConfig
from provisioner.model.status import Status
from provisioner.model.twin_spec import TwinSpec
from provisioner.model.words import JournalWord
from provisioner.planning.placement.allocation import in_range
from provisioner.ports import ApiCall, Calls, Changes, Events, all_of
from provisioner.reasons.orders import BEFORE_REHEARSAL
from provisioner.reconciler import Reconciler, run
from provisioner.rehearsal.forecast import Forecast, forecast_of, since
from provisioner.twin.calls import VirtualCalls, VirtualClock
from provisioner.twin.engine.events import EventHeap
from provisioner.twin.truth import Truth
from provisioner.twin.twin import Twin

STILL_S = 1800.0
"""Virtual seconds without any action's end after which what is missing will not come: three times the longest retry."""
_AWAKE_BEFORE_S = 60.0
"""Virtual seconds before something is due at which a rehearsal goes on looking: six observations at rest."""
_KEY = NoteKey(installation="rehearsal", secret=b"a rehearsal proves nothing to anybody")


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """What is rehearsed, on what."""

    config: SiteConfig
    roster: Roster
    twins: Mapping[ClusterId, TwinSpec]
    begins_at: Instant = 0.0
    at_most_s: float = 24 * 3600.0
    settle_s: float = 0.0
    """Virtual seconds to run on after everybody is ready, for log-ons."""
    listeners: tuple[Events, ...] = field(default_factory=tuple)


class Rehearsal:
    """One run; everything it was made of can be looked at afterwards."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.events = EventHeap(stage.begins_at)
        self.twins = {cluster: Twin(_reporting(spec, stage.config), self.events) for cluster, spec in stage.twins.items()}
        self.watch = _Watch(self.events)
        self.store = _store_for(stage)
        key = replace(_KEY, installation=stage.config.installation)
        # Nobody else writes to a twin that was made this moment: there is no earlier clone to wait for.
        self._config = replace(stage.config, safety=replace(stage.config.safety, rebuild_settle_s=0.0))
        self._began_at = stage.begins_at
        self.reconciler = Reconciler(
            self._config, store=self.store, clock=VirtualClock(self.events), events=all_of((self.watch, *stage.listeners))
        )
        directory = _OneRoster(stage.roster)
        self.calls: Calls = VirtualCalls(twins=self.twins, events=self.events, directory=directory, key=key)
        self._before = self._truths()
        self.reconciler.open()

    def prepare(self) -> float:
        """Until all that is wanted ahead of need is made, or will not be; the virtual seconds that took."""
        run(self.reconciler, self.calls, until=self._prepared)
        return self.events.now - self._began_at

    def begin(self, scenario: Scenario) -> None:
        """Another scenario from now on: the switch that `run` plays is counted from here."""
        self._config = replace(self._config, scenario=scenario)
        self.reconciler.follow(self._config)
        self._began_at = self.watch.moved_at = self.events.now
        self._before, self.watch.settled = self._truths(), False

    def run(self) -> Forecast:
        """To its end."""
        run(self.reconciler, self.calls, until=self._ended)
        truths = ((self.twins[key].spec, since(self._before[key], truth)) for key, truth in self._truths().items())
        return forecast_of(self.reconciler.status, truths, self.watch.ready_at, began_at=self._began_at)

    def _truths(self) -> dict[ClusterId, Truth]:
        return {cluster: twin.truth() for cluster, twin in self.twins.items()}

    def _prepared(self) -> bool:
        status, now = self.reconciler.status, self.events.now
        if now - self._began_at >= self.stage.at_most_s or now - self.watch.moved_at >= STILL_S:
            return True
        return status is not None and status.roster is not None and not any(one.missing for one in status.preparations)

    def _ended(self) -> bool:
        self._skip_rest()
        return self._over()

    def _skip_rest(self) -> None:
        """While all is done and the next batch is hours away, nobody needs to look every ten seconds: nothing is to be seen."""
        status, watch = self.reconciler.status, self.watch
        scripted = any(spec.faults for spec in self.stage.twins.values())
        if status is None or scripted or not self.reconciler.at_rest or not watch.settled or status.demand.next_change is None:
            return
        until = min(status.demand.next_change - _AWAKE_BEFORE_S, self._began_at + self.stage.at_most_s)
        if until > self.events.now:
            self.events.advance(until)

    def _over(self) -> bool:
        now = self.events.now
        if now - self._began_at >= self.stage.at_most_s or now - self.watch.moved_at >= self._patience():
            return True
        return self.watch.all_ready_since is not None and now >= self.watch.all_ready_since + self.stage.settle_s

    def _patience(self) -> float:
        """A wave that has not opened yet is no standstill."""
        status = self.reconciler.status
        opening = status.demand.next_opening if status else None
        return STILL_S if opening is None else max(STILL_S, opening - self.watch.moved_at + STILL_S)


def _reporting(spec: TwinSpec, config: SiteConfig) -> TwinSpec:
    """With the pool of the desktops; and they write their status document where each profile looks for it."""
    files = dict.fromkeys([*spec.report.files, *(profile.status_file for profile in config.profiles.values())])
    pool = config.pools.get(ClusterId(spec.name))
    pools: dict[str, str] = {} if pool is None else {pool: ""}
    return replace(spec, report=replace(spec.report, files=tuple(files)), pools={**pools, **spec.pools})


def _store_for(stage: Stage) -> MemoryStore:
    """VMs that are there from the start and have VMIDs in our range are explained: nobody has to read 1,700 notes first."""
    ranges = stage.config.naming.vmids
    there = (GuestKey(cluster, Vmid(one.vmid)) for cluster, spec in stage.twins.items() for one in spec.guests)
    retired = (
        Retired(key=key, reason=BEFORE_REHEARSAL(), at=stage.begins_at)
        for key in there
        if in_range(key.cluster, key.vmid, ranges)
    )
    store = MemoryStore()
    store.claim()
    store.commit(Changes(retired=tuple(retired)))
    store.close()
    return store


class _OneRoster:
    def __init__(self, roster: Roster) -> None:
        self._roster = roster

    def read(self, since: Roster | None = None, *, in_force: Roster | None = None) -> Roster:  # noqa: ARG002 (the port's)
        return self._roster


class _Watch:
    """Notes when each desktop became ready, and when anything last came to an end or somebody new was wanted."""

    def __init__(self, events: EventHeap) -> None:
        self._events = events
        self.ready_at: dict[DesktopName, Instant] = {}
        self.moved_at: Instant = events.now
        self.all_ready_since: Instant | None = None
        self.settled = False
        """Whether nothing is left to do, as of the last status."""
        self._due = (0, 0)
        """Those wanted now, and those with the ones ahead of need."""

    def api_call(self, call: ApiCall) -> None:
        """The twin counts them itself."""

    def outcome(self, outcome: Outcome) -> None:
        if outcome.result is Result.DONE:
            self.moved_at = self._events.now
        if outcome.action == JournalWord.READY:
            self.ready_at[outcome.desktop] = outcome.ended_at

    def directory_read(self, roster: Roster | None, error: str) -> None:
        """It is read once, at the start."""

    def status(self, status: Status) -> None:
        for one in status.desktops.values():
            if one.superseded_by is not None:  # its agent is ready when the other desktop is
                self.ready_at.pop(one.reservation.name, None)
        wanted = status.demand.wants
        due = (len(wanted), len(wanted) + len(status.demand.ahead))
        if any(map(gt, due, self._due)):
            self.moved_at = status.at
        self._due = due
        ready = sum(one.phase is Phase.READY and one.wanted for one in status.desktops.values())
        made = ready >= len(wanted) and not any(one.missing for one in status.preparations)
        self.settled = status.roster is not None and made and not status.plan.actions and not any(status.plan.reasons)
        complete = bool(wanted) and ready >= len(wanted) and status.demand.next_opening is None
        if not complete:
            self.all_ready_since = None
        elif self.all_ready_since is None:
            self.all_ready_since = status.at

    def notice(self, subject: str, text: str) -> None:
        """For people."""


__all__ = ["STILL_S", "Rehearsal", "Stage"]
