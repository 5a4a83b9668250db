"""Rolling measurements from observations and answers, from which the concurrency limits are computed: by lock domain, by node
and by a node's API."""

from collections import Counter, deque
from collections.abc import Collection, Mapping
from math import inf
from statistics import median

from provisioner.actions.registry import changes_node, node_asked
from provisioner.model.actions import Outcome
from provisioner.model.budget import Pace
from provisioner.model.cluster import ClusterView, Snapshot, Storage, membership_domain
from provisioner.model.commands import Completion, Observe, ReadDirectory, ReadTaskLog
from provisioner.model.ids import ClusterId, GuestKey, Instant, LockDomain, NodeKey, ProfileName
from provisioner.model.work import Work
from provisioner.pacing.boot_samples import Boot, BootBegin, BootHistory, FastestBoots, with_parallel
from provisioner.pacing.clone_limits import clone_limit, seconds_per_clone
from provisioner.pacing.clone_samples import DomainHistory, LockSample
from provisioner.pacing.limits import Limits, MeasuredLimits
from provisioner.pacing.lock_samples import MAX_SAMPLES, clones_of, lock_samples_of, rivals_of
from provisioner.pacing.membership_limits import membership_limit

_FEW_DOMAINS = 4
_ANSWER_S = 1.0
"""From an observation to the next clone's task: planning, the store, and the clone's own answer."""
_BOOTS = 96
"""Boots stored for each node: several times as many as run in parallel."""
_LATEST = 16
"""Boots of all nodes together, which show the pace of a node without boots of its own."""
_ANSWERS = 8
"""The latest calls, whose durations show how fast a node's API is now."""
RIVALS_EVERY_S = 10.0
"""How often other clients' tasks are queried while clones are in flight; such tasks last longer than this."""


class Meter:
    """The latest measurements, in memory only."""

    def __init__(self) -> None:
        self._samples: dict[LockDomain, deque[LockSample]] = {}
        self._boots: dict[NodeKey, deque[Boot]] = {}
        self._fastest: dict[ProfileName, FastestBoots] = {}
        self._latest: deque[Boot] = deque(maxlen=_LATEST)
        self._answers: dict[NodeKey, deque[float]] = {}
        self._cloning: dict[ClusterId, dict[LockDomain, list[Instant]]] = {}
        self._rivals: dict[ClusterId, Counter[NodeKey]] = {}
        self._rivals_at: dict[ClusterId, Instant] = {}

    def record_observation(self, before: Mapping[GuestKey, Work], outcomes: Collection[Outcome], view: ClusterView) -> None:
        """Record an observation: the work in flight `before` it, and the outcomes it showed."""
        last = {domain: samples[-1].seen_at for domain, samples in self._samples.items()}
        for domain, sample in lock_samples_of(before, outcomes, view, last_seen_at=last).items():
            samples = self._samples.setdefault(domain, deque(maxlen=MAX_SAMPLES))
            samples.append(sample.after(samples.pop()) if samples and samples[-1].is_empty else sample)
        ended = {outcome.key for outcome in outcomes}
        self._cloning[view.cluster] = clones_of(before, view, without=ended)
        if view.running is not None:
            self._rivals[view.cluster], self._rivals_at[view.cluster] = rivals_of(before, view), view.taken_at

    def needs_running_tasks(self, cluster: ClusterId, now: Instant) -> bool:
        """Whether the next observation should query running tasks."""
        return bool(self._cloning.get(cluster)) and now - self._rivals_at.get(cluster, 0.0) >= RIVALS_EVERY_S

    def record_boot(self, node: NodeKey, boot: Boot, running: Collection[BootBegin] = ()) -> None:
        """Record the end of a boot, dated by its guest; ignored when the guest's clock is wrong (no positive duration).

        `running` are the boots that are not known to have ended.
        """
        if boot.took_s <= 0:
            return
        finished = self._boots.setdefault(node, deque(maxlen=_BOOTS))
        boot = with_parallel(boot, finished, (begin.at for begin in running if begin.node == node))
        finished.append(boot)
        self._latest.append(boot)
        oldest_at = min((begin.at for begin in running if begin.profile == boot.profile), default=inf)
        self._fastest.setdefault(boot.profile, FastestBoots()).record(boot, oldest_at)

    def record_answer(self, completion: Completion) -> None:
        """Record how long a node took to answer. Only writes count: a read may wait for a guest instead of the node."""
        command = completion.command
        if isinstance(command, Observe | ReadDirectory | ReadTaskLog) or not changes_node(command):
            return
        if node := node_asked(command):
            self._answers.setdefault(node, deque(maxlen=_ANSWERS)).append(completion.ended_at - completion.started_at)

    @property
    def answers_s(self) -> dict[NodeKey, float]:
        """Median duration of a call, for each node with recent calls."""
        return {node: median(answers) for node, answers in self._answers.items()}

    def limits(self, snapshot: Snapshot, pace: Pace, now: Instant, *, trying: Collection[LockDomain] = ()) -> Limits:
        """The limits for one plan; one clone at once in the domains where one is tried."""
        return MeasuredLimits(
            clones=self._clone_limits(snapshot, pace, now) | dict.fromkeys(trying, 1),
            clone_s=self.clone_s,
            booted=self._booted,
            answers_s=self.answers_s,
        )

    @property
    def _booted(self) -> BootHistory:
        of_node = {node: tuple(boots) for node, boots in self._boots.items()}
        alone_s = {profile: boots.took_s for profile, boots in self._fastest.items()}
        return BootHistory(of_node=of_node, anywhere=tuple(self._latest), alone_s=alone_s)

    def _clone_limits(self, snapshot: Snapshot, pace: Pace, now: Instant) -> dict[LockDomain, int]:
        """Parallel clones for each storage's lock domain, and for a cluster's pools after time-outs on their lock."""
        domains = {storage.lock_domain: storage for view in snapshot.clusters.values() for storage in view.storages}
        lag = cloning_period(len(domains), pace) + _ANSWER_S
        limits = {
            domain: clone_limit(self._history(domain, storage), shared=storage.shared, lag_s=lag, now=now)
            for domain, storage in domains.items()
        }
        return limits | self._membership_limits(snapshot, now)

    def _membership_limits(self, snapshot: Snapshot, now: Instant) -> dict[LockDomain, int]:
        domains = map(membership_domain, snapshot.clusters)
        limits = {domain: membership_limit(tuple(self._samples.get(domain, ())), now=now) for domain in domains}
        return {domain: limit for domain, limit in limits.items() if limit is not None}

    @property
    def clone_s(self) -> dict[LockDomain, float]:
        """Seconds each measured lock domain's lock is held for one clone."""
        measured = ((domain, seconds_per_clone(samples)) for domain, samples in self._samples.items())
        return {domain: seconds for domain, seconds in measured if seconds is not None}

    def _history(self, domain: LockDomain, storage: Storage) -> DomainHistory:
        cluster = storage.node.cluster
        ordered_at, rivals = self._cloning.get(cluster, {}).get(domain, []), self._rivals.get(cluster, Counter())
        return DomainHistory(
            samples=tuple(self._samples.get(domain, ())),
            in_flight=len(ordered_at),
            oldest_at=min(ordered_at, default=None),
            rivals=rivals.total() if storage.shared else rivals[storage.node],
        )


def cloning_period(domains: int, pace: Pace) -> float:
    """Seconds between observations while this many lock domains have clones in flight."""
    return pace.observe_cloning_s if domains <= _FEW_DOMAINS else pace.observe_busy_s
