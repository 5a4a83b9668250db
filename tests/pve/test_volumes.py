"""The images that a clone creates, from the template's configuration."""

import pytest

from provisioner.pve.volumes import ImageRole, images_of


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
