"""What desktops take, by kind: where they lie, of which profile, and what is there of them."""

from typing import NamedTuple

from provisioner.model.ids import NodeKey, ProfileName
from provisioner.model.profiles import Profile


class Claim(NamedTuple):
    """What a desktop takes: there are thousands of desktops, and few kinds of claims."""

    node: NodeKey
    """Where it lies, or was to be cloned."""
    profile: ProfileName
    there: bool
    """Its VM is there: its disk is part of what its storage says is used."""
    cloning: bool
    """Its clone is under way without our order: it holds its storage's lock."""
    memory_mib: int = 0
    """Its VM's own, once it is configured: its profile may have been another then, or somebody has changed it since."""
    vcpus: float = 0.0
    """The same."""
    off: bool = False
    """Its VM is switched off: nothing of its node's memory in use is its."""

    def booked(self, profile: Profile) -> tuple[int, float]:
        """Memory and vCPUs that it takes: its own, or its profile's, which it may be given at any time, whichever is more."""
        return max(self.memory_mib, profile.memory_mib), max(self.vcpus, profile.vcpus)
