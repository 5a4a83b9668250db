"""Actions in flight, the last snapshot, and measurements. Completions and observations change them together. Since when each
node has been away, and how often each desktop was moved away from each, is in memory only."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace
from types import MappingProxyType

from provisioner.actions.registry import node_asked
from provisioner.errors import GoneOrMoved
from provisioner.execution import executor
from provisioner.execution.circuit_breakers import Circuit
from provisioner.execution.executor import Effects, Executor
from provisioner.model.actions import Action, Migrate, Outcome, Result
from provisioner.model.commands import Completion, Observe
from provisioner.model.demand import Demand
from provisioner.model.ids import ClusterId, GuestKey, Instant, LockDomain, NodeKey, Vmid
from provisioner.model.kept.absence import ASKED_AT_ONCE
from provisioner.model.kept.records import Records
from provisioner.model.machines.cluster import ClusterView, Guest, Snapshot
from provisioner.model.site_config import SiteConfig
from provisioner.pacing.limits import Limits
from provisioner.pacing.measurements import Meter
from provisioner.planning.inputs import Situation
from provisioner.ports import Events
from provisioner.pve.faults import error_for_task
from provisioner.reconciler.observation_schedule import observation_of

_ASKED_AGAIN = 16
"""Numbers that one observation asks about again, one call of about 0.01 s each."""
_MOVES_KEPT = 8
"""Moves of one desktop: more than are ever counted."""
_NEVER = (False, 0.0)
_WATCHED_S = 25.0
"""One or two failed observations: too short for somebody to find a VM gone and to make another one under its VMID."""


class InFlight:
    """The executor's state, the snapshot and the measurements."""

    def __init__(self, *, installation: str, events: Events) -> None:
        self.executor = Executor(installation=installation)
        self.snapshot = Snapshot()
        self.absences = NodeAbsences()
        self.moves = MovesMade()
        self.meter = Meter()
        """The benchmark replaces it with fixed limits, to find the best limits in hindsight."""
        self.absent: frozenset[GuestKey] = frozenset()
        """Numbers to ask about: of our VMs that were missing from the last listing, and of what is not explained."""
        self._answers: dict[GuestKey, tuple[bool, Instant]] = {}
        """Whether each exists, as Proxmox VE said last, and when."""
        self._events = events
        self._locked: dict[ClusterId, tuple[Mapping[Vmid, Guest], tuple[Guest, ...]]] = {}
        """For each cluster: its guests as last observed, and those of them that are locked 'clone'."""
        self._blind: set[ClusterId] = set()
        """Clusters whose observations have failed since the last successful one."""

    def observation(self, cluster: ClusterId, config: SiteConfig, now: Instant) -> Observe:
        """The next observation request for a cluster."""
        last = self.snapshot.clusters.get(cluster)
        locked = self._locked_in(last) if last is not None else ()
        request = observation_of(cluster, last, locked, executor=self.executor, config=config, now=now)
        oldest = sorted((self._answers.get(key, _NEVER)[1], key.vmid) for key in self.absent if key.cluster == cluster)
        most = min(ASKED_AT_ONCE, max(_ASKED_AGAIN, sum(at == _NEVER[1] for at, _ in oldest)))
        return replace(request, exists=frozenset(vmid for _, vmid in oldest[:most]))

    @property
    def asks(self) -> bool:
        """Whether a cluster that answers has not answered yet about numbers that no listing shows."""
        there = self.snapshot.clusters.keys() - self._blind
        return any(key.cluster in there for key in self.absent - self._answers.keys())

    def with_answers(self, view: ClusterView) -> ClusterView:
        """The observation with what was answered before about other numbers that no listing shows: each is asked about in turn.

        What nobody needs to know any more is forgotten.
        """
        fresh = {GuestKey(view.cluster, vmid): (there, view.taken_at) for vmid, there in view.existence.items()}
        self._answers = {key: answer for key, answer in (self._answers | fresh).items() if key in self.absent}
        here = {key.vmid: there for key, (there, _) in self._answers.items() if key.cluster == view.cluster}
        return replace(view, existence={vmid: there for vmid, there in here.items() if vmid not in view.guests})

    def _locked_in(self, view: ClusterView) -> tuple[Guest, ...]:
        guests, locked = self._locked.get(view.cluster, (None, ()))
        if guests is not view.guests:
            locked = tuple(guest for guest in view.guests.values() if guest.lock == "clone")
            self._locked[view.cluster] = view.guests, locked
        return locked

    def answered(self, completion: Completion) -> Effects:
        """Take in the end of an action's call; returns its effects."""
        before = self.executor
        self.executor, effects = executor.absorb(before, completion)
        self.meter.record_answer(completion)
        self._report_causes(before)
        return effects

    def observation_failed(self, cluster: ClusterId) -> None:
        """Remember it: a clone that ends unobserved proves nothing."""
        self._blind.add(cluster)

    def settle(self, view: ClusterView, now: Instant) -> Effects:
        """Take in an observation; returns the effects of actions that it shows ended.

        A clone counts as proven only if its cluster was observed meanwhile. Otherwise another VM may have taken its VMID.
        """
        last = self.snapshot.clusters.get(view.cluster)
        watched = view.cluster not in self._blind or (last is not None and view.taken_at <= last.taken_at + _WATCHED_S)
        self._blind.discard(view.cluster)
        self.snapshot = self.snapshot.with_view(view)
        self.absences.note(self.snapshot.clusters[view.cluster], now)
        before = self.executor
        self.executor, effects = executor.settle(before, view, now, task_error=error_for_task)
        if not watched:
            effects = replace(effects, proven=())
        self.moves.note(before.in_flight.values(), effects.outcomes)
        self.meter.record_observation(before.work, effects.outcomes, view)
        self._report_causes(before)
        return effects

    def situation(self, config: SiteConfig, records: Records, demand: Demand, *, now: Instant) -> Situation:
        """The inputs of the next plan."""
        return Situation(
            now=now,
            config=config,
            snapshot=self.snapshot,
            records=records,
            demand=demand,
            in_flight=self.executor.in_flight,
            unanswered=Counter(filter(None, map(node_asked, self.executor.unanswered))),
            limits=self._limits(now),
            full=self.executor.circuits.full(now),
            tied=self.executor.circuits.tied(now),
            causes=tuple(self.executor.circuits.common.values()),
            offline_since=self.absences.since,
            moved=self.moves.made,
        )

    @property
    def trials(self) -> dict[ClusterId, str]:
        """Clusters whose circuit was opened, and the kind of action that opened it."""
        return {cluster: circuit.tripped_by for cluster, circuit in self.executor.circuits.clusters.items()}

    @property
    def tried_at(self) -> dict[ClusterId, Instant]:
        """When an order is tried on each cluster whose circuit is open; without those that an observation closes."""
        circuits = self.executor.circuits.clusters
        return {cluster: circuit.until for cluster, circuit in circuits.items() if not circuit.needs_quorum}

    def _limits(self, now: Instant) -> Limits:
        """As measured. On a storage that was full: one clone, until it succeeds."""
        return self.meter.limits(self.snapshot, now, trying=self.executor.circuits.storages)

    def retry(self, now: Instant) -> None:
        """Try at once what has failed for several desktops: an operator has fixed something."""
        self.executor = replace(self.executor, circuits=self.executor.circuits.at_once(now))

    def _report_causes(self, executor_before: Executor) -> None:
        """Report causes of failure that concern several desktops, as they begin and end: an operator has to look."""
        self._report_storages(executor_before.circuits.storages, self.executor.circuits.storages)
        self._report_templates(executor_before.circuits.templates, self.executor.circuits.templates)
        before, now = executor_before.circuits.common, self.executor.circuits.common
        for key in sorted(now.keys() - before.keys(), key=str):
            self._events.notice(f"cluster {key.cluster}", now[key].reason)
        for key in sorted(before.keys() - now.keys(), key=str):
            self._events.notice(f"cluster {key.cluster}", f"{key.word} goes on again; it was: {key.text}")

    def _report_templates(self, before: Mapping[GuestKey, Circuit], now: Mapping[GuestKey, Circuit]) -> None:
        """Desktops then go to the template's node alone, until it is full."""
        for template in sorted(now.keys() - before.keys()):
            words = f"is cloned to its own node only: {now[template].reason}"
            self._events.notice(f"template {template}", words)

    def _report_storages(self, before: Mapping[LockDomain, Circuit], now: Mapping[LockDomain, Circuit]) -> None:
        """A full storage makes no desktop fail: without this notice it would stay hidden."""
        for domain in sorted(now.keys() - before.keys()):
            self._events.notice(f"storage {domain}", f"full, and nothing is cloned there for a while: {now[domain].reason}")
        for domain in sorted(before.keys() - now.keys()):
            self._events.notice(f"storage {domain}", "takes clones again")


