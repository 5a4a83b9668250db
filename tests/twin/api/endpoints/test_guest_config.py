"""Configurations, VMs made by hand, templates and deletion. Texts are as recorded on pve-manager 9.2.11."""

from dataclasses import replace

import pytest

from provisioner.model.machines.twin_spec import GuestSpec
from tests.builders.twin import NODE, STORAGE, TEMPLATE, Lab, a_spec

VM = f"/nodes/{NODE}/qemu/101"
LOCKED = GuestSpec(vmid=700, node=NODE, name="db", storage=STORAGE, running=False, lock="backup")


def test_a_change_is_made_when_it_is_answered() -> None:
    lab = Lab().cloned(101)
    asked_at = lab.events.now

    answer = lab.ask("PUT", f"{VM}/config", cores=4, memory=8192, onboot=0, description="x", ciuser="zoe")

    assert (answer.status, answer.data) == (200, None)
    assert lab.events.now - asked_at == pytest.approx(0.1)
    config = lab.config(101)
    assert (config["cores"], config["memory"], config["onboot"], config["ciuser"]) == (4, "8192", 0, "zoe")
    current = lab.get(f"{VM}/status/current")
    assert (current["cpus"], current["maxmem"]) == (4, 8192 * 2**20)


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        pytest.param("B;A;a", "a;b", id="lower case, sorted, once each"),
        pytest.param("x y,z;;w", "w;x;y;z", id="any separator"),
        pytest.param("a.b;c+d;e_f;g-h", "a.b;c+d;e_f;g-h", id="dots, plus, hyphens and underscores"),
        pytest.param("", " ", id="nothing is a space"),
    ],
)
def test_tags_are_normalised(given: str, kept: str) -> None:
    lab = Lab().cloned(101)
    lab.ask("PUT", f"{VM}/config", tags=given)

    assert lab.config(101)["tags"] == kept


def test_deleted_tags_are_gone() -> None:
    lab = Lab().cloned(101)
    lab.ask("PUT", f"{VM}/config", delete="tags")

    assert "tags" not in lab.config(101)
    assert "tags" not in lab.listed(101)


@pytest.mark.parametrize("tags", ["a!b", "a/b", "owner:1", "-a", "ä"])
def test_tags_with_other_characters_are_refused(tags: str) -> None:
    answer = Lab().cloned(101).ask("PUT", f"{VM}/config", tags=tags)

    assert (answer.status, answer.errors) == (400, {"tags": "invalid format - invalid characters in tag\n"})


def test_a_password_reads_back_as_asterisks() -> None:
    lab = Lab().cloned(101)
    lab.ask("PUT", f"{VM}/config", cipassword="secret")

    assert lab.config(101)["cipassword"] == "**********"


def test_a_stale_digest_is_refused() -> None:
    lab = Lab().cloned(101)
    digest = lab.config(101)["digest"]
    assert lab.ask("PUT", f"{VM}/config", description="one", digest=digest).ok

    answer = lab.ask("PUT", f"{VM}/config", description="two", digest=digest)

    assert (answer.status, answer.reason) == (500, "checksum mismatch (file change by other user?)")
    assert lab.config(101)["description"] == "one"


@pytest.mark.parametrize(
    ("method", "path", "params", "reason"),
    [
        pytest.param("PUT", "/nodes/pve1/qemu/700/config", {"onboot": 0}, "VM is locked (backup)", id="locked: config"),
        pytest.param("POST", "/nodes/pve1/qemu/700/template", {}, "VM is locked (backup)", id="locked: template"),
        pytest.param(
            "PUT",
            "/nodes/pve1/qemu/999/config",
            {"onboot": 0},
            "Configuration file 'nodes/pve1/qemu-server/999.conf' does not exist",
            id="unknown: config",
        ),
        pytest.param(
            "DELETE",
            "/nodes/pve2/qemu/101",
            {},
            "Configuration file 'nodes/pve2/qemu-server/101.conf' does not exist",
            id="on another node: delete",
        ),
        pytest.param("DELETE", VM, {}, "VM 101 is running - destroy failed", id="running: delete"),
        pytest.param(
            "POST", f"{VM}/template", {}, "you can't convert a VM to template if VM is running", id="running: template"
        ),
        pytest.param(
            "POST", "/nodes/pve1/qemu/9001/template", {}, "you can't convert a template to a template", id="template: template"
        ),
        pytest.param(
            "DELETE", "/nodes/pve1/qemu/701", {}, "can't remove VM 701 - protection mode enabled", id="protected: delete"
        ),
        pytest.param(
            "POST",
            "/nodes/pve1/qemu",
            {"vmid": 9002},
            "unable to create VM 9002 - VM 9002 already exists on node 'pve2'",
            id="id taken on another node: create",
        ),
    ],
)
def test_refused_at_once(method: str, path: str, params: dict[str, str | int], reason: str) -> None:
    lab = Lab(a_spec(nodes=2, guests=[LOCKED, replace(LOCKED, vmid=701, lock="")])).cloned(101)
    lab.ask("PUT", "/nodes/pve1/qemu/701/config", protection=1)
    lab.start(101)

    answer = lab.ask(method, path, **params)

    assert (answer.status, answer.reason) == (500, reason)


def test_a_config_during_the_clone_is_refused() -> None:
    lab = Lab()
    lab.clone(101)

    assert lab.ask("PUT", f"{VM}/config", name="early").reason == "VM is locked (clone)"


