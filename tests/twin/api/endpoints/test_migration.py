"""A guest is moved to another node: its sessions go on, its uptime begins anew, and what is local stands against it."""

from dataclasses import replace

import pytest

from provisioner.model.machines.twin_spec import KillNode, LogOns, StorageSpec, TemplateSpec
from tests.builders.twin import EXACT, TEMPLATE, Lab, a_spec

VM = "/nodes/pve1/qemu/101"


def a_lab(*, shared=True, cloud_init_storage="", **changed):
    storages = (
        StorageSpec(storage="disks", kind="rbd" if shared else "lvmthin", shared=shared, size_gib=4096),
        StorageSpec(storage="local", kind="dir", shared=False, size_gib=512),
    )
    template = TemplateSpec(vmid=TEMPLATE, node="pve1", storage="disks", cloud_init_storage=cloud_init_storage)
    lab = Lab(a_spec(nodes=2, storages=storages, templates=(template,), durations=EXACT, **changed))
    return lab.cloned(101)


def a_running_one(lab):
    lab.start(101)
    lab.wait(120)
    return lab


def moved(lab, **params):
    return lab.do("POST", f"{VM}/migrate", target="pve2", online=1, **params)


def test_a_running_guest_moves_with_its_sessions_and_its_uptime_begins_anew():
    lab = a_running_one(a_lab(log_ons=LogOns(concurrent=1, spread_s=1)))
    guest = lab.twin.cluster.guests[101]
    assert (guest.node, len(guest.sessions)) == ("pve1", 1)
    before = lab.events.now

    assert moved(lab) == "OK"

    assert (guest.node, guest.running, len(guest.sessions), guest.lock) == ("pve2", True, 1, None)
    assert guest.uptime(lab.events.now) <= lab.events.now - before < 10
    nodes = lab.twin.cluster.nodes
    assert (nodes["pve1"].guests_mib, nodes["pve2"].guests_mib) == (0, guest.memory_mib)
    assert lab.truth.cut == 0


def test_it_takes_as_long_as_its_memory_takes_and_several_share_the_rate():
    def length(rate):
        lab = a_running_one(a_lab())
        lab.twin.cluster.spec = replace(lab.twin.cluster.spec, durations=replace(EXACT, migrate_mib=rate))
        began = lab.events.now
        moved(lab)
        return lab.events.now - began

    assert length(100.0) - length(200.0) == pytest.approx(lab_memory() * 0.6 / 200.0, abs=0.5)


def lab_memory():
    return a_lab().twin.cluster.guests[101].memory_mib


@pytest.mark.parametrize(
    ("lab", "local"),
    [
        pytest.param({}, [], id="all on shared storage"),
        pytest.param({"shared": False}, ["ide2", "scsi0"], id="local disks"),
        pytest.param({"cloud_init_storage": "local"}, ["ide2"], id="a local cloud-init drive"),
    ],
)
def test_the_preconditions_name_local_disks_and_the_task_ends_on_them(lab, local):
    lab = a_running_one(a_lab(**lab))

    found = lab.get(f"{VM}/migrate")

    assert (found["running"], [disk["drivename"] for disk in found["local_disks"]]) == (1, local)
    if local == ["ide2"]:
        assert moved(lab) == "migration aborted"
        assert lab.twin.cluster.guests[101].lock is None


def test_an_off_guest_moves_at_once():
    lab = a_lab()

    assert moved(lab) == "OK"

    guest = lab.twin.cluster.guests[101]
    assert (guest.node, guest.running) == ("pve2", False)


@pytest.mark.parametrize(
    ("params", "text"),
    [
        pytest.param({"target": "pve1", "online": 1}, "Parameter verification failed.", id="where it is"),
        pytest.param({"target": "pve9", "online": 1}, "no such cluster node 'pve9'", id="no such node"),
        pytest.param({"target": "pve2"}, "can't migrate running VM without --online", id="running, without online"),
    ],
)
def test_what_is_refused_at_once(params, text):
    lab = a_running_one(a_lab())

    assert lab.ask("POST", f"{VM}/migrate", **params).reason == text


def test_a_boot_that_is_under_way_goes_on_where_the_guest_is_now():
    """Drawn seed 1990246: the node that it came from died, and it never came up."""
    lab = a_lab()
    lab.start(101)
    lab.wait(5)
    guest = lab.twin.cluster.guests[101]

    assert moved(lab) == "OK"
    assert not guest.ready
    lab.twin.faults.arm(KillNode(node="pve1", at_s=0.0, back_after_s=None))
    lab.wait(300)

    assert (guest.node, guest.ready) == ("pve2", True)


def test_a_moved_guest_that_is_powered_off_takes_no_boot_of_its_new_node_with_it():
    lab = a_lab().cloned(102)
    lab.do("POST", "/nodes/pve1/qemu/102/migrate", target="pve2")
    lab.start(101)
    lab.do("POST", "/nodes/pve2/qemu/102/status/start")
    assert moved(lab) == "OK"

    lab.do("POST", "/nodes/pve2/qemu/101/status/stop")
    lab.wait(300)

    assert lab.twin.cluster.guests[102].ready
