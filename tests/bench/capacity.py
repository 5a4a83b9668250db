"""What the capacity costs: now, what would add most, and the loss of each node, of a site with 1,700 desktops.

Resources are drawn by seed, so that no two nodes are alike. Milliseconds of processor time, medians of several runs.
"""

import statistics
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from random import Random
from typing import Any

from provisioner.model.ids import ClusterId, NodeKey, NodeName, ProfileName
from provisioner.planning.placement.capacity.ground import CloneRoute, ClusterGround, Ground, Need
from provisioner.planning.placement.capacity.mixed import MixedCapacity
from provisioner.planning.report.capacities import Desktops, outlook_of
from tests.builders.ground import a_need, local, node_named, shared

DESKTOPS = 1_700
RUNS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """A site."""

    clusters: int = 1
    nodes: int = 40
    """Of each cluster."""
    on_local: bool = True
    """Each node has a storage of its own, with a template."""
    on_shared: bool = False
    """Each cluster has a shared storage, with four copies of the template."""
    profiles: int = 1


SHAPES = (
    Shape(),
    Shape(on_local=False, on_shared=True),
    Shape(on_shared=True),
    Shape(on_shared=True, profiles=3),
    Shape(clusters=59, nodes=16),
)


def run(*, shapes: tuple[Shape, ...] = SHAPES) -> dict[str, Any]:
    """Every shape."""
    return {"desktops": DESKTOPS, "shapes": [_measured(shape) for shape in shapes]}


def _measured(shape: Shape) -> dict[str, Any]:
    ground, needs, desktops = _site(shape)
    now = _median_ms(lambda: [single.free for single in MixedCapacity(ground, needs).singles.values()])
    outlook = _median_ms(lambda: outlook_of(MixedCapacity(ground, needs), desktops, {}))
    losses = [loss for of in outlook_of(MixedCapacity(ground, needs), desktops, {}).values() for loss in of.losses]
    apart = max(loss.at_most - loss.at_least for loss in losses)
    found = {
        "clusters": shape.clusters,
        "nodes": shape.clusters * shape.nodes,
        "storages": " and ".join(["local"] * shape.on_local + ["shared"] * shape.on_shared),
        "profiles": shape.profiles,
        "now_ms": now,
        "all_ms": outlook,
        "bounds_apart": apart,
    }
    print(f"capacity {found}", flush=True)
    return found


def _median_ms(work: Callable[[], object]) -> float:
    took = []
    for _ in range(RUNS):
        began = time.process_time()
        work()
        took.append(1000 * (time.process_time() - began))
    return round(statistics.median(took), 2)


def _site(shape: Shape) -> tuple[Ground, Mapping[ProfileName, Need], Desktops]:
    random = Random(1)
    clusters = [ClusterId(f"c{number:02}") for number in range(shape.clusters)]
    nodes = [node_named(f"n{number:02}", cluster) for cluster in clusters for number in range(shape.nodes)]
    ground = Ground(clusters={cluster: _cluster(cluster, nodes, random) for cluster in clusters})
    routes = [route for node in nodes for route in _routes(shape, node)]
    needs = [
        a_need(f"p{number}", routes, memory_mib=4096 * number, vcpus=2, cpu_ratio=6.0, claim_gib=16.0)
        for number in range(1, shape.profiles + 1)
    ]
    each = DESKTOPS // len(nodes)
    return ground, {need.profile: need for need in needs}, {node: _spread(each, needs) for node in nodes}


def _spread(count: int, needs: list[Need]) -> Counter[ProfileName]:
    return Counter(needs[number % len(needs)].profile for number in range(count))


def _cluster(cluster: ClusterId, nodes: list[NodeKey], random: Random) -> ClusterGround:
    keys = [node for node in nodes if node.cluster == cluster]
    return ClusterGround(
        cluster=cluster,
        memory_mib={key: random.randint(20, 90) * 1024.0 for key in keys},
        cores=dict.fromkeys(keys, 64),
        vcpus={key: random.randint(80, 340) for key in keys},
        gib={**{local(key): float(random.randint(50, 400)) for key in keys}, shared("ceph", cluster): 80.0 * len(keys)},
        vmids=3000,
    )


def _routes(shape: Shape, node: NodeKey) -> list[CloneRoute]:
    own = [CloneRoute(node, node, local(node))] if shape.on_local else []
    copies = (NodeKey(node.cluster, NodeName(f"n{number:02}")) for number in range(4))
    ceph = shared("ceph", node.cluster)
    return own + ([CloneRoute(copy, node, ceph) for copy in copies] if shape.on_shared else [])
