"""Clones for another node, and full clones. Texts and order are as recorded on pve-manager 9.2.11, or as in the source of
qemu-server 9.2.6."""

from dataclasses import replace
from typing import Any

import pytest

from provisioner.model.machines.twin_spec import KillNode, StorageSpec, TwinSpec
from provisioner.twin.model.locks import quiet
from tests.builders.twin import NODE, STORAGE, TEMPLATE, Lab, a_spec

CLONE = f"/nodes/{NODE}/qemu/{TEMPLATE}/clone"
LOCAL = StorageSpec(storage="local-thin", shared=False)
FEW = StorageSpec(storage="few", shared=True, kind="rbd", nodes=(NODE, "pve3"))
ALL = StorageSpec(storage="all", shared=True, kind="rbd", image_operation_s=0.3)


def a_shared_spec(
    *, storages: tuple[StorageSpec, ...] = (), template: dict[str, Any] | None = None, **changed: Any
) -> TwinSpec:
    """Three nodes on one shared storage with one template, on the first, and further storages."""
    spec = a_spec(nodes=3, shared=True, **changed)
    return replace(
        spec, storages=(*spec.storages, *storages), templates=(replace(spec.templates[0], **(template or {})),)
    )  # fmt: skip


def test_a_clone_for_another_node_is_made_on_the_templates_node_and_moves_at_the_end() -> None:
    lab = Lab(a_shared_spec())
    upid = lab.clone(101, target="pve2")

    assert upid.split(":")[1] == NODE
    assert [task["upid"] for task in lab.get(f"/nodes/{NODE}/tasks", source="all")] == [upid]
    assert lab.get("/nodes/pve2/tasks", source="all") == []
    half_made = lab.wait(1).listed(101)
    assert (half_made["node"], half_made["lock"], half_made["status"]) == (NODE, "clone", "unknown")

    assert lab.finish(upid) == "OK"
    assert lab.config(101, node="pve2")["name"] == "vd-101"
    assert lab.listed(101) == {
        "id": "qemu/101", "type": "qemu", "vmid": 101, "node": "pve2", "status": "unknown", "tags": "golden",
    }, "the other node's pvestatd has not seen it yet"  # fmt: skip
    assert lab.wait(10).listed(101)["status"] == "stopped"
    assert lab.start(101, node="pve2") == "OK"


def test_a_clone_for_another_node_takes_the_lock_as_one_for_its_own_node_does() -> None:
    lab = Lab(a_shared_spec())
    ordered_at = lab.clock

    assert lab.finish(lab.clone(101, target="pve2")) == "OK"

    assert lab.clock - ordered_at == pytest.approx(0.05 + 2 * 0.6 + 0.2)
    assert lab.truth.lock_busy_s == {STORAGE: pytest.approx(1.2)}


def test_the_templates_node_may_be_named_as_target() -> None:
    lab = Lab()

    assert lab.finish(lab.clone(101, target=NODE)) == "OK"
    assert lab.config(101)["name"] == "vd-101"


@pytest.mark.parametrize(
    "template",
    [
        pytest.param({"cloud_init_storage": "local-thin"}, id="the cloud-init drive"),
        pytest.param({"storage": "local-thin", "cloud_init_storage": STORAGE}, id="the disk"),
    ],
)
def test_one_drive_on_a_local_storage_keeps_all_clones_at_home(template: dict[str, Any]) -> None:
    lab = Lab(a_shared_spec(storages=(LOCAL,), template=template))

    refused = lab.ask("POST", CLONE, newid=101, target="pve2")

    assert (refused.status, refused.reason) == (500, "can't clone VM to node 'pve2' (VM uses local storage)")
    assert lab.finish(lab.clone(101)) == "OK"


def test_an_iso_image_left_in_a_drive_counts_too() -> None:
    lab = Lab(a_shared_spec())
    put = {"ide0": "local:iso/installer.iso,media=cdrom"}
    assert lab.ask("PUT", f"/nodes/{NODE}/qemu/{TEMPLATE}/config", **put).ok

    refused = lab.ask("POST", CLONE, newid=101, target="pve2", full=1, storage=STORAGE)

    assert refused.reason == "can't clone VM to node 'pve2' (VM uses local storage)"
    assert lab.ask("PUT", f"/nodes/{NODE}/qemu/{TEMPLATE}/config", ide0="none,media=cdrom").ok
    assert lab.finish(lab.clone(101, target="pve2")) == "OK"


@pytest.mark.parametrize(
    ("params", "status", "reason"),
    [
        pytest.param({"storage": "nowhere", "full": 1}, 500, "storage 'nowhere' does not exist", id="no such storage"),
        pytest.param(
            {"storage": "few", "full": 1, "target": "pve2"},
            500,
            "storage 'few' is not available on node 'pve2'",
            id="a storage that the target does not see",
        ),
        pytest.param(
            {"storage": "local-thin", "full": 1, "target": "pve2"},
            500,
            "can't clone to non-shared storage 'local-thin'",
            id="a local storage, for another node",
        ),
        pytest.param(
            {"storage": "local-thin", "target": "pve2"},
            500,
            "can't clone to non-shared storage 'local-thin'",
            id="the storage is looked at before the kind of clone",
        ),
        pytest.param(
            {"storage": "all"}, 500, "parameter 'storage' not allowed for linked clones", id="a storage for a linked clone"
        ),
        pytest.param(
            {"storage": "files", "full": 1}, 400, "Parameter verification failed.", id="a storage that holds no images"
        ),
    ],
)
def test_refused_storages(params: dict[str, str | int], status: int, reason: str) -> None:
    lab = Lab(a_shared_spec(storages=(LOCAL, FEW, ALL, StorageSpec(storage="files", shared=True, content="backup"))))

    answer = lab.ask("POST", CLONE, newid=101, **params)

    assert (answer.status, answer.reason) == (status, reason)
    assert 101 not in lab.twin.cluster.guests


