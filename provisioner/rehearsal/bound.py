"""A lower bound for a switch, from the demand and the twin's figures alone: no schedule can be shorter.

The maximum, over all resources, of total work ÷ width, plus the shortest chain that must come before or after it. It is
independent of Bascule's planning and of the twin's code.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from heapq import heapify, heapreplace
from math import inf

from provisioner.model.machines.twin_spec import Durations, StorageSpec, TemplateSpec, TwinSpec

_WRITES = 2
"""API calls that hold a worker for the service time alone: clone and start. The third call, configure, holds it for its own."""


def bound_s(spec: TwinSpec, *, desktops: int, full: bool = False, storage: str | None = None) -> float:
    """Seconds until the last of `desktops` clones is ready, with all nodes alive; infinite if no clone is possible.

    Linked clones, or `full` ones, to this `storage` or to those of their templates.
    """
    clones = list(_clones(spec, full=full, storage=storage))
    speeds = {node.name: node.speed for node in spec.nodes}
    reachable = {node: speeds[node] for clone in clones for node in clone.nodes}
    if desktops == 0:
        return 0.0
    if not reachable:
        return inf
    durations = spec.durations
    ready_s = _ready_s(durations, max(reachable.values()))
    after_clone = durations.clone_outside_lock_s + durations.configure_s + durations.start_task_s + ready_s
    shortest = min(clone.alone_s for clone in clones)
    return max(
        shortest + after_clone,
        shortest + after_clone - ready_s
        + desktops * _boots_s(durations) / (durations.boots_width * sum(reachable.values())) + durations.first_boot_s,
        _locks_s(clones, desktops) + after_clone,
        _copying_s(clones, desktops) + after_clone,
        _api_s(spec, clones, desktops=desktops, nodes=len(reachable)),
    )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    """A storage as one lock and one bandwidth."""

    name: str
    spec: StorageSpec


@dataclass(frozen=True, slots=True, kw_only=True)
class _Clone:
    """What a clone of one template needs."""

    template: TemplateSpec
    nodes: frozenset[str]
    """The nodes on which it can run."""
    locks: Mapping[_Place, float]
    """Seconds that it holds each lock."""
    disk: _Place
    """Where its disks are made."""
    source: _Place
    """Where its template's disks are."""
    copies_gib: float = 0.0

    @property
    def alone_s(self) -> float:
        """All image operations, and the copying."""
        speed = min(place.spec.copy_gib_per_second for place in (self.source, self.disk))
        return sum(self.locks.values()) + self.copies_gib / speed


def _clones(spec: TwinSpec, *, full: bool, storage: str | None) -> Iterator[_Clone]:
    """One for each template that a clone of this kind can be made of."""
    by_name = {named.storage: named for named in spec.storages}
    speeds = {node.name: node.speed for node in spec.nodes}
    for template in spec.templates:
        disk = by_name[template.storage]
        drive = by_name[template.cloud_init_storage or template.storage]
        targets = (disk, drive) if storage is None or not full else (by_name[storage], by_name[storage])
        nodes = _nodes(spec, template, sources=(disk, drive), targets=targets)
        if nodes:
            yield _clone(template, nodes, disk=disk, targets=targets, full=full, speed=speeds[template.node])


def _nodes(
    spec: TwinSpec, template: TemplateSpec, *, sources: Iterable[StorageSpec], targets: tuple[StorageSpec, ...]
) -> frozenset[str]:
    """Its own node; with all images on shared storages, all that see the clone's. None if its own does not see them."""
    alive = {node.name for node in spec.nodes}
    visible_from = alive.intersection(*(storage.nodes or alive for storage in targets))
    if template.node not in visible_from:
        return frozenset()
    anywhere = all(storage.shared for storage in (*sources, *targets))
    return frozenset(visible_from) if anywhere else frozenset({template.node})


def _clone(
    template: TemplateSpec,
    nodes: frozenset[str],
    *,
    disk: StorageSpec,
    targets: tuple[StorageSpec, ...],
    full: bool,
    speed: float,
) -> _Clone:
    """`speed`: of the template's node, which does the image operations."""
    images = 1 + template.data_disks + template.efi + template.tpm
    made_on, drive_on = (_place(target, template) for target in targets)
    operations = Counter({made_on: images})
    operations[drive_on] += template.cloud_init
    return _Clone(
        template=template,
        nodes=nodes,
        locks={place: count * place.spec.image_operation_s / speed for place, count in operations.items() if count},
        disk=made_on,
        source=_place(disk, template),
        copies_gib=float(template.disk_gib + template.data_disks) if full else 0.0,
    )


def _place(storage: StorageSpec, template: TemplateSpec) -> _Place:
    return _Place(name=storage.storage if storage.shared else f"{template.node}/{storage.storage}", spec=storage)


def _ready_s(durations: Durations, speed: float) -> float:
    """From the start task's end to ready, on a node of this speed with nothing else to do."""
    return _boots_s(durations) / speed + durations.setup_s + durations.first_boot_s


def _boots_s(durations: Durations) -> float:
    """A setup with restarts boots at least twice."""
    return durations.boot_s * (2 if durations.setup_restarts else 1)


def _locks_s(clones: list[_Clone], desktops: int) -> float:
    """A lock runs one operation at a time. Work spreads over the locks of the disks as evenly as whole desktops allow; likewise
    over all others, if every clone takes one of them."""
    disks = _least(clones, {clone.disk for clone in clones})
    others = _least(clones, {place for clone in clones for place in clone.locks} - set(disks))
    apart = all(set(clone.locks) & set(others) for clone in clones)
    return max(_spread_s(disks, desktops), _spread_s(others, desktops) if apart else 0.0)


def _least(clones: list[_Clone], places: set[_Place]) -> dict[_Place, float]:
    """The seconds of the quickest clone at each place."""
    return {place: min(clone.locks[place] for clone in clones if place in clone.locks) for place in places}


def _spread_s(holds: Mapping[_Place, float], desktops: int) -> float:
    """When the last of so many operations ends, with each lock working without a pause; 0 without a lock that holds."""
    ends = [(hold, 1, hold) for hold in holds.values()]
    if not ends or min(ends)[0] == 0:
        return 0.0
    heapify(ends)
    for _ in range(desktops - 1):
        _, count, hold = ends[0]
        heapreplace(ends, ((count + 1) * hold, count + 1, hold))
    return ends[0][0]


def _copying_s(clones: list[_Clone], desktops: int) -> float:
    """All that is read, or written, through all bandwidths there are."""
    if not all(clone.copies_gib for clone in clones):
        return 0.0
    work_gib = desktops * min(clone.copies_gib for clone in clones)
    places = ({clone.disk for clone in clones}, {clone.source for clone in clones})
    return work_gib / min(sum(place.spec.copy_gib_per_second for place in side) for side in places)


def _api_s(spec: TwinSpec, clones: list[_Clone], *, desktops: int, nodes: int) -> float:
    """A clone takes a worker of its template's node, the other calls take one of the desktop's."""
    api = spec.api
    with_template = len({clone.template.node for clone in clones})
    each_s = _WRITES * api.write_s + spec.durations.configure_s
    return desktops / api.workers * max(each_s / nodes, api.write_s / with_template)
