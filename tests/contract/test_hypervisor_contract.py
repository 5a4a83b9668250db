"""What the ports Hypervisor and GuestProbe promise, on every cluster there is without a data centre.

The virtual twin, the adapter over the twin's HTTPS face, and the adapter over an independent fake. Where the fake is not like
a real Proxmox VE, `DEVIATIONS` says how; a deviation that has gone makes its test fail.
"""

from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import TypeVar

import pytest

from provisioner.errors import (
    AlreadySo,
    BasculeError,
    GoneOrMoved,
    GuestUnknown,
    HypervisorError,
    IdTaken,
    NoQuorum,
    NotOurs,
    PlaceElsewhere,
    Refused,
)
from provisioner.model.cluster import ClusterView, Guest, Power, Task
from provisioner.model.desktops import GuestReport
from provisioner.model.ids import NodeKey, NodeName, Upid, Vmid
from provisioner.model.marks import is_configured, mac_for
from provisioner.model.orders import Observe
from provisioner.model.profiles import Template
from provisioner.pve.faults import error_for_task
from provisioner.pve.upid import parse_upid
from tests.builders_pve import (
    CLUSTER,
    NODE,
    a_check,
    a_clone,
    a_configure,
    a_delete,
    a_reservation,
    a_start,
    a_stop,
    a_tag,
    a_verify,
)
from tests.contract.backends import BACKENDS, Backend

LEFT = "left-20261124t0900z"
PVE2 = NodeKey(CLUSTER, NodeName("pve2"))
NOWHERE = NodeKey(CLUSTER, NodeName("pve9"))
T = TypeVar("T")
PATIENCE = 240
"""Seconds of the cluster's time: a boot takes about 50."""

DEVIATIONS = {
    ("fakepve", "test_a_clone_under_way_has_a_lock_and_no_name"): "its clones end before they are answered",
    ("fakepve", "test_only_tasks_started_since_are_listed"): "its task list takes no notice of `since`",
    ("fakepve", "test_a_node_that_cannot_be_asked_is_left_out"): "a node that is not there has an empty task list",
    ("fakepve", "test_a_node_in_maintenance_mode_is_seen_as_such"): "it has no HA manager, and so no such mode",
    ("fakepve", "test_the_end_of_a_failed_tasks_log_says_why"): "it refuses to start what is not there, without a task",
}


@pytest.fixture(scope="module", params=[pytest.param(name, marks=marks) for name, (_, marks) in BACKENDS.items()])
def backend(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Backend]:
    start, _ = BACKENDS[request.param]
    with start(tmp_path_factory.mktemp(request.param)) as backend:
        yield backend


@pytest.fixture(autouse=True)
def deviation(request: pytest.FixtureRequest) -> None:
    reason = DEVIATIONS.get((request.node.callspec.params["backend"], request.node.originalname))
    if reason is not None:
        request.node.add_marker(pytest.mark.xfail(strict=True, reason=reason))


@pytest.fixture
def vmid(request: pytest.FixtureRequest) -> int:
    """A VMID of the test's own, with room for more above it."""
    return 5000 + 10 * request.session.items.index(request.node)


def test_a_clone_comes_out_as_ordered(backend, vmid):
    upid = clone(backend, vmid)

    task = end_of(backend, upid)
    assert (task.kind, task.guest, task.succeeded) == ("qmclone", 9000, True), "its task names the template"
    guest = eventually(backend, lambda view: named(view, vmid))
    assert (guest.node, guest.template, guest.lock, guest.power) == ("pve1", False, None, Power.STOPPED)
    assert guest.name == f"vd-{vmid}"
    assert not is_configured(guest, "test"), "a clone inherits its template's tags, and that one it has not"


def test_a_clone_under_way_has_a_lock_and_no_name(backend, vmid):
    clone(backend, vmid)

    guest = eventually(backend, lambda view: view.guests.get(Vmid(vmid)), every_s=0.1)

    assert (guest.lock, guest.name) == ("clone", None)
    assert guest.power in (Power.UNKNOWN, Power.STOPPED), "stopped, if the status pass came just now"


