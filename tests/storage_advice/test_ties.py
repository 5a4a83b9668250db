"""Drives that keep a template's clones on its own node."""

import pytest

from provisioner.reasons.reason import act_of
from provisioner.storage_advice.layouts import tied_by, ties_of
from tests.builders.cluster import a_storage, a_template, a_view

TEMPLATE = a_template("n1", "ceph")
DISK, DRIVE = "ceph:base-9001-disk-0,size=32G", "ceph:vm-9001-cloudinit,media=cdrom"
PLAIN = {"scsi0": DISK, "ide2": DRIVE, "net0": "virtio,bridge=vmbr0"}
VIEW = a_view(
    storages=[
        storage
        for node in ("n1", "n2")
        for storage in (a_storage(node, "ceph", shared=True), a_storage(node, "thin"), a_storage(node, "local"))
    ]
)


@pytest.mark.parametrize(
    ("config", "ties"),
    [
        pytest.param(PLAIN, [], id="all on shared storage"),
        pytest.param(PLAIN | {"ide2": "thin:vm-9001-cloudinit,media=cdrom"}, ["ide2"], id="the cloud-init drive"),
        pytest.param(
            PLAIN
            | {"efidisk0": "thin:base-9001-disk-1", "tpmstate0": "thin:base-9001-disk-2", "scsi1": "thin:base-9001-disk-3"},
            ["efidisk0", "scsi1", "tpmstate0"],
            id="firmware's volumes and a second disk",
        ),
        pytest.param(PLAIN | {"ide0": "local:iso/debian.iso,media=cdrom"}, ["ide0"], id="an ISO image"),
        pytest.param(PLAIN | {"ide0": "none,media=cdrom"}, [], id="an empty drive"),
        pytest.param(PLAIN | {"ide2": "gone:vm-9001-cloudinit,media=cdrom"}, [], id="a storage that is not visible"),
        pytest.param({"scsi0": "thin:base-9001-disk-0", "ide2": "local:x"}, [], id="its disk is local: nothing is lost"),
    ],
)
def test_drives_on_local_storage(config, ties):
    assert [tie.key for tie in ties_of(VIEW, TEMPLATE, config)] == ties


@pytest.mark.parametrize(
    ("setting", "says", "fix"),
    [
        pytest.param(
            "thin:vm-9001-cloudinit,media=cdrom",
            "drive ide2 of template 9001 is on thin, which is not shared: its clones stay on n1, although its disk is on "
            "shared storage ceph",
            "on n1: qm disk move 9001 ide2 ceph --delete 1",
            id="a drive is moved",
        ),
        pytest.param(
            "local:iso/debian.iso,media=cdrom",
            "drive ide2 of template 9001 has an ISO image on local, which is not shared: its clones stay on n1, although its "
            "disk is on shared storage ceph",
            "take the image out. On n1: qm set 9001 --ide2 none,media=cdrom",
            id="an ISO image is taken out",
        ),
    ],
)
def test_what_it_costs_and_how_it_is_mended(setting, says, fix):
    (tie,) = ties_of(VIEW, TEMPLATE, PLAIN | {"ide2": setting})

    reason = tied_by(TEMPLATE, tie)

    assert reason == says
    assert act_of(reason) == fix
