"""What a cluster reports: its nodes, its tasks, and the facts that the doctor needs."""

from provisioner.model.commands import Observe
from provisioner.model.ids import Vmid
from provisioner.pve import surroundings
from tests.builders.pve import CLUSTER, NODE, a_start
from tests.contract.acts import NOWHERE, PVE2, clone, end_of, eventually, observe
from tests.contract.upid import parse_upid


def test_a_node_that_cannot_be_asked_is_left_out(backend):
    view = backend.client.observe(Observe(cluster=CLUSTER, tasks_of=frozenset({NODE.node, NOWHERE.node})))

    assert view.tasks_of == {NODE.node}
    assert view.guests


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


def test_the_doctor_gets_his_answers(backend, vmid):
    assert backend.client.version().startswith("9.")
    assert {node.key.node for node in backend.client.nodes()} == {"pve1", "pve2"}
    assert "VM.Clone" in backend.client.permissions()["/"]
    storage = next(view for view in backend.client.storages_of(NODE) if view.storage.storage == "local-lvm")
    assert (storage.kind, storage.storage.shared, storage.storage.available) == ("lvmthin", False, True)
    assert "images" in storage.content
    upid = clone(backend, vmid)
    end_of(backend, upid)
    log = backend.client.task_log(NODE, upid)
    assert log[0] == f"creating a clone of VM 9000 with ID {vmid}"
    assert log[-1] == "TASK OK"


def test_the_doctor_gets_his_answers_about_the_surroundings(backend):
    client = backend.client

    assert client.query(surroundings.bridges_of(NODE))["vmbr0"].passes(40)
    assert all(job.schedule for job in client.query(surroundings.backup_jobs()))
    assert client.query(surroundings.balancing()).keys() <= {"ha", "ha-rebalance-on-start", "ha-auto-rebalance"}
    assert client.query(surroundings.next_vmid()) >= 100
    assert client.query(surroundings.time_of(NODE)).at > 0
    assert {made.file for made in client.query(surroundings.certificates_of(NODE))} <= {"pve-ssl.pem", "pveproxy-ssl.pem"}


def test_the_end_of_a_failed_tasks_log_says_why(backend, vmid):
    upid = backend.client.carry_out(a_start(vmid))  # no VM stands under the number
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
