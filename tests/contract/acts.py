"""Actions of the contract suite on a cluster, and how it waits for their results."""

from collections.abc import Callable
from contextlib import suppress
from typing import TypeVar

from provisioner.errors import BasculeError, GuestUnknown, HypervisorError
from provisioner.model.commands import Observe
from provisioner.model.ids import NodeKey, NodeName, Upid, Vmid
from provisioner.model.machines.cluster import ClusterView, Guest, Power, Task
from provisioner.model.machines.desktops import GuestReport
from provisioner.model.people.profiles import Template
from provisioner.pve.faults import error_for_task
from tests.builders.pve import CLUSTER, a_check, a_clone, a_configure, a_start
from tests.contract.backends import Backend
from tests.contract.upid import parse_upid

PVE2 = NodeKey(CLUSTER, NodeName("pve2"))
NOWHERE = NodeKey(CLUSTER, NodeName("pve9"))
PATIENCE = 240
"""Seconds of the cluster's time: a boot takes about 50."""
T = TypeVar("T")


def observe(backend: Backend) -> ClusterView:
    return backend.client.observe(Observe(cluster=CLUSTER))


def quorate(backend: Backend) -> bool:
    return backend.client.observe(Observe(cluster=CLUSTER, quorum=True)).quorate


def eventually(backend: Backend, shown: Callable[[ClusterView], T], *, every_s: float = 1.0) -> T:
    """What the view shows once it shows it."""
    started = backend.now()
    while not (found := shown(observe(backend))):
        assert backend.now() - started < PATIENCE, "never seen"
        backend.wait(every_s)
    return found


def named(view: ClusterView, vmid: int) -> Guest | None:
    guest = view.guests.get(Vmid(vmid))
    return guest if guest is not None and guest.name and guest.power is not Power.UNKNOWN else None


def end_of(backend: Backend, upid: Upid) -> Task:
    """The task's entry once it has ended."""
    node = parse_upid(upid).node
    order = Observe(cluster=CLUSTER, tasks_of=frozenset({node}))
    for _second in range(PATIENCE):
        for task in backend.client.observe(order).tasks:
            if task.upid == upid and task.ended_at is not None:
                return task
        backend.wait(1.0)
    raise AssertionError(f"{upid} never ended")


def comes_to(backend: Backend, order: Callable[[], object]) -> type[BasculeError] | None:
    """The class of error the order ends in, at once or by its task; None: it worked."""
    try:
        upid = order()
    except HypervisorError as error:
        return type(error)
    if not isinstance(upid, str):
        return None
    task = end_of(backend, Upid(upid))
    return None if task.succeeded else type(error_for_task(task.status or "", "it"))


def ready_report(backend: Backend, vmid: int) -> GuestReport:
    """The guest's report once it says ready; until then it says nothing, or that it is not."""
    started = backend.now()
    while backend.now() - started < PATIENCE:
        with suppress(GuestUnknown):
            report = backend.probe.report(a_check(vmid))
            if report.ready:
                return report
        backend.wait(1.0)
    raise AssertionError(f"{vmid} never became ready")


def clone(backend: Backend, vmid: int, template: Template | None = None) -> Upid:
    return backend.client.carry_out(a_clone(vmid, template=template or backend.templates[0]))


def a_finished_clone(backend: Backend, vmid: int, template: Template | None = None) -> None:
    assert end_of(backend, clone(backend, vmid, template)).succeeded


def a_configured_desktop(backend: Backend, vmid: int) -> None:
    a_finished_clone(backend, vmid)
    backend.client.carry_out(a_configure(vmid))


def a_running_desktop(backend: Backend, vmid: int) -> None:
    a_configured_desktop(backend, vmid)
    assert comes_to(backend, lambda: backend.client.carry_out(a_start(vmid))) is None
    eventually(backend, lambda view: view.guests[Vmid(vmid)].power is Power.RUNNING)
    backend.speak(Vmid(vmid))
    ready_report(backend, vmid)
