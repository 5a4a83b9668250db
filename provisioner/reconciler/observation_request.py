"""What an observation asks for besides the listing: task lists if something is unclear, the quorum if in doubt or long ago."""

from collections.abc import Iterable

from provisioner.execution.executor import Executor, nodes_to_look_up
from provisioner.model.cluster import ClusterView, Guest
from provisioner.model.commands import Observe
from provisioner.model.ids import ClusterId, Instant, NodeName
from provisioner.model.site_config import SiteConfig
from provisioner.planning.placement.allocation import in_range

_TASKS_OF_S = 6 * 3600.0
"""How far back task lists are read: none of our clones or starts takes longer."""
_QUORUM_S = 60.0
"""Between two questions for the quorum at rest: a lost quorum is otherwise not seen before a write fails, or a node is away."""


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
