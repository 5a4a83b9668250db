"""The images in a VM's configuration. Each costs a clone one operation under its storage's lock."""

import enum
import re
from collections.abc import Mapping
from dataclasses import dataclass

from provisioner.model.ids import StorageId

LINKABLE = frozenset({"dir", "nfs", "cifs", "btrfs", "rbd", "zfspool", "lvmthin"})
"""Storage types with linked clones (PVE-pve-storage; not plain LVM, not iSCSI)."""
_IMAGE_KEY = re.compile(r"(?:ide|sata|scsi|virtio)\d{1,2}|efidisk0|tpmstate0")


class ImageRole(enum.StrEnum):
    """What an image is for."""

    DISK = "disk"
    CLOUD_INIT = "cloud-init drive"
    """Always a full copy, on the storage of the template's drive."""
    EFI = "EFI volume"
    TPM = "TPM volume"


@dataclass(frozen=True, slots=True, kw_only=True)
class Image:
    """One image of a VM."""

    key: str
    """`scsi0`, `ide2`, `efidisk0`, …"""
    storage: StorageId
    role: ImageRole


def images_of(config: Mapping[str, object]) -> tuple[Image, ...]:
    """The images a clone of this configuration creates, by key; without ISO images and empty drives."""
    images = (_image(key, str(value)) for key, value in sorted(config.items()) if _IMAGE_KEY.fullmatch(key))
    return tuple(image for image in images if image is not None)


def _image(key: str, setting: str) -> Image | None:
    volume, _, options = setting.partition(",")
    storage, colon, name = volume.removeprefix("file=").partition(":")
    cloud_init = "cloudinit" in name
    if not colon or ("media=cdrom" in options and not cloud_init):
        return None
    role = (
        ImageRole.CLOUD_INIT if cloud_init else {"efidisk0": ImageRole.EFI, "tpmstate0": ImageRole.TPM}.get(key, ImageRole.DISK)
    )
    return Image(key=key, storage=StorageId(storage), role=role)
