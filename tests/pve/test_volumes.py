"""The images that a clone creates, from the template's configuration."""

import pytest

from provisioner.pve.volumes import ImageRole, drives_of, images_of


@pytest.mark.parametrize(
    ("key", "setting", "found"),
    [
        pytest.param("scsi0", "thin:base-9000-disk-0,size=32G", ("thin", ImageRole.DISK), id="a disk"),
        pytest.param("virtio1", "qcow:9000/base-9000-disk-1.qcow2,iothread=1", ("qcow", ImageRole.DISK), id="a disk in a file"),
        pytest.param(
            "sata0", "file=thin:base-9000-disk-0,size=1G", ("thin", ImageRole.DISK), id="a disk with its key spelt out"
        ),
        pytest.param("ide2", "thin:vm-9000-cloudinit,media=cdrom", ("thin", ImageRole.CLOUD_INIT), id="a cloud-init drive"),
        pytest.param("efidisk0", "thin:base-9000-disk-1,efitype=4m,size=4M", ("thin", ImageRole.EFI), id="an EFI volume"),
        pytest.param("tpmstate0", "thin:base-9000-disk-2,version=v2.0", ("thin", ImageRole.TPM), id="a TPM volume"),
        pytest.param("ide2", "local:iso/debian.iso,media=cdrom,size=600M", None, id="an ISO image is not cloned"),
        pytest.param("ide2", "none,media=cdrom", None, id="an empty drive"),
        pytest.param("unused0", "thin:vm-9000-disk-7", None, id="a disk that is not attached"),
        pytest.param("net0", "virtio=BC:24:11:00:00:01,bridge=vmbr0", None, id="no image at all"),
    ],
)
def test_one_setting(key, setting, found):
    assert [(image.key, image.storage, image.role) for image in images_of({key: setting, "name": "golden"})] == (
        [(key, *found)] if found else []
    )


def test_in_the_order_in_which_proxmox_ve_makes_them():
    config = {"scsi0": "a:base-1-disk-0", "ide2": "b:vm-1-cloudinit,media=cdrom", "efidisk0": "a:base-1-disk-1"}

    assert [image.key for image in images_of(config)] == ["efidisk0", "ide2", "scsi0"]


@pytest.mark.parametrize(
    ("setting", "size_gib"),
    [
        pytest.param("thin:base-9000-disk-0,iothread=1,size=32G", 32.0, id="GiB"),
        pytest.param("thin:base-9000-disk-0,size=1.5T", 1536.0, id="TiB"),
        pytest.param("thin:base-9000-disk-0,size=512M,ssd=1", 0.5, id="MiB"),
        pytest.param("thin:base-9000-disk-0,size=528K", 528 / 2**20, id="KiB"),
        pytest.param("thin:base-9000-disk-0,size=1073741824", 1.0, id="bytes"),
        pytest.param("thin:base-9000-disk-0", None, id="not stated"),
    ],
)
def test_sizes(setting, size_gib):
    assert images_of({"scsi0": setting})[0].size_gib == size_gib


def test_an_iso_image_is_a_drive_and_no_image_of_a_clone():
    config = {"ide0": "local:iso/debian.iso,media=cdrom,size=600M", "ide2": "none,media=cdrom", "scsi0": "ceph:base-1-disk-0"}

    assert [(drive.key, drive.storage, drive.role) for drive in drives_of(config)] == [
        ("ide0", "local", ImageRole.ISO),
        ("scsi0", "ceph", ImageRole.DISK),
    ]
    assert [image.key for image in images_of(config)] == ["scsi0"]
