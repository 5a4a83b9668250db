"""Nodes, storages and templates of a drawn cluster."""

import math
from collections.abc import Iterator
from dataclasses import dataclass

from provisioner.model.budget import Budget
from provisioner.model.machines.twin_spec import NodeSpec, StorageSpec, TemplateSpec
from provisioner.twin.engine.draws import Draws
from tests.bench.drawn.ranges import Figures

DESKTOP_GIB = 4
DISK_GIB = 32
_MOST_NODES = 40
_CORES_A_DESKTOP = 0.5
"""A processor ratio of 4: less than the 6 that a profile allows, so that memory decides how many fit."""
_FIRST_TEMPLATE = 9001
_SHARED_GIB = 65_536.0
_KINDS = {"local": "lvmthin", "shared": "rbd"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Hardware:
    """What a cluster has."""

    nodes: tuple[NodeSpec, ...]
    storages: tuple[StorageSpec, ...]
    templates: tuple[TemplateSpec, ...]


def hardware_of(seed: int, figures: Figures, *, desktops: int) -> Hardware:
    """Nodes that hold at least so many desktops, and storages that never fill up."""
    nodes = tuple(_nodes(seed, figures, desktops))
    shared = {"local": 0, "shared": 1, "several": round(figures.of["shared_storages"]), "some local": 1}
    local = {"local": len(nodes), "some local": max(1, math.floor(figures.of["locals"] * len(nodes)))}
    with_own, kind = local.get(figures.kinds["storage"], 0), figures.kinds["storage"]
    storages = [_storage(figures, "local", nodes=tuple(node.name for node in nodes[:with_own]))] if with_own else []
    storages += [_storage(figures, "shared", number=number) for number in range(1, shared[kind] + 1)]
    return Hardware(nodes=nodes, storages=tuple(storages), templates=tuple(_templates(figures, storages, nodes)))


def _nodes(seed: int, figures: Figures, desktops: int) -> Iterator[NodeSpec]:
    count = min(_MOST_NODES, max(2, round(desktops / figures.of["desktops_a_node"])))
    sizes = list(_sizes(seed, figures, count))
    whole = desktops * figures.of["room"]
    for at in range(count):
        holds = math.ceil(whole * sizes[at] / sum(sizes))
        yield NodeSpec(
            name=f"pve{at + 1:02d}",
            cores=max(4, math.ceil(holds * _CORES_A_DESKTOP)),
            memory_mib=math.ceil((holds * DESKTOP_GIB + 1) / Budget().memory_share) * 1024,
            speed=_speed(seed, figures, at, count),
        )


def _sizes(seed: int, figures: Figures, count: int) -> Iterator[float]:
    draws, spread = Draws(seed, sigma=0.0), figures.of["size_spread"]
    for at in range(count):
        yield spread ** draws.share("size", at) if figures.kinds["sizes"] == "unlike" else 1.0


def _speed(seed: int, figures: Figures, at: int, count: int) -> float:
    """1 is the fastest, which the durations are those of."""
    slowest, kind = 1 / figures.of["speed_spread"], figures.kinds["speeds"]
    if kind == "all unlike":
        return round(slowest ** Draws(seed, sigma=0.0).share("speed", at), 3)
    slow = {"alike": 0, "one slow": 1, "two kinds": count // 2}[kind]
    return round(slowest, 3) if at >= count - slow else 1.0


def _storage(figures: Figures, kind: str, *, nodes: tuple[str, ...] = (), number: int = 0) -> StorageSpec:
    return StorageSpec(
        storage=f"{kind}{number or ''}",
        shared=kind == "shared",
        nodes=nodes,
        kind=_KINDS[kind],
        size_gib=_SHARED_GIB,
        image_operation_s=round(figures.of["image_operation_s"], 3),
        copy_gib_per_second=round(figures.of["copy_gib_per_second"], 3),
    )


def _templates(figures: Figures, storages: list[StorageSpec], nodes: tuple[NodeSpec, ...]) -> Iterator[TemplateSpec]:
    """On each node with a storage of its own; of each shared storage on the first node without, or else the first."""
    places = [(storage, name) for storage in storages if not storage.shared for name in storage.nodes]
    others = [node.name for node in nodes][len(places) :] or [nodes[0].name]
    shared = [storage for storage in storages if storage.shared]
    places += [(storage, others[at % len(others)]) for at, storage in enumerate(shared)]
    images = int(figures.kinds["images"])
    for at, (storage, node) in enumerate(places):
        yield TemplateSpec(
            vmid=_FIRST_TEMPLATE + at, node=node, storage=storage.storage, disk_gib=DISK_GIB, memory_mib=DESKTOP_GIB * 1024,
            cloud_init=images > 1, efi=images > 2, tpm=images > 2,
        )  # fmt: skip
