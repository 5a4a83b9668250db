"""Small clusters in plain numbers for tests of capacity; and every way to place desktops on them, tried one by one."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from random import Random

from provisioner.model.ids import ClusterId, LockDomain, NodeKey, NodeName, ProfileName
from provisioner.model.words import WaitsFor
from provisioner.planning.placement.capacity.ground import (
    CloneRoute,
    ClusterGround,
    Ground,
    Need,
    Quota,
    usable_routes,
    with_cluster,
)

PVE = ClusterId("pve")
POOL = Quota("addresses", "10.40.0.10–10.40.0.14")


def node_named(name: str, cluster: ClusterId = PVE) -> NodeKey:
    """A node's key."""
    return NodeKey(cluster, NodeName(name))


def local(node: NodeKey) -> LockDomain:
    """The storage that only this node sees."""
    return LockDomain(f"{node.cluster}/{node.node}/local")


def shared(name: str, cluster: ClusterId = PVE) -> LockDomain:
    """A storage that several nodes see."""
    return LockDomain(f"{cluster}/{name}")


def nodes_of(ground: Ground) -> list[NodeKey]:
    """All nodes."""
    return [node for cluster in ground.clusters.values() for node in cluster.memory_mib]


def a_ground(*nodes: str, quotas: Mapping[Quota, int] | None = None, **changed: object) -> Ground:
    """One cluster: each node has memory, cores and a local storage for ten desktops, and there are VMIDs for 100."""
    keys = [node_named(name) for name in nodes]
    cluster = ClusterGround(
        cluster=PVE,
        memory_mib=dict.fromkeys(keys, 40.0),
        cores=dict.fromkeys(keys, 10),
        vcpus=dict.fromkeys(keys, 0),
        gib={local(key): 100.0 for key in keys},
        vmids=100,
    )
    return Ground(clusters={PVE: replace(cluster, **changed)}, quotas=quotas or {})  # type: ignore[arg-type]


def ways_on(*nodes: str, storage: str = "", made_at: str = "") -> tuple[CloneRoute, ...]:
    """Routes for these nodes: each onto its local storage, or onto a shared one. `made_at`: the only node with a template."""
    keys = [node_named(name) for name in nodes]
    return tuple(
        CloneRoute(node_named(made_at) if made_at else key, key, shared(storage) if storage else local(key)) for key in keys
    )


def a_need(name: str = "standard", routes: Iterable[CloneRoute] = (), **changed: object) -> Need:
    """A profile's need: desktops of 4 GiB, 2 vCPUs, 10 GiB on the storage."""
    by_cluster: dict[ClusterId, tuple[CloneRoute, ...]] = {}
    for route in routes:
        by_cluster[route.node.cluster] = (*by_cluster.get(route.node.cluster, ()), route)
    need = Need(profile=ProfileName(name), memory_mib=4, vcpus=2, cpu_ratio=2.0, claim_gib=10.0, routes=by_cluster)
    return replace(need, **changed)  # type: ignore[arg-type]