def test_a_desktop_is_configured(backend, vmid):
    a_finished_clone(backend, vmid)

    for _again in range(2):
        backend.client.configure(a_configure(vmid))

    guest = eventually(backend, lambda view: view.guests[Vmid(vmid)] if view.guests[Vmid(vmid)].memory_mib == 4096 else None)
    assert guest.tags == {"bascule-test", "img-2026-01", "profile-office"}
    assert guest.vcpus == 2
    config = backend.client.guest_config(NODE, Vmid(vmid))
    assert str(config["onboot"]) == "0"
    assert mac_for(Vmid(vmid), "test") in str(config["net0"])
    assert backend.client.verify(a_verify(vmid)) is not None, "the note has survived"


def test_tags_are_seen_at_once(backend, vmid):
    a_finished_clone(backend, vmid)

    backend.client.configure(a_configure(vmid))

    assert is_configured(observe(backend).guests[Vmid(vmid)], "test")


def test_a_desktop_starts_is_seen_running_and_reports(backend, vmid):
    a_configured_desktop(backend, vmid)
    with pytest.raises(GuestUnknown):
        backend.probe.report(a_check(vmid))

    assert comes_to(backend, lambda: backend.client.start(a_start(vmid))) is None
    eventually(backend, lambda view: view.guests[Vmid(vmid)].power is Power.RUNNING)
    backend.speak(Vmid(vmid))

    report = ready_report(backend, vmid)
    assert report.sessions == ()
    assert comes_to(backend, lambda: backend.client.start(a_start(vmid))) is AlreadySo


def test_a_running_desktop_is_not_deleted_a_stopped_one_is(backend, vmid):
    a_running_desktop(backend, vmid)

    assert comes_to(backend, lambda: backend.client.delete(a_delete(vmid))) is Refused
    assert comes_to(backend, lambda: backend.client.stop(a_stop(vmid))) is None
    eventually(backend, lambda view: view.guests[Vmid(vmid)].power is Power.STOPPED)
    assert comes_to(backend, lambda: backend.client.delete(a_delete(vmid))) is None
    assert Vmid(vmid) not in observe(backend).guests


@pytest.mark.parametrize("template", [pytest.param(0, id="on its node"), pytest.param(1, id="on another node")])
def test_a_vmid_that_is_taken_stays_whose_it_is(backend, vmid, template):
    a_finished_clone(backend, vmid)
    other = backend.templates[template]

    assert comes_to(backend, lambda: clone(backend, vmid, other)) is IdTaken
    assert observe(backend).guests[Vmid(vmid)].node == "pve1"


def test_a_template_that_is_gone_is_refused(backend, vmid):
    gone = Template(cluster=CLUSTER, vmid=Vmid(8999), node=NODE.node, storage=backend.templates[0].storage)

    assert comes_to(backend, lambda: clone(backend, vmid, gone)) is PlaceElsewhere
    assert Vmid(vmid) not in observe(backend).guests


def test_a_node_that_is_not_there_means_elsewhere(backend, vmid):
    lost = Template(cluster=CLUSTER, vmid=Vmid(9000), node=NOWHERE.node, storage=backend.templates[0].storage)

    assert comes_to(backend, lambda: clone(backend, vmid, lost)) is PlaceElsewhere


def test_a_node_that_cannot_be_asked_is_left_out(backend):
    view = backend.client.observe(Observe(cluster=CLUSTER, tasks_of=frozenset({NODE.node, NOWHERE.node})))

    assert view.tasks_of == {NODE.node}
    assert view.guests


ORDERS: dict[str, Callable[[Backend, int, NodeKey], object]] = {
    "configure": lambda backend, vmid, node: backend.client.configure(a_configure(vmid, node=node)),
    "start": lambda backend, vmid, node: backend.client.start(a_start(vmid, node=node)),
    "delete": lambda backend, vmid, node: backend.client.delete(a_delete(vmid, node=node)),
    "verify": lambda backend, vmid, node: backend.client.verify(a_verify(vmid, node=node)),
}


@pytest.mark.parametrize("order", ORDERS)
def test_a_vm_that_is_not_there_is_gone_or_moved(backend, vmid, order):
    assert comes_to(backend, lambda: ORDERS[order](backend, vmid, NODE)) is GoneOrMoved