def test_a_target_that_does_not_see_the_templates_storage_is_found_out_by_the_start() -> None:
    """Proxmox VE looks at whether the storage is shared alone."""
    lab = Lab(a_shared_spec(storages=(FEW,), template={"storage": "few"}))

    assert lab.finish(lab.clone(101, target="pve2")) == "OK"

    assert lab.start(101, node="pve2") == "storage 'few' is not available on node 'pve2'"
    upid = lab.order("DELETE", "/nodes/pve2/qemu/101")
    assert lab.finish(upid) == "OK"
    assert sum("check manually: storage 'few' is not available on node 'pve2'" in line for line in lab.log_of(upid)) == 2
    assert lab.finish(lab.clone(101)).endswith("already exists"), "its images are left behind"


def test_a_dead_target_succeeds_and_nothing_runs_there() -> None:
    """Recorded: with quorum, the configuration moves to any node's folder."""
    lab = Lab(a_shared_spec(faults=[KillNode(node="pve2", at_s=1.0)])).wait(20)

    assert lab.finish(lab.clone(101, target="pve2")) == "OK"

    assert (lab.listed(101)["node"], lab.listed(101)["status"]) == ("pve2", "unknown")
    assert lab.ask("POST", "/nodes/pve2/qemu/101/status/start").status == 595


def test_the_templates_node_dies_during_the_clone_and_the_clone_stays_there() -> None:
    lab = Lab(a_shared_spec(faults=[KillNode(node=NODE, at_s=1.0)]))
    lab.clone(101, target="pve2")

    half_made = lab.wait(20).listed(101)

    assert (half_made["node"], half_made["lock"]) == (NODE, "clone")
    assert lab.truth.stranded == (101,)


@pytest.mark.parametrize(
    ("target", "left"),
    [
        pytest.param(NODE, False, id="on the template's node: nothing"),
        pytest.param("pve2", True, id="elsewhere: a VM without images"),
    ],
)
def test_what_a_clone_leaves_that_gets_into_no_pool(target: str, left: bool) -> None:
    """The move comes before the pool; the clean-up looks on the template's node."""
    lab = Lab(a_shared_spec(pools={"desktops": ""}))
    assert next(lab.twin.cluster.user_cfg.acquire(quiet), None) is None  # another client's
    used = lab.get("/cluster/resources", type="storage")[0]["disk"]

    status = lab.finish(lab.clone(101, pool="desktops", target=target))

    assert status == "clone failed: cfs-lock 'file-user_cfg' error: got lock request timeout"
    assert lab.get("/cluster/resources", type="storage")[0]["disk"] == used
    assert (101 in lab.twin.cluster.guests) is left
    if left:
        assert (lab.config(101, node=target)["name"], "lock" in lab.config(101, node=target)) == ("vd-101", False)
        assert lab.start(101, node=target) == "start failed: QEMU exited with code 1"
        assert lab.do("DELETE", f"/nodes/{target}/qemu/101") == "OK"
        assert lab.twin.cluster.user_cfg.release() is None
        assert lab.finish(lab.clone(101, target=target)) == "OK"


def test_full_clones_copy_outside_the_lock() -> None:
    spec = a_spec()
    plain = StorageSpec(storage=STORAGE, shared=False, kind="lvm", image_operation_s=0.6, copy_gib_per_second=0.25)
    lab = Lab(replace(spec, storages=(plain,)))

    refused = lab.ask("POST", CLONE, newid=101, full=0)
    assert refused.reason == f"Linked clone feature is not supported for '{STORAGE}:base-9001-disk-0' (scsi0)"
    ordered_at = lab.clock

    assert lab.finish(lab.clone(101, full=1)) == "OK"
    assert lab.clock - ordered_at == pytest.approx(0.05 + 2 * 0.6 + 0.2 + 32 / 0.25)
    assert lab.truth.lock_busy_s == {f"{NODE}/{STORAGE}": pytest.approx(1.2)}
    assert lab.truth.copying_s == {f"{NODE}/{STORAGE}": pytest.approx(128)}


def test_a_full_clone_to_another_storage_allocates_all_its_images_there() -> None:
    lab = Lab(a_shared_spec(storages=(ALL,), template={"tpm": True}))
    upid = lab.clone(101, full=1, storage="all", target="pve2")

    assert lab.finish(upid) == "OK"

    config = lab.config(101, node="pve2")
    assert [config[key].partition(",")[0] for key in ("ide2", "scsi0", "tpmstate0")] == [
        "all:vm-101-cloudinit", "all:vm-101-disk-0", "all:vm-101-disk-1",
    ]  # fmt: skip
    assert lab.truth.lock_busy_s == {STORAGE: 0.0, "all": pytest.approx(0.9)}
    assert {name: round(seconds) for name, seconds in lab.truth.copying_s.items()} == {STORAGE: 64, "all": 64}
    assert sum(line.startswith("create full clone") for line in lab.log_of(upid)) == 3


def test_a_tpm_volume_is_copied_in_full_by_a_linked_clone_too() -> None:
    lab = Lab(a_shared_spec(template={"efi": True, "tpm": True}))
    upid = lab.clone(101)
    lab.finish(upid)

    made = [line.partition(" clone of drive ") for line in lab.log_of(upid) if " clone of drive " in line]
    assert [(how, drive.partition(" ")[0]) for how, _, drive in made] == [
        ("create linked", "efidisk0"), ("create full", "ide2"), ("create linked", "scsi0"), ("create full", "tpmstate0"),
    ]  # fmt: skip