@dataclass
class Luck:
    """Small random clusters: a few desktops fit, so that every way to place them can be tried."""

    seed: int
    random: Random = field(init=False)

    def __post_init__(self) -> None:
        self.random = Random(self.seed)

    def ground(self, *, clusters: int = 2, nodes: int = 3) -> Ground:
        """Clusters with up to so many nodes."""
        names = [ClusterId(f"c{number}") for number in range(self.random.randint(1, clusters))]
        return Ground(
            clusters={name: self._cluster(name, self.random.randint(1, nodes)) for name in names},
            quotas={POOL: self.random.randint(-1, 12), Quota("ceiling", "vpn"): self.random.randint(0, 12)},
        )

    def need(self, ground: Ground, name: str = "standard") -> Need:
        """A profile with some of the possible routes."""
        routes = [way for cluster in ground.clusters.values() for way in self._ways(cluster)]
        chosen = sorted(self.random.sample(routes, self.random.randint(len(routes) // 3, len(routes))))
        return a_need(
            name,
            chosen,
            memory_mib=self.random.choice((2, 3, 4)),
            vcpus=self.random.choice((1, 2)),
            cpu_ratio=self.random.choice((1.0, 2.0)),
            claim_gib=self.random.choice((5.0, 7.5, 10.0)),
            quotas=tuple(self.random.sample(sorted(ground.quotas), self.random.choice((0, 0, 1, 2)))),
        )

    def richer(self, ground: Ground) -> Iterator[Ground]:
        """The ground with a little more of something somewhere."""
        for cluster in ground.clusters.values():
            node, domain = self.random.choice(list(cluster.memory_mib)), self.random.choice(list(cluster.gib))
            yield with_cluster(ground, replace(cluster, memory_mib={**cluster.memory_mib, node: cluster.memory_mib[node] + 3}))
            yield with_cluster(ground, replace(cluster, cores={**cluster.cores, node: cluster.cores[node] + 1}))
            yield with_cluster(ground, replace(cluster, gib={**cluster.gib, domain: cluster.gib[domain] + 12}))
            yield with_cluster(ground, replace(cluster, vmids=cluster.vmids + 1))
        yield replace(ground, quotas={quota: left + 1 for quota, left in ground.quotas.items()})

    def with_plenty(self, ground: Ground, kind: WaitsFor) -> Ground:
        """The ground with more of a resource than can be used, everywhere."""
        for cluster in ground.clusters.values():
            changed = {
                WaitsFor.MEMORY: {"memory_mib": dict.fromkeys(cluster.memory_mib, 9999.0)},
                WaitsFor.STORAGE: {"gib": dict.fromkeys(cluster.gib, 9999.0)},
                WaitsFor.VMIDS: {"vmids": 9999},
            }
            ground = with_cluster(ground, replace(cluster, **changed[kind]))  # type: ignore[arg-type]
        return ground

    def _cluster(self, name: ClusterId, nodes: int) -> ClusterGround:
        keys, number = [node_named(f"n{number}", name) for number in range(nodes)], self.random.randint
        domains = [*map(local, keys), shared("a", name), shared("b", name)]
        return ClusterGround(
            cluster=name,
            memory_mib={key: number(-1, 12) + 0.5 for key in keys},
            cores={key: number(1, 4) for key in keys},
            vcpus={key: number(0, 2) for key in keys},
            gib={domain: float(number(-5, 35)) for domain in domains},
            vmids=number(1, 9),
        )

    def _ways(self, ground: ClusterGround) -> Iterator[CloneRoute]:
        for node in ground.memory_mib:
            yield CloneRoute(node, node, local(node))
            for domain in (shared("a", ground.cluster), shared("b", ground.cluster)):
                yield from (CloneRoute(made_at, node, domain) for made_at in ground.memory_mib)


def most(ground: Ground, wanted: Mapping[Need, int] | Iterable[tuple[Need, int]]) -> int:
    """The most of these desktops that fit in any way, by trying every one."""
    kinds = tuple(wanted.items() if isinstance(wanted, Mapping) else wanted)
    trial = _Trial(ground, [need for need, _ in kinds])
    return trial.most(trial.begin, tuple(count for _, count in kinds))


def most_more(ground: Ground, need: Need, lost: Iterable[tuple[Need, int]]) -> int:
    """The most desktops of `need` that fit besides the lost ones; negative: so many of the lost ones do not fit at all."""
    kinds = tuple(lost)
    total = sum(count for _, count in kinds)
    if (placed := most(ground, kinds)) < total:
        return placed - total
    trial = _Trial(ground, [need, *(other for other, _ in kinds)])
    more = 0
    while trial.most(trial.begin, (more + 1, *(count for _, count in kinds))) == total + more + 1:
        more += 1
    return more


class _Trial:
    """Every way to place desktops; each state is tried once."""

    def __init__(self, ground: Ground, needs: list[Need]) -> None:
        self._needs = needs
        self._keys: list[object] = []
        begin: list[float] = []
        for cluster in ground.clusters.values():
            for what, amounts in (("memory", cluster.memory_mib), ("vcpus", cluster.vcpus), ("gib", cluster.gib)):
                self._keys += [(what, key) for key in amounts]
                begin += amounts.values()
            self._keys.append(("vmids", cluster.cluster))
            begin.append(cluster.vmids)
        self._keys += ground.quotas
        self.begin = tuple(begin) + tuple(ground.quotas.values())
        self._at = {key: at for at, key in enumerate(self._keys)}
        self._cores = {key: cores for cluster in ground.clusters.values() for key, cores in cluster.cores.items()}
        self._ways = [
            sorted({way[1:] for cluster in ground.clusters.values() for way in usable_routes(cluster, need)}) for need in needs
        ]
        self.most = cache(self._most)

    def _most(self, state: tuple[float, ...], wanted: tuple[int, ...]) -> int:
        best = 0
        for kind, count in enumerate(wanted):
            rest = tuple(number - (at == kind) for at, number in enumerate(wanted))
            for way in self._ways[kind] if count else ():
                after = self._placed(state, self._needs[kind], *way)
                if after is not None:
                    best = max(best, 1 + self.most(after, rest))
                    if best == sum(wanted):
                        return best
        return best

    def _placed(self, state: tuple[float, ...], need: Need, node: NodeKey, domain: LockDomain) -> tuple[float, ...] | None:
        now = list(state)
        now[self._at["memory", node]] -= need.memory_mib
        now[self._at["vcpus", node]] += need.vcpus
        now[self._at["gib", domain]] -= need.claim_gib
        now[self._at["vmids", node.cluster]] -= 1
        for quota in need.quotas:
            now[self._at[quota]] -= 1
        changed = [self._at["memory", node], self._at["gib", domain], self._at["vmids", node.cluster]]
        if any(now[at] < 0 for at in (*changed, *(self._at[quota] for quota in need.quotas))):
            return None
        cores = self._cores[node]
        if cores < need.vcpus or now[self._at["vcpus", node]] > cores * need.cpu_ratio:
            return None
        return tuple(now)
