"""The shortest makespan that the hardware allows when desktops are split over the nodes, each at its own speed.

As `provisioner.rehearsal.bound`, and besides: how many desktops a node holds, what each node's own speed and lock allow it by a
time, and that durations differ (`sigma`): work that is a sum of many durations takes its mean, not its median. Foreign load and
failures are left out. Storages are seen by one node, or by all.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass

from provisioner.model.machines.twin_spec import Durations, NodeSpec, TemplateSpec, TwinSpec

_EXACT_S = 0.05
_WRITES = 2
"""API calls that hold a worker for the service time alone; the third, configure, holds it for its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A template's storage, as one lock and one bandwidth."""

    nodes: frozenset[str]
    """Where its clones can run."""
    alone_s: float
    """One clone's time in the lock and copying: the median."""
    each_s: float
    """From one clone to the next at the soonest: the mean."""


def split_bound_s(spec: TwinSpec, *, desktops: int, holds: Mapping[str, int], full: bool = False) -> float:
    """Seconds until the last of `desktops` clones is ready; `holds`: how many each node holds at most, by name."""
    places = _places(spec, full=full)
    low, high = 0.0, 1.0
    while _ready_by(spec, places, holds, high) < desktops:
        low, high = high, 2 * high
    while high - low > _EXACT_S:
        middle = (low + high) / 2
        low, high = (low, middle) if _ready_by(spec, places, holds, middle) >= desktops else (middle, high)
    return high


def _ready_by(spec: TwinSpec, places: list[Place], holds: Mapping[str, int], at_s: float) -> int:
    """How many can be ready by then: storages of a single node first, the shared ones fill what they leave."""
    left = {node.name: min(holds[node.name], _boots_by(spec, node, places, at_s)) for node in spec.nodes}
    by_shared = ready = 0
    for place in places:
        clones = math.floor(max(0.0, at_s - _after_clone_s(spec, place)) / place.each_s)
        if len(place.nodes) > 1:
            by_shared += clones
            continue
        (node,) = place.nodes
        taken = min(clones, left[node])
        left[node] -= taken
        ready += taken
    return ready + min(by_shared, sum(left.values()))


def _places(spec: TwinSpec, *, full: bool) -> list[Place]:
    """One for each lock; of several templates behind a shared one, that on the fastest node."""
    shared = {storage.storage for storage in spec.storages if storage.shared}
    places: dict[str, Place] = {}
    for template in spec.templates:
        place = _place(spec, template, full=full)
        lock = template.storage if template.storage in shared else f"{template.node}/{template.storage}"
        places[lock] = min(place, places.get(lock, place), key=lambda each: each.each_s)
    return list(places.values())


def _place(spec: TwinSpec, template: TemplateSpec, *, full: bool) -> Place:
    storage = next(each for each in spec.storages if each.storage == template.storage)
    speed = next(node.speed for node in spec.nodes if node.name == template.node)
    images = 1 + template.data_disks + template.efi + template.tpm + template.cloud_init
    lock_s = images * storage.image_operation_s / speed
    copy_s = template.disk_gib / storage.copy_gib_per_second if full else 0.0
    return Place(
        nodes=frozenset(node.name for node in spec.nodes) if storage.shared else frozenset({template.node}),
        alone_s=lock_s + copy_s,
        each_s=max(lock_s * _mean(spec.durations), copy_s, spec.api.write_s / spec.api.workers),
    )


def _mean(durations: Durations) -> float:
    """Of a log-normal duration, in medians."""
    return math.exp(durations.sigma**2 / 2)


def _after_clone_s(spec: TwinSpec, place: Place) -> float:
    """From a clone's end in the lock to ready, on the fastest node that sees it."""
    durations, fastest = spec.durations, max(node.speed for node in spec.nodes if node.name in place.nodes)
    return _to_boot_s(durations) + _boots(durations, fewest=True) * durations.boot_s / fastest + _after_boot_s(durations)


def _to_boot_s(durations: Durations) -> float:
    return durations.clone_outside_lock_s + durations.configure_s + durations.start_task_s


def _after_boot_s(durations: Durations) -> float:
    return durations.setup_s + durations.first_boot_s


def _boots(durations: Durations, *, fewest: bool = False) -> float:
    """Of one desktop: its setup restarts once to `setup_restarts` times, each as often as the others."""
    restarts = durations.setup_restarts
    return 1.0 + (0.0 if restarts == 0 else 1.0 if fewest else (1.0 + restarts) / 2)


def _boots_by(spec: TwinSpec, node: NodeSpec, places: list[Place], at_s: float) -> int:
    """How many desktops a node can have booted by then, and its API workers have written for."""
    durations = spec.durations
    soonest = min((place.alone_s for place in places if node.name in place.nodes), default=math.inf)
    left_s = at_s - soonest - _to_boot_s(durations) - _after_boot_s(durations)
    if left_s < _boots(durations, fewest=True) * durations.boot_s / node.speed:
        return 0
    work_s = _boots(durations) * durations.boot_s * _mean(durations) / (_width(durations) * node.speed)
    writes_s = (_WRITES * spec.api.write_s + durations.configure_s) / spec.api.workers
    return math.floor(min(left_s / work_s, at_s / writes_s))


def _width(durations: Durations) -> float:
    """Boots at full speed, with the number at once that loses least."""
    most = durations.boots_width

    def width(at_once: int) -> float:
        return at_once * max(0.1, 1.0 - durations.boots_loss * max(0, at_once - durations.boots_before_loss))

    return max(width(at_once) for at_once in range(1, most + 1))