@pytest.mark.parametrize("order", ORDERS)
def test_a_vm_asked_for_at_another_node_is_gone_or_moved(backend, vmid, order):
    a_finished_clone(backend, vmid)

    assert comes_to(backend, lambda: ORDERS[order](backend, vmid, PVE2)) is GoneOrMoved


def test_a_note_proves_its_own_vm_alone(backend, vmid):
    a_finished_clone(backend, vmid)
    proven = backend.client.verify(a_verify(vmid))
    assert proven is not None
    assert (proven.key, proven.name, proven.agent_id, proven.proven) == (
        a_reservation(vmid).key,
        f"vd-{vmid}",
        "agent-1",
        True,
    )
    note = str(backend.client.guest_config(NODE, Vmid(vmid))["description"])
    a_finished_clone(backend, vmid + 1)

    backend.describe(NODE, Vmid(vmid + 1), note)
    assert backend.client.verify(a_verify(vmid + 1)) is None, "a copied note proves nothing"
    backend.describe(NODE, Vmid(vmid), note.replace("agent-1", "agent-2"))
    assert backend.client.verify(a_verify(vmid)) is None, "an edited note proves nothing"
    backend.describe(NODE, Vmid(vmid), f"Of Ms Dupont.\n{note}")
    assert backend.client.verify(a_verify(vmid)) is not None, "words around it do no harm"


def test_only_tasks_started_since_are_listed(backend, vmid):
    first = clone(backend, vmid)
    end_of(backend, first)
    later = parse_upid(first).started_at + 3
    while backend.now() < later:
        backend.wait(1)
    second = clone(backend, vmid + 1)
    end_of(backend, second)

    view = backend.client.observe(Observe(cluster=CLUSTER, tasks_of=frozenset({NODE.node}), since=later))

    found = {task.upid for task in view.tasks}
    assert second in found
    assert first not in found


def test_what_runs_is_told_when_asked_for(backend, vmid):
    upid = clone(backend, vmid)

    during = backend.client.observe(Observe(cluster=CLUSTER, running=True))
    end_of(backend, upid)
    after = backend.client.observe(Observe(cluster=CLUSTER, running=True))

    assert during.running is not None
    assert after.running is not None
    assert {(one.node, one.kind) for one in during.running} <= {(NODE, "qmclone")}, "it may have ended by then"
    assert upid not in {one.upid for one in after.running}


def test_without_quorum_nothing_is_written_and_all_is_seen(backend, vmid):
    a_configured_desktop(backend, vmid)
    assert quorate(backend)

    backend.set_quorum(False)
    try:
        eventually(backend, lambda _view: not quorate(backend))
        assert comes_to(backend, lambda: clone(backend, vmid + 1)) is NoQuorum
        assert comes_to(backend, lambda: backend.client.start(a_start(vmid))) is NoQuorum
        assert Vmid(vmid) in observe(backend).guests
    finally:
        backend.set_quorum(True)
    eventually(backend, lambda _view: quorate(backend))
    assert comes_to(backend, lambda: backend.client.start(a_start(vmid))) is None


def test_the_doctor_gets_his_answers(backend, vmid):
    assert backend.client.version().startswith("9.")
    assert {node.key.node for node in backend.client.nodes()} == {"pve1", "pve2"}
    assert "VM.Clone" in backend.client.permissions()["/"]
    storage = next(one for one in backend.client.storages_of(NODE) if one.storage.storage == "local-lvm")
    assert (storage.kind, storage.storage.shared, storage.storage.available) == ("lvmthin", False, True)
    assert "images" in storage.content
    upid = clone(backend, vmid)
    end_of(backend, upid)
    log = backend.client.task_log(NODE, upid)
    assert log[0] == f"creating a clone of VM 9000 with ID {vmid}"
    assert log[-1] == "TASK OK"


def test_the_end_of_a_failed_tasks_log_says_why(backend, vmid):
    upid = backend.client.start(a_start(vmid))  # no VM stands under the number
    end_of(backend, upid)

    assert backend.client.task_log(NODE, upid)[-1].startswith("TASK ERROR: ")


