"""Drives that tie a template's clones to its own node. Pure.

Proxmox VE makes a clone for another node only if every drive of the template is on shared storage: disks, the cloud-init drive,
EFI and TPM volumes, and ISO images left in a drive.
"""

from collections.abc import Mapping

from provisioner.model.cluster import ClusterView
from provisioner.model.profiles import Template
from provisioner.pve.volumes import Image, ImageRole, drives_of
from provisioner.reasons import storage as words
from provisioner.reasons.reason import Reason


def ties_of(view: ClusterView, template: Template, config: Mapping[str, object]) -> tuple[Image, ...]:
    """The drives on storage of the template's node alone, while its disk is on shared storage. Storages that are not visible
    are not judged."""
    shared = {storage.storage: storage.shared for storage in view.storages if storage.node.node == template.node}
    drives = drives_of(config)
    if not any(drive.role is ImageRole.DISK and shared.get(drive.storage) for drive in drives):
        return ()
    return tuple(drive for drive in drives if shared.get(drive.storage) is False)


def tied_by(template: Template, tie: Image) -> Reason:
    """What the drive costs, with the way to move it as its advice."""
    kind = words.TIED_BY_ISO if tie.role is ImageRole.ISO else words.TIED
    return kind(
        vmid=template.vmid, node=template.node, drive=tie.key, storage=tie.storage, shared=template.storage
    )  # fmt: skip
