"""What a desktop carries on the cluster besides its note: its tags and its MAC address."""

import hashlib
from functools import lru_cache

from provisioner.model.cluster import Guest
from provisioner.model.ids import Vmid
from provisioner.model.profiles import Profile


@lru_cache(maxsize=16)
def configured_tag(installation: str) -> str:
    """The tag that only Configure sets; a template must not carry it, for clones inherit tags."""
    return f"bascule-{installation}".lower()


def tags_for(profile: Profile, installation: str) -> tuple[str, ...]:
    """Sorted, as Proxmox VE stores them."""
    return tuple(sorted({configured_tag(installation), f"profile-{profile.name}".lower(), f"img-{profile.image}".lower()}))


def is_configured(guest: Guest, installation: str) -> bool:
    """Whether Configure has been through."""
    return configured_tag(installation) in guest.tags


def mac_for(vmid: Vmid, installation: str) -> str:
    """A locally administered address, unique per VMID: random ones collide with odds of 8.2 % in 1,700."""
    prefix = hashlib.sha256(installation.encode()).digest()[0]
    octets = (0x02, prefix, *int(vmid).to_bytes(4, "big"))
    return ":".join(f"{octet:02X}" for octet in octets)