def test_a_templates_config_waits_for_the_clones_of_it() -> None:
    lab = Lab()
    lab.clone(101)
    asked_at = lab.events.now

    assert lab.ask("PUT", f"/nodes/{NODE}/qemu/{TEMPLATE}/config", description="changed").ok
    assert lab.events.now - asked_at == pytest.approx(1.4 + 0.1, abs=0.01)


def test_delete_frees_images_and_id() -> None:
    lab = Lab().cloned(101)
    used = lab.get("/cluster/resources", type="storage")[0]["disk"]

    assert lab.do("DELETE", VM) == "OK"

    assert lab.get("/cluster/resources", type="storage")[0]["disk"] < used
    assert 101 not in lab.twin.cluster.guests
    assert lab.finish(lab.clone(101)) == "OK"


@pytest.mark.parametrize(
    ("path", "status"),
    [
        pytest.param("/nodes/pve1/qemu/700", "VM is locked (backup)", id="a locked VM"),
        pytest.param(
            f"/nodes/pve1/qemu/{TEMPLATE}",
            f"base volume '{STORAGE}:base-{TEMPLATE}-disk-0' is still in use by linked cloned",
            id="a template with clones",
        ),
    ],
)
def test_a_delete_that_its_task_refuses(path: str, status: str) -> None:
    lab = Lab(a_spec(guests=[LOCKED])).cloned(101)

    assert lab.do("DELETE", path) == status
    assert int(path.rpartition("/")[2]) in lab.twin.cluster.guests


def test_a_vm_made_by_hand_can_become_a_template_and_be_cloned() -> None:
    lab = Lab(a_spec(pools={"desktops": ""}))
    created = lab.do(
        "POST", f"/nodes/{NODE}/qemu", vmid=500, name="hand-made", cores=2, memory=2048, scsi0=f"{STORAGE}:8",
        ide2=f"{STORAGE}:cloudinit", net0="virtio,bridge=vmbr0", pool="desktops",
    )  # fmt: skip

    assert created == "OK"
    config = lab.config(500)
    assert (config["scsi0"], config["ide2"]) == (
        f"{STORAGE}:vm-500-disk-0,size=8G",
        f"{STORAGE}:vm-500-cloudinit,media=cdrom,size=4M",
    )
    assert config["net0"].startswith("virtio=BC:24:11:")
    assert lab.listed(500)["pool"] == "desktops"
    assert lab.do("POST", f"/nodes/{NODE}/qemu/500/template") == "OK"
    assert lab.config(500)["scsi0"].startswith(f"{STORAGE}:base-500-disk-0")
    assert lab.do("POST", f"/nodes/{NODE}/qemu/500/clone", newid=501) == "OK"
    assert lab.config(501)["name"] == "Copy-of-VM-hand-made"


@pytest.mark.parametrize(
    ("params", "status", "size"),
    [
        pytest.param({"disk": "scsi0", "size": "+8G"}, "OK", "size=40G", id="grown by"),
        pytest.param({"disk": "scsi0", "size": "64G"}, "OK", "size=64G", id="grown to"),
        pytest.param({"disk": "scsi0", "size": "1G"}, "shrinking disks is not supported", "size=32G", id="shrunk"),
        pytest.param({"disk": "scsi7", "size": "1G"}, "disk 'scsi7' does not exist", "size=32G", id="no such disk"),
        pytest.param({"disk": "ide2", "size": "1G"}, "you can't resize a cdrom", "size=32G", id="the cloud-init drive"),
    ],
)
def test_resize(params: dict[str, str], status: str, size: str) -> None:
    lab = Lab().cloned(101)

    assert lab.do("PUT", f"{VM}/resize", **params) == status
    assert lab.config(101)["scsi0"].endswith(size)


def test_a_change_can_be_a_task() -> None:
    lab = Lab().cloned(101)

    upid = lab.order("POST", f"{VM}/config", description="later", scsi1=f"{STORAGE}:4")

    assert upid.split(":")[5] == "qmconfig"
    assert lab.finish(upid) == "OK"
    config = lab.config(101)
    assert (config["description"], config["scsi1"]) == ("later", f"{STORAGE}:vm-101-disk-1,size=4G")


def test_a_disk_can_be_taken_away() -> None:
    lab = Lab().cloned(101)
    lab.ask("PUT", f"{VM}/config", scsi1=f"{STORAGE}:4")
    assert lab.ask("PUT", f"{VM}/config", delete="scsi1,ide2").ok

    assert lab.config(101).keys().isdisjoint({"scsi1", "ide2"})


def test_a_setting_is_not_set_and_deleted_at_once() -> None:
    answer = Lab().cloned(101).ask("PUT", f"{VM}/config", memory=256, delete="memory")

    assert answer.errors == {"delete": "you can't use '-memory' and -delete memory' at the same time"}


def test_a_failed_create_leaves_nothing() -> None:
    lab = Lab()
    status = lab.do("POST", f"/nodes/{NODE}/qemu", vmid=500, scsi0="nosuch:8")

    assert status == "unable to create VM 500 - storage 'nosuch' does not exist"
    assert 500 not in lab.twin.cluster.guests


def test_a_create_without_its_pool_is_refused() -> None:
    answer = Lab().ask("POST", f"/nodes/{NODE}/qemu", vmid=500, pool="nosuch")

    assert (answer.status, answer.reason) == (403, "Permission check failed (pool 'nosuch' does not exist)")


def test_of_two_deletes_the_second_finds_nothing() -> None:
    lab = Lab().cloned(101)
    first, second = lab.order("DELETE", VM), lab.order("DELETE", VM)

    assert lab.finish(first) == "OK"
    assert lab.finish(second) == "Configuration file 'nodes/pve1/qemu-server/101.conf' does not exist"
