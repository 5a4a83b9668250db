"""What an observation asks besides the listing: task lists where something is puzzling, quorum where it is in doubt."""

from collections.abc import Iterable

from provisioner.execution.executor import Executor, nodes_to_look_up
from provisioner.model.cluster import ClusterView, Guest
from provisioner.model.commands import Observe
from provisioner.model.ids import ClusterId, Instant, NodeName
from provisioner.model.site_config import SiteConfig
from provisioner.pacing.measurements import Meter
from provisioner.planning.placement.allocation import in_range

_TASKS_OF_S = 6 * 3600.0
"""How far back task lists are read when something is puzzling: no clone or start of ours takes longer."""


def observation_of(
    cluster: ClusterId,
    last: ClusterView | None,
    locked: Iterable[Guest],
    *,
    executor: Executor,
    meter: Meter,
    config: SiteConfig,
    now: Instant,
) -> Observe:
    """The next observation, given the `last`, and of the guests in that those that are `locked` 'clone'."""
    nodes = nodes_to_look_up(executor, last, now, patience_s=config.pace.task_lookup_s)
    circuit = executor.circuits.clusters.get(cluster)
    # Nodes that are away: is it they, or are we on the smaller side?
    doubtful = last is not None and not all(node.online for node in last.nodes.values())
    return Observe(
        cluster=cluster,
        tasks_of=nodes | _with_strange_clones(locked, executor, config),
        since=now - _TASKS_OF_S,
        quorum=doubtful or (circuit is not None and circuit.needs_quorum),
        running=meter.needs_running_tasks(cluster, now),
    )


def _with_strange_clones(locked: Iterable[Guest], executor: Executor, config: SiteConfig) -> frozenset[NodeName]:
    """Nodes with a VM of our range that is locked 'clone' without our doing: is anybody still at it?"""
    ours = (guest for guest in locked if in_range(guest.key.cluster, guest.key.vmid, config.naming.vmids))
    return frozenset(guest.node for guest in ours if guest.key not in executor.work)
