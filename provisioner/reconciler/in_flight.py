"""What is in flight, and what answers and observations say of it; with what was seen last, and what was measured."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace

from provisioner.actions.registry import node_asked
from provisioner.execution import executor
from provisioner.execution.circuit_breakers import Circuit
from provisioner.execution.common_causes import at_once
from provisioner.execution.executor import Effects, Executor
from provisioner.model.budget import Pace
from provisioner.model.cluster import ClusterView, Guest, Snapshot
from provisioner.model.commands import Completion, Observe
from provisioner.model.demand import Demand
from provisioner.model.ids import ClusterId, GuestKey, Instant, LockDomain, Vmid
from provisioner.model.records import Records
from provisioner.model.site_config import SiteConfig
from provisioner.pacing.measurements import Meter
from provisioner.planning.inputs import Situation
from provisioner.ports import Events
from provisioner.pve.faults import error_for_task
from provisioner.reconciler.node_absences import NodeAbsences
from provisioner.reconciler.observation_request import observation_of

_ASKED_AT_ONCE = 16
"""VMs that a listing lacks, asked about in one look: a call each, of a hundredth of a second."""
_WATCHED_S = 25.0
"""A failed observation or two: nobody finds a VM gone, and makes another under its number, in less."""


class InFlight:
    """The executor's state and the snapshot, changed together."""

    def __init__(self, *, installation: str, events: Events) -> None:
        self.executor = Executor(installation=installation)
        self.snapshot = Snapshot()
        self.absences = NodeAbsences()
        self.meter = Meter()
        """The benchmark puts one of fixed limits here, to find the best of them in hindsight."""
        self.absent: frozenset[GuestKey] = frozenset()
        """VMs of ours that the last listing lacked."""
        self._events = events
        self._locked: dict[ClusterId, tuple[Mapping[Vmid, Guest], tuple[Guest, ...]]] = {}
        """Of each cluster's guests, as last seen, those that are locked 'clone'."""
        self._blind: set[ClusterId] = set()
        """Clusters of which an observation has failed since the last one that came in."""

    def observation(self, cluster: ClusterId, config: SiteConfig, now: Instant) -> Observe:
        """What to ask a cluster next."""
        last = self.snapshot.clusters.get(cluster)
        locked = self._locked_in(last) if last is not None else ()
        order = observation_of(cluster, last, locked, executor=self.executor, meter=self.meter, config=config, now=now)
        absent = sorted(key.vmid for key in self.absent if key.cluster == cluster)
        return replace(order, exists=frozenset(absent[:_ASKED_AT_ONCE]))

    def _locked_in(self, view: ClusterView) -> tuple[Guest, ...]:
        guests, locked = self._locked.get(view.cluster, (None, ()))
        if guests is not view.guests:
            locked = tuple(one for one in view.guests.values() if one.lock == "clone")
            self._locked[view.cluster] = view.guests, locked
        return locked

    def answered(self, completion: Completion) -> Effects:
        """What the end of an action's call says."""
        before = self.executor
        self.executor, effects = executor.absorb(before, completion)
        self.meter.record_answer(completion)
        self._tell(before)
        return effects

    def unseen(self, cluster: ClusterId) -> None:
        """An observation has failed."""
        self._blind.add(cluster)

    def settle(self, view: ClusterView, now: Instant) -> Effects:
        """What an observation says of what is under way.

        A clone proves itself only to who has watched it: while nobody looked, its VMID may have changed hands.
        """
        last = self.snapshot.clusters.get(view.cluster)
        watched = view.cluster not in self._blind or (last is not None and view.taken_at <= last.taken_at + _WATCHED_S)
        self._blind.discard(view.cluster)
        self.snapshot = self.snapshot.with_view(view)
        self.absences.note(view, now)
        before = self.executor
        self.executor, effects = executor.settle(before, view, now, task_error=error_for_task)
        if not watched:
            effects = replace(effects, proven=())
        self.meter.record_observation(before.work, effects.outcomes, view)
        self._tell(before)
        return effects

    def situation(self, config: SiteConfig, records: Records, demand: Demand, *, now: Instant) -> Situation:
        """What the next plan is made from."""
        return Situation(
            now=now,
            config=config,
            snapshot=self.snapshot,
            records=records,
            demand=demand,
            in_flight=self.executor.in_flight,
            clone_s=self.meter.clone_s,
            booted=self.meter.boots,
            unanswered=Counter(filter(None, map(node_asked, self.executor.unanswered))),
            answers_s=self.meter.answers_s,
            limits=self._limits(config.pace, now),
            full=self.executor.circuits.full(now),
            causes=tuple(self.executor.circuits.common.values()),
            offline_since=self.absences.since,
        )

    @property
    def trials(self) -> dict[ClusterId, str]:
        """Clusters whose circuit was opened, and what opened it."""
        return {cluster: one.tripped_by for cluster, one in self.executor.circuits.clusters.items()}

    def _limits(self, pace: Pace, now: Instant) -> dict[LockDomain, int]:
        """As measured; and one alone on a storage that was full, until it comes out."""
        limits = self.meter.limits(self.snapshot, pace, now)
        return limits | {domain: min(1, limits.get(domain, 1)) for domain in self.executor.circuits.storages}

    def retry(self, now: Instant) -> None:
        """What several failed by is tried at once: an operator has put something right."""
        circuits = self.executor.circuits
        self.executor = replace(self.executor, circuits=replace(circuits, causes=at_once(circuits.causes, now)))

    def _tell(self, before: Executor) -> None:
        """What concerns more than one desktop is somebody's to look at."""
        self._tell_of_storages(before.circuits.storages, self.executor.circuits.storages)
        was, now = before.circuits.common, self.executor.circuits.common
        for key in sorted(now.keys() - was.keys(), key=str):
            self._events.notice(f"cluster {key.cluster}", now[key].reason)
        for key in sorted(was.keys() - now.keys(), key=str):
            self._events.notice(f"cluster {key.cluster}", f"{key.word} goes on again; it was: {key.text}")

    def _tell_of_storages(self, was: Mapping[LockDomain, Circuit], now: Mapping[LockDomain, Circuit]) -> None:
        """A storage that is full does not show in any desktop's failure."""
        for domain in sorted(now.keys() - was.keys()):
            self._events.notice(f"storage {domain}", f"full, and nothing is cloned there for a while: {now[domain].reason}")
        for domain in sorted(was.keys() - now.keys()):
            self._events.notice(f"storage {domain}", "takes clones again")