class NodeAbsences:
    """Nodes that were observed before and are offline or missing now."""

    def __init__(self) -> None:
        self._known: set[NodeKey] = set()
        self._since: dict[NodeKey, Instant] = {}

    @property
    def since(self) -> Mapping[NodeKey, Instant]:
        """When each node was first observed offline or missing."""
        return MappingProxyType(self._since)

    def note(self, view: ClusterView, now: Instant) -> None:
        """Take in an observation. Unless quorum is known no node counts as away: the other side of the partition may be up."""
        self._known.update(node.key for node in view.nodes.values())
        for key in self._known:
            if key.cluster != view.cluster:
                continue
            if view.complete_on(key.node) or not view.quorate:
                self._since.pop(key, None)
            else:
                self._since.setdefault(key, now)


class MovesMade:
    """The ends of moves that came out, also of those that somebody else undid before it was seen."""

    def __init__(self) -> None:
        self._made: dict[tuple[GuestKey, NodeKey], tuple[Instant, ...]] = {}

    @property
    def made(self) -> Mapping[tuple[GuestKey, NodeKey], tuple[Instant, ...]]:
        """When each desktop was last moved away from each node."""
        return MappingProxyType(self._made)

    def note(self, under_way: Iterable[Action], outcomes: Iterable[Outcome]) -> None:
        """Take in the outcomes of an observation. `under_way`: before it."""
        came_out = [each for each in outcomes if each.action == Migrate.word and _came_out(each)]
        if not came_out:
            return
        left = {action.key: action.node for action in under_way if isinstance(action, Migrate)}
        for outcome in came_out:
            if (node := left.get(outcome.key)) is not None:
                made = (*self._made.get((outcome.key, node), ()), outcome.ended_at)
                self._made[outcome.key, node] = made[-_MOVES_KEPT:]


def _came_out(outcome: Outcome) -> bool:
    return outcome.result is Result.DONE or outcome.error == GoneOrMoved.word
