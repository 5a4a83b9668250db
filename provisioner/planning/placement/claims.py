"""Resources that desktops take."""

from typing import NamedTuple

from provisioner.model.budget import Budget
from provisioner.model.ids import NodeKey, ProfileName
from provisioner.model.people.profiles import CloneKind, Profile


class Claim(NamedTuple):
    """The resources of a desktop. Thousands of desktops share few different claims."""

    node: NodeKey
    """The node where it is, or where its clone was ordered."""
    profile: ProfileName
    there: bool
    """Its VM exists: its disk is part of the used space that its storage reports."""
    cloning: bool
    """Its clone is under way without our order: it holds its storage's lock."""
    memory_mib: int = 0
    """Of its VM, once configured: the profile may have changed since, or an admin may have changed the VM."""
    vcpus: float = 0.0
    """The same."""
    off: bool = False
    """Its VM is off: it uses none of its node's memory."""

    def booked(self, profile: Profile) -> tuple[int, float]:
        """Memory and vCPUs booked for it: the VM's own or its profile's, whichever is more; it may get the latter any time."""
        return max(self.memory_mib, profile.memory_mib), max(self.vcpus, profile.vcpus)


def claim_gib(profile: Profile, budget: Budget) -> float:
    """GiB that a desktop is expected to fill. A full clone has no base image to share: its whole disk counts."""
    return profile.disk_gib * (1.0 if profile.clone is CloneKind.FULL else budget.thin_share)
