"""A clone's life, and its refusals. Texts are as recorded on pve-manager 9.2.11."""

import re
from dataclasses import replace

import pytest

from provisioner.model.machines.twin_spec import FillStorage, GuestSpec, StorageSpec
from provisioner.twin.model.locks import quiet
from tests.builders.twin import NODE, STORAGE, TEMPLATE, Lab, a_spec

CLONE = f"/nodes/{NODE}/qemu/{TEMPLATE}/clone"


def test_a_clone_appears_at_once_without_a_name_and_is_named_at_its_end() -> None:
    lab = Lab()
    upid = lab.clone(101, name="vd-101", description="note")

    config = lab.config(101)
    assert {key: config[key] for key in ("lock", "description", "tags")} == {
        "lock": "clone", "description": " qmclone temporary file", "tags": "golden",
    }  # fmt: skip
    assert "name" not in config
    assert lab.listed(101) == {
        "id": "qemu/101", "type": "qemu", "vmid": 101, "node": NODE, "status": "unknown", "lock": "clone", "tags": "golden",
    }  # fmt: skip
    assert lab.get(f"/nodes/{NODE}/qemu/101/status/current")["name"] == "VM 101"

    assert lab.finish(upid) == "OK"
    config = lab.config(101)
    assert (config["name"], config["description"], config["tags"]) == ("vd-101", "note", "golden")
    assert "lock" not in config
    assert "template" not in config


def test_a_clone_takes_the_lock_twice_and_a_fifth_of_a_second_outside_it() -> None:
    lab = Lab()
    upid = lab.clone(101)
    ordered_at = lab.clock

    assert lab.finish(upid) == "OK"

    assert ordered_at == pytest.approx(0.05)
    assert lab.clock - ordered_at == pytest.approx(2 * 0.6 + 0.2)
    assert lab.truth.lock_busy_s == {f"{NODE}/{STORAGE}": pytest.approx(1.2)}


@pytest.mark.parametrize(
    ("template", "disks_s", "drives_s"),
    [
        pytest.param({}, 1.2, 0.0, id="the cloud-init drive beside the disk: twice the same lock"),
        pytest.param({"cloud_init_storage": "second"}, 0.6, 0.3, id="the cloud-init drive elsewhere: each lock once"),
        pytest.param({"efi": True, "tpm": True}, 2.4, 0.0, id="EFI and TPM volumes: one operation each"),
        pytest.param({"data_disks": 2, "cloud_init": False}, 1.8, 0.0, id="three disks, no cloud-init drive"),
    ],
)
def test_each_volume_takes_the_lock_of_the_storage_where_the_template_has_it(template, disks_s, drives_s) -> None:
    spec = a_spec()
    second = StorageSpec(storage="second", shared=True, kind="rbd", image_operation_s=0.3)
    templates = tuple(replace(golden, **template) for golden in spec.templates)
    lab = Lab(replace(spec, storages=(*spec.storages, second), templates=templates)).cloned(101)

    busy = lab.truth.lock_busy_s
    assert (busy[f"{NODE}/{STORAGE}"], busy["second"]) == (pytest.approx(disks_s), pytest.approx(drives_s))
    assert set(lab.config(101)) == set(lab.config(TEMPLATE)) - {"template"}, "each volume of the template's"
    assert lab.do("DELETE", f"/nodes/{NODE}/qemu/101") == "OK"
    assert lab.truth.orphans == ()


def test_the_task_names_the_template_and_its_log_the_new_vm() -> None:
    lab = Lab()
    upid = lab.clone(101)
    lab.finish(upid)

    assert upid.split(":")[5:] == ["qmclone", str(TEMPLATE), "root@pam", ""]
    assert lab.log_of(upid) == [
        f"creating a clone of VM {TEMPLATE} with ID 101",
        f"create full clone of drive ide2 ({STORAGE}:vm-{TEMPLATE}-cloudinit)",
        f"allocated target volume '{STORAGE}:vm-101-cloudinit'",
        f"create linked clone of drive scsi0 ({STORAGE}:base-{TEMPLATE}-disk-0)",
        f"clone base-{TEMPLATE}-disk-0: images, vm-101-disk-0, 101 to vm-101-disk-0 (base=base-{TEMPLATE}-disk-0)",
        "TASK OK",
    ]


def test_a_clone_has_a_mac_and_ids_of_its_own_and_the_rest_of_the_template() -> None:
    lab = Lab().cloned(101, 102)
    template, first, other = lab.config(TEMPLATE), lab.config(101), lab.config(102)

    assert len({config["net0"] for config in (template, first, other)}) == 3
    assert len({config["smbios1"] for config in (template, first, other)}) == 3
    assert all(config["net0"].endswith(",bridge=vmbr0") for config in (template, first, other))
    for key in ("cores", "memory", "agent", "boot", "ostype"):
        assert first[key] == template[key]