def test_what_a_cluster_has_is_seen(backend):
    view = observe(backend)

    assert {name: node.online for name, node in view.nodes.items()} == {"pve1": True, "pve2": True}
    assert all(node.cores > 0 and node.memory_mib > 0 for node in view.nodes.values())
    domains = {storage.lock_domain for storage in view.storages if storage.storage == "local-lvm"}
    assert domains == {"lab/pve1/local-lvm", "lab/pve2/local-lvm"}
    assert [view.guests[Vmid(vmid)].template for vmid in (9000, 9001)] == [True, True]


def test_a_node_in_maintenance_mode_is_seen_as_such(backend):
    assert not any(node.maintenance for node in observe(backend).nodes.values())

    backend.maintain(PVE2)
    backend.wait(1.0)
    view = observe(backend)
    assert view.nodes[PVE2.node].maintenance
    assert (view.nodes[NODE.node].maintenance, view.nodes[PVE2.node].online) == (False, True)

    assert eventually(backend, lambda view: not view.nodes[PVE2.node].maintenance)


@pytest.mark.parametrize("order", ["delete", "tag"])
def test_what_its_note_does_not_prove_ours_is_left_alone(backend, vmid, order):
    a_finished_clone(backend, vmid)
    backend.describe(NODE, Vmid(vmid), "a colleague's own words")
    orders = {"delete": lambda: backend.client.delete(a_delete(vmid)), "tag": lambda: backend.client.tag(a_tag(vmid, LEFT))}

    assert comes_to(backend, orders[order]) is NotOurs
    assert LEFT not in observe(backend).guests[Vmid(vmid)].tags


def test_a_template_is_no_desktop_of_ours_and_is_not_deleted(backend):
    assert comes_to(backend, lambda: backend.client.delete(a_delete(9001, node=PVE2))) is NotOurs
    assert Vmid(9001) in observe(backend).guests


def test_a_departures_tags_come_and_go_and_all_others_stay(backend, vmid):
    a_configured_desktop(backend, vmid)
    before = observe(backend).guests[Vmid(vmid)].tags

    assert comes_to(backend, lambda: backend.client.tag(a_tag(vmid, LEFT, "recycled-20261208t0900z"))) is None
    assert observe(backend).guests[Vmid(vmid)].tags == before | {LEFT, "recycled-20261208t0900z"}
    assert comes_to(backend, lambda: backend.client.tag(a_tag(vmid, LEFT))) is None
    assert observe(backend).guests[Vmid(vmid)].tags == before | {LEFT}
    assert comes_to(backend, lambda: backend.client.tag(a_tag(vmid))) is None
    assert observe(backend).guests[Vmid(vmid)].tags == before


def test_the_number_of_a_deleted_desktop_may_be_cloned_to_again(backend, vmid):
    a_finished_clone(backend, vmid)

    assert comes_to(backend, lambda: backend.client.delete(a_delete(vmid))) is None
    eventually(backend, lambda view: Vmid(vmid) not in view.guests)
    assert comes_to(backend, lambda: backend.client.delete(a_delete(vmid))) is GoneOrMoved
    a_finished_clone(backend, vmid)


def observe(backend: Backend) -> ClusterView:
    return backend.client.observe(Observe(cluster=CLUSTER))


def quorate(backend: Backend) -> bool:
    return backend.client.observe(Observe(cluster=CLUSTER, quorum=True)).quorate


def eventually(backend: Backend, seen: Callable[[ClusterView], T], *, every_s: float = 1.0) -> T:
    """What the view shows once it shows it."""
    started = backend.now()
    while not (found := seen(observe(backend))):
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
    return backend.client.clone(a_clone(vmid, template=template or backend.templates[0]))


def a_finished_clone(backend: Backend, vmid: int, template: Template | None = None) -> None:
    assert end_of(backend, clone(backend, vmid, template)).succeeded


def a_configured_desktop(backend: Backend, vmid: int) -> None:
    a_finished_clone(backend, vmid)
    backend.client.configure(a_configure(vmid))


def a_running_desktop(backend: Backend, vmid: int) -> None:
    a_configured_desktop(backend, vmid)
    assert comes_to(backend, lambda: backend.client.start(a_start(vmid))) is None
    eventually(backend, lambda view: view.guests[Vmid(vmid)].power is Power.RUNNING)
    backend.speak(Vmid(vmid))
    ready_report(backend, vmid)
