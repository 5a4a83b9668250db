"""A small twin and its requests, in domain verbs. Time is virtual: a request runs the heap until its answer."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

from provisioner.model.machines.twin_spec import (
    Durations,
    Fault,
    GuestSpec,
    NodeSpec,
    StorageSpec,
    TemplateSpec,
    TwinSpec,
)
from provisioner.pve.wire import ApiRequest, ApiResponse
from provisioner.twin.engine.events import EventHeap
from provisioner.twin.twin import Truth, Twin

BEGIN = 1_700_000_000.0
TEMPLATE, NODE, STORAGE = 9001, "pve1", "thin"
EXACT = Durations(sigma=0.0, upgrade_s=0.0)
"""Every operation takes its median, and there is nothing to upgrade."""


def a_spec(
    *,
    nodes: int = 1,
    shared: bool = False,
    image_s: float = 0.6,
    durations: Durations = EXACT,
    faults: Iterable[Fault] = (),
    guests: Iterable[GuestSpec] = (),
    **changed: Any,
) -> TwinSpec:
    """Nodes pve1, pve2, …; one storage, a template on each node: 9001, 9002, …"""
    names = [f"pve{number}" for number in range(1, nodes + 1)]
    spec = TwinSpec(
        name="lab",
        nodes=tuple(NodeSpec(name=name) for name in names),
        storages=(StorageSpec(storage=STORAGE, shared=shared, image_operation_s=image_s, kind="rbd" if shared else "lvmthin"),),
        templates=tuple(
            TemplateSpec(vmid=TEMPLATE + index, node=name, storage=STORAGE, tags="golden") for index, name in enumerate(names)
        ),
        guests=tuple(guests),
        durations=durations,
        faults=tuple(faults),
    )
    return replace(spec, **changed)


class Lab:
    """A twin, and somebody at its API."""

    def __init__(self, spec: TwinSpec | None = None, *, begin: float = BEGIN) -> None:
        self.events = EventHeap(begin)
        self.twin = Twin(spec or a_spec(), self.events)
        self.begin = begin

    @property
    def clock(self) -> float:
        """Seconds since the beginning."""
        return round(self.events.now - self.begin, 6)

    @property
    def truth(self) -> Truth:
        return self.twin.truth()

    def send(self, method: str, path: str, /, **params: str | int) -> list[ApiResponse]:
        """Send, and wait for nothing: the answer comes into the list."""
        answers: list[ApiResponse] = []
        self.request(method, path, answers.append, **params)
        return answers

    def request(self, method: str, path: str, reply: Callable[[ApiResponse], None], /, **params: str | int) -> None:
        """Send; `overrule__shutdown` stands for a parameter with a hyphen."""
        named = {name.replace("__", "-"): value for name, value in params.items()}
        self.twin.request(ApiRequest(method=method, path=path, endpoint=path, params=named), reply)

    def ask(self, method: str, path: str, /, **params: str | int) -> ApiResponse:
        """Send, and let time pass until the answer."""
        answers = self.send(method, path, **params)
        while not answers:
            self.events.step()
        return answers[0]

    def get(self, path: str, /, **params: str | int) -> Any:
        """The data of a successful GET."""
        answer = self.ask("GET", path, **params)
        assert answer.ok, answer
        return answer.data

    def order(self, method: str, path: str, /, **params: str | int) -> str:
        """Start a task; its UPID."""
        answer = self.ask(method, path, **params)
        assert answer.ok, answer
        return str(answer.data)

    def finish(self, upid: str) -> str:
        """Let time pass until the task has ended; its exit status."""
        node = upid.split(":")[1]
        while (task := self.twin.cluster.tasks[node].get(upid)) is not None and task.status is None:
            self.events.step()
        assert task is not None
        return str(task.status)

    def do(self, method: str, path: str, /, **params: str | int) -> str:
        """Start a task and see it through; its exit status."""
        return self.finish(self.order(method, path, **params))

    def wait(self, seconds: float) -> "Lab":
        """Let time pass."""
        self.events.advance(self.events.now + seconds)
        return self

    def log_of(self, upid: str) -> list[str]:
        return [line["t"] for line in self.get(f"/nodes/{upid.split(':')[1]}/tasks/{upid}/log", limit=0)]

    def clone(self, vmid: int, /, *, node: str = NODE, **params: str | int) -> str:
        """Order a clone of the node's template; its UPID."""
        source = TEMPLATE + int(node.removeprefix("pve")) - 1
        return self.order("POST", f"/nodes/{node}/qemu/{source}/clone", newid=vmid, **({"name": f"vd-{vmid}"} | params))

    def cloned(self, *vmids: int, node: str = NODE) -> "Lab":
        """Clones that came out well, one after the other."""
        for vmid in vmids:
            assert self.finish(self.clone(vmid, node=node)) == "OK"
        return self

    def start(self, vmid: int, *, node: str = NODE) -> str:
        """Start; the task's exit status."""
        return self.do("POST", f"/nodes/{node}/qemu/{vmid}/status/start")

    def listed(self, vmid: int) -> dict[str, Any]:
        """The guest in `/cluster/resources`."""
        return next(vm for vm in self.get("/cluster/resources", type="vm") if vm["vmid"] == vmid)

    def config(self, vmid: int, *, node: str = NODE) -> dict[str, Any]:
        config: dict[str, Any] = self.get(f"/nodes/{node}/qemu/{vmid}/config")
        return config
