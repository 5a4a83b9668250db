"""Replicas of one image are found together."""

import pytest

from provisioner.setup.cluster_look import FoundTemplate, images


def found(vmid, node, name, **config):
    usual = {
        "cores": 2,
        "memory": "4096",
        "scsi0": f"local-lvm:base-{vmid}-disk-0,size=32G",
        "ide2": "local-lvm:vm-1-cloudinit,media=cdrom",
        "net0": "virtio=BC:24:11:00:00:00,bridge=vmbr1,tag=40",
        "agent": "enabled=1,fstrim_cloned_disks=1",
        "ostype": "l26",
    }
    return FoundTemplate(vmid=vmid, node=node, name=name, config={**usual, **config})


@pytest.mark.parametrize(
    "names",
    [
        pytest.param(("golden", "golden"), id="one name"),
        pytest.param(("golden-pve01", "golden-pve02"), id="with the node's name"),
        pytest.param(("golden-01", "golden-2"), id="with the node's number"),
    ],
)
def test_replicas_on_nodes_are_one_image(names):
    (image,) = images([found(9001, "pve01", names[0]), found(9002, "pve02", names[1])])

    assert (image.name, image.places) == ("golden", {"local-lvm": {"pve01": 9001, "pve02": 9002}})
    assert (image.vcpus, image.memory_mib, image.disk_gib, image.bridge, image.vlan) == (2, 4096, 32, "vmbr1", 40)
    assert (image.cloud_init, image.agent, image.windows) == (True, True, False)


def test_versions_of_a_distribution_are_several_images():
    assert [image.name for image in images([found(9001, "pve01", "debian-12"), found(9002, "pve01", "debian-13")])] == [
        "debian-12",
        "debian-13",
    ]


def test_a_version_that_looks_like_a_nodes_number_is_a_version():
    several = [found(9011, "pve11", "debian-12"), found(9012, "pve12", "debian-12")]

    assert [(image.name, image.count) for image in images(several)] == [("debian-12", 2)]


def test_the_same_name_twice_on_one_node_is_two_images():
    assert [image.name for image in images([found(9001, "pve1", "golden"), found(9002, "pve1", "golden")])] == [
        "golden",
        "golden-9002",
    ]


def test_a_replica_with_other_memory_is_another_image():
    first, second = images([found(9001, "pve1", "golden"), found(9002, "pve2", "golden", memory="8192")])

    assert (first.memory_mib, second.memory_mib, second.name) == (4096, 8192, "golden-9002")


def test_the_image_on_most_nodes_comes_first():
    several = [found(9001, "pve1", "old"), found(9002, "pve1", "new"), found(9003, "pve2", "new")]

    assert [image.name for image in images(several)] == ["new", "old"]


@pytest.mark.parametrize(
    ("name", "tag"), [("Golden Image", "golden-image"), ("é", "image"), ("trixie-2026.1", "trixie-2026.1")]
)
def test_the_tag_is_one_that_proxmox_takes(name, tag):
    assert images([found(9001, "pve1", name)])[0].tag == tag