@pytest.mark.parametrize(
    ("kind", "disk"),
    [
        pytest.param("lvmthin", f"{STORAGE}:vm-101-disk-0,size=32G", id="LVM-thin: the name hides the base"),
        pytest.param("rbd", f"{STORAGE}:base-{TEMPLATE}-disk-0/vm-101-disk-0,size=32G", id="RBD: the base is in the name"),
        pytest.param(
            "dir",
            f"{STORAGE}:{TEMPLATE}/base-{TEMPLATE}-disk-0.qcow2/101/vm-101-disk-0.qcow2,size=32G",
            id="a directory: both are files",
        ),
    ],
)
def test_volume_names_follow_the_storage_type(kind: str, disk: str) -> None:
    spec = a_spec()
    lab = Lab(replace(spec, storages=(replace(spec.storages[0], kind=kind),))).cloned(101)

    assert lab.config(101)["scsi0"] == disk


def test_pool_membership_comes_last() -> None:
    lab = Lab(a_spec(pools={"desktops": ""}))
    upid = lab.clone(101, pool="desktops")

    assert "pool" not in lab.listed(101)
    lab.finish(upid)
    assert lab.listed(101)["pool"] == "desktops"


def test_a_clone_that_does_not_get_into_its_pool_is_rolled_back() -> None:
    """A5: user.cfg has one lock for the whole cluster, taken last of all."""
    lab = Lab(a_spec(pools={"desktops": ""}))
    lock = lab.twin.cluster.user_cfg
    assert next(lock.acquire(quiet), None) is None  # somebody else's
    used = lab.get("/cluster/resources", type="storage")[0]["disk"]

    status = lab.finish(lab.clone(101, pool="desktops"))

    assert status == "clone failed: cfs-lock 'file-user_cfg' error: got lock request timeout"
    assert (101 in lab.twin.cluster.guests, lab.twin.cluster.pool_of) == (False, {})
    assert lab.get("/cluster/resources", type="storage")[0]["disk"] == used
    assert (lab.truth.lock_timeouts, lab.truth.user_cfg_timeouts) == (0, 1)
    lock.release()
    assert lab.finish(lab.clone(101, pool="desktops")) == "OK"


@pytest.mark.parametrize(
    ("shared", "lost_s", "lock", "named", "disks"),
    [
        pytest.param(False, 0.3, "clone", False, [], id="before the first image is written down: nothing says whose it is"),
        pytest.param(False, 1.0, "clone", True, [], id="between the images: locked, with the note, its images freed"),
        pytest.param(True, 1.0, "clone", True, ["ide2", "scsi0"], id="the same on a shared storage: no image can be freed"),
        pytest.param(False, 1.47, None, True, [], id="while it waits for its pool: not locked any more"),
        pytest.param(True, 1.47, None, True, ["ide2", "scsi0"], id="the same on a shared storage: a whole VM"),
    ],
)
def test_what_a_clone_leaves_that_loses_the_quorum(shared: bool, lost_s: float, lock: str | None, named: bool, disks) -> None:
    """K2: nothing can be written any more, nor taken back; the VM stays outside the pool that it was made for."""
    lab = Lab(a_spec(pools={"desktops": ""}, shared=shared))
    lab.events.after(lost_s, lambda: setattr(lab.twin.cluster, "quorate", False))

    status = lab.finish(lab.clone(101, name="vd-101", description="note", pool="desktops"))
    lab.twin.cluster.quorate = True

    guest = lab.twin.cluster.guests[101]
    assert re.fullmatch(r"clone failed: .*(Permission denied|no quorum!)", status)
    assert (guest.lock, guest.config["description"] == "note", sorted(guest.volumes)) == (lock, named, disks)
    assert (lab.twin.cluster.pool_of, lab.truth.orphans) == ({}, (101,) if lock else ())
    assert lab.ask("POST", CLONE, newid=101).reason == "unable to create VM 101: config file already exists"
    assert lab.ask("GET", "/cluster/nextid", vmid=101).errors == {"vmid": "VM 101 already exists"}


def test_a_clone_into_no_pool_does_not_wait_for_user_cfg() -> None:
    """A5: without a pool nothing waits for anything new."""
    lab = Lab(a_spec(pools={"desktops": ""}))
    assert next(lab.twin.cluster.user_cfg.acquire(quiet), None) is None

    assert lab.finish(lab.clone(101)) == "OK"


def test_a_delete_takes_the_vm_out_of_its_pool() -> None:
    """A5: under the same lock."""
    lab = Lab(a_spec(pools={"desktops": ""}))
    lab.finish(lab.clone(101, pool="desktops"))
    held_s = lab.twin.cluster.user_cfg.busy_s

    assert lab.do("DELETE", f"/nodes/{NODE}/qemu/101") == "OK"

    assert lab.get("/pools", poolid="desktops")[0]["members"] == []
    assert lab.twin.cluster.user_cfg.busy_s > held_s


