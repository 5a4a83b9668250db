"""The drives in a VM's configuration. Each image costs a clone one operation under its storage's lock."""

import enum
import re
from collections.abc import Mapping
from dataclasses import dataclass

from provisioner.model.ids import StorageId

LINKABLE = frozenset({"dir", "nfs", "cifs", "btrfs", "rbd", "zfspool", "lvmthin"})
"""Storage types with linked clones (PVE-pve-storage; not plain LVM, not iSCSI)."""
NOT_LINKABLE = frozenset({"lvm", "iscsi", "iscsidirect"})
"""Storage types that hold disks and have no linked clones. Types of other makers are neither here nor there."""
_IMAGE_KEY = re.compile(r"(?:ide|sata|scsi|virtio)\d{1,2}|efidisk0|tpmstate0")

_SIZE = re.compile(r"(?:^|,)size=(\d+(?:\.\d+)?)([KMGT]?)")
_UNITS_GIB = {"": 2.0**-30, "K": 2.0**-20, "M": 2.0**-10, "G": 1.0, "T": 1024.0}


class ImageRole(enum.StrEnum):
    """What an image is for."""

    DISK = "disk"
    CLOUD_INIT = "cloud-init drive"
    """Always a full copy, on the storage of the template's drive."""
    EFI = "EFI volume"
    TPM = "TPM volume"
    """Always a full copy."""
    ISO = "ISO image"
    """In a CD drive: a clone has the same drive, and nothing is made for it."""


_FIRMWARE = {"efidisk0": ImageRole.EFI, "tpmstate0": ImageRole.TPM}


@dataclass(frozen=True, slots=True, kw_only=True)
class Image:
    """One image of a VM."""

    key: str
    """`scsi0`, `ide2`, `efidisk0`, …"""
    storage: StorageId
    role: ImageRole
    size_gib: float | None = None
    """None: not stated."""


def images_of(config: Mapping[str, object]) -> tuple[Image, ...]:
    """The images a clone of this configuration creates, by key; without ISO images and empty drives."""
    return tuple(image for image in drives_of(config) if image.role is not ImageRole.ISO)


def drives_of(config: Mapping[str, object]) -> tuple[Image, ...]:
    """All drives that hold something, by key: a clone to another node needs all of them on shared storage, also ISO images."""
    images = (_image(key, str(value)) for key, value in sorted(config.items()) if _IMAGE_KEY.fullmatch(key))
    return tuple(image for image in images if image is not None)


def _image(key: str, setting: str) -> Image | None:
    volume, _, options = setting.partition(",")
    storage, colon, name = volume.removeprefix("file=").partition(":")
    if not colon:
        return None
    role = _FIRMWARE.get(key, ImageRole.DISK)
    if "cloudinit" in name:
        role = ImageRole.CLOUD_INIT
    elif "media=cdrom" in options:
        role = ImageRole.ISO
    return Image(key=key, storage=StorageId(storage), role=role, size_gib=_size_gib(options))


def _size_gib(options: str) -> float | None:
    size = _SIZE.search(options)
    return float(size[1]) * _UNITS_GIB[size[2]] if size else None
