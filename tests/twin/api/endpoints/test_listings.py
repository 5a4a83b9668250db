"""The age of the cluster's listings: names, power and nodes change with pvestatd's pass, lock and tags at once."""

import pytest

from provisioner.model.machines.twin_spec import GuestSpec, KillNode, Maintenance, StatusSpec
from tests.builders.twin import NODE, STORAGE, TEMPLATE, Lab, a_spec


def test_a_fresh_guest_has_no_name_until_the_next_pass() -> None:
    lab = Lab().cloned(101)

    assert lab.listed(101) == {
        "id": "qemu/101", "type": "qemu", "vmid": 101, "node": NODE, "status": "unknown", "tags": "golden",
    }  # fmt: skip
    lab.wait(10)
    entry = lab.listed(101)
    assert (entry["name"], entry["status"], entry["maxcpu"], entry["maxmem"]) == ("vd-101", "stopped", 2, 4096 * 2**20)


def test_a_started_guest_shows_as_running_after_the_next_pass() -> None:
    lab = Lab().cloned(101).wait(10)
    lab.start(101)
    assert lab.get(f"/nodes/{NODE}/qemu/101/status/current")["status"] == "running", "live"
    ended_at = lab.events.now
    while lab.listed(101)["status"] != "running":
        lab.wait(0.1)

    assert 0 < lab.events.now - ended_at <= 10.2
    assert lab.listed(101)["uptime"] <= lab.events.now - ended_at


def test_tags_and_lock_are_live() -> None:
    lab = Lab().cloned(101).wait(10)
    lab.ask("PUT", f"/nodes/{NODE}/qemu/101/config", tags="B;A;a", name="renamed")

    assert lab.listed(101)["tags"] == "a;b"
    assert lab.listed(101)["name"] == "vd-101"
    assert lab.wait(10).listed(101)["name"] == "renamed"


def test_nodes_pass_at_their_own_phases_every_ten_seconds() -> None:
    lab = Lab(a_spec(nodes=5))
    passes = {node.last_pass() for node in lab.twin.cluster.nodes.values()}
    lab.wait(10)

    assert len(passes) == 5
    assert all(lab.begin - 10 < moment <= lab.begin for moment in passes)
    assert {round(node.last_pass() - 10, 3) for node in lab.twin.cluster.nodes.values()} == {round(m, 3) for m in passes}


def test_a_dead_node_is_offline_after_seconds_and_its_guests_unknown_after_minutes() -> None:
    lab = Lab(a_spec(nodes=2, faults=[KillNode(node="pve2", at_s=100)])).cloned(201, node="pve2")
    lab.start(201, node="pve2")
    lab.wait(100 - lab.clock)

    def node() -> str:
        return str(next(node for node in lab.get("/cluster/resources", type="node") if node["node"] == "pve2")["status"])

    assert node() == "online"
    lab.wait(7)
    assert (node(), lab.listed(201)["status"]) == ("offline", "running")
    assert [node["status"] for node in lab.get("/nodes")] == ["online", "offline"]
    lab.wait(280)
    assert lab.listed(201)["status"] == "running"
    lab.wait(20)
    assert lab.listed(201)["status"] == "unknown"


@pytest.mark.parametrize(
    ("kind", "types"),
    [
        pytest.param({}, ["pool", "qemu", "qemu", "qemu", "node", "node", "storage", "storage"], id="everything"),
        pytest.param({"type": "vm"}, ["qemu", "qemu", "qemu"], id="guests"),
        pytest.param({"type": "node"}, ["node", "node"], id="nodes"),
        pytest.param({"type": "storage"}, ["storage", "storage"], id="storages, once a node"),
        pytest.param({"type": "sdn"}, [], id="networks: none"),
    ],
)
def test_resources_by_type(kind: dict[str, str], types: list[str]) -> None:
    foreign = GuestSpec(vmid=700, node=NODE, name="db", storage=STORAGE)
    lab = Lab(a_spec(nodes=2, guests=[foreign], pools={"desktops": ""}))

    assert [entry["type"] for entry in lab.get("/cluster/resources", **kind)] == types


def test_an_unknown_type_is_refused_with_the_known_ones() -> None:
    answer = Lab().ask("GET", "/cluster/resources", type="pool")

    assert answer.status == 400
    assert answer.errors == {"type": "value 'pool' does not have a value in the enumeration 'vm, storage, node, sdn'"}


def test_foreign_guests_were_there_before() -> None:
    lab = Lab(a_spec(guests=[GuestSpec(vmid=700, node=NODE, name="db", storage=STORAGE, memory_mib=8192, tags="prod")]))
    entry = lab.listed(700)

    assert (entry["name"], entry["status"], entry["maxmem"], entry["tags"]) == ("db", "running", 8192 * 2**20, "prod")
    assert entry["uptime"] > 80_000
    assert lab.listed(TEMPLATE)["template"] == 1
    assert (lab.truth.desktops, lab.truth.ready) == (0, 0), "no desktop of ours"


def test_memory_and_storage_in_use_are_listed() -> None:
    lab = Lab().cloned(101)
    before = lab.get("/nodes/pve1/status")["memory"]["used"]
    storage = lab.get("/cluster/resources", type="storage")[0]
    lab.start(101)

    assert lab.get("/nodes/pve1/status")["memory"]["used"] - before == int(0.6 * 4096 * 2**20)
    assert storage["maxdisk"] == 4096 * 2**30
    assert 0 < storage["disk"] < 0.1 * storage["maxdisk"]


def test_nextid_is_free_now_and_not_reserved() -> None:
    lab = Lab().cloned(100)

    assert [lab.get("/cluster/nextid") for _ in range(2)] == ["101", "101"]
    assert lab.get("/cluster/nextid", vmid=150) == "150"
    assert lab.ask("GET", "/cluster/nextid", vmid=100).errors == {"vmid": "VM 100 already exists"}


def test_the_period_is_the_specs() -> None:
    lab = Lab(a_spec(status=StatusSpec(period_s=2.0))).cloned(101).wait(2)

    assert lab.listed(101)["status"] == "stopped"


def test_maintenance_mode_shows_in_the_listing_and_the_ha_status_until_it_ends() -> None:
    lab = Lab(a_spec(nodes=2, faults=[Maintenance(node="pve2", at_s=5, for_s=20)]))

    def maintenance_state() -> tuple[list[object], object]:
        return [node.get("hastate") for node in lab.get("/cluster/resources", type="node")], lab.get(
            "/cluster/ha/status/manager_status"
        )["manager_status"]

    assert maintenance_state() == ([None, None], {"node_status": {}})
    lab.wait(6)
    assert maintenance_state() == ([None, "maintenance"], {"node_status": {"pve2": "maintenance"}})
    lab.wait(20)
    assert maintenance_state() == ([None, None], {"node_status": {}})