REFUSED = [
    pytest.param(CLONE, {"newid": TEMPLATE}, 500, "unable to create VM 9001: config file already exists", id="the id is taken"),
    pytest.param(
        "/nodes/pve1/qemu/555/clone",
        {"newid": 110},
        500,
        "unable to find configuration file for VM 555 on node 'pve1'",
        id="no such template",
    ),
    pytest.param(
        "/nodes/pve1/qemu/9002/clone",
        {"newid": 110},
        500,
        "unable to find configuration file for VM 9002 on node 'pve1'",
        id="the template lies on another node",
    ),
    pytest.param(
        CLONE, {"newid": 110, "storage": STORAGE}, 500, "parameter 'storage' not allowed for linked clones", id="a storage"
    ),
    pytest.param(CLONE, {"newid": 110, "target": "pve9"}, 500, "no such cluster node 'pve9'", id="an unknown target"),
    pytest.param(
        CLONE, {"newid": 110, "target": "pve2"}, 500, "can't clone VM to node 'pve2' (VM uses local storage)", id="a local disk"
    ),
    pytest.param(
        CLONE,
        {"newid": TEMPLATE, "target": "pve2"},
        500,
        "can't clone VM to node 'pve2' (VM uses local storage)",
        id="a local disk comes before a taken id",
    ),
    pytest.param(
        CLONE, {"newid": 110, "pool": "no"}, 403, "Permission check failed (pool 'no' does not exist)", id="no such pool"
    ),
    pytest.param(
        "/nodes/pve1/qemu/700/clone", {"newid": 110}, 500, "VM is locked (backup)", id="a source that is being backed up"
    ),
    pytest.param(
        "/nodes/pve1/qemu/701/clone",
        {"newid": 110, "full": 0},
        500,
        f"Linked clone feature is not supported for '{STORAGE}:vm-701-disk-0' (scsi0)",
        id="a linked clone of no template",
    ),
]


@pytest.mark.parametrize(("path", "params", "status", "reason"), REFUSED)
def test_a_refused_clone_leaves_nothing(path: str, params: dict[str, str | int], status: int, reason: str) -> None:
    locked = GuestSpec(vmid=700, node=NODE, name="db", storage=STORAGE, lock="backup")
    lab = Lab(a_spec(nodes=2, guests=[locked, replace(locked, vmid=701, lock="")]))
    before = set(lab.twin.cluster.guests)

    answer = lab.ask("POST", path, **params)

    assert (answer.status, answer.reason) == (status, reason)
    assert set(lab.twin.cluster.guests) == before


def test_an_id_taken_on_another_node_is_found_out_by_the_task() -> None:
    lab = Lab(a_spec(nodes=2)).cloned(101, node="pve2")
    upid = lab.clone(101)

    assert lab.finish(upid) == "close (rename) atomic file '/etc/pve/nodes/pve1/qemu-server/101.conf' failed: File exists"
    assert lab.config(101, node="pve2")["name"] == "vd-101", "the one that was there is untouched"


def test_of_several_clones_to_one_id_one_wins() -> None:
    lab = Lab()
    answers = [lab.send("POST", CLONE, newid=300, name=f"n{number}") for number in range(4)]
    lab.wait(30)

    assert sorted(answer[0].status for answer in answers) == [200, 500, 500, 500]
    assert {answer[0].reason for answer in answers if not answer[0].ok} == {
        "unable to create VM 300: config file already exists"
    }


def test_a_full_storage_fails_the_clone_and_leaves_nothing() -> None:
    lab = Lab(a_spec(faults=[FillStorage(storage=STORAGE, at_s=1.0, for_s=60)])).wait(2)

    assert lab.finish(lab.clone(101)) == "clone failed: unable to create image: No space left on device"
    assert lab.truth.desktops == 0
    assert lab.wait(60).finish(lab.clone(102)) == "OK"


def test_a_left_over_image_makes_its_vmid_unusable() -> None:
    lab = Lab(a_spec(leftovers=(f"{STORAGE}:vm-101-cloudinit",)))

    status = lab.finish(lab.clone(101))

    assert status.startswith("clone failed: disk image '")
    assert status.endswith("' already exists")
    assert lab.finish(lab.clone(102)) == "OK"


def test_an_interrupted_clone_is_cleaned_up() -> None:
    lab = Lab()
    upid = lab.clone(101)
    lab.wait(0.5).ask("DELETE", f"/nodes/{NODE}/tasks/{upid}")

    assert lab.finish(upid) == "clone failed: unable to create image: interrupted by signal"
    assert 101 not in lab.twin.cluster.guests
    assert lab.finish(lab.clone(101)) == "OK", "lock and id are free again"


def test_a_start_during_the_clone_waits_for_it() -> None:
    lab = Lab()
    cloned = lab.clone(101)
    started = lab.order("POST", f"/nodes/{NODE}/qemu/101/status/start")

    assert lab.finish(started) == "OK"
    assert lab.finish(cloned) == "OK"
    assert lab.log_of(started) == ["trying to acquire lock...", " OK", "generating cloud-init ISO", "TASK OK"]
