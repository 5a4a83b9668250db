"""When each cluster is observed next, and what is asked for besides the listing: task lists if something is unclear, the quorum
if in doubt or long ago."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from provisioner.execution.executor import Executor, nodes_to_look_up
from provisioner.model.actions import Action, Clone, is_routine
from provisioner.model.budget import Pace
from provisioner.model.commands import Observe
from provisioner.model.ids import ClusterId, Instant, NodeName
from provisioner.model.machines.cluster import ClusterView, Guest
from provisioner.model.machines.desktops import Phase
from provisioner.model.site_config import SiteConfig
from provisioner.model.status import Status
from provisioner.pacing.boot_limits import INITIAL
from provisioner.planning.placement.allocation import in_range
from provisioner.reasons.reason import NONE, Reason
from provisioner.reasons.targets import OBSERVATION_LATE, UNOBSERVED

_FOREVER = float("inf")
_FEW_DOMAINS = 4
_TASKS_OF_S = 6 * 3600.0
"""How far back task lists are read: none of our clones or starts takes longer."""
_QUORUM_S = 60.0
"""Between two questions for the quorum at rest: a lost quorum is otherwise not seen before a write fails, or a node is away."""
LATE_S = 60.0
"""A cluster that is up answers within seconds. Without an answer for this long nothing is written there."""
UNANSWERED_S = 300.0
"""A call is given up after this time: each of its requests ends after 35 s of silence, and after a minute in all."""


@dataclass(slots=True)
class ClusterObservation:
    """Observation of one cluster."""

    due_at: Instant = 0.0
    under_way: bool = False
    since: Instant = 0.0
    """When the last request was sent."""
    late_at: Instant = 0.0
    """When the missing answer is reported next."""
    error: Reason = NONE


class ObservationSchedule:
    """The observations of all clusters."""

    def __init__(self, clusters: Iterable[ClusterId]) -> None:
        self.clusters = {cluster: ClusterObservation() for cluster in clusters}

    def take_due(self, now: Instant) -> Iterator[ClusterId]:
        """The clusters to observe now; their observations are under way from here on."""
        for cluster, watch in self.clusters.items():
            if not watch.under_way and watch.due_at <= now:
                watch.under_way, watch.since, watch.late_at = True, now, now + LATE_S
                yield cluster

    def take_late(self, now: Instant) -> Iterator[tuple[ClusterId, Reason]]:
        """Clusters without an answer for long, and the text for it. After UNANSWERED_S they are observed again."""
        for cluster, watch in self.clusters.items():
            if watch.under_way and now >= watch.late_at:
                watch.late_at = now + LATE_S
                yield cluster, OBSERVATION_LATE(late_s=round(LATE_S))
                if now - watch.since >= UNANSWERED_S:
                    watch.under_way, watch.due_at = False, now

    def ended(self, cluster: ClusterId, *, due_at: Instant) -> None:
        """An observation has ended; the next one is due at `due_at`."""
        self.clusters[cluster].under_way, self.clusters[cluster].due_at = False, due_at

    def record_result(self, cluster: ClusterId, error: Reason) -> bool:
        """Record an observation's error, empty for success; returns whether it differs from the last one."""
        before, self.clusters[cluster].error = self.clusters[cluster].error, error
        return error != before

    @property
    def any_under_way(self) -> bool:
        """Whether an observation is under way."""
        return any(watch.under_way for watch in self.clusters.values())

    def all_now(self) -> None:
        """Observe every cluster at the next step."""
        for watch in self.clusters.values():
            watch.due_at = 0.0

    @property
    def wake_at(self) -> Instant:
        """When the next observation is due, or the next missing answer is to be reported."""
        times = (watch.late_at if watch.under_way else watch.due_at for watch in self.clusters.values())
        return min(times, default=_FOREVER)

    @property
    def unobserved(self) -> dict[ClusterId, Reason]:
        """Clusters whose last observation failed, and why nothing is written there."""
        return {cluster: UNOBSERVED(said=watch.error) for cluster, watch in self.clusters.items() if watch.error}


def period(in_flight: Iterable[Action], status: Status | None, pace: Pace, *, asks: bool = False) -> float:
    """Seconds between observations: short while actions are in flight or desktops are awaited, long at rest.

    Readings of sessions are always under way: no listing shows what comes of them. `asks`: some missing VMs are not asked about
    yet, and nothing is cloned meanwhile.
    """
    in_flight = tuple(in_flight)
    cloning = {action.lock_domain for action in in_flight if isinstance(action, Clone)}
    if cloning:
        booting = status.phases.get(Phase.STARTING, 0) if status else 0
        # At the beginning every node waits for its first desktops: a clone observed late leaves the node idle.
        return cloning_period(len(cloning) if booting >= INITIAL * len(cloning) else 1, pace)
    busy = asks or not all(map(is_routine, in_flight)) or (status is not None and status.on_the_way > 0)
    return pace.observe_busy_s if busy else pace.observe_idle_s


def cloning_period(domains: int, pace: Pace) -> float:
    """Seconds between observations while this many lock domains have clones in flight."""
    return pace.observe_cloning_s if domains <= _FEW_DOMAINS else pace.observe_busy_s


def in_time(observed_at: Instant, pause: float, *, change: Instant | None, now: Instant, pace: Pace) -> Instant:
    """When to observe again: after the pause, or earlier if a batch opens or a preparation begins at `change`."""
    due = observed_at + pause
    if change is None or change <= now:
        return due
    return min(due, max(change, observed_at + pace.observe_cloning_s))


def observation_of(
    cluster: ClusterId,
    last: ClusterView | None,
    locked: Iterable[Guest],
    *,
    executor: Executor,
    config: SiteConfig,
    now: Instant,
) -> Observe:
    """The next request. `last` is the last observation; `locked` are its guests that are locked 'clone'."""
    nodes = nodes_to_look_up(executor, last, now, patience_s=config.pace.task_lookup_s)
    circuit = executor.circuits.clusters.get(cluster)
    return Observe(
        cluster=cluster,
        tasks_of=nodes | _with_strange_clones(locked, executor, config),
        since=now - _TASKS_OF_S,
        quorum=_is_quorum_in_doubt(last, now) or (circuit is not None and circuit.needs_quorum),
    )


def _is_quorum_in_doubt(last: ClusterView | None, now: Instant) -> bool:
    """If nodes are away, either they failed or the cluster is split and this is the smaller side."""
    if last is None or last.quorum_asked_at is None or now - last.quorum_asked_at >= _QUORUM_S:
        return True
    return not all(node.online for node in last.nodes.values())


def _with_strange_clones(locked: Iterable[Guest], executor: Executor, config: SiteConfig) -> frozenset[NodeName]:
    """Nodes with a VM in our range that is locked 'clone', but not by a clone in flight: does a task still run?"""
    ours = (guest for guest in locked if in_range(guest.key.cluster, guest.key.vmid, config.naming.vmids))
    return frozenset(guest.node for guest in ours if guest.key not in executor.work)
