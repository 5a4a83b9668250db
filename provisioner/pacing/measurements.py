"""What observations and answers say of how much bears being done at once: by lock domain, by node, by node's API."""

from collections import Counter, deque
from collections.abc import Collection, Mapping
from statistics import median

from provisioner.actions.registry import is_order, node_asked
from provisioner.model.actions import Outcome
from provisioner.model.budget import Pace
from provisioner.model.cluster import ClusterView, Snapshot, Storage, membership_domain
from provisioner.model.commands import Completion, Observe, ReadDirectory, ReadTaskLog
from provisioner.model.ids import ClusterId, GuestKey, Instant, LockDomain, NodeKey
from provisioner.model.work import Work
from provisioner.pacing.boot_samples import Boot, BootHistory
from provisioner.pacing.clone_limits import clone_limit, seconds_per_clone
from provisioner.pacing.clone_samples import DomainHistory, LockSample
from provisioner.pacing.lock_samples import KEPT, clones_of, lock_samples_of, rivals_of
from provisioner.pacing.membership_limits import membership_limit

_FEW_DOMAINS = 4
_ANSWER_S = 1.0
"""From an observation to the next clone's task: planning, the store, and the clone's own answer."""
_BOOTS = 96
"""Boots of a node that are kept: several times as many as it ever has at once."""
_ANSWERS = 8
"""Calls whose answers tell how fast a node is now."""
_DURATIONS = 512
"""Durations that are kept, of all nodes together: among so many some had few others beside them."""
RIVALS_EVERY_S = 10.0
"""How often it is looked who else takes the storages' locks, while clones are in flight: their tasks take longer."""


class Meter:
    """The latest measurements; nothing of it is kept over a restart."""

    def __init__(self) -> None:
        self._spells: dict[LockDomain, deque[LockSample]] = {}
        self._boots: dict[NodeKey, deque[Boot]] = {}
        self._durations: deque[float] = deque(maxlen=_DURATIONS)
        self._answers: dict[NodeKey, deque[float]] = {}
        self._cloning: dict[ClusterId, dict[LockDomain, list[Instant]]] = {}
        self._rivals: dict[ClusterId, Counter[NodeKey]] = {}
        self._rivals_at: dict[ClusterId, Instant] = {}

    def measure(self, before: Mapping[GuestKey, Work], outcomes: Collection[Outcome], view: ClusterView) -> None:
        """Take in what an observation showed of the clones that were under way `before` it, and the outcomes it brought."""
        last = {domain: spells[-1].seen_at for domain, spells in self._spells.items()}
        for domain, spell in lock_samples_of(before, outcomes, view, last_seen_at=last).items():
            spells = self._spells.setdefault(domain, deque(maxlen=KEPT))
            spells.append(spell.after(spells.pop()) if spells and spells[-1].is_empty else spell)
        ended = {outcome.key for outcome in outcomes}
        self._cloning[view.cluster] = clones_of(before, view, without=ended)
        if view.running is not None:
            self._rivals[view.cluster], self._rivals_at[view.cluster] = rivals_of(before, view), view.taken_at

    def rivals_due(self, cluster: ClusterId, now: Instant) -> bool:
        """Whether it is to be asked what else runs there."""
        return bool(self._cloning.get(cluster)) and now - self._rivals_at.get(cluster, 0.0) >= RIVALS_EVERY_S

    def booted(self, node: NodeKey, boot: Boot) -> None:
        """Take in the end of a boot, as its guest dated it; one of no length says that the guest's clock is wrong."""
        if boot.took_s <= 0:
            return
        self._boots.setdefault(node, deque(maxlen=_BOOTS)).append(boot)
        self._durations.append(boot.took_s)

    def timed(self, completion: Completion) -> None:
        """Writes tell how fast a node answers; what a guest takes for its own answer is not the node's doing."""
        action = completion.command
        if not isinstance(action, Observe | ReadDirectory | ReadTaskLog) and is_order(action) and (node := node_asked(action)):
            self._answers.setdefault(node, deque(maxlen=_ANSWERS)).append(completion.ended_at - completion.started_at)

    @property
    def answers_s(self) -> dict[NodeKey, float]:
        """What a call takes, of each node that was asked lately."""
        return {node: median(answers) for node, answers in self._answers.items()}

    @property
    def boots(self) -> BootHistory:
        """The latest boots."""
        return BootHistory(of_node=self._boots, durations=self._durations)

    def limits(self, snapshot: Snapshot, pace: Pace, now: Instant) -> dict[LockDomain, int]:
        """Clones at once, of every storage's domain there is; and of a cluster's pools, where their lock was not got."""
        domains = {one.lock_domain: one for view in snapshot.clusters.values() for one in view.storages}
        lag = cloning_period(len(domains), pace) + _ANSWER_S
        limits = {
            domain: clone_limit(self._history(domain, storage), shared=storage.shared, lag_s=lag, now=now)
            for domain, storage in domains.items()
        }
        return limits | self._membership_limits(snapshot, now)

    def _membership_limits(self, snapshot: Snapshot, now: Instant) -> dict[LockDomain, int]:
        domains = map(membership_domain, snapshot.clusters)
        found = {domain: membership_limit(tuple(self._spells.get(domain, ())), now=now) for domain in domains}
        return {domain: limit for domain, limit in found.items() if limit is not None}

    @property
    def clone_s(self) -> dict[LockDomain, float]:
        """What a clone takes of each lock domain's time, where it has been measured."""
        measured = ((domain, seconds_per_clone(spells)) for domain, spells in self._spells.items())
        return {domain: seconds for domain, seconds in measured if seconds is not None}

    def _history(self, domain: LockDomain, storage: Storage) -> DomainHistory:
        cluster = storage.node.cluster
        under_way, rivals = self._cloning.get(cluster, {}).get(domain, []), self._rivals.get(cluster, Counter())
        return DomainHistory(
            spells=tuple(self._spells.get(domain, ())),
            in_flight=len(under_way),
            oldest_at=min(under_way, default=None),
            rivals=rivals.total() if storage.shared else rivals[storage.node],
        )


def cloning_period(domains: int, pace: Pace) -> float:
    """Seconds from one observation to the next while this many lock domains clone."""
    return pace.observe_cloning_s if domains <= _FEW_DOMAINS else pace.observe_busy_s
