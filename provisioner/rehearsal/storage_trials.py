"""Trials on a twin in virtual time: clones in one lock domain, with a layout of images and a number kept in flight."""

from functools import lru_cache

from provisioner.model.machines.twin_spec import NodeSpec, StorageSpec, TemplateSpec, TwinSpec
from provisioner.pve.wire import ApiRequest, ApiResponse
from provisioner.storage_advice.layouts import Drive, Layout
from provisioner.storage_advice.remedies import ClonePace
from provisioner.twin.engine.events import EventHeap
from provisioner.twin.twin import Twin

CLONES = 200
"""Per trial: its beginning and end then weigh less than 1 %. 30 ms of one processor."""
_STEPS = 5
"""Newton's steps: the pauses of the lock hardly depend on the duration of an operation."""
_SOONEST_S = 0.05
"""Between two observations of a client that notices each end at once."""
_ATTENTIVE_S = 0.5
"""From an end to the next order. A slower client observes at intervals, and then handles all ends together: found by comparison
with clients that observe every 0.1 to 2 s."""
_ORDER_S = 0.1
"""From an order to the beginning of its task."""
_SHORTEST_S = 0.01
_COPYING_S = 1.0
"""Between two observations of full clones, which take minutes."""
_FIRST_TEMPLATE, _FIRST_CLONE = 9001, 20_001
_DISKS, _DRIVES = "disks", "drives"


class TwinTrials:
    """Trials on the twin; its locks follow the curves measured on a real Proxmox VE. Results are cached."""

    def each_s(self, layout: Layout, *, operation_s: float, pace: ClonePace) -> float:
        """Seconds per successful clone; an operation takes the same time on every storage."""
        return _tried(layout, round(operation_s, 4), pace)

    def operation_s(self, layout: Layout, *, each_s: float, pace: ClonePace) -> float:
        """The duration of an image operation with which clones on the twin take `each_s` each."""
        guess = each_s / layout.operations
        for _ in range(_STEPS):
            error_s = each_s - self.each_s(layout, operation_s=guess, pace=pace)
            guess = max(_SHORTEST_S, guess + error_s / layout.operations)
        return guess


@lru_cache(maxsize=1024)
def _tried(layout: Layout, operation_s: float, pace: ClonePace) -> float:
    trial = _Trial(_spec(layout, operation_s), rest_s=max(0.0, pace.rest_s - _ORDER_S), full=layout.copies_gib > 0)
    return trial.run(pace.in_flight)


class _Trial:
    def __init__(self, spec: TwinSpec, *, rest_s: float, full: bool) -> None:
        attentive = rest_s < _ATTENTIVE_S
        self._look_s, self._rest_s = (_SOONEST_S, rest_s) if attentive else (2.0 * rest_s, 0.0)
        if full:
            self._look_s = _COPYING_S
        self._events = EventHeap(0.0)
        self._twin = Twin(spec, self._events)
        self._full = full
        self._ordered = 0
        self._flying: list[tuple[str, str]] = []
        """(node, task)"""

    def run(self, in_flight: int) -> float:
        for _ in range(in_flight):
            self._order()
        self._look()
        while self._twin.cluster.clones < CLONES:
            self._events.step()
        return self._events.now / CLONES

    def _order(self) -> None:
        templates = self._twin.spec.templates
        template = templates[self._ordered % len(templates)]
        self._ordered += 1
        request = ApiRequest(
            method="POST",
            path=f"/nodes/{template.node}/qemu/{template.vmid}/clone",
            endpoint="/nodes/{node}/qemu/{vmid}/clone",
            params={"newid": _FIRST_CLONE + self._ordered, "full": int(self._full)},
        )

        def answered(answer: ApiResponse) -> None:
            self._flying.append((template.node, str(answer.data)))

        self._twin.request(request, answered)

    def _look(self) -> None:
        for node, upid in list(self._flying):
            task = self._twin.cluster.tasks[node].get(upid)
            if task is None or task.status is not None:
                self._flying.remove((node, upid))
                self._events.after(self._rest_s, self._order)
        self._events.after(self._look_s, self._look)


def _spec(layout: Layout, operation_s: float) -> TwinSpec:
    nodes = [f"pve{number}" for number in range(1, layout.nodes + 1)]
    drives_shared = layout.drive is Drive.SHARED
    return TwinSpec(
        name="trial",
        nodes=tuple(NodeSpec(name=name) for name in nodes),
        storages=(
            _storage(_DISKS, shared=layout.shared, operation_s=operation_s),
            _storage(_DRIVES, shared=drives_shared, operation_s=operation_s),
        ),
        templates=tuple(
            TemplateSpec(
                vmid=_FIRST_TEMPLATE + number,
                node=name,
                storage=_DISKS,
                disk_gib=max(1, layout.copies_gib),
                data_disks=layout.disks - 1,
                cloud_init=layout.drive is not Drive.NONE,
                cloud_init_storage=None if layout.drive is Drive.BESIDE else _DRIVES,
            )
            for number, name in enumerate(nodes)
        ),
    )


def _storage(name: str, *, shared: bool, operation_s: float) -> StorageSpec:
    kind = "rbd" if shared else "lvmthin"
    return StorageSpec(storage=name, shared=shared, kind=kind, size_gib=1e9, image_operation_s=operation_s)
